import { MEMORY_MAX, OutOfMemory } from "../../machine/memory.ts";
import type { Process } from "../../machine/process.ts";
import { isOutOfMemory } from "../../machine/program-failure.ts";
import type { Task } from "../../sim/task.ts";
import { BreakLoop, ContinueLoop, DiscardCommand, ExitShell, Interrupted, ReturnFunction } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { trampoline } from "./trampoline.ts";
import { runExitTrap } from "./trap.ts";

/** The body of a forked process: `run` with a copy of the shell that is made now. */
export function subshellBody(shell: Shell, run: (copy: Shell) => Task<number>): (process: Process) => Task<number> {
  const copy = shell.snapshot();
  return (process) => trampoline(runToEnd(copy.adopt(process), run(copy)));
}

/** Runs a shell's whole work and turns what ends it into its exit status; then comes the EXIT trap. */
export function* runToEnd(shell: Shell, work: Task<number>): Task<number> {
  try {
    shell.status = yield* work;
  } catch (error) {
    if (isOutOfMemory(error)) return yield* outOfMemory(shell, error);
    shell.status = statusOfControl(error);
  }
  return (yield* runExitTrap(shell)) & 0xff;
}

/** bash's xrealloc gives up: the shell ends at once, without its EXIT trap. */
function* outOfMemory(shell: Shell, error: unknown): Task<number> {
  const bytes = error instanceof OutOfMemory ? error.bytes : MEMORY_MAX;
  yield* shell.writeError(`${shell.name}: xrealloc: cannot allocate ${bytes} bytes\n`);
  return 2;
}

/** The exit status that a thrown control value means; throws on what is none. */
export function statusOfControl(error: unknown): number {
  if (error instanceof ExitShell || error instanceof ReturnFunction || error instanceof DiscardCommand) {
    return error.status;
  }
  if (error instanceof BreakLoop || error instanceof ContinueLoop) return 0;
  if (error instanceof Interrupted) return 130;
  throw error;
}
