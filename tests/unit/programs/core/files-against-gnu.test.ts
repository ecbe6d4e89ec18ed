import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CORE_PROGRAMS } from "../../../../src/programs/core/index.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";

/** Lines that change files and then look at them, typed one after the other here and with the real programs. */
const STORIES: readonly (readonly string[])[] = [
  ["mkdir empty full", "touch full/x", "rm -d empty", "rm -d full", "rm -dv nope", "ls"],
  ["touch -d 2026-01-02␣03:04 a", "touch -r a b", "stat -c %y a b", "touch -r nope c", "touch -d nonsense c", "ls"],
  ["touch -d @1700000000 a", "stat -c %Y a", "touch -r a -d +1␣day b", "stat -c %Y b"],
  [
    "touch a b",
    "mkdir d",
    "ln -sv a b d",
    "readlink d/a d/b",
    "ln -s a b nope",
    "ln -s a b a",
    "ln -sf b d/a",
    "readlink d/a",
  ],
  ["mkdir d", "ln -s d l", "touch a", "ln -sn a l", "ln -sfn a l", "readlink l", "ls d"],
  [
    "touch a",
    "ln -s a l",
    "cp -P l p",
    "readlink p",
    "cp -R l r",
    "readlink r",
    "cp -RL l f",
    "readlink f",
    "cp -d l g",
    "readlink g",
  ],
  [
    "touch -d 2026-01-01 old",
    "touch -d 2026-02-01 new",
    "cp -uv new old",
    "cp -uv old new",
    "cp -pu old newest",
    "stat -c %n old new",
  ],
  [
    "readlink -f nope",
    "readlink -e nope",
    "readlink -m no/such/way",
    "readlink -f no/such/way",
    "realpath -e nope",
    "realpath -m no/such/way",
  ],
  ["touch a", "ln -s a l", "stat -c %F l", "stat -L -c %F l", "mktemp -q nope/XXXXXX", "mktemp -p nope XXXXXX"],
  ["env -i -0 A=b"],
];

const words = (line: string) => line.split(" ").map((word) => word.replaceAll("␣", " "));

test.each(STORIES)("%s", (...story) => {
  const folder = mkdtempSync(join(tmpdir(), "gnu-files-"));
  const machine = newMachine({ programs: CORE_PROGRAMS });
  machine.fs.mkdir(folder, { parents: true });
  const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", TZ: "UTC" };
  for (const line of story) {
    const [command = "", ...args] = words(line);
    const real = spawnSync(command, args, { cwd: folder, encoding: "utf8", env });
    const ours = runProgram({ argv: [command, ...args], cwd: folder, machine });
    expect({ line, stdout: ours.stdout, stderr: ours.stderr, code: ours.exitCode }).toEqual({
      line,
      stdout: real.stdout,
      stderr: real.stderr.replaceAll("‘", "'").replaceAll("’", "'"),
      code: real.status,
    });
  }
  rmSync(folder, { recursive: true });
});

test.each([
  ["xargs -p", "asking before each command (-p)"],
  ["sort -z", "lines that end with a null byte (-z)"],
  ["sed -s p", "each file by itself (-s)"],
  ["sudo -u nobody id", "running commands as another user"],
])("%s is refused, not taken for something else", (line, what) => {
  const argv = words(line);
  const { stdout, stderr, exitCode } = runProgram({ argv, programs: CORE_PROGRAMS });
  expect({ stdout, stderr, exitCode }).toEqual({
    stdout: "",
    stderr: `${argv[0]}: not simulated in this sandbox: ${what}\n`,
    exitCode: 1,
  });
});
