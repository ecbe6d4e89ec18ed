import { type Task, waitFor } from "../sim/task.ts";
import { FsError } from "../vfs/file-system.ts";
import { writeText } from "./file-descriptor.ts";
import type { Process } from "./process.ts";
import type { Signal } from "./signals.ts";

const PASSED_ON: readonly Signal[] = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"];

/** Runs `argv` in this process's place, as a script does with `exec "$@"`: signals go to it, its exit code is ours. */
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
