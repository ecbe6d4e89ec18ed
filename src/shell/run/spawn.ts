import type { ChildProcess, SpawnOptions } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { DiscardCommand } from "../state/control.ts";
import { type Shell, SPAWN_MS } from "../state/shell.ts";

/** Forks; when the machine has no room for another process, the command is thrown away as bash does. */
export function* spawnOrFail(shell: Shell, options: SpawnOptions): Task<ChildProcess> {
  shell.charge(SPAWN_MS);
  yield* shell.pay();
  try {
    return shell.process.spawn(options);
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== "EAGAIN") throw error;
    yield* shell.complain(`fork: ${error.message}`);
    throw new DiscardCommand(254);
  }
}
