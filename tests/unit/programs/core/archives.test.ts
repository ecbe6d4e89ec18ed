import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { text } from "../../../../src/base/bytes.ts";
import { bytesDescriptor, sinkDescriptor } from "../../../../src/machine/descriptor.ts";
import { CORE_PROGRAMS } from "../../../../src/programs/core/index.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";

const LONG_NAME = `d/${"long-name-".repeat(14)}.txt`;
const FILES: Readonly<Record<string, string>> = {
  "d/a.txt": "alpha\n",
  "d/e/b.txt": "beta\n".repeat(300),
  [LONG_NAME]: "x",
  "c.txt": "",
};
const folder = mkdtempSync(join(tmpdir(), "tar-"));
mkdirSync(join(folder, "d/e"), { recursive: true });
for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
afterAll(() => rmSync(folder, { recursive: true }));

const real = (argv: readonly string[], input?: Uint8Array) =>
  spawnSync(argv[0] ?? "", argv.slice(1), {
    cwd: folder,
    input,
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", TZ: "UTC" },
  });
const machine = () =>
  newMachine({
    programs: CORE_PROGRAMS,
    files: Object.fromEntries(Object.entries(FILES).map(([name, content]) => [`/work/${name}`, content])),
  });
const ours = (argv: readonly string[], stdin?: Uint8Array, on = machine()) =>
  runProgram({ machine: on, argv, cwd: "/work", ...(stdin === undefined ? {} : { stdin }) });
const sorted = (listing: string) => listing.split("\n").sort().join("\n");

