import { compileRegex } from "../../base/regex/regex.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, ProcessInfo, Program } from "../../machine/process.ts";
import { SIGNAL_NUMBERS, type Signal, signalOf } from "../../machine/signals.ts";
import type { Task } from "../../sim/task.ts";
import { fail } from "./options.ts";
import { commandName } from "./ps.ts";

/** kill of procps: sends a signal to processes and groups. */
export const kill: Program = function* (process) {
  const args = process.argv.slice(1);
  if (args[0] === "-l" || args[0] === "--list" || args[0] === "-L") return yield* listSignals(process, args[1]);
  const chosen = chooseSignal(args);
  if (typeof chosen === "object") return yield* fail(process, `kill: ${chosen.message}`);
  const targets = args[0] === "--" ? args.slice(1) : args;
  if (targets.length === 0) return yield* fail(process, "\nUsage:\n kill [options] <pid> [...]\n");
  let code = 0;
  for (const target of targets) if (!(yield* sendTo(process, target, chosen))) code = 1;
  return code;
};

function* sendTo(process: Process, target: string, signal: Signal | "0"): Task<boolean> {
  if (!/^-?\d+$/.test(target)) {
    yield* writeText(process.stderr, `kill: failed to parse argument: '${target}'\n`);
    return false;
  }
  const pid = Number(target);
  const found =
    signal === "0"
      ? process.machine.processes().some((row) => row.pid === pid || row.processGroup === -pid)
      : process.machine.kill(pid, signal);
  if (!found) yield* writeText(process.stderr, `kill: (${target}): No such process\n`);
  return found;
}

/** Takes `-9`, `-KILL`, `-s KILL` off the arguments; signal 0 only asks whether the process exists. */
function chooseSignal(args: string[]): Signal | "0" | { message: string } {
  const first = args[0] ?? "";
  const named = first === "-s" || first === "--signal" || first === "-n";
  if (!named && (!first.startsWith("-") || first === "--" || first === "-")) return "SIGTERM";
  const name = named ? (args[1] ?? "") : first.slice(1);
  args.splice(0, named ? 2 : 1);
  if (name === "0") return "0";
  return signalOf(name) ?? { message: `unknown signal name ${name}` };
}

function* listSignals(process: Process, which: string | undefined): Task<number> {
  if (which !== undefined) {
    const number = /^\d+$/.test(which) ? String(Number(which) % 128) : which;
    const signal = signalOf(number);
    if (signal === undefined) return yield* fail(process, `kill: unknown signal name ${which}`);
    yield* writeText(process.stdout, `${/^\d+$/.test(which) ? signal.slice(3) : SIGNAL_NUMBERS[signal]}\n`);
    return 0;
  }
  const names = Object.keys(SIGNAL_NUMBERS).map((name) => name.slice(3));
  yield* writeText(process.stdout, `${names.slice(0, 16).join(" ")}\n${names.slice(16).join(" ")}\n`);
  return 0;
}

interface Pattern {
  signal: Signal;
  full: boolean;
  exact: boolean;
  invert: boolean;
  newest: boolean;
  oldest: boolean;
  longList: boolean;
  fullList: boolean;
  count: boolean;
  ignoreCase: boolean;
  echo: boolean;
  user: string | undefined;
  parent: string | undefined;
  delimiter: string;
  text: string | undefined;
}

/** pgrep: finds processes by a pattern of their name or command line. */
export const pgrep: Program = function* (process) {
  const pattern = readPattern(process.argv.slice(1));
  if (typeof pattern === "string")
    return yield* fail(process, `pgrep: ${pattern}\nTry \`pgrep --help' for more information.`, 2);
  const found = matches(process, pattern);
  if (typeof found === "string") return yield* fail(process, `pgrep: ${found}`, 2);
  if (pattern.count) yield* writeText(process.stdout, `${found.length}\n`);
  else if (found.length > 0) {
    const lines = found.map((row) => lineOf(row, pattern));
    yield* writeText(process.stdout, `${lines.join(pattern.delimiter)}\n`);
  }
  return found.length > 0 ? 0 : 1;
};

