import { decodeShellText } from "../../base/byte-text.ts";
import { text as textOf } from "../../base/bytes.ts";
import { strftime } from "../../base/calendar.ts";
import type { GivenOptions } from "../../base/getopt.ts";
import type { FileDescriptor } from "../../machine/file-descriptor.ts";
import { readToEnd, writeText } from "../../machine/file-descriptor.ts";
import { MEMORY_MAX } from "../../machine/memory.ts";
import type { ChildProcess, Process } from "../../machine/process.ts";
import { SIGNAL_NUMBERS, type Signal } from "../../machine/signals.ts";
import { sleep as pause, type Task, waitAtMost, waitFor } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { complain, usageError, utility } from "./utility.ts";

/** `1.5`, `2m`, `1h`, `3d` in milliseconds; undefined when it is no duration. */
function durationMs(text: string): number | undefined {
  if (text === "infinity" || text === "inf") return Number.POSITIVE_INFINITY;
  const match = /^(\d*\.?\d+)([smhd]?)$/.exec(text);
  if (match === null) return undefined;
  const unit = { "": 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? ""] ?? 1000;
  return Number(match[1]) * unit;
}

/** Starts a program; says why when it cannot be run. */
function* start(
  process: Process,
  name: string,
  argv: readonly string[],
  extra: { env?: ReadonlyMap<string, string>; fds?: ReadonlyMap<number, FileDescriptor>; cwd?: string } = {},
): Task<ChildProcess | number> {
  try {
    return process.spawn({ argv, ...extra });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const missing = error.code === "ENOENT";
    yield* complain(
      process,
      name,
      name === "timeout" ? `failed to run command '${argv[0]}': ${error.message}` : `'${argv[0]}': ${error.message}`,
    );
    return missing ? 127 : 126;
  }
}

/** sleep: waits. */
export const sleep = utility({
  name: "sleep",
  usage: "NUMBER[SUFFIX]...",
  summary: "Wait for the sum of the times given, in seconds or with suffix m, h, d.",
  *run(process, _options, operands) {
    if (operands.length === 0) return yield* usageError(process, { name: "sleep" }, "missing operand");
    let total = 0;
    for (const operand of operands) {
      const ms = durationMs(operand);
      if (ms === undefined) return yield* usageError(process, { name: "sleep" }, `invalid time interval '${operand}'`);
      total += ms;
    }
    if (total === Number.POSITIVE_INFINITY) yield* waitFor({ begin: () => () => undefined });
    yield* pause(process.clock, total);
    return 0;
  },
});

function signalNamed(text: string): Signal | undefined {
  const names = Object.keys(SIGNAL_NUMBERS) as Signal[];
  return names.find((name) => name === text || name === `SIG${text}` || String(SIGNAL_NUMBERS[name]) === text);
}

/** timeout: runs a program, but not for ever. */
export const timeout = utility({
  name: "timeout",
  usage: "[OPTION] DURATION COMMAND [ARG]...",
  summary: "Run a command and end it if it still runs after the time given.",
  usageExitCode: 125,
  rules: { stopAtOperand: true },
  options: [
    { short: "s", long: "signal", value: "required", help: "send this signal instead of TERM" },
    { short: "k", long: "kill-after", value: "required", help: "send KILL if it still runs this much later" },
    { long: "preserve-status", help: "exit with the command's own status" },
    { long: "foreground", help: "let the command read from the terminal" },
    { short: "v", long: "verbose" },
  ],
  *run(process, options, operands) {
    const [duration, ...argv] = operands;
    if (duration === undefined || argv.length === 0)
      return yield* usageError(process, { name: "timeout", usageExitCode: 125 }, "missing operand");
    const limit = durationMs(duration);
    const signal = signalNamed(options.value("signal") ?? "TERM");
    if (limit === undefined)
      return yield* usageError(process, { name: "timeout", usageExitCode: 125 }, `invalid time interval '${duration}'`);
    if (signal === undefined)
      return yield* usageError(
        process,
        { name: "timeout", usageExitCode: 125 },
        `${options.value("signal")}: invalid signal`,
      );
    const child = yield* start(process, "timeout", argv);
    if (typeof child === "number") return child;
    const ended = yield* waitAtMost(
      process.clock,
      child.exited,
      limit === 0 || limit === Number.POSITIVE_INFINITY ? undefined : limit,
    );
    if (ended.status === "value") return ended.value;
    child.kill(signal);
    const grace = options.value("kill-after");
    if (grace !== undefined) {
      const after = yield* waitAtMost(process.clock, child.exited, durationMs(grace) ?? 0);
      if (after.status === "timeout") child.kill("SIGKILL");
    }
    const code = yield* waitFor(child.exited);
    if (options.has("preserve-status")) return code;
    return code === 137 ? 137 : 124;
  },
});

