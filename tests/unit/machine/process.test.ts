import { expect, test } from "vitest";
import { readToEnd, writeText } from "../../../src/machine/file-descriptor.ts";
import { createPipe } from "../../../src/machine/pipe.ts";
import type { Program } from "../../../src/machine/process.ts";
import { ExitProgram } from "../../../src/machine/signals.ts";
import { sleep, waitFor } from "../../../src/sim/task.ts";
import { newMachine, runProgram } from "../../support/machine.ts";

const hello: Program = function* (process) {
  yield* writeText(process.stdout, `hello ${process.argv.slice(1).join(" ")}\n`);
  return 3;
};

test("a program's output and exit code reach whoever started it", () => {
  const result = runProgram({ programs: { hello }, argv: ["hello", "a", "b"] });
  expect(result).toMatchObject({ stdout: "hello a b\n", stderr: "", exitCode: 3 });
});

test("ExitProgram and signals set the status; a defect is 134 and a fault of the world", () => {
  const exit: Program = function* () {
    throw new ExitProgram(7);
  };
  expect(runProgram({ programs: { exit }, argv: ["exit"] }).exitCode).toBe(7);
  const defect: Program = function* () {
    throw new Error("oops");
  };
  const machine = newMachine({ programs: { defect } });
  expect(() => runProgram({ machine, argv: ["defect"] })).toThrow("oops");
  const suicide: Program = function* (process) {
    process.machine.kill(process.pid, "SIGTERM");
    return 0;
  };
  expect(runProgram({ programs: { suicide }, argv: ["suicide"] }).exitCode).toBe(143);
});

test("deep recursion ends a program as a segmentation fault", () => {
  const deep: Program = function* () {
    const dig = (n: number): number => 1 + dig(n + 1);
    return dig(0);
  };
  const result = runProgram({ programs: { deep }, argv: ["deep"] });
  expect(result).toMatchObject({ exitCode: 139, stderr: "deep: Segmentation fault\n" });
});

test("killing ends a child where it waits and runs its finally blocks", () => {
  let cleaned = false;
  const sleeper: Program = function* (process) {
    try {
      yield* sleep(process.clock, 1e9);
      return 0;
    } finally {
      cleaned = true;
    }
  };
  const parent: Program = function* (process) {
    const child = process.spawn({ argv: ["sleeper"] });
    yield* sleep(process.clock, 10);
    child.kill("SIGTERM");
    return yield* waitFor(child.exited);
  };
  const result = runProgram({ programs: { sleeper, parent }, argv: ["parent"] });
  expect(result.exitCode).toBe(143);
  expect(result.elapsedMs).toBe(10);
  expect(cleaned).toBe(true);
});

test("a writer whose reader has gone ends by SIGPIPE", () => {
  const yes: Program = function* (process) {
    for (;;) yield* writeText(process.stdout, "y\n".repeat(500));
  };
  const parent: Program = function* (process) {
    const { reader, writer } = createPipe();
    const child = process.spawn({ argv: ["yes"], fds: new Map([[1, writer]]) });
    writer.close();
    yield* reader.read(100);
    reader.close();
    return yield* waitFor(child.exited);
  };
  expect(runProgram({ programs: { yes, parent }, argv: ["parent"] }).exitCode).toBe(141);
});

test("a pipe carries megabytes through its 64 KiB", () => {
  const big = "0123456789abcdef".repeat(200_000);
  const source: Program = function* (process) {
    yield* writeText(process.stdout, big);
    return 0;
  };
  const parent: Program = function* (process) {
    const { reader, writer } = createPipe();
    process.spawn({ argv: ["source"], fds: new Map([[1, writer]]) });
    writer.close();
    const all = yield* readToEnd(reader);
    return all.length === big.length ? 0 : 1;
  };
  expect(runProgram({ programs: { source, parent }, argv: ["parent"] }).exitCode).toBe(0);
});

test("scripts run by their #! line, with the argument and the script's path", () => {
  const show: Program = function* (process) {
    yield* writeText(process.stdout, process.argv.join("|"));
    return 0;
  };
  const files = { "/root/x": { text: "#!/usr/bin/show -e\nrest", mode: 0o755 } };
  expect(runProgram({ programs: { show }, files, argv: ["./x", "1"] }).stdout).toBe("/usr/bin/show|-e|./x|1");
});
