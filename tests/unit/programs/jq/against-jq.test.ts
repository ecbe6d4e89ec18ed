import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import type { Program } from "../../../../src/machine/process.ts";
import type { JqLoader } from "../../../../src/programs/jq/jq-engine.ts";
import { jqProgram } from "../../../../src/programs/jq/main.ts";
import { sleep } from "../../../../src/sim/task.ts";
import { jqLoader, loadJq } from "../../../../src/worker/jq-loader.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";
import { bash } from "../../../support/shells.ts";

const PODS = JSON.stringify({
  kind: "List",
  items: [
    { metadata: { name: "b", namespace: "default", labels: { app: "web" } }, status: { phase: "Running" } },
    { metadata: { name: "a", namespace: "kube-system" }, status: { phase: "Pending", n: 3 } },
  ],
});
const FILES: Readonly<Record<string, string>> = {
  "pods.json": PODS,
  "numbers.json": "1 2\n3\n",
  "broken.json": '{"a":1}\n{"b":',
  "filter.jq": ".items | map(.metadata.name)\n",
};

type Case = readonly [args: readonly string[], stdin?: string];

/** Command lines whose output is the same in Debian's jq 1.6 and in 1.7. */
const CASES: readonly Case[] = [
  [["."], '{"b":1,"a":[1,2.5,null,true,"x\\u00e9"]}'],
  [["-c", "."], '{"b":1,"a":[1,2]}'],
  [["-r", ".items[].metadata.name"], PODS],
  [["-r", '.items[] | "\\(.metadata.namespace)/\\(.metadata.name)"'], PODS],
  [["-r", ".items[] | [.metadata.name, .status.phase] | @tsv"], PODS],
  [["-r", ".items[] | [.metadata.name, .status.phase] | @csv"], PODS],
  [["-c", '.items | map(select(.status.phase == "Running")) | length'], PODS],
  [["-c", ".items | sort_by(.metadata.name) | map(.metadata.name)"], PODS],
  [["-c", ".items | group_by(.status.phase) | map({phase: .[0].status.phase, n: length})"], PODS],
  [["-S", "-c", "."], '{"b":{"d":1,"c":2},"a":0}'],
  [["--tab", "."], '{"a":[1]}'],
  [["--indent", "1", "."], '{"a":[1]}'],
  [["-j", ".[]"], '["a","b"]'],
  [["-a", "."], '"é"'],
  [["keys"], PODS],
  [["-c", "to_entries"], '{"a":1}'],
  [["-c", "paths"], '{"a":{"b":[1]}}'],
  [["-r", ".data.password | @base64d"], '{"data":{"password":"c2VjcmV0"}}'],
  [["-r", "@base64"], '"hi"'],
  [["-e", "."], "null"],
  [["-e", ".a"], '{"a":false}'],
  [["-e", ".a"], '{"a":1}'],
  [["-e", "empty"], "{}"],
  [["-n", "1+1"]],
  [["-n", "[inputs]"], "1 2\n3"],
  [["-c", "[.,input]"], "1 2 3 4"],
  [["-s", "add"], "1 2 3"],
  [["-R", "."], "a\nb\n"],
  [["-R", "-s", 'split("\\n")'], "a\nb\n"],
  [["-c", "--arg", "x", "1", "--argjson", "y", '{"a":2}', "[$x,$y]"], "null"],
  [["-n", "-c", "--slurpfile", "n", "numbers.json", "$n"]],
  [["-n", "--rawfile", "n", "numbers.json", "$n"]],
  [["-n", "-c", "$ARGS", "--args", "a", "b"]],
  [["-n", "-c", "$ARGS", "--jsonargs", "1", "{}"]],
  [["-c", "-f", "filter.jq", "pods.json"]],
  [["-c", ".", "numbers.json"]],
  [["-c", "input_filename", "numbers.json"]],
  [[".", "nope.json"]],
  [[".", "nope.json", "numbers.json"]],
  [[".", "/usr"]],
  [[".a"], "1"],
  [[".a"], '{"a":1}\n[2]\n{"a":3}\n'],
  [[".[0]"], '{"a":1}'],
  [["tostring"], "1 [2]"],
  [["-r", "tojson"], '{"a":"b"}'],
  [['error("no")'], "1"],
  [['try error("no") catch .'], "1"],
  [["-c", '[.[] | test("^a")]'], '["abc","b"]'],
  [["-r", 'gsub("a";"o")'], '"banana"'],
  [["-c", "limit(3;range(10))"], "null"],
  [["-c", "first(range(5))"], "1 2"],
  [["-c", 'walk(if type == "number" then .+1 else . end)'], '{"a":[1,{"b":2}]}'],
  [["-c", "del(.items[0]) | .items | length"], PODS],
  [["-c", '.a |= .+1 | .b = "x" | .c += 1'], '{"a":1,"c":1}'],
  [["-c", "reduce .[] as $x (0; . + $x)"], "[1,2,3]"],
  [["-c", "--stream", "."], '{"a":[1]}'],
  [["-r", '"2026-11-22T10:00:00Z" | fromdate'], "null"],
  [["-r", "1795341600 | todate"], "null"],
  [["halt_error"], '"bye\\n"'],
  [["."], ""],
  [["."], "   \n"],
];

