import { decodeShellText } from "../../base/byte-text.ts";
import { LineReader, writeText } from "../../machine/file-descriptor.ts";
import { MEMORY_MAX } from "../../machine/memory.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { complain, eachInput, type Input, readInput, utility } from "./utility.ts";

/** cat: copies its inputs to its output as they come. */
export const cat = utility({
  name: "cat",
  usage: "[OPTION]... [FILE]...",
  summary: "Copy files, or standard input, to standard output.",
  options: [
    { short: "n", long: "number", help: "number all lines" },
    { short: "b", long: "number-nonblank", help: "number lines that are not empty" },
    { short: "s", long: "squeeze-blank", help: "several empty lines become one" },
    { short: "E", long: "show-ends", help: "show $ at each line's end" },
    { short: "T", long: "show-tabs", help: "show tabs as ^I" },
    { short: "A", long: "show-all", help: "the same as -vET" },
    { short: "v", long: "show-nonprinting", help: "show control characters as ^X" },
    { short: "e", help: "the same as -vE" },
    { short: "t", help: "the same as -vT" },
    { short: "u", help: "ignored" },
  ],
  *run(process, options, operands) {
    const has = (...names: string[]) => names.some((name) => options.has(name));
    const style: Style = {
      number: has("number"),
      numberNonBlank: has("number-nonblank"),
      squeeze: has("squeeze-blank"),
      ends: has("show-ends", "show-all", "e"),
      tabs: has("show-tabs", "show-all", "t"),
      controls: has("show-nonprinting", "show-all", "e", "t"),
    };
    const plain = !Object.values(style).some(Boolean);
    const counter = { line: 0, blanks: 0 };
    let failed = 0;
    const code = yield* eachInput(process, "cat", operands, function* (input) {
      if (!plain) yield* decorate(process, input, style, counter);
      else if (!(yield* copied(process, input))) failed = 1;
    });
    return Math.max(code, failed);
  },
});

interface Style {
  readonly number: boolean;
  readonly numberNonBlank: boolean;
  readonly squeeze: boolean;
  readonly ends: boolean;
  readonly tabs: boolean;
  readonly controls: boolean;
}

/** Between regular files the kernel copies, so that a full disk is a failure of the file that is read, and the next one is tried. */
function* copied(process: Process, input: Input): Task<boolean> {
  try {
    yield* copy(process, input);
    return true;
  } catch (error) {
    const byKernel = process.stdout.kind === "file" && input.descriptor.kind === "file" && !isDevice(process, input);
    if (!byKernel || !(error instanceof FsError) || error.code !== "ENOSPC") throw error;
    yield* complain(process, "cat", `${input.label}: ${error.message}`);
    return false;
  }
}

function isDevice(process: Process, { label }: Input): boolean {
  return label !== "-" && process.fs.exists(label) && process.fs.stat(label).type === "device";
}

function* copy(process: Process, input: Input): Task<void> {
  for (;;) {
    const bytes = yield* input.descriptor.read();
    if (bytes === undefined) return;
    yield* process.stdout.write(bytes);
  }
}

function* decorate(
  process: Process,
  input: Input,
  style: Style,
  counter: { line: number; blanks: number },
): Task<void> {
  const reader = new LineReader(input.descriptor);
  for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
    counter.blanks = line === "" ? counter.blanks + 1 : 0;
    if (style.squeeze && counter.blanks > 1) continue;
    const numbered = style.numberNonBlank ? line !== "" : style.number;
    if (numbered) counter.line++;
    let shown = line;
    if (style.controls) shown = showControls(shown);
    if (style.tabs) shown = shown.replaceAll("\t", "^I");
    const prefix = numbered ? `${String(counter.line).padStart(6)}\t` : "";
    yield* writeText(
      process.stdout,
      `${prefix}${shown}${style.ends && reader.lastLineComplete ? "$" : ""}${reader.lastLineComplete ? "\n" : ""}`,
    );
  }
}

function showControls(line: string): string {
  return line.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, (char) =>
    char === "\u007f" ? "^?" : `^${String.fromCharCode(char.charCodeAt(0) + 64)}`,
  );
}

/** tac: lines in reverse order. */
export const tac = utility({
  name: "tac",
  usage: "[FILE]...",
  summary: "Write each file with its last line first.",
  *run(process, _options, operands) {
    return yield* eachInput(process, "tac", operands, function* (input) {
      const whole = decodeShellText(yield* readInput(input, MEMORY_MAX));
      const lines = whole.endsWith("\n") ? whole.slice(0, -1).split("\n") : whole.split("\n");
      if (whole !== "") yield* writeText(process.stdout, `${lines.reverse().join("\n")}\n`);
    });
  },
});

/** nl: numbers lines that are not empty. */
export const nl = utility({
  name: "nl",
  usage: "[OPTION]... [FILE]...",
  summary: "Number the lines of files.",
  options: [
    { short: "b", long: "body-numbering", value: "required", help: "a: all lines, t: lines that are not empty" },
  ],
  *run(process, options, operands) {
    const all = options.value("body-numbering") === "a";
    let number = 0;
    return yield* eachInput(process, "nl", operands, function* (input) {
      const reader = new LineReader(input.descriptor);
      for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
        const counted = all || line !== "";
        yield* writeText(process.stdout, counted ? `${String(++number).padStart(6)}\t${line}\n` : "       \n");
      }
    });
  },
});
