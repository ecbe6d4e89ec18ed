import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";

/** Who can run a command line ahead on a copy of the world. */
export interface Ahead {
  /** What `line` would do if it were entered where `process` was; undefined inside of a copy, which makes no copies. */
  preview(line: string, process: Process): Task<string | undefined>;
}

const USAGE = "usage: lab preview 'COMMAND'\n";

/** `lab preview 'COMMAND'`: runs a command ahead on a copy of the world and prints what it did there. */
export function* preview(process: Process, ahead: Ahead | undefined, args: readonly string[]): Task<number> {
  const [line = ""] = args;
  if (args.length !== 1 || line.trim() === "") {
    yield* writeText(process.stderr, USAGE);
    return 2;
  }
  const text = ahead === undefined ? undefined : yield* ahead.preview(line, process);
  if (text === undefined) {
    yield* writeText(process.stderr, "lab: this is a copy of the world already; it makes no copies\n");
    return 1;
  }
  yield* writeText(process.stdout, text);
  return 0;
}