let loader: JqLoader;
const folder = mkdtempSync(join(tmpdir(), "jq-"));
beforeAll(async () => {
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
  const engine = await loadJq();
  loader = { engine, request: (onReady) => onReady(engine, "") };
});
afterAll(() => rmSync(folder, { recursive: true }));

function ours(args: readonly string[], stdin = "") {
  const files = Object.fromEntries(Object.entries(FILES).map(([name, content]) => [`/work/${name}`, content]));
  const { stdout, stderr, exitCode } = runProgram({
    argv: ["jq", ...args],
    stdin,
    cwd: "/work",
    files,
    programs: { jq: jqProgram(loader) },
  });
  return { stdout, stderr, code: exitCode };
}

describe("as Debian's jq", () => {
  test.each(CASES.map((each) => [each[0].join(" "), ...each] as const))("%s", (_, args, stdin = "") => {
    const real = spawnSync("jq", args, { cwd: folder, input: stdin, encoding: "utf8", env: { LC_ALL: "C.UTF-8" } });
    expect(ours(args, stdin)).toEqual({ stdout: real.stdout, stderr: real.stderr, code: real.status });
  });
});

describe("jq 1.7", () => {
  test("says which version it is", () => expect(ours(["--version"]).stdout).toMatch(/^jq-1\.7/));

  test("a compile error is exit code 3", () => {
    const { stderr, code } = ours([".a("], "{}");
    expect({ code, first: stderr.split("\n")[0] }).toEqual({
      code: 3,
      first:
        "jq: error: syntax error, unexpected '(', expecting end of file (Unix shell quoting issues?) at <top-level>, line 1:",
    });
  });

  test("lines and columns of a parse error count from the beginning of the input", () => {
    expect(ours(["-c", "."], '{"a":1}\n{"a":2}\n  {"b" 3}\n')).toEqual({
      stdout: '{"a":1}\n{"a":2}\n',
      stderr: "jq: parse error: Expected separator between values at line 3, column 9\n",
      code: 5,
    });
  });

  test("`now` is the world's time, `$ENV` the process's environment", () => {
    const machine = newMachine({ programs: { jq: jqProgram(loader) } });
    const { stdout } = runProgram({
      machine,
      argv: ["jq", "-n", "-r", "(now|todate), $ENV.A, env.A"],
      env: { A: "b", PATH: "/usr/bin" },
    });
    expect(stdout).toBe("2026-11-22T10:00:00Z\nb\nb\n");
  });

  test("endless output ends with its reader, or is refused", () => {
    const { stderr, code } = ours(["-n", "repeat(1)"]);
    expect({ stderr, code }).toEqual({ stderr: "not simulated in this sandbox: endless output of jq\n", code: 1 });
  });

  test.each(["def f: f; f", "last(range(1e12))", '("a"*60+"b")|test("(a+)+$")'])(
    "%s does not end, and is refused after so many steps",
    (filter) => {
      const { stdout, stderr, code } = ours(["-n", `"begun", (${filter})`]);
      expect({ stdout, stderr, code }).toEqual({
        stdout: '"begun"\n',
        stderr: "not simulated in this sandbox: jq programs of more than 60 million steps\n",
        code: 1,
      });
    },
  );

  test.each(["def f: 1+f; f", '"a"*1e9', 'reduce range(60) as $i ("x"; .+.)|length'])(
    "%s wants more memory than there is, as jq says itself",
    (filter) => {
      const { stderr, code } = ours(["-n", filter]);
      expect({ stderr, code }).toEqual({ stderr: "jq: error: cannot allocate memory\n", code: 134 });
    },
  );

  test("a value nested beyond the stack ends jq by a signal", () => {
    const { stderr, code } = ours(["-n", "reduce range(200000) as $i (0;[.])"]);
    expect({ stderr, code }).toEqual({ stderr: "jq: Segmentation fault\n", code: 139 });
  });

  test("hostile depth is an error", () => {
    expect(ours(["."], "[".repeat(100_000)).stderr).toContain("Exceeds depth limit for parsing");
    expect(ours(["-n", "--arg", "x", "y".repeat(100_000), "$x"]).stderr).toBe("jq: error: Argument list too long\n");
  });
});

