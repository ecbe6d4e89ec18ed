import { diffArrays } from "diff";
import { decodeShellText } from "../../base/byte-text.ts";
import { strftime } from "../../base/calendar.ts";
import type { GivenOptions } from "../../base/getopt.ts";
import { join } from "../../base/path.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import { MEMORY_MAX } from "../../machine/memory.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { complain, fileErrorText, isDirectory, openInput, readInput, utility } from "./utility.ts";

/** A run of lines that differs: lines `fromA` to `toA` (exclusive, from 0) became `fromB` to `toB`. */
interface Change {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

/** diff: how two files differ, line by line. */
export const diff = utility({
  name: "diff",
  usage: "[OPTION]... FILES",
  summary: "Show how files differ line by line.",
  usageExitCode: 2,
  writeError: (reason) => `standard output: ${reason}`,
  options: [
    { short: "u", help: "unified: with three lines of context" },
    { short: "U", long: "unified", value: "required", help: "unified with this many lines of context" },
    { short: "q", long: "brief", help: "only say whether they differ" },
    { short: "r", long: "recursive", help: "compare directories with all they hold" },
    { short: "N", long: "new-file", help: "a missing file is an empty one" },
    { short: "i", long: "ignore-case", help: "upper and lower case are the same" },
    { short: "w", long: "ignore-all-space", help: "blanks do not count" },
    { short: "b", long: "ignore-space-change", help: "how many blanks does not count" },
    { short: "B", long: "ignore-blank-lines" },
    { short: "s", long: "report-identical-files", help: "say when they are the same" },
    { short: "a", long: "text" },
    { long: "color", value: "optional" },
    { long: "label", value: "required", help: "a name instead of the file's" },
  ],
  *run(process, options, operands) {
    const [a, b, extra] = operands;
    if (a === undefined || b === undefined)
      return yield* wrongCall(process, `missing operand after '${operands.at(-1) ?? "diff"}'`);
    if (extra !== undefined) return yield* wrongCall(process, `extra operand '${extra}'`);
    const rules: Rules = {
      context: options.has("unified") ? Number(options.value("unified")) : options.has("u") ? 3 : undefined,
      brief: options.has("brief"),
      newFile: options.has("new-file"),
      identical: options.has("report-identical-files"),
      ignoreBlankLines: options.has("ignore-blank-lines"),
      labels: options.values("label"),
      key: lineKey(options),
      flags: process.argv.filter((arg) => arg.startsWith("-") && arg !== "-").join(" "),
    };
    if (isDirectory(process, a) && isDirectory(process, b))
      return yield* compareDirectories(process, a, b, options.has("recursive"), rules);
    return yield* compareFiles(process, a, b, rules, false);
  },
});

function* wrongCall(process: Process, message: string): Task<number> {
  yield* complain(process, "diff", message);
  yield* complain(process, "diff", "Try 'diff --help' for more information.");
  return 2;
}

/** What of a line counts. */
function lineKey(options: GivenOptions): (line: string) => string {
  const foldCase = options.has("ignore-case");
  const noBlanks = options.has("ignore-all-space");
  const fewBlanks = options.has("ignore-space-change");
  return (line) => {
    const key = foldCase ? line.toLowerCase() : line;
    if (noBlanks) return key.replace(/\s+/g, "");
    return fewBlanks ? key.replace(/\s+/g, " ").trimEnd() : key;
  };
}

interface Rules {
  readonly context: number | undefined;
  readonly brief: boolean;
  readonly newFile: boolean;
  readonly identical: boolean;
  readonly ignoreBlankLines: boolean;
  readonly labels: readonly string[];
  readonly flags: string;
  key(line: string): string;
}

function* compareDirectories(process: Process, a: string, b: string, recursive: boolean, rules: Rules): Task<number> {
  let code = 0;
  for (const name of [...new Set([...process.fs.readdir(a), ...process.fs.readdir(b)])].sort()) {
    const [left, right] = [join(a, name), join(b, name)];
    const [inA, inB] = [process.fs.exists(left), process.fs.exists(right)];
    if ((!inA || !inB) && !rules.newFile) {
      yield* writeText(process.stdout, `Only in ${inA ? a : b}: ${name}\n`);
      code = 1;
    } else if (isDirectory(process, left) && isDirectory(process, right)) {
      if (recursive) code = Math.max(code, yield* compareDirectories(process, left, right, true, rules));
      else yield* writeText(process.stdout, `Common subdirectories: ${left} and ${right}\n`);
    } else code = Math.max(code, yield* compareFiles(process, left, right, rules, true));
  }
  return code;
}

/** The lines of a file; undefined when it cannot be read, which has been said. */
function* readLines(
  process: Process,
  name: string,
  rules: Rules,
): Task<{ lines: string[]; complete: boolean } | undefined> {
  if (rules.newFile && name !== "-" && !process.fs.exists(name)) return { lines: [], complete: true };
  try {
    const input = openInput(process, name);
    const whole = decodeShellText(yield* readInput(input, MEMORY_MAX));
    input.close();
    const complete = whole === "" || whole.endsWith("\n");
    return { lines: whole === "" ? [] : (complete ? whole.slice(0, -1) : whole).split("\n"), complete };
  } catch (error) {
    yield* complain(process, "diff", `${name}: ${fileErrorText(error)}`);
    return undefined;
  }
}

function* compareFiles(process: Process, givenA: string, givenB: string, rules: Rules, titled: boolean): Task<number> {
  const base = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const a = isDirectory(process, givenA) ? join(givenA, base(givenB)) : givenA;
  const b = isDirectory(process, givenB) ? join(givenB, base(givenA)) : givenB;
  const left = yield* readLines(process, a, rules);
  const right = yield* readLines(process, b, rules);
  if (left === undefined || right === undefined) return 2;
  const changes = changesBetween(left, right, rules);
  if (changes.length === 0) {
    if (rules.identical) yield* writeText(process.stdout, `Files ${a} and ${b} are identical\n`);
    return 0;
  }
  if (rules.brief) {
    yield* writeText(process.stdout, `Files ${a} and ${b} differ\n`);
    return 1;
  }
  if (titled) yield* writeText(process.stdout, `diff ${rules.flags === "" ? "" : `${rules.flags} `}${a} ${b}\n`);
  const body =
    rules.context === undefined
      ? normalDiff(changes, left, right)
      : unifiedHead(process, a, b, rules) + unifiedDiff(changes, left, right, rules.context);
  yield* writeText(process.stdout, body);
  return 1;
}

interface Side {
  readonly lines: readonly string[];
  readonly complete: boolean;
}

function changesBetween(left: Side, right: Side, rules: Rules): Change[] {
  const keys = (side: Side) =>
    side.lines.map((line, index) => rules.key(line) + (index === side.lines.length - 1 && !side.complete ? "\0" : ""));
  const changes: Change[] = [];
  let atA = 0;
  let atB = 0;
  let open: Change | undefined;
  for (const part of diffArrays(keys(left), keys(right))) {
    const length = part.value.length;
    if (!part.added && !part.removed) {
      if (open !== undefined) changes.push(open);
      open = undefined;
      atA += length;
      atB += length;
      continue;
    }
    open ??= { fromA: atA, toA: atA, fromB: atB, toB: atB };
    if (part.removed) atA += length;
    else atB += length;
    open = { ...open, toA: atA, toB: atB };
  }
  if (open !== undefined) changes.push(open);
  if (!rules.ignoreBlankLines) return changes;
  const blank = (lines: readonly string[]) => lines.every((line) => line === "");
  return changes.filter(
    ({ fromA, toA, fromB, toB }) => !blank([...left.lines.slice(fromA, toA), ...right.lines.slice(fromB, toB)]),
  );
}

function marked(side: Side, from: number, to: number, mark: string): string {
  let out = "";
  for (let at = from; at < to; at++) {
    out += `${mark}${side.lines[at]}\n`;
    if (at === side.lines.length - 1 && !side.complete) out += "\\ No newline at end of file\n";
  }
  return out;
}

function normalDiff(changes: readonly Change[], left: Side, right: Side): string {
  const range = (from: number, to: number) => (to - from > 1 ? `${from + 1},${to}` : String(to));
  return changes
    .map(({ fromA, toA, fromB, toB }) => {
      const letter = fromA === toA ? "a" : fromB === toB ? "d" : "c";
      const divider = letter === "c" ? "---\n" : "";
      return `${range(fromA, toA)}${letter}${range(fromB, toB)}\n${marked(left, fromA, toA, "< ")}${divider}${marked(right, fromB, toB, "> ")}`;
    })
    .join("");
}

function unifiedHead(process: Process, a: string, b: string, rules: Rules): string {
  const stamp = (path: string) => {
    const at =
      path !== "-" && process.fs.exists(path)
        ? process.fs.stat(path).modifiedAt
        : rules.newFile
          ? 0
          : process.clock.now;
    return strftime("%Y-%m-%d %H:%M:%S.%N %z", at);
  };
  const [labelA, labelB] = rules.labels;
  return `--- ${labelA ?? `${a}\t${stamp(a)}`}\n+++ ${labelB ?? `${b}\t${stamp(b)}`}\n`;
}

function unifiedDiff(changes: readonly Change[], left: Side, right: Side, context: number): string {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1)?.at(-1);
    if (last !== undefined && change.fromA - last.toA <= 2 * context) hunks.at(-1)?.push(change);
    else hunks.push([change]);
  }
  return hunks.map((hunk) => unifiedHunk(hunk, left, right, context)).join("");
}

function unifiedHunk(hunk: readonly Change[], left: Side, right: Side, context: number): string {
  const first = hunk[0];
  const last = hunk.at(-1);
  if (first === undefined || last === undefined) return "";
  const startA = Math.max(0, first.fromA - context);
  const startB = Math.max(0, first.fromB - context);
  const endA = Math.min(left.lines.length, last.toA + context);
  const endB = Math.min(right.lines.length, last.toB + context);
  const range = (from: number, to: number) =>
    to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`;
  let out = `@@ -${range(startA, endA)} +${range(startB, endB)} @@\n`;
  let at = startA;
  for (const change of hunk) {
    out +=
      marked(left, at, change.fromA, " ") +
      marked(left, change.fromA, change.toA, "-") +
      marked(right, change.fromB, change.toB, "+");
    at = change.toA;
  }
  return out + marked(left, at, endA, " ");
}
