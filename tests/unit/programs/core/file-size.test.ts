import { expect, test } from "vitest";
import { CORE_PROGRAMS } from "../../../../src/programs/core/index.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";

function said(...argv: string[]): { text: string; code: number } {
  const machine = newMachine({ programs: CORE_PROGRAMS });
  const { stdout, stderr, exitCode } = runProgram({ machine, argv, cwd: "/root" });
  return { text: stdout + stderr, code: exitCode };
}

test.each([
  [["fallocate", "f"], "fallocate: no length argument specified\n"],
  [["fallocate", "-l", "x", "f"], "fallocate: failed to parse length: 'x'\n"],
  [["fallocate", "-l", "0", "f"], "fallocate: invalid length value specified\n"],
  [["fallocate", "-l", "1K"], "fallocate: no filename specified\n"],
  [["fallocate", "-l", "1K", "/none/f"], "fallocate: cannot open /none/f: No such file or directory\n"],
  [["fallocate", "-l", "900G", "f"], "fallocate: fallocate failed: No space left on device\n"],
  [
    ["truncate", "f"],
    "truncate: you must specify either '--size' or '--reference'\nTry 'truncate --help' for more information.\n",
  ],
  [["truncate", "-s", "x", "f"], "truncate: Invalid number: 'x'\n"],
  [["truncate", "-s", "1"], "truncate: missing file operand\nTry 'truncate --help' for more information.\n"],
  [["truncate", "-s", "1", "/none/f"], "truncate: cannot open '/none/f' for writing: No such file or directory\n"],
])("%j", (argv, message) => {
  expect(said(...argv)).toEqual({ text: message, code: 1 });
});

test("sizes in all units, absolute and relative", () => {
  const machine = newMachine({ programs: CORE_PROGRAMS });
  const run = (...argv: string[]) => runProgram({ machine, argv, cwd: "/root" }).exitCode;
  const size = () => machine.fs.stat("/root/f").size;
  for (const [argv, bytes] of [
    [["truncate", "-s", "3K", "f"], 3072],
    [["truncate", "-s", "+1KB", "f"], 4072],
    [["truncate", "--size=-72", "f"], 4000],
    [["fallocate", "-l", "1MiB", "f"], 1_048_576],
    [["fallocate", "-l", "10", "f"], 1_048_576],
    [["truncate", "-s", "0", "f"], 0],
    [["dd", "if=/dev/zero", "of=f", "bs=1k", "count=3", "status=none"], 3072],
    [["dd", "if=/dev/zero", "of=f", "bs=1k", "seek=5", "count=1", "status=none"], 6144],
  ] as const) {
    expect(run(...argv)).toBe(0);
    expect(size()).toBe(bytes);
  }
});
