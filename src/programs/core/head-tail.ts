import { NO_BYTES } from "../../base/bytes.ts";
import type { GivenOptions } from "../../base/getopt.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import { HeldBytes } from "../../machine/memory.ts";
import type { Process } from "../../machine/process.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { complain, eachInput, type Input, readInput, utility } from "./utility.ts";

const OPTIONS = [
  { short: "n", long: "lines", value: "required", help: "how many lines" },
  { short: "c", long: "bytes", value: "required", help: "how many bytes" },
  { short: "q", long: "quiet", help: "never show file names" },
  { short: "v", long: "verbose", help: "always show file names" },
] as const;

/** `10`, `-3`, `+5`, with the suffixes K, M, k, m. Undefined when it is no count. */
function parseCount(text: string): { sign: "" | "-" | "+"; count: number } | undefined {
  const match = /^([-+]?)(\d+)([kKmM]?)(?:i?B)?$/.exec(text);
  if (match === null) return undefined;
  const unit = { "": 1, k: 1024, K: 1024, m: 1024 ** 2, M: 1024 ** 2 }[match[3] ?? ""] ?? 1;
  return { sign: (match[1] ?? "") as "" | "-" | "+", count: Number(match[2]) * unit };
}

interface Amount {
  readonly unit: "lines" | "bytes";
  readonly sign: "" | "-" | "+";
  readonly count: number;
}

/** `-5` in the old way, or -n / -c. Gives the operands without it. */
function amountOf(
  options: GivenOptions,
  operands: readonly string[],
): { amount: Amount; rest: readonly string[] } | { bad: string; unit: string } {
  const old = /^-(\d+)$/.exec(operands[0] ?? "");
  if (old !== null) return { amount: { unit: "lines", sign: "", count: Number(old[1]) }, rest: operands.slice(1) };
  const unit = options.has("bytes") ? "bytes" : "lines";
  const text = options.value(unit) ?? "10";
  const parsed = parseCount(text);
  return parsed === undefined ? { bad: text, unit } : { amount: { unit, ...parsed }, rest: operands };
}

function* header(process: Process, shown: boolean, input: Input, first: boolean): Task<void> {
  if (!shown) return;
  const label = input.label === "-" ? "standard input" : input.label;
  yield* writeText(process.stdout, `${first ? "" : "\n"}==> ${label} <==\n`);
}

/** head: the first lines or bytes; stops reading as soon as it has them. */
export const head = utility({
  name: "head",
  usage: "[OPTION]... [FILE]...",
  summary: "Show the first 10 lines of each file.",
  options: OPTIONS,
  rules: { numbersAreOperands: true },
  *run(process, options, operands) {
    const parsed = amountOf(options, operands);
    if ("bad" in parsed) {
      yield* complain(process, "head", `invalid number of ${parsed.unit}: '${parsed.bad}'`);
      return 1;
    }
    const { amount, rest } = parsed;
    const named = options.has("verbose") || (rest.length > 1 && !options.has("quiet"));
    let first = true;
    return yield* eachInput(process, "head", rest, function* (input) {
      yield* header(process, named, input, first);
      first = false;
      if (amount.sign === "-") yield* allButLast(process, input, amount);
      else yield* firstOf(process, input, amount);
    });
  },
});

function* firstOf(process: Process, input: Input, amount: Amount): Task<void> {
  let left = amount.count;
  while (left > 0) {
    const bytes = yield* input.descriptor.read();
    if (bytes === undefined) return;
    const end = amount.unit === "bytes" ? Math.min(left, bytes.length) : endOfLines(bytes, left);
    left -= amount.unit === "bytes" ? end : countLines(bytes.subarray(0, end));
    yield* process.stdout.write(bytes.subarray(0, end));
  }
}

function* allButLast(process: Process, input: Input, amount: Amount): Task<void> {
  const whole = yield* readInput(input);
  const end = amount.unit === "bytes" ? Math.max(0, whole.length - amount.count) : startOfLast(whole, amount.count);
  if (end > 0) yield* process.stdout.write(whole.subarray(0, end));
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (const byte of bytes) if (byte === 10) lines++;
  return lines;
}

/** Where the `count`-th line ends, or the whole length if there are fewer. */
function endOfLines(bytes: Uint8Array, count: number): number {
  let lines = 0;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === 10 && ++lines === count) return at + 1;
  return bytes.length;
}

/** Where the last `count` lines begin. */
function startOfLast(bytes: Uint8Array, count: number): number {
  if (count === 0) return bytes.length;
  let at = bytes.length - 1;
  for (let lines = 0; lines < count; lines++) {
    at = at > 0 ? bytes.lastIndexOf(10, at - 1) : -1;
    if (at < 0) return 0;
  }
  return at + 1;
}

