import { decodeShellText, encodeShellText, wholeCharacters } from "../../base/byte-text.ts";
import { concat, fromByteString, NO_BYTES, toByteString } from "../../base/bytes.ts";
import type { GivenOptions } from "../../base/getopt.ts";
import { LineReader, writeText } from "../../machine/file-descriptor.ts";
import { demandMemory } from "../../machine/memory.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { complain, eachInput, eachLine, OutputBuffer, usageError, utility } from "./utility.ts";

/** wc: counts lines, words, bytes. */
export const wc = utility({
  name: "wc",
  usage: "[OPTION]... [FILE]...",
  summary: "Count lines, words and bytes.",
  writeError: () => "write error",
  options: [
    { short: "l", long: "lines", help: "lines" },
    { short: "w", long: "words", help: "words" },
    { short: "c", long: "bytes", help: "bytes" },
    { short: "m", long: "chars", help: "characters" },
    { short: "L", long: "max-line-length", help: "length of the longest line" },
  ],
  *run(process, options, operands) {
    const columns = ["lines", "words", "chars", "bytes", "max-line-length"] as const;
    const chosen = columns.filter((column) => options.has(column));
    const shown = chosen.length > 0 ? chosen : (["lines", "words", "bytes"] as const);
    const rows: { label: string; counts: Record<(typeof columns)[number], number> }[] = [];
    const code = yield* eachInput(process, "wc", operands, function* (input) {
      const counts = { lines: 0, words: 0, chars: 0, bytes: 0, "max-line-length": 0 };
      let cut: Uint8Array = NO_BYTES;
      const needsText = shown.some((column) => column !== "lines" && column !== "bytes");
      let inWord = false;
      let length = 0;
      for (let part = yield* input.descriptor.read(); part !== undefined; part = yield* input.descriptor.read()) {
        counts.bytes += part.length;
        if (!needsText) {
          for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) counts.lines++;
          continue;
        }
        const bytes = cut.length > 0 ? concat([cut, part]) : part;
        const whole = wholeCharacters(bytes);
        cut = bytes.subarray(whole);
        for (const char of decodeShellText(bytes.subarray(0, whole))) {
          if (/^[\udc80-\udcff]$/.test(char)) continue;
          counts.chars++;
          const blank = /\s/.test(char);
          const printable = !blank && !/^[\p{Cc}\p{Cn}]$/u.test(char);
          if (printable && !inWord) counts.words++;
          inWord = printable || (inWord && !blank);
          length = char === "\n" ? 0 : length + 1;
          if (char === "\n") counts.lines++;
          counts["max-line-length"] = Math.max(counts["max-line-length"], length);
        }
      }
      rows.push({ label: input.label, counts });
    });
    if (rows.length > 1) {
      const total = { lines: 0, words: 0, chars: 0, bytes: 0, "max-line-length": 0 };
      for (const row of rows) for (const column of columns) total[column] += row.counts[column];
      rows.push({ label: "total", counts: total });
    }
    const single = shown.length === 1 && rows.length === 1;
    const width = single
      ? 1
      : operands.length === 0
        ? 7
        : Math.max(...rows.map((row) => String(row.counts.bytes).length), 1);
    for (const row of rows) {
      const cells = shown.map((column) => String(row.counts[column]).padStart(width)).join(" ");
      yield* writeText(
        process.stdout,
        `${cells}${row.label === "-" && operands.length === 0 ? "" : ` ${row.label}`}\n`,
      );
    }
    return code;
  },
});

/** `1,3-5,7-` as a test for one-based positions; undefined when it is no list. */
function parseList(text: string): ((position: number) => boolean) | undefined {
  const ranges: [number, number][] = [];
  for (const part of text.split(",")) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (match === null || part === "" || part === "-") return undefined;
    const from = match[1] === "" ? 1 : Number(match[1]);
    const to = match[2] === "" ? from : match[3] === "" ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (from === 0 || to < from) return undefined;
    ranges.push([from, to]);
  }
  return (position) => ranges.some(([from, to]) => position >= from && position <= to);
}

