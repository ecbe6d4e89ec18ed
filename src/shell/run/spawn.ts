import type { ChildProcess, SpawnOptions } from "../../machine/process.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { DiscardCommand } from "../state/control.ts";
import { type Shell, SPAWN_MS } from "../state/shell.ts";
import { interruptible } from "./interruptible.ts";
import { checkSignals } from "./trap.ts";

/** bash tries again after 1, 2, 4 and 8 seconds before it gives a command up. */
const RETRY_FIRST_MS = 1000;
const RETRY_LAST_MS = 8000;

/** Forks; while the machine has no room for another process it waits, and at last throws the command away, as bash does. */
export function* spawnOrFail(shell: Shell, options: SpawnOptions): Task<ChildProcess> {
  shell.charge(SPAWN_MS);
  yield* shell.pay();
  for (let waitMs = RETRY_FIRST_MS; ; waitMs *= 2) {
    const child = tryToSpawn(shell, options);
    if (child !== undefined) return child;
    if (waitMs > RETRY_LAST_MS) break;
    yield* shell.complain("fork: retry: Resource temporarily unavailable");
    yield* interruptible(shell, sleep(shell.process.clock, waitMs));
    yield* checkSignals(shell);
  }
  yield* shell.complain("fork: Resource temporarily unavailable");
  throw new DiscardCommand(254);
}

function tryToSpawn(shell: Shell, options: SpawnOptions): ChildProcess | undefined {
  try {
    return shell.process.spawn(options);
  } catch (error) {
    if (error instanceof FsError && error.code === "EAGAIN") return undefined;
    throw error;
  }
}
