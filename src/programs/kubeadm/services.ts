import type { Process } from "../../machine/process.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";

/** Runs a program of the host and waits for it; the exit code, 127 when there is none. What it says is shown. */
export function* runProgram(process: Process, argv: readonly string[]): Task<number> {
  try {
    return yield* waitFor(process.spawn({ argv }).exited);
  } catch (error) {
    if (error instanceof FsError) return 127;
    throw error;
  }
}