/** cut: chosen fields or characters of each line. */
export const cut = utility({
  name: "cut",
  usage: "OPTION... [FILE]...",
  summary: "Show chosen parts of each line.",
  options: [
    { short: "f", long: "fields", value: "required", help: "these fields" },
    { short: "d", long: "delimiter", value: "required", help: "what separates fields (a tab by default)" },
    { short: "c", long: "characters", value: "required", help: "these characters" },
    { short: "b", long: "bytes", value: "required", help: "these bytes" },
    { short: "s", long: "only-delimited", help: "leave out lines without the delimiter" },
    { long: "complement", help: "all but the chosen ones" },
    { long: "output-delimiter", value: "required", help: "separates what is shown" },
    { short: "n" },
  ],
  *run(process, options, operands) {
    const list = options.value("fields") ?? options.value("characters") ?? options.value("bytes");
    if (list === undefined)
      return yield* usageError(process, { name: "cut" }, "you must specify a list of bytes, characters, or fields");
    const chosen = parseList(list);
    if (chosen === undefined) {
      const what = options.has("fields") ? "field" : "byte/character";
      const zero = /(^|,)0(-|,|$)/.test(list);
      const fault = zero
        ? `${what === "field" ? "fields are" : "byte/character positions are"} numbered from 1`
        : what === "field"
          ? `invalid field value '${list}'`
          : `invalid byte/character position '${list}'`;
      return yield* usageError(process, { name: "cut" }, fault);
    }
    const delimiter = options.value("delimiter") ?? "\t";
    if (delimiter.length !== 1)
      return yield* usageError(process, { name: "cut" }, "the delimiter must be a single character");
    const keep = (_: string, index: number) => chosen(index + 1) !== options.has("complement");
    const byField = options.has("fields");
    return yield* eachLine(process, "cut", operands, function* (line) {
      if (byField && !line.includes(delimiter)) {
        if (!options.has("only-delimited")) yield* writeText(process.stdout, `${line}\n`);
        return;
      }
      // like GNU's it takes -c for -b
      const parts = byField ? line.split(delimiter) : [...toByteString(encodeShellText(line))];
      const glue = options.value("output-delimiter") ?? (byField ? delimiter : "");
      const kept = parts.filter(keep).join(glue);
      if (byField) yield* writeText(process.stdout, `${kept}\n`);
      else yield* process.stdout.write(fromByteString(`${kept}\n`));
    });
  },
});

const TR_CLASSES: Readonly<Record<string, RegExp>> = {
  upper: /[A-Z]/,
  lower: /[a-z]/,
  alpha: /[a-zA-Z]/,
  digit: /[0-9]/,
  alnum: /[a-zA-Z0-9]/,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  cntrl: /[\x00-\x1f\x7f]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  xdigit: /[0-9a-fA-F]/,
};

/** The character after `a-`, which may be written in octal. */
function endOfRange(set: string, at: number): { readonly char: string; readonly length: number } | undefined {
  const octal = /^\\([0-7]{1,3})/.exec(set.slice(at));
  if (octal !== null)
    return { char: String.fromCharCode(Number.parseInt(octal[1] ?? "0", 8)), length: octal[0].length };
  return set.charAt(at) === "" ? undefined : { char: set.charAt(at), length: 1 };
}

/** What tr does with each byte; like GNU's it knows no characters of several bytes. */
interface TranslationTable {
  /** The byte that stands for each of the 256, or -1 for one that is left out. */
  readonly target: Int16Array;
  /** Whether several of a byte (after translation) become one. */
  readonly squeezed: Uint8Array;
}

function tableOf(options: GivenOptions, first: string, second: string | undefined): TranslationTable {
  const to = expandSet(second ?? "").map((char) => char.charCodeAt(0));
  const all = expandSet(first).map((char) => char.charCodeAt(0));
  const from = options.has("truncate-set1") && second !== undefined ? all.slice(0, to.length) : all;
  const complement = options.has("complement") || options.has("C");
  const deletes = options.has("delete");
  const inFirst = new Set(from);
  const member = (byte: number) => inFirst.has(byte) !== complement;
  const place = new Map(from.map((byte, index) => [byte, index]));
  const target = new Int16Array(256);
  const squeezed = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const replaced = complement ? to.at(-1) : (to[place.get(byte) ?? 0] ?? to.at(-1));
    target[byte] = !member(byte) ? byte : deletes ? -1 : (replaced ?? byte);
  }
  const set = second === undefined ? undefined : new Set(to);
  if (options.has("squeeze-repeats"))
    for (let byte = 0; byte < 256; byte++) squeezed[byte] = (set === undefined ? member(byte) : set.has(byte)) ? 1 : 0;
  return { target, squeezed };
}