/** tail: the last lines or bytes; -f goes on with what is appended. */
export const tail = utility({
  name: "tail",
  usage: "[OPTION]... [FILE]...",
  summary: "Show the last 10 lines of each file.",
  options: [
    ...OPTIONS,
    { short: "f", long: "follow", value: "none", help: "go on showing what is appended" },
    { short: "F", help: "as -f, and reopen a file that is replaced" },
    { long: "pid", value: "required", refused: "ending with another process (--pid)" },
  ],
  rules: { numbersAreOperands: true },
  *run(process, options, operands) {
    const parsed = amountOf(options, operands);
    if ("bad" in parsed) {
      yield* complain(process, "tail", `invalid number of ${parsed.unit}: '${parsed.bad}'`);
      return 1;
    }
    const { amount, rest } = parsed;
    const named = options.has("verbose") || (rest.length > 1 && !options.has("quiet"));
    let first = true;
    const code = yield* eachInput(process, "tail", rest, function* (input) {
      yield* header(process, named, input, first);
      first = false;
      yield* lastOf(process, input, amount);
    });
    const files = rest.filter((name) => name !== "-" && process.fs.exists(name));
    if (!(options.has("follow") || options.has("F")) || files.length === 0) return code;
    return yield* follow(process, files, named);
  },
});

/** The last lines or bytes of an input, of which no more is held than that needs. */
function* lastOf(process: Process, input: Input, amount: Amount): Task<void> {
  if (amount.sign === "+") return yield* fromOn(process, input, amount);
  const held = new HeldBytes();
  let limit = TAIL_BYTES;
  for (let part = yield* input.descriptor.read(); part !== undefined; part = yield* input.descriptor.read()) {
    held.add(part);
    yield* process.compute(part.length / TAIL_BYTES_PER_MS);
    if (held.length <= limit) continue;
    const rest = endOf(held.take(), amount);
    held.add(rest.slice());
    limit = Math.max(TAIL_BYTES, rest.length * 2);
  }
  const rest = endOf(held.take(), amount);
  if (rest.length > 0) yield* process.stdout.write(rest);
}

/** Bytes that are held before looking for what is needed of them. */
const TAIL_BYTES = 1024 * 1024;
/** What a processor looks through in a millisecond. */
const TAIL_BYTES_PER_MS = 200_000;

function endOf(bytes: Uint8Array, amount: Amount): Uint8Array {
  const start = amount.unit === "bytes" ? bytes.length - amount.count : startOfLast(bytes, amount.count);
  return bytes.subarray(Math.max(0, start));
}

/** `+5`: all from the fifth line or byte on. */
function* fromOn(process: Process, input: Input, amount: Amount): Task<void> {
  let skip = Math.max(0, amount.count - 1);
  for (let part = yield* input.descriptor.read(); part !== undefined; part = yield* input.descriptor.read()) {
    const start = skip === 0 ? 0 : amount.unit === "bytes" ? Math.min(skip, part.length) : endOfLines(part, skip);
    skip -= amount.unit === "bytes" ? start : countLines(part.subarray(0, start));
    if (start < part.length) yield* process.stdout.write(part.subarray(start));
  }
}

/** Waits for changes of the files and writes what was appended, until a signal ends it. */
function* follow(process: Process, names: readonly string[], named: boolean): Task<number> {
  const changed = new Signal();
  const sizes = new Map(names.map((name) => [name, process.fs.stat(name).size]));
  const watches = names.map((name) => process.fs.watch(name, () => changed.notify()));
  let current = names.at(-1);
  try {
    for (;;) {
      yield* waitFor(changed);
      for (const name of names) {
        const appended = readFrom(process, name, sizes);
        if (appended === undefined) continue;
        if (named && current !== name) yield* writeText(process.stdout, `\n==> ${name} <==\n`);
        current = name;
        yield* process.stdout.write(appended);
      }
    }
  } finally {
    for (const watch of watches) watch.dispose();
  }
}

function readFrom(process: Process, name: string, sizes: Map<string, number>): Uint8Array | undefined {
  if (!process.fs.exists(name)) return undefined;
  const before = sizes.get(name) ?? 0;
  const file = process.fs.open(name, { read: true });
  const size = file.size;
  const from = size < before ? 0 : before;
  sizes.set(name, size);
  const bytes = size > from ? file.read(from, size - from) : NO_BYTES;
  file.close();
  return bytes.length > 0 ? bytes : undefined;
}