/** pkill: signals processes found as pgrep finds them. */
export const pkill: Program = function* (process) {
  const pattern = readPattern(process.argv.slice(1));
  if (typeof pattern === "string")
    return yield* fail(process, `pkill: ${pattern}\nTry \`pkill --help' for more information.`, 2);
  const found = matches(process, pattern);
  if (typeof found === "string") return yield* fail(process, `pkill: ${found}`, 2);
  for (const row of found) {
    if (pattern.echo) yield* writeText(process.stdout, `${commandName(row)} killed (pid ${row.pid})\n`);
    process.machine.kill(row.pid, pattern.signal);
  }
  return found.length > 0 ? 0 : 1;
};

function lineOf(row: ProcessInfo, pattern: Pattern): string {
  if (pattern.fullList) return `${row.pid} ${row.argv.join(" ")}`;
  return pattern.longList ? `${row.pid} ${commandName(row)}` : String(row.pid);
}

function matches(process: Process, pattern: Pattern): ProcessInfo[] | string {
  const { text = "", ignoreCase, exact } = pattern;
  const expression = compileRegex(text, { syntax: "extended", ignoreCase, only: exact ? "line" : undefined });
  if (typeof expression === "string") return `cannot compile regex: ${text}`;
  const found = process.machine.processes().filter((row) => {
    if (row.pid === process.pid || row.state === "Z") return false;
    if (pattern.user !== undefined && row.user !== pattern.user) return false;
    if (pattern.parent !== undefined && String(row.parentPid) !== pattern.parent) return false;
    return expression.test(pattern.full ? row.argv.join(" ") : commandName(row)) !== pattern.invert;
  });
  if (pattern.newest) return found.slice(-1);
  return pattern.oldest ? found.slice(0, 1) : found;
}

function readPattern(args: string[]): Pattern | string {
  const pattern: Pattern = {
    signal: "SIGTERM",
    full: false,
    exact: false,
    invert: false,
    newest: false,
    oldest: false,
    longList: false,
    fullList: false,
    count: false,
    ignoreCase: false,
    echo: false,
    user: undefined,
    parent: undefined,
    delimiter: "\n",
    text: undefined,
  };
  for (let word = args.shift(); word !== undefined; word = args.shift()) {
    const failure = takeOption(pattern, word, args);
    if (failure !== undefined) return failure;
  }
  if (pattern.text === undefined && pattern.user === undefined && pattern.parent === undefined)
    return "no matching criteria specified";
  return pattern;
}

const FLAGS: Readonly<Record<string, keyof Pattern>> = {
  f: "full",
  x: "exact",
  v: "invert",
  n: "newest",
  o: "oldest",
  l: "longList",
  a: "fullList",
  c: "count",
  i: "ignoreCase",
  e: "echo",
};

function takeOption(pattern: Pattern, word: string, args: string[]): string | undefined {
  if (!word.startsWith("-") || word === "-") {
    if (pattern.text !== undefined) return "only one pattern can be provided";
    pattern.text = word;
    return undefined;
  }
  const signal = signalOf(word.slice(1));
  if (signal !== undefined) {
    pattern.signal = signal;
    return undefined;
  }
  for (const letter of word.slice(1)) {
    const flag = FLAGS[letter];
    if (flag !== undefined) Object.assign(pattern, { [flag]: true });
    else if (letter === "u" || letter === "U") pattern.user = args.shift() ?? "";
    else if (letter === "P") pattern.parent = args.shift() ?? "";
    else if (letter === "d") pattern.delimiter = args.shift() ?? "";
    else return `invalid option -- '${letter}'`;
  }
  return undefined;
}

/** killall: signals processes by exact name. */
export const killall: Program = function* (process) {
  const args = process.argv.slice(1);
  const chosen = chooseSignal(args);
  if (typeof chosen === "object") return yield* fail(process, `killall: ${chosen.message}`);
  let code = 0;
  for (const name of args) {
    const found = process.machine.processes().filter((row) => commandName(row) === name && row.pid !== process.pid);
    for (const row of found) if (chosen !== "0") process.machine.kill(row.pid, chosen);
    if (found.length > 0) continue;
    code = 1;
    yield* writeText(process.stderr, `${name}: no process found\n`);
  }
  return code;
};