function* translated(process: Process, { target, squeezed }: TranslationTable): Task<void> {
  let last = -1;
  for (let part = yield* process.stdin.read(); part !== undefined; part = yield* process.stdin.read()) {
    const out = new Uint8Array(part.length);
    let length = 0;
    for (const byte of part) {
      const shown = target[byte] ?? -1;
      if (shown < 0 || (shown === last && squeezed[shown] === 1)) continue;
      last = shown;
      out[length++] = shown;
    }
    if (length > 0) yield* process.stdout.write(out.subarray(0, length));
    yield* process.compute(part.length / TRANSLATED_BYTES_PER_MS);
  }
}

/** What a processor translates in a millisecond. */
const TRANSLATED_BYTES_PER_MS = 200_000;

/** A set of tr's: ranges, classes, escapes; a character for each byte. */
function expandSet(text: string): string[] {
  const set = toByteString(encodeShellText(text));
  const chars: string[] = [];
  for (let at = 0; at < set.length; at++) {
    const named = /^\[:(\w+):\]/.exec(set.slice(at));
    const pattern = named === null ? undefined : TR_CLASSES[named[1] ?? ""];
    if (named !== null && pattern !== undefined) {
      for (let code = 0; code < 128; code++)
        if (pattern.test(String.fromCharCode(code))) chars.push(String.fromCharCode(code));
      at += named[0].length - 1;
      continue;
    }
    let char = set.charAt(at);
    if (char === "\\") {
      const octal = /^\\([0-7]{1,3})/.exec(set.slice(at));
      if (octal !== null) {
        char = String.fromCharCode(Number.parseInt(octal[1] ?? "0", 8));
        at += octal[0].length - 1;
      } else {
        at++;
        char =
          (
            { n: "\n", t: "\t", r: "\r", "\\": "\\", a: "\x07", b: "\b", f: "\f", v: "\v" } as Readonly<
              Record<string, string>
            >
          )[set.charAt(at)] ?? set.charAt(at);
      }
    }
    const end = set.charAt(at + 1) === "-" ? endOfRange(set, at + 2) : undefined;
    if (end === undefined) {
      chars.push(char);
      continue;
    }
    for (let code = char.charCodeAt(0); code <= end.char.charCodeAt(0); code++) chars.push(String.fromCharCode(code));
    at += 1 + end.length;
  }
  return chars;
}

/** tr: replaces, deletes or squeezes characters. */
export const tr = utility({
  name: "tr",
  usage: "[OPTION]... SET1 [SET2]",
  summary: "Replace, squeeze or delete characters of standard input.",
  options: [
    { short: "d", long: "delete", help: "delete characters of SET1" },
    { short: "s", long: "squeeze-repeats", help: "several of one character become one" },
    { short: "c", long: "complement", help: "all characters but those of SET1" },
    { short: "C" },
    { short: "t", long: "truncate-set1", help: "no more characters of SET1 than SET2 has" },
  ],
  *run(process, options, operands) {
    const [first, second] = operands;
    if (first === undefined) return yield* usageError(process, { name: "tr" }, "missing operand");
    if (second === undefined && !options.has("delete") && !options.has("squeeze-repeats")) {
      return yield* usageError(
        process,
        { name: "tr" },
        `missing operand after '${first}'\nTwo strings must be given when translating.`,
      );
    }
    yield* translated(process, tableOf(options, first, second));
    return 0;
  },
});

/** What follows the first fields, each with the blanks before it. */
function afterFields(line: string, count: number): string {
  const field = /\s*\S+/y;
  let at = 0;
  for (let left = count; left > 0 && field.test(line); left--) at = field.lastIndex;
  return line.slice(at);
}