/** env: shows the environment, or runs a program in a changed one. */
export const env = utility({
  name: "env",
  usage: "[OPTION]... [NAME=VALUE]... [COMMAND [ARG]...]",
  summary: "Run a command in a changed environment, or show the environment.",
  usageExitCode: 125,
  rules: { stopAtOperand: true },
  options: [
    { short: "i", long: "ignore-environment", help: "begin with an empty environment" },
    { short: "u", long: "unset", value: "required", help: "without this variable" },
    { short: "C", long: "chdir", value: "required", help: "in this directory" },
    { short: "0", long: "null", help: "end each line with a zero byte" },
  ],
  *run(process, options, operands) {
    const environment = new Map(options.has("ignore-environment") ? [] : process.env);
    for (const name of options.values("unset")) environment.delete(name);
    const argv = [...operands];
    if (argv[0] === "-") {
      environment.clear();
      argv.shift();
    }
    for (
      let match = /^([^=]+)=([\s\S]*)$/.exec(argv[0] ?? "");
      match !== null;
      match = /^([^=]+)=([\s\S]*)$/.exec(argv[0] ?? "")
    ) {
      environment.set(match[1] ?? "", match[2] ?? "");
      argv.shift();
    }
    if (argv.length === 0) {
      const end = options.has("null") ? "\0" : "\n";
      yield* writeText(process.stdout, [...environment].map(([name, value]) => `${name}=${value}${end}`).join(""));
      return 0;
    }
    const directory = options.value("chdir");
    const child = yield* start(process, "env", argv, {
      env: environment,
      ...(directory === undefined ? {} : { cwd: directory }),
    });
    return typeof child === "number" ? child : yield* waitFor(child.exited);
  },
});

/** printenv: values of the environment. */
export const printenv = utility({
  name: "printenv",
  usage: "[VARIABLE]...",
  summary: "Show the environment, or the values of some variables.",
  writeErrorExitCode: 2,
  *run(process, _options, operands) {
    if (operands.length === 0) {
      yield* writeText(process.stdout, [...process.env].map(([name, value]) => `${name}=${value}\n`).join(""));
      return 0;
    }
    let code = 0;
    for (const name of operands) {
      const value = process.env.get(name);
      if (value === undefined) code = 1;
      else yield* writeText(process.stdout, `${value}\n`);
    }
    return code;
  },
});

/** nohup, nice and sudo: run the command; there is only one user, no priorities, and hanging up is rare. */
function passThrough(
  name: string,
  summary: string,
  options: readonly { short?: string; long?: string; value?: "required" | "none" }[],
) {
  return utility({
    name,
    usage: "COMMAND [ARG]...",
    summary,
    rules: { stopAtOperand: true },
    options,
    *run(process, options, operands) {
      if (operands.length === 0) return yield* usageError(process, { name }, "missing operand");
      if (!["root", "0"].includes(options.value("user") ?? "root")) {
        yield* complain(process, name, "not simulated in this sandbox: running commands as another user");
        return 1;
      }
      if (name === "nohup") process.onSignal("SIGHUP", "ignore");
      const child = yield* start(process, name, operands);
      return typeof child === "number" ? child : yield* waitFor(child.exited);
    },
  });
}

export const nohup = passThrough("nohup", "Run a command that goes on when the terminal hangs up.", []);
export const nice = passThrough("nice", "Run a command; all have the same priority here.", [
  { short: "n", value: "required" },
]);
export const sudo = passThrough("sudo", "Run a command as root, who you are already.", [
  { short: "E", long: "preserve-env" },
  { short: "i", long: "login" },
  { short: "u", long: "user", value: "required" },
  { short: "n" },
  { short: "S" },
  { short: "H" },
]);

/** watch: runs a command again and again and shows its output from the top of the screen. */
export const watch = utility({
  name: "watch",
  usage: "[OPTION]... COMMAND",
  summary: "Run a command every two seconds and show its output.",
  rules: { stopAtOperand: true },
  options: [
    { short: "n", long: "interval", value: "required", help: "seconds between runs" },
    { short: "t", long: "no-title", help: "without the head line" },
    { short: "d", long: "differences", value: "optional", help: "accepted" },
    { short: "g", long: "chgexit", help: "exit when the output changes" },
    { short: "e", long: "errexit", help: "exit when the command fails" },
    { short: "x", long: "exec", help: "run the command without a shell" },
    { short: "c", long: "color" },
  ],
  *run(process, options, operands) {
    if (operands.length === 0) return yield* usageError(process, { name: "watch" }, "missing command");
    const seconds = Math.max(0.1, Number(options.value("interval") ?? 2) || 2);
    let before: string | undefined;
    for (;;) {
      const argv = options.has("exec") ? operands : ["sh", "-c", operands.join(" ")];
      const { output, code } = yield* captured(process, argv);
      const title = `Every ${seconds.toFixed(1)}s: ${operands.join(" ")}`;
      const host = `${process.hostname}: ${strftime("%a %b %e %H:%M:%S %Y", process.clock.now)}`;
      const width = process.terminal?.columns ?? 80;
      const head = options.has("no-title")
        ? ""
        : `${title}${" ".repeat(Math.max(1, width - title.length - host.length))}${host}\n\n`;
      const rows = (process.terminal?.rows ?? 1000) - (options.has("no-title") ? 0 : 2);
      yield* writeText(process.stdout, `\x1b[H\x1b[2J${head}${output.split("\n").slice(0, rows).join("\n")}`);
      if (options.has("errexit") && code !== 0) return 8;
      if (options.has("chgexit") && before !== undefined && before !== output) return 0;
      before = output;
      yield* pause(process.clock, seconds * 1000);
    }
  },
});

