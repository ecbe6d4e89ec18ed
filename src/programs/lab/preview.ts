import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";

/** Who can run a command line ahead on a copy of the world. */
export interface Ahead {
  /** What `line` would do if it were entered where `process` was. */
  preview(line: string, process: Process): Task<AheadAnswer>;
}

/** What a line would do, or why that cannot be said. */
export interface AheadAnswer {
  readonly done: boolean;
  readonly text: string;
}

const NO_COPIES: AheadAnswer = { done: false, text: "this world makes no copies" };

const USAGE = "usage: lab preview 'COMMAND'\n";

/** `lab preview 'COMMAND'`: runs a command ahead on a copy of the world and prints what it did there. */
export function* preview(process: Process, ahead: Ahead | undefined, args: readonly string[]): Task<number> {
  const [line = ""] = args;
  if (args.length !== 1 || line.trim() === "") {
    yield* writeText(process.stderr, USAGE);
    return 2;
  }
  const { done, text } = ahead === undefined ? NO_COPIES : yield* ahead.preview(line, process);
  yield* writeText(done ? process.stdout : process.stderr, done ? text : `lab: ${text}\n`);
  return done ? 0 : 1;
}