/** uniq: equal lines that follow each other become one. */
export const uniq = utility({
  name: "uniq",
  usage: "[OPTION]... [INPUT]",
  summary: "Leave out lines that equal the one before.",
  options: [
    { short: "c", long: "count", help: "with how often each came" },
    { short: "d", long: "repeated", help: "only lines that came several times" },
    { short: "u", long: "unique", help: "only lines that came once" },
    { short: "i", long: "ignore-case", help: "upper and lower case are the same" },
    { short: "f", long: "skip-fields", value: "required", help: "leave this many fields out of the comparison" },
  ],
  *run(process, options, operands) {
    const skip = Number(options.value("skip-fields") ?? 0);
    const keyOf = (line: string) => {
      const rest = skip > 0 ? afterFields(line, skip) : line;
      return options.has("ignore-case") ? rest.toLowerCase() : rest;
    };
    let current: { line: string; key: string; count: number } | undefined;
    const out = new OutputBuffer(process.stdout);
    const show = function* () {
      if (current === undefined) return;
      if (options.has("repeated") && current.count === 1) return;
      if (options.has("unique") && current.count > 1) return;
      yield* out.add(`${options.has("count") ? `${String(current.count).padStart(7)} ` : ""}${current.line}\n`);
    };
    const code = yield* eachLine(process, "uniq", operands.slice(0, 1), function* (line) {
      const key = keyOf(line);
      if (current?.key === key) current.count++;
      else {
        yield* show();
        current = { line, key, count: 1 };
      }
    });
    yield* show();
    yield* out.flush();
    return code;
  },
});

/** paste: lines of several files side by side. */
export const paste = utility({
  name: "paste",
  usage: "[OPTION]... [FILE]...",
  summary: "Join lines of files side by side.",
  options: [
    { short: "d", long: "delimiters", value: "required", help: "what separates them (a tab by default)" },
    { short: "s", long: "serial", help: "all lines of one file in one line" },
  ],
  *run(process, options, operands) {
    const delimiters = [...(options.value("delimiters") ?? "\t").replaceAll("\\n", "\n").replaceAll("\\t", "\t")];
    const columns: string[][] = [];
    // standard input that is named several times gives its lines in turn
    const dashes = operands.filter((name) => name === "-").length;
    const fromInput: string[][] = Array.from({ length: dashes }, () => []);
    let held = 0;
    const code = yield* eachInput(process, "paste", operands, function* (input) {
      const reader = new LineReader(input.descriptor);
      const own = dashes > 1 && input.label === "-" ? fromInput : [[]];
      let row = 0;
      for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
        held += line.length;
        demandMemory(held);
        own[row++ % own.length]?.push(line);
      }
      columns.push(
        own === fromInput
          ? (fromInput[columns.filter((each) => fromInput.includes(each)).length] ?? [])
          : (own[0] ?? []),
      );
    });
    const rows = options.has("serial")
      ? columns
      : Array.from({ length: Math.max(0, ...columns.map((c) => c.length)) }, (_, row) =>
          columns.map((c) => c[row] ?? ""),
        );
    for (const row of rows) {
      const text = row.reduce(
        (line, cell, index) => (index === 0 ? cell : line + (delimiters[(index - 1) % delimiters.length] ?? "") + cell),
        "",
      );
      yield* writeText(process.stdout, `${text}\n`);
    }
    return code;
  },
});

/** rev: each line from its end to its start. */
export const rev = utility({
  name: "rev",
  usage: "[FILE]...",
  summary: "Turn each line round.",
  *run(process, _options, operands) {
    return yield* eachLine(process, "rev", operands, (line) =>
      writeText(process.stdout, `${[...line].reverse().join("")}\n`),
    );
  },
});

/** column: aligns words in columns. */
export const column = utility({
  name: "column",
  usage: "[OPTION]... [FILE]...",
  summary: "Align columns.",
  options: [
    { short: "t", long: "table", help: "a table of the words of each line" },
    { short: "s", long: "separator", value: "required", help: "what separates words" },
    { short: "N", long: "table-columns", value: "required", help: "names of the columns, shown above them" },
  ],
  *run(process, options, operands) {
    const names = options.value("table-columns");
    const rows: string[][] = names === undefined ? [] : [names.split(",")];
    const separator = options.value("separator");
    const code = yield* eachLine(process, "column", operands, function* (line) {
      if (line.trim() !== "") rows.push(separator === undefined ? line.trim().split(/\s+/) : line.split(separator));
    });
    if (!options.has("table")) {
      yield* complain(process, "column", "not simulated in this sandbox: filling columns; use -t");
      return 1;
    }
    const widths: number[] = [];
    for (const row of rows)
      for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
    for (const row of rows) {
      yield* writeText(
        process.stdout,
        `${row.map((cell, index) => (index < row.length - 1 ? cell.padEnd((widths[index] ?? 0) + 2) : cell)).join("")}\n`,
      );
    }
    return code;
  },
});