function* captured(process: Process, argv: readonly string[]): Task<{ output: string; code: number }> {
  const parts: Uint8Array[] = [];
  const collector: FileDescriptor = {
    kind: "pipe",
    *read() {
      return undefined;
    },
    *write(data) {
      parts.push(data);
    },
    duplicate: () => collector,
    close: () => undefined,
  };
  const child = yield* start(process, "watch", argv, {
    fds: new Map([
      [0, process.stdin],
      [1, collector],
      [2, collector],
    ]),
  });
  const code = typeof child === "number" ? child : yield* waitFor(child.exited);
  return { output: parts.map(textOf).join(""), code };
}

/** What one argument may be long; xargs makes no command lines beyond that either. */
const ARGUMENT_MAX = 131_072;

/** xargs: makes command lines of its input. */
export const xargs = utility({
  name: "xargs",
  usage: "[OPTION]... COMMAND [INITIAL-ARGS]...",
  summary: "Run a command with arguments read from standard input.",
  rules: { stopAtOperand: true },
  options: [
    { short: "n", long: "max-args", value: "required", help: "at most this many arguments a run" },
    { short: "I", value: "required", help: "put each input line in place of this text" },
    { short: "L", long: "max-lines", value: "required", help: "at most this many lines a run" },
    { short: "0", long: "null", help: "items end with a zero byte" },
    { short: "d", long: "delimiter", value: "required", help: "items end with this character" },
    { short: "r", long: "no-run-if-empty", help: "no run without input" },
    { short: "t", long: "verbose", help: "show each command" },
    { short: "p", long: "interactive", refused: "asking before each command (-p)" },
    { short: "P", long: "max-procs", value: "required", help: "accepted; runs are one after the other" },
  ],
  *run(process, options, operands) {
    const input = decodeShellText(yield* readToEnd(process.stdin, MEMORY_MAX));
    const command = operands.length === 0 ? ["echo"] : operands;
    const place = options.value("I");
    const batches = batchesOf(input, options);
    if (batches.some((batch) => batch.some((item) => item.length >= ARGUMENT_MAX))) {
      yield* complain(process, "xargs", "argument line too long");
      return 1;
    }
    if (batches.length === 0 && !options.has("no-run-if-empty") && place === undefined) batches.push([]);
    let code = 0;
    for (const batch of batches) {
      const argv =
        place !== undefined ? command.map((part) => part.replaceAll(place, batch[0] ?? "")) : [...command, ...batch];
      if (options.has("verbose")) yield* writeText(process.stderr, `${argv.join(" ")}\n`);
      const child = yield* start(process, "xargs", argv);
      if (typeof child === "number") return child;
      const status = yield* waitFor(child.exited);
      if (status === 255) return 124;
      if (status !== 0) code = 123;
    }
    return code;
  },
});

/** The arguments of each run, as the last of -I, -L and -n asks. */
function batchesOf(input: string, options: GivenOptions): string[][] {
  const chosen = options.inOrder.findLast(({ name }) => ["I", "max-lines", "max-args"].includes(name));
  if (chosen?.name === "max-lines") {
    // a line that ends with a blank goes on in the next
    const lines = input
      .replace(/[ \t]+\n/g, " ")
      .split("\n")
      .map((line) => splitItems(line, undefined));
    return inBatches(
      lines.filter((line) => line.length > 0),
      Number(chosen.value),
    ).map((batch) => batch.flat());
  }
  const delimiter = options.has("null") ? "\0" : unescaped(options.value("delimiter"));
  if (chosen?.name === "I") return splitItems(input, delimiter ?? "\n").map((item) => [item]);
  return inBatches(splitItems(input, delimiter), Number(chosen?.value ?? ITEMS_MAX));
}

/** As many arguments as one run gets when nobody says how many. */
const ITEMS_MAX = 5000;

function unescaped(text: string | undefined): string | undefined {
  return text?.replace(/^\\n$/, "\n").replace(/^\\t$/, "\t").replace(/^\\0$/, "\0");
}

function splitItems(input: string, delimiter: string | undefined): string[] {
  if (delimiter !== undefined) {
    const parts = input.split(delimiter);
    if (parts.at(-1) === "") parts.pop();
    return delimiter === "\n" ? parts.map((part) => part.trim()).filter((part) => part !== "") : parts;
  }
  const items: string[] = [];
  for (const match of input.matchAll(/(?:[^\s'"\\]|\\[\s\S]|'[^']*'|"[^"]*")+/g)) {
    items.push(
      match[0].replace(
        /\\([\s\S])|'([^']*)'|"([^"]*)"/g,
        (_, escaped?: string, single?: string, double?: string) => escaped ?? single ?? double ?? "",
      ),
    );
  }
  return items;
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
  return batches;
}
