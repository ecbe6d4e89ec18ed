import { expect, test } from "vitest";
import { concat, text, utf8 } from "../../../src/base/bytes.ts";
import { readToEnd, writeText } from "../../../src/machine/file-descriptor.ts";
import type { Machine } from "../../../src/machine/machine.ts";
import type { Program } from "../../../src/machine/process.ts";
import type { PseudoTerminal } from "../../../src/machine/pseudo-terminal.ts";
import type { RunningProcess } from "../../../src/machine/running-process.ts";
import { RAW_MODE } from "../../../src/machine/terminal.ts";
import { sleep, waitFor } from "../../../src/sim/task.ts";
import { newMachine } from "../../support/machine.ts";

/** Shows each read in brackets until the end of input. */
const reader: Program = function* (process) {
  for (;;) {
    const bytes = yield* process.stdin.read();
    if (bytes === undefined) return 0;
    yield* writeText(process.stdout, `[${text(bytes).replace("\n", "$")}]\n`);
  }
};
const sleeper: Program = function* (process) {
  yield* sleep(process.clock, 1e9);
  return 0;
};
const raw: Program = function* (process) {
  process.terminal?.setMode(RAW_MODE);
  return yield* reader(process);
};
const yes: Program = function* (process) {
  for (;;) yield* writeText(process.stdout, "y\n".repeat(1000));
};
/** Runs `sleeper` in a new group in the foreground, as a shell with job control does, and tells how it fared. */
const shell: Program = function* (process) {
  const child = process.spawn({ argv: ["sleeper"], processGroup: "new" });
  if (process.terminal !== undefined) process.terminal.foregroundGroup = child.pid;
  if (child.stateChanged !== undefined) yield* waitFor(child.stateChanged);
  yield* writeText(
    process.stdout,
    child.stoppedBy === undefined ? `ended by ${child.endedBy}\n` : `stopped by ${child.stoppedBy}\n`,
  );
  child.kill("SIGCONT");
  child.kill("SIGTERM");
  return yield* waitFor(child.exited);
};

interface Screen {
  readonly machine: Machine;
  readonly terminal: PseudoTerminal;
  readonly process: RunningProcess;
  /** Types, runs the world for a moment, gives what the terminal showed. */
  type(keys: string): string;
}

function open(program: string): Screen {
  const machine = newMachine({ programs: { reader, sleeper, raw, shell, yes } });
  const { clock } = machine.kernel;
  const terminal = machine.openTerminal();
  let shown: Uint8Array[] = [];
  terminal.onOutput((bytes) => shown.push(bytes));
  const process = machine.login(terminal, { argv: [program], executable: `/usr/bin/${program}` });
  clock.runUntil(clock.now + 10);
  return {
    machine,
    terminal,
    process,
    type(keys) {
      terminal.type(utf8(keys));
      clock.runUntil(clock.now + 10);
      const all = text(concat(shown));
      shown = [];
      return all;
    },
  };
}

test("input comes by lines, is echoed and can be edited", () => {
  const screen = open("reader");
  expect(screen.type("ab")).toBe("ab");
  expect(screen.type("\x7f")).toBe("\b \b");
  expect(screen.type("c\r")).toBe("c\r\n[ac$]\r\n");
  expect(screen.type("one two\x17x\r")).toBe("one two\b \b\b \b\b \bx\r\n[one x$]\r\n");
  expect(screen.type("gone\x15kept\r")).toBe(`gone${"\b \b".repeat(4)}kept\r\n[kept$]\r\n`);
  expect(screen.type("é\x7fe\r")).toBe("é\b \be\r\n[e$]\r\n");
});

test("Ctrl-D gives what is there, and on an empty line the end", () => {
  const screen = open("reader");
  expect(screen.type("part\x04")).toBe("part[part]\r\n");
  expect(screen.process.hasEnded).toBe(false);
  screen.type("\x04");
  expect(screen.process.exitCode).toBe(0);
});

test.each([
  ["\x03", "^C", 130],
  ["\x1c", "^\\", 131],
])("%j signals the foreground group", (key, echo, code) => {
  const screen = open("sleeper");
  expect(screen.type(key)).toBe(echo);
  expect(screen.process.exitCode).toBe(code);
});

test("Ctrl-Z stops a job, which its shell hears of and can continue", () => {
  const screen = open("shell");
  expect(screen.type("\x1a")).toBe("^Zstopped by SIGTSTP\r\n");
  expect(screen.process.exitCode).toBe(143);
});

test("Ctrl-C ends a job, not the shell that waits for it", () => {
  const screen = open("shell");
  expect(screen.type("\x03")).toBe("^Cended by SIGINT\r\n");
  expect(screen.process.exitCode).toBe(130);
});

test("raw mode gives every byte as it is typed, without echo or signals", () => {
  const screen = open("raw");
  expect(screen.type("\x03\r")).toBe("[\x03\r]\r\n");
});

test("a megabyte pasted arrives whole", () => {
  const count: Program = function* (process) {
    const all = yield* readToEnd(process.stdin);
    yield* writeText(process.stdout, `got ${all.length}\n`);
    return 0;
  };
  const machine = newMachine({ programs: { count } });
  const terminal = machine.openTerminal();
  const shown: string[] = [];
  terminal.onOutput((bytes) => shown.push(text(bytes)));
  machine.login(terminal, { argv: ["count"], executable: "/usr/bin/count" });
  terminal.type(utf8(`${"x".repeat(99)}\r`.repeat(10_000)));
  terminal.type(utf8("\x04"));
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 1000);
  expect(shown.at(-1)).toBe("got 1000000\r\n");
});

test("endless output lets the world go on and ends with Ctrl-C", () => {
  const screen = open("yes");
  const before = screen.machine.kernel.clock.now;
  expect(screen.type("").length).toBeGreaterThan(10_000);
  expect(screen.machine.kernel.clock.now).toBe(before + 10);
  screen.type("\x03");
  expect(screen.process.exitCode).toBe(130);
});

test("hanging up ends the session", () => {
  const screen = open("sleeper");
  screen.terminal.hangUp();
  expect(screen.process.exitCode).toBe(129);
  expect(screen.terminal.awaited).toBe(false);
});

test("the terminal knows when a program waits for the keyboard", () => {
  const screen = open("reader");
  expect(screen.terminal.awaited).toBe(true);
  screen.terminal.type(utf8("x\r"));
  expect(screen.terminal.awaited).toBe(false);
  screen.type("");
  expect(screen.terminal.awaited).toBe(true);
  expect(screen.machine.terminals()).toEqual([screen.terminal]);
});
