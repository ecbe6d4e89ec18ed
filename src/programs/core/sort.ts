import { encodeShellText } from "../../base/byte-text.ts";
import type { GivenOptions } from "../../base/getopt.ts";
import { demandMemory } from "../../machine/memory.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { complain, eachLine, OutputBuffer, utility } from "./utility.ts";

/** One `-k` of sort: from field.char to field.char, with its own order letters. */
interface SortKey {
  readonly fromField: number;
  readonly fromChar: number;
  readonly toField: number;
  readonly toChar: number;
  readonly order: Order;
}

interface Order {
  readonly numeric: boolean;
  readonly human: boolean;
  readonly version: boolean;
  readonly month: boolean;
  readonly reverse: boolean;
  readonly ignoreCase: boolean;
  readonly ignoreBlanks: boolean;
}

/** sort: orders lines, by bytes unless asked otherwise. */
export const sort = utility({
  name: "sort",
  usage: "[OPTION]... [FILE]...",
  summary: "Write the lines of all files in order.",
  usageExitCode: 2,
  writeError: (reason) => flushFailed("'standard output'", reason),
  options: [
    { short: "r", long: "reverse", help: "the other way round" },
    { short: "n", long: "numeric-sort", help: "by number" },
    { short: "g", long: "general-numeric-sort", help: "by number, with exponents" },
    { short: "h", long: "human-numeric-sort", help: "by sizes like 2K 1G" },
    { short: "V", long: "version-sort", help: "by version numbers within the text" },
    { short: "M", long: "month-sort", help: "by names of months" },
    { short: "u", long: "unique", help: "of equal lines only the first" },
    { short: "f", long: "ignore-case", help: "upper and lower case are the same" },
    { short: "b", long: "ignore-leading-blanks", help: "without leading blanks" },
    { short: "k", long: "key", value: "required", help: "compare from this field (F[.C][OPTS]) to that one" },
    { short: "t", long: "field-separator", value: "required", help: "what separates fields" },
    { short: "o", long: "output", value: "required", help: "write to this file" },
    { short: "c", long: "check", help: "only say whether it is in order" },
    { short: "s", long: "stable", help: "leave equal lines in their order" },
    { short: "z", long: "zero-terminated", refused: "lines that end with a null byte (-z)" },
    { short: "d", long: "dictionary-order", refused: "dictionary order (-d)" },
    { short: "R", long: "random-sort", refused: "random order (-R)" },
  ],
  *run(process, options, operands) {
    let lines: string[] = [];
    let held = 0;
    const code = yield* eachLine(process, "sort", operands, function* (line) {
      held += line.length + LINE_BYTES;
      demandMemory(held);
      lines.push(line);
    });
    if (code !== 0) return 2;
    const compare = comparison(options);
    if (options.has("check")) {
      const wrong = lines.findIndex((line, index) => index > 0 && compare(lines[index - 1] ?? "", line) > 0);
      if (wrong < 0) return 0;
      yield* complain(process, "sort", `${operands[0] ?? "-"}:${wrong + 1}: disorder: ${lines[wrong]}`);
      return 1;
    }
    lines = yield* merged(process, lines, compare);
    const unique = options.has("unique")
      ? lines.filter((line, index) => index === 0 || keysCompare(options)(lines[index - 1] ?? "", line) !== 0)
      : lines;
    const target = options.value("output");
    if (target !== undefined) {
      return yield* writeTo(process, target, unique.map((line) => `${line}\n`).join(""));
    }
    const out = new OutputBuffer(process.stdout);
    for (const line of unique) yield* out.add(`${line}\n`);
    yield* out.flush();
    return 0;
  },
});

function* writeTo(process: Process, target: string, content: string): Task<number> {
  try {
    process.fs.writeFile(target, content);
    return 0;
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== "ENOSPC") throw error;
    yield* complain(process, "sort", flushFailed(target, error.message));
    return 2;
  }
}

function flushFailed(target: string, reason: string): string {
  return `fflush failed: ${target}: ${reason}\nsort: write error`;
}

/** What a line needs besides its text. */
const LINE_BYTES = 32;
/** As many lines as are ordered in one step. */
const RUN_LINES = 4000;
/** A processor compares so many lines in a millisecond. */
const COMPARISONS_PER_MS = 4000;

/** Orders runs of lines, then merges runs, and takes its time for that: other programs and signals have their turns. */
function* merged(process: Process, lines: string[], compare: Comparison): Task<string[]> {
  let runs: string[][] = [];
  for (let at = 0; at < lines.length; at += RUN_LINES) {
    runs.push(lines.slice(at, at + RUN_LINES).sort(compare));
    if (lines.length > RUN_LINES) yield* process.compute(RUN_LINES / COMPARISONS_PER_MS);
  }
  while (runs.length > 1) {
    const next: string[][] = [];
    for (let at = 0; at < runs.length; at += 2)
      next.push(yield* mergedTwo(process, runs[at] ?? [], runs[at + 1] ?? [], compare));
    runs = next;
  }
  return runs[0] ?? [];
}

