import { type Task, waitFor } from "../sim/task.ts";
import { FsError } from "../vfs/file-system.ts";
import { writeText } from "./file-descriptor.ts";
import type { Process, Program } from "./process.ts";
import type { Signal } from "./signals.ts";

const PASSED_ON: readonly Signal[] = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"];

/** An image's entry script of the kind that ends in `exec "$@"`. */
export const execArguments: Program = function* (process) {
  return yield* runArguments(process, process.argv.slice(1));
};

/** Runs `argv` in this process's place: signals go to it, its exit code is ours. */
export function* runArguments(process: Process, argv: readonly string[]): Task<number> {
  if (argv.length === 0) return 0;
  try {
    const child = process.spawn({ argv });
    for (const signal of PASSED_ON) process.onSignal(signal, () => child.kill(signal));
    return yield* waitFor(child.exited);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    yield* writeText(process.stderr, `${process.argv[0]}: exec: ${argv[0]}: ${error.message.toLowerCase()}\n`);
    return error.code === "ENOENT" ? 127 : 126;
  }
}
