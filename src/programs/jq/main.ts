import { concat, NO_BYTES, text } from "../../base/bytes.ts";
import { readToEnd, writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { type JqPlan, planOf } from "./arguments.ts";
import { completeLines, DocumentSplitter } from "./document-splitter.ts";
import type { JqEndless, JqEngine, JqLoader, JqResult } from "./jq-engine.ts";

/** What a run costs the world's processor: its start, and what it does. */
const RUN_MS = 3;
const STEPS_PER_MS = 50_000;
/** A run is one call of the host that nothing ends from outside, so what it may do has a limit. */
const ENDLESS: Readonly<Record<JqEndless, string>> = {
  output: "not simulated in this sandbox: endless output of jq",
  work: "not simulated in this sandbox: jq programs of more than 60 million steps",
};
/** Filters that look beyond the text they were given need the whole input at once. */
const LOOKS_FURTHER = /\b(inputs?|input_line_number|halt|halt_error|limit|first|label)\b/;

/** jq: real jq over the world's files and pipes. */
export function jqProgram(loader: JqLoader): Program {
  return function* (process) {
    const loaded = loader.engine ?? (yield* waitFor(loading(loader)));
    if (typeof loaded === "string") {
      yield* writeText(process.stderr, `jq: cannot be loaded: ${loaded}\n`);
      return 1;
    }
    return yield* new JqSession(process, loaded).run();
  };
}

function loading(loader: JqLoader) {
  return {
    begin(resume: (loaded: JqEngine | string) => void) {
      loader.request((engine, problem) => resume(engine ?? problem));
      return undefined;
    },
  };
}

/** One call of jq: reads the input as the command line asks and runs the engine over each complete part of it. */
class JqSession {
  private readonly process: Process;
  private readonly engine: JqEngine;
  private readonly plan: JqPlan;
  private readonly args: readonly string[];
  /** Where the part that is being run begins in the input. */
  private linesBefore = 0;
  private columnsBefore = 0;

  constructor(process: Process, engine: JqEngine) {
    this.process = process;
    this.engine = engine;
    const given = process.argv.slice(1);
    this.plan = planOf(given);
    const coloured = process.stdout.kind === "terminal" && (process.env.get("NO_COLOR") ?? "") === "";
    this.args = [coloured ? "-C" : "-M", ...given];
  }

  *run(): Task<number> {
    const { plan, process } = this;
    if (plan.informs) return yield* this.once(NO_BYTES);
    if (plan.filter === undefined && process.stdin.kind === "terminal" && process.stdout.kind === "terminal")
      return yield* this.usage();
    if (plan.inputFiles.length > 0) return yield* this.once(NO_BYTES);
    const further = LOOKS_FURTHER.test(this.filterText());
    if (plan.nullInput && !further) return yield* this.once(NO_BYTES);
    if (plan.nullInput || plan.wholeInput || further) return yield* this.once(yield* readToEnd(process.stdin));
    return yield* this.streamed();
  }

  /** Runs over each part of the input as soon as it is complete. */
  private *streamed(): Task<number> {
    const splitter = new DocumentSplitter();
    const completeIn = this.plan.rawInput ? completeLines : (piece: Uint8Array) => splitter.take(piece);
    let kept: Uint8Array[] = [];
    let code: number | undefined;
    for (let piece = yield* this.process.stdin.read(); piece !== undefined; piece = yield* this.process.stdin.read()) {
      const end = completeIn(piece);
      const part = end === 0 ? NO_BYTES : concat([...kept, piece.subarray(0, end)]);
      kept = end === 0 ? [...kept, piece] : [piece.subarray(end)];
      if (isBlank(part) && !this.plan.rawInput) {
        this.advance(part);
        continue;
      }
      const result = yield* this.pass(part);
      code = result.exitCode;
      if (stopsReading(result)) return code;
    }
    const rest = concat(kept);
    return code !== undefined && isBlank(rest) ? code : yield* this.once(rest);
  }

  private *once(input: Uint8Array): Task<number> {
    return (yield* this.pass(input)).exitCode;
  }

  private *pass(input: Uint8Array): Task<JqResult> {
    const { process } = this;
    yield* process.compute(RUN_MS);
    const result = this.call(input, this.args);
    yield* process.compute(result.steps / STEPS_PER_MS);
    if (result.stdout.length > 0) yield* process.stdout.write(result.stdout);
    if (result.stderr.length > 0) yield* writeText(process.stderr, this.placed(text(result.stderr)));
    if (result.endless !== undefined) yield* writeText(process.stderr, `${ENDLESS[result.endless]}\n`);
    this.advance(input);
    return result;
  }

  private call(stdin: Uint8Array, args: readonly string[]): JqResult {
    const { process } = this;
    const file = (path: string) => readable(process, path);
    try {
      return this.engine.run({ args, stdin, file, env: process.env, nowMs: process.clock.now });
    } catch (error) {
      if (error instanceof RangeError) throw error; // its stack ran out
      const problem = error instanceof Error ? error.message : String(error);
      const stderr = new TextEncoder().encode(`jq: error: ${problem}\n`);
      return { stdout: NO_BYTES, stderr, exitCode: 5, endless: undefined, steps: 0 };
    }
  }

  private *usage(): Task<number> {
    const help = text(this.call(NO_BYTES, ["-h"]).stdout);
    const lines = help.split("\n").filter((line) => /^(Usage:)?\tjq /.test(line));
    yield* writeText(this.process.stderr, `${lines.join("\n")}\n\nFor listing the command options, use jq --help.\n`);
    return 2;
  }

  private filterText(): string {
    const { filter = ".", filterIsFile } = this.plan;
    if (!filterIsFile) return filter;
    const bytes = readable(this.process, filter);
    return bytes === undefined || bytes === "directory" ? "" : text(bytes);
  }

  /** Lines and columns in messages count from the beginning of the input. */
  private placed(message: string): string {
    return message
      .replace(/\(at <stdin>:(\d+)\)/g, (_, line: string) => `(at <stdin>:${Number(line) + this.linesBefore})`)
      .replace(/at line (\d+), column (\d+)/g, (_, line: string, column: string) => {
        const shift = Number(line) === 1 ? this.columnsBefore : 0;
        return `at line ${Number(line) + this.linesBefore}, column ${Number(column) + shift}`;
      });
  }

  private advance(input: Uint8Array): void {
    let start = 0;
    for (let at = input.indexOf(10); at >= 0; at = input.indexOf(10, start)) {
      this.linesBefore++;
      this.columnsBefore = 0;
      start = at + 1;
    }
    this.columnsBefore += input.length - start;
  }
}

/** After a parse or compile error jq reads no further. */
function stopsReading(result: JqResult): boolean {
  if (result.endless !== undefined || result.exitCode === 2 || result.exitCode === 3) return true;
  return result.exitCode === 5 && text(result.stderr).includes("jq: parse error");
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 32 || (byte >= 9 && byte <= 13));
}

function readable(process: Process, path: string): Uint8Array | "directory" | undefined {
  try {
    return process.fs.readFile(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return error.code === "EISDIR" ? "directory" : undefined;
  }
}