function* mergedTwo(process: Process, left: string[], right: string[], compare: Comparison): Task<string[]> {
  if (right.length === 0) return left;
  const all: string[] = [];
  for (let [a, b] = [0, 0]; a < left.length || b < right.length; ) {
    const [one, other] = [left[a], right[b]];
    if (other === undefined || (one !== undefined && compare(one, other) <= 0)) {
      all.push(one ?? "");
      a++;
    } else {
      all.push(other);
      b++;
    }
    if (all.length % COMPARISONS_PER_MS === 0) yield* process.compute(1);
  }
  return all;
}

type Comparison = (a: string, b: string) => number;

function orderOf(letters: string, options: GivenOptions | undefined): Order {
  const on = (letter: string, ...long: string[]) =>
    letters.includes(letter) || long.some((name) => options?.has(name) === true);
  return {
    numeric: on("n", "numeric-sort", "general-numeric-sort") || letters.includes("g"),
    human: on("h", "human-numeric-sort"),
    version: on("V", "version-sort"),
    month: on("M", "month-sort"),
    reverse: on("r", "reverse"),
    ignoreCase: on("f", "ignore-case"),
    ignoreBlanks: on("b", "ignore-leading-blanks"),
  };
}

function parseKey(text: string, options: GivenOptions): SortKey {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(text);
  const letters = `${match?.[3] ?? ""}${match?.[6] ?? ""}`;
  return {
    fromField: Number(match?.[1] ?? 1),
    fromChar: Number(match?.[2] ?? 1),
    toField: Number(match?.[4] ?? Number.POSITIVE_INFINITY),
    toChar: Number(match?.[5] ?? 0),
    order: letters === "" ? orderOf("", options) : orderOf(letters, undefined),
  };
}

/** The whole comparison: keys, then (unless -s or -u) the line itself by bytes. */
function comparison(options: GivenOptions): Comparison {
  const byKeys = keysCompare(options);
  const lastResort = !options.has("stable") && !options.has("unique");
  const sign = options.has("reverse") ? -1 : 1;
  return (a, b) => byKeys(a, b) || (lastResort ? sign * byText(a, b) : 0);
}

function keysCompare(options: GivenOptions): Comparison {
  const separator = options.value("field-separator");
  const keys = options.values("key").map((text) => parseKey(text, options));
  if (keys.length === 0) return oriented(orderOf("", options));
  const comparisons = keys.map((key) => ({ key, compare: oriented(key.order) }));
  return (a, b) => {
    for (const { key, compare } of comparisons) {
      const result = compare(extract(a, key, separator), extract(b, key, separator));
      if (result !== 0) return result;
    }
    return 0;
  };
}

function extract(line: string, key: SortKey, separator: string | undefined): string {
  const fields = separator === undefined ? (line.match(/\s*\S+|\s+$/g) ?? []) : line.split(separator);
  const glue = separator ?? "";
  const end = key.toField === Number.POSITIVE_INFINITY ? fields.length : key.toField;
  const text = fields.slice(key.fromField - 1, end).join(glue);
  return key.fromChar > 1 ? text.replace(/^\s+/, "").slice(key.fromChar - 1) : text;
}

function oriented(order: Order): Comparison {
  const prepare = (text: string) => {
    const trimmed = order.ignoreBlanks ? text.replace(/^\s+/, "") : text;
    return order.ignoreCase ? trimmed.toUpperCase() : trimmed;
  };
  const base: Comparison = order.human
    ? (a, b) => humanValue(a) - humanValue(b)
    : order.numeric
      ? (a, b) => numericValue(a) - numericValue(b)
      : order.version
        ? byVersion
        : order.month
          ? (a, b) => monthValue(a) - monthValue(b)
          : byText;
  const sign = order.reverse ? -1 : 1;
  return (a, b) => sign * base(prepare(a), prepare(b));
}

function byText(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return byBytes(encodeShellText(a), encodeShellText(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where the order of UTF-16 is not that of the bytes. */
const SURROGATE = /[\ud800-\uffff]/;

function byBytes(a: Uint8Array, b: Uint8Array): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function numericValue(text: string): number {
  const value = Number.parseFloat(text);
  return Number.isNaN(value) ? 0 : value;
}

function humanValue(text: string): number {
  const match = /^\s*(-?[\d.]+)([kKMGTPE]?)/.exec(text);
  if (match === null) return 0;
  const power = ["", "K", "M", "G", "T", "P", "E"].indexOf((match[2] ?? "").toUpperCase());
  return Number(match[1]) * 1024 ** power;
}

function monthValue(text: string): number {
  return ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"].indexOf(
    text.trim().slice(0, 3).toUpperCase(),
  );
}

function byVersion(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const x = left[at] ?? "";
    const y = right[at] ?? "";
    const result = /^\d+$/.test(x) && /^\d+$/.test(y) ? Number(x) - Number(y) : byText(x, y);
    if (result !== 0) return result;
  }
  return 0;
}
