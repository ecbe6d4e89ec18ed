import { encodeShellText } from "../../base/byte-text.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import { complain, eachInput, fileErrorText, openInput, readInput, usageError, utility } from "./utility.ts";

/** yes: says one thing for ever. */
export const yes = utility({
  name: "yes",
  usage: "[STRING]...",
  summary: "Say a text again and again until ended.",
  *run(process, _options, operands) {
    const block = encodeShellText(`${operands.length === 0 ? "y" : operands.join(" ")}\n`.repeat(8192));
    for (;;) {
      yield* process.stdout.write(block);
      yield* process.compute(0.05);
    }
  },
});

/** How long 16 KiB of numbers take. */
const BLOCK_MS = 0.05;

/** seq: numbers in a row. */
export const seq = utility({
  name: "seq",
  usage: "[OPTION]... [FIRST [INCREMENT]] LAST",
  summary: "Show numbers from FIRST to LAST.",
  rules: { numbersAreOperands: true, stopAtOperand: true },
  options: [
    { short: "s", long: "separator", value: "required", help: "between numbers (a newline by default)" },
    { short: "w", long: "equal-width", help: "with leading zeros" },
    { short: "f", long: "format", value: "required", help: "printf format" },
  ],
  *run(process, options, operands) {
    const numbers = operands.map(Number);
    const wrong = operands.find((_, index) => Number.isNaN(numbers[index]));
    if (operands.length === 0) return yield* usageError(process, { name: "seq" }, "missing operand");
    if (wrong !== undefined)
      return yield* usageError(process, { name: "seq" }, `invalid floating point argument: '${wrong}'`);
    const first = numbers.length > 1 ? (numbers[0] ?? 1) : 1;
    const step = numbers.length > 2 ? (numbers[1] ?? 1) : 1;
    const last = numbers.at(-1) ?? 0;
    if (step === 0)
      return yield* usageError(process, { name: "seq" }, `invalid Zero increment value: '${operands[1]}'`);
    const digits = Math.max(...operands.map((operand) => (operand.split(".")[1] ?? "").length));
    const width = options.has("equal-width") ? Math.max(first.toFixed(digits).length, last.toFixed(digits).length) : 0;
    const separator = options.value("separator") ?? "\n";
    const shape = options.value("format");
    const count = Math.floor((last - first) / step + 1e-9);
    let line = "";
    for (let index = 0; index <= count; index++) {
      const value = (first + index * step).toFixed(digits);
      const shown =
        shape === undefined
          ? value.padStart(width, "0")
          : shape.replace(/%0?(\d*)(?:\.(\d+))?[gfd]/, (_, w: string, p?: string) =>
              (p === undefined ? value : Number(value).toFixed(Number(p))).padStart(Number(w), "0"),
            );
      line += (index === 0 ? "" : separator) + shown;
      if (line.length < 16_384) continue;
      yield* writeText(process.stdout, line);
      // A file or /dev/null takes everything at once: without work of its own nothing would get between the numbers.
      yield* process.compute(BLOCK_MS);
      line = "";
    }
    yield* writeText(process.stdout, count >= 0 ? `${line}\n` : "");
    return 0;
  },
});

/** which: where programs are found. */
export const which = utility({
  name: "which",
  usage: "[-a] NAME...",
  summary: "Show where programs are found along PATH.",
  options: [{ short: "a" }],
  *run(process, _options, operands) {
    let code = 0;
    for (const name of operands) {
      const path = process.which(name);
      if (path === undefined) code = 1;
      else yield* writeText(process.stdout, `${path}\n`);
    }
    return code;
  },
});

/** clear: empties the screen. */
export const clear = utility({
  name: "clear",
  usage: "",
  summary: "Clear the screen.",
  *run(process) {
    yield* writeText(process.stdout, "\x1b[H\x1b[2J\x1b[3J");
    return 0;
  },
});

/** tty: the name of the terminal. */
export const tty = utility({
  name: "tty",
  usage: "",
  summary: "Show the terminal's name.",
  *run(process) {
    yield* writeText(process.stdout, process.terminal === undefined ? "not a tty\n" : `${process.terminal.name}\n`);
    return process.terminal === undefined ? 1 : 0;
  },
});

/** strings: readable text within binary files. */
export const strings = utility({
  name: "strings",
  usage: "[OPTION]... [FILE]...",
  summary: "Show runs of printable characters in files.",
  options: [{ short: "n", long: "bytes", value: "required", help: "shortest run (4 by default)" }, { short: "a" }],
  *run(process, options, operands) {
    const shortest = Number(options.value("bytes") ?? 4);
    return yield* eachInput(process, "strings", operands, function* (input) {
      const bytes = yield* readInput(input);
      let run = "";
      let out = "";
      for (const byte of [...bytes, 0]) {
        if ((byte >= 32 && byte < 127) || byte === 9) run += String.fromCharCode(byte);
        else {
          if (run.length >= shortest) out += `${run}\n`;
          run = "";
        }
      }
      yield* writeText(process.stdout, out);
    });
  },
});

/** cmp: whether two files are the same. */
export const cmp = utility({
  name: "cmp",
  usage: "[-s] FILE1 FILE2",
  summary: "Say where two files differ first.",
  usageExitCode: 2,
  options: [{ short: "s", long: "quiet", help: "only the exit code" }],
  *run(process, options, operands) {
    const [first = "", second = "-"] = operands;
    const contents: Uint8Array[] = [];
    for (const name of [first, second]) {
      try {
        const input = openInput(process, name);
        contents.push(yield* readInput(input));
        input.close();
      } catch (error) {
        yield* complain(process, "cmp", `${name}: ${fileErrorText(error)}`);
        return 2;
      }
    }
    const [a = new Uint8Array(), b = new Uint8Array()] = contents;
    const shared = Math.min(a.length, b.length);
    let at = 0;
    while (at < shared && a[at] === b[at]) at++;
    if (at === a.length && at === b.length) return 0;
    if (!options.has("quiet")) {
      const line = [...a.subarray(0, at)].filter((byte) => byte === 10).length + 1;
      const short = a.length < b.length ? first : second;
      if (at === shared) yield* complain(process, "cmp", `EOF on ${short} after byte ${at}, line ${line}`);
      else yield* writeText(process.stdout, `${first} ${second} differ: byte ${at + 1}, line ${line}\n`);
    }
    return 1;
  },
});
