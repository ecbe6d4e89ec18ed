import { LineReader } from "../../../machine/file-descriptor.ts";
import { demandMemory } from "../../../machine/memory.ts";
import type { Process } from "../../../machine/process.ts";
import type { Task } from "../../../sim/task.ts";
import { complain, fileErrorText, openInput } from "../utility.ts";
import { unescapeAwk } from "./lexer.ts";
import { splitAt } from "./record.ts";
import { AwkRegexes } from "./regexes.ts";
import { type AwkValue, fromInput } from "./value.ts";

/** What a line needs besides its text. */
const LINE_BYTES = 32;

export interface InputRecord {
  readonly text: string;
  readonly file: string;
  readonly firstOfFile: boolean;
}

/** The files named on the command line one after the other, or standard input; `name=value` operands assign on the way. */
export class MainInput {
  readonly operands: readonly string[];
  failures = 0;
  private readonly process: Process;
  private readonly queue: string[];
  private reader: LineReader | undefined;
  private file = "";
  private first = false;
  private usedAFile = false;

  constructor(process: Process, operands: readonly string[]) {
    this.process = process;
    this.operands = operands;
    this.queue = [...operands];
  }

  /** The next record, cut at `separator` (RS: a newline, "" for paragraphs, a character or a regular expression). */
  *next(separator: string, assign: (name: string, value: AwkValue) => void): Task<InputRecord | undefined> {
    for (;;) {
      if (this.reader === undefined && !(yield* this.open(assign))) return undefined;
      const text = yield* this.read(separator);
      if (text === undefined) {
        this.reader = undefined;
        continue;
      }
      const firstOfFile = this.first;
      this.first = false;
      return { text, file: this.file, firstOfFile };
    }
  }

  private *open(assign: (name: string, value: AwkValue) => void): Task<boolean> {
    for (;;) {
      const operand = this.queue.shift();
      if (operand === undefined) {
        if (this.usedAFile) return false;
        this.use("-", this.process.stdin);
        return true;
      }
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(operand);
      if (assignment !== null) {
        assign(assignment[1] ?? "", fromInput(unescapeAwk(assignment[2] ?? "")));
        continue;
      }
      try {
        this.use(operand, openInput(this.process, operand).descriptor);
        return true;
      } catch (error) {
        this.usedAFile = true;
        this.failures = 2;
        yield* complain(this.process, "awk", `cannot open "${operand}" (${fileErrorText(error)})`);
      }
    }
  }

  private use(file: string, descriptor: ConstructorParameters<typeof LineReader>[0]): void {
    this.file = file;
    this.usedAFile = true;
    this.first = true;
    this.reader = new LineReader(descriptor);
  }

  private *read(separator: string): Task<string | undefined> {
    const reader = this.reader;
    if (reader === undefined) return undefined;
    if (separator === "\n") return yield* reader.next();
    if (separator === "") return yield* this.paragraph(reader);
    return yield* this.cutAt(reader, separator);
  }

  private *paragraph(reader: LineReader): Task<string | undefined> {
    let line = yield* reader.next();
    while (line === "") line = yield* reader.next();
    if (line === undefined) return undefined;
    const lines = [line];
    for (line = yield* reader.next(); line !== undefined && line !== ""; line = yield* reader.next()) lines.push(line);
    return lines.join("\n");
  }

  private rest: string[] | undefined;
  private readonly regexes = new AwkRegexes();

  /** Any other separator: the file is read whole and cut. */
  private *cutAt(reader: LineReader, separator: string): Task<string | undefined> {
    if (this.rest === undefined) {
      const lines: string[] = [];
      let held = 0;
      for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
        held += line.length + LINE_BYTES;
        demandMemory(held);
        lines.push(line);
      }
      const whole = lines.join("\n") + (lines.length > 0 && reader.lastLineComplete ? "\n" : "");
      const parts = separator.length === 1 ? whole.split(separator) : splitAt(this.regexes.get(separator), whole);
      if (parts.at(-1) === "" || (parts.length === 1 && whole === "")) parts.pop();
      this.rest = parts;
    }
    const next = this.rest.shift();
    if (next === undefined) this.rest = undefined;
    return next;
  }
}
