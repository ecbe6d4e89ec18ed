import type { Task } from "../../sim/task.ts";
import { DiscardCommand, ReturnFunction } from "../state/control.ts";
import type { Shell, ShellFunction } from "../state/shell.ts";
import { runCommand } from "./command.ts";
import { runStatements } from "./list.ts";
import { nested } from "./trampoline.ts";
import { runNamedTrap } from "./trap.ts";

/** How deep functions may call each other when FUNCNEST does not say; bash itself runs until it crashes. */
const NESTING_MAX = 4000;

/** Calls a function with its own positional parameters and locals. */
export function* callFunction(shell: Shell, definition: ShellFunction, argv: readonly string[]): Task<number> {
  const limit = Number(shell.variables.get("FUNCNEST") ?? 0) || NESTING_MAX;
  if (shell.frames.length >= limit) {
    yield* shell.complain(`${definition.name}: maximum function nesting level exceeded (${limit})`);
    throw new DiscardCommand(1);
  }
  const { positional, unit, position, loopDepth } = shell;
  shell.frames.push({ kind: "function", name: definition.name, unit: definition.unit, calledAtLine: shell.line });
  shell.variables.pushLayer();
  shell.positional = argv.slice(1);
  shell.unit = definition.unit;
  shell.loopDepth = 0;
  try {
    return yield* runBody(shell, definition);
  } finally {
    shell.frames.pop();
    shell.variables.popLayer();
    Object.assign(shell, { positional, unit, position, loopDepth });
  }
}

function* runBody(shell: Shell, definition: ShellFunction): Task<number> {
  const depth = shell.conditionDepth;
  const { body } = definition;
  try {
    if (body.type === "CompoundList") return yield* nested(runStatements(shell, body.commands));
    return yield* runCommand(shell, body);
  } catch (error) {
    if (!(error instanceof ReturnFunction)) throw error;
    shell.conditionDepth = depth;
    return error.status;
  } finally {
    if (shell.traps.has("RETURN")) yield* runNamedTrap(shell, "RETURN");
  }
}