describe("streams", () => {
  /** Writes pieces a second apart into jq and tells when jq's output came. */
  function streamed(pieces: readonly string[], args: readonly string[], given: JqLoader) {
    const seen: string[] = [];
    const machine = newMachine({
      programs: {
        bash,
        jq: jqProgram(given),
        *slow(process) {
          for (const piece of pieces) {
            yield* sleep(process.clock, 1000);
            yield* process.stdout.write(utf8(piece));
          }
          return 0;
        },
        *watch(process) {
          for (let part = yield* process.stdin.read(); part !== undefined; part = yield* process.stdin.read())
            seen.push(
              `${Math.floor((process.clock.now - process.startedAt) / 1000)}s ${new TextDecoder().decode(part)}`,
            );
          return 0;
        },
      } satisfies Record<string, Program>,
    });
    const { exitCode } = runProgram({ machine, argv: ["bash", "-c", `slow | jq ${args.join(" ")} | watch`] });
    return { seen, exitCode };
  }

  test("texts are worked on as they come", () => {
    const { seen } = streamed(['{"a":1}\n{"a":', "2}\n", "3 ", "4"], ["-c", "."], loader);
    expect(seen).toEqual(['1s {"a":1}\n', '2s {"a":2}\n', "3s 3\n", "4s 4\n"]);
  });

  test("-s waits for the end", () => {
    expect(streamed(["1\n", "2\n"], ["-c", "-s", "."], loader).seen).toEqual(["2s [1,2]\n"]);
  });

  test("the first call waits for jq to be loaded", async () => {
    const busy: boolean[] = [];
    const lazy = jqLoader(loadJq, (on) => busy.push(on));
    const machine = newMachine({ programs: { jq: jqProgram(lazy) } });
    const process = machine.start({ argv: ["jq", "--version"] });
    machine.kernel.clock.runUntil(machine.kernel.clock.now + 1000);
    expect(process.hasEnded).toBe(false);
    await new Promise<void>((resolve) => lazy.request(() => resolve()));
    machine.kernel.clock.runUntil(machine.kernel.clock.now + 1000);
    expect({ code: process.exitCode, busy }).toEqual({ code: 0, busy: [true, false] });
  });

  test("a failed load is said", async () => {
    const failing = jqLoader(() => Promise.reject(new Error("offline")));
    const machine = newMachine({ programs: { jq: jqProgram(failing) } });
    const process = machine.start({ argv: ["jq", "."] });
    machine.kernel.clock.runUntil(machine.kernel.clock.now + 10);
    await Promise.resolve();
    await Promise.resolve();
    machine.kernel.clock.runUntil(machine.kernel.clock.now + 10);
    expect(process.exitCode).toBe(1);
  });
});
