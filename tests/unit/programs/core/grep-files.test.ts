import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { grep } from "../../../../src/programs/core/grep.ts";
import { runProgram } from "../../../support/machine.ts";

const FILES = ["a.yaml", "b.txt", "sub/c.yaml", "sub/.git/d.yaml", "sub/deep/e.txt"];
const folder = mkdtempSync(join(tmpdir(), "grep-files-"));
for (const file of FILES) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), "foo\n");
}
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  "-r foo .",
  "-r foo",
  "-r foo sub/",
  "-r foo ./sub",
  "-r --include=*.yaml foo .",
  "-r --exclude=*.yaml foo .",
  "-r --exclude-dir=.git foo",
  "-r --exclude-dir=sub/ foo .",
  "-r --exclude-dir=sub foo sub",
  "-r --exclude-dir=deep --exclude-dir=.git foo sub b.txt",
  "-r --exclude-dir=./sub foo .",
  "-r --include=c.yaml --exclude=*.txt foo .",
  "-r --exclude=*.yaml --include=c* foo .",
  "-r --exclude=sub/* foo .",
  "-r --include=sub/c.yaml foo .",
  "-rl --include=*.yaml --include=*.txt foo sub",
  "--include=*.yaml foo a.yaml b.txt",
  "--exclude=a* foo a.yaml ./a.yaml b.txt",
  "-c --include=*.go foo a.yaml b.txt",
])("grep %s looks into the files that GNU's looks into", (line) => {
  const argv = ["grep", ...line.split(" ")];
  const real = spawnSync("grep", argv.slice(1), { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const files = Object.fromEntries(FILES.map((file) => [`/work/${file}`, "foo\n"]));
  const ours = runProgram({ argv, programs: { grep }, files, cwd: "/work" });
  const sorted = (text: string) => text.split("\n").sort();
  expect([sorted(ours.stdout), ours.stderr, ours.exitCode]).toEqual([sorted(real.stdout), real.stderr, real.status]);
});

test("what is not imitated of it says so", () => {
  const { stderr, exitCode } = runProgram({ argv: ["grep", "-z", "a"], programs: { grep }, stdin: "a\0" });
  expect([stderr, exitCode]).toEqual([
    "grep: not simulated in this sandbox: lines that end with a null byte (-z)\n",
    2,
  ]);
});