describe("tar", () => {
  test.each([["cf"], ["czf"]])("real tar reads what `tar %s` makes", (letters) => {
    const made = ours(["tar", letters, "-", "d", "c.txt"]);
    expect(made.stderr).toBe("");
    const listing = real(["tar", letters.replace("c", "t"), "-"], made.stdoutBytes).stdout.toString();
    expect(sorted(listing)).toBe(sorted(real(["sh", "-c", "tar cf - d c.txt | tar tf -"]).stdout.toString()));
    expect(real(["tar", letters.replace("c", "xO"), "-", "d/e/b.txt"], made.stdoutBytes).stdout.toString()).toBe(
      FILES["d/e/b.txt"],
    );
  });

  test("whole paths are packed from where they are, whatever -C says, without their first slash", () => {
    const host = machine();
    const made = ours(["tar", "-C", "d", "-cf", "/tmp/t.tar", "/work/d/e", "a.txt", "/work/c.txt"], undefined, host);
    expect([made.stderr, made.exitCode]).toEqual(["tar: Removing leading `/' from member names\n", 0]);
    expect(ours(["tar", "tf", "/tmp/t.tar"], undefined, host).stdout).toBe(
      "work/d/e/\nwork/d/e/b.txt\na.txt\nwork/c.txt\n",
    );
  });

  test("it takes out what real tar packed", () => {
    const packed = real(["tar", "czf", "-", "d", "c.txt"]).stdout;
    const host = machine();
    expect(ours(["tar", "xzf", "-", "-C", "/tmp", "--strip-components=1"], packed, host).exitCode).toBe(0);
    expect(text(host.fs.readFile("/tmp/e/b.txt"))).toBe(FILES["d/e/b.txt"]);
    expect(host.fs.exists(`/tmp/${LONG_NAME.slice(2)}`)).toBe(true);
  });

  test("names stay within the folder", () => {
    const evil = real(["sh", "-c", "tar -P --transform 's,^c,../../c,' -cf - c.txt"]).stdout;
    const host = machine();
    ours(["tar", "xf", "-", "-C", "/tmp"], evil, host);
    expect(host.fs.exists("/tmp/c.txt")).toBe(true);
  });

  test.each([
    [["tar"], "tar: You must specify one of the"],
    [["tar", "cf", "x.tar"], "tar: Cowardly refusing to create an empty archive"],
    [
      ["tar", "xf", "nope.tar"],
      "tar: nope.tar: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n",
    ],
    [["tar", "xf", "d/e/b.txt"], "tar: This does not look like a tar archive\n"],
    [["tar", "xzf", "d/e/b.txt"], "\ngzip: stdin: not in gzip format\n"],
    [["tar", "cf", "x.tar", "nope"], "tar: nope: Cannot stat: No such file or directory\n"],
    [["tar", "-y"], "tar: invalid option -- 'y'\n"],
  ])("%j", (argv, message) => {
    const { stderr, exitCode } = ours(argv);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});

describe("gzip", () => {
  test("real gunzip reads it, and it reads real gzip's", () => {
    expect(real(["gzip", "-dc"], ours(["gzip", "-c", "d/e/b.txt"]).stdoutBytes).stdout.toString()).toBe(
      FILES["d/e/b.txt"],
    );
    expect(ours(["zcat"], real(["gzip", "-c", "d/e/b.txt"]).stdout).stdout).toBe(FILES["d/e/b.txt"]);
  });

  test("files are replaced", () => {
    const host = machine();
    ours(["gzip", "d/a.txt"], undefined, host);
    expect([host.fs.exists("/work/d/a.txt"), host.fs.exists("/work/d/a.txt.gz")]).toEqual([false, true]);
    ours(["gunzip", "d/a.txt.gz"], undefined, host);
    expect(text(host.fs.readFile("/work/d/a.txt"))).toBe("alpha\n");
  });

  test.each([[["gzip", "nope"]], [["gzip", "d"]], [["gunzip", "c.txt"]], [["zcat", "d/a.txt"]], [["gunzip", "nope"]]])(
    "%j fails as GNU's",
    (argv) => {
      const { stderr, exitCode } = ours(argv);
      const expected = real(argv);
      expect({ stderr, exitCode }).toEqual({ stderr: expected.stderr.toString(), exitCode: expected.status });
    },
  );
});

describe("nc", () => {
  const two = () => {
    const server = newMachine({ name: "server", addresses: ["10.0.1.11"], programs: CORE_PROGRAMS });
    const client = newMachine({
      name: "client",
      kernel: server.kernel,
      programs: CORE_PROGRAMS,
      files: { "/etc/hosts": "10.0.1.11 server\n" },
    });
    return { server, client };
  };
  const run = (argv: readonly string[], stdin?: string) => {
    const { server, client } = two();
    server.start({ argv: ["nc", "-l", "80"] });
    server.kernel.clock.runUntil(server.kernel.clock.now + 10);
    const { stdout, stderr, exitCode } = runProgram({
      machine: client,
      argv,
      ...(stdin === undefined ? {} : { stdin }),
    });
    return { stdout, stderr, exitCode };
  };

  test("-zv tells whether a port answers", () => {
    expect(run(["nc", "-zv", "10.0.1.11", "80"])).toEqual({
      stdout: "",
      stderr: "Connection to 10.0.1.11 80 port [tcp/http] succeeded!\n",
      exitCode: 0,
    });
    expect(run(["nc", "-zv", "server", "81"])).toEqual({
      stdout: "",
      stderr: "nc: connect to server (10.0.1.11) port 81 (tcp) failed: Connection refused\n",
      exitCode: 1,
    });
    expect(run(["nc", "-z", "nope", "81"]).stderr).toContain("Name or service not known");
    expect(run(["nc", "server", "x"]).stderr).toBe("nc: port number invalid: x\n");
  });

  test("bytes go both ways", () => {
    const { server, client } = two();
    const heard: string[] = [];
    server.start({
      argv: ["nc", "-l", "80"],
      stdin: bytesDescriptor(new TextEncoder().encode("welcome\n")),
      stdout: sinkDescriptor((data) => heard.push(text(data))),
    });
    server.kernel.clock.runUntil(server.kernel.clock.now + 10);
    const { stdout, exitCode } = runProgram({
      machine: client,
      argv: ["nc", "-q", "1", "server", "80"],
      stdin: "hi\n",
    });
    expect({ stdout, exitCode }).toEqual({ stdout: "welcome\n", exitCode: 0 });
    server.kernel.clock.runUntil(server.kernel.clock.now + 10);
    expect(heard).toEqual(["hi\n"]);
  });
});
