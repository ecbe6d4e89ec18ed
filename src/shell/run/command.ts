import type { CommandNode, CompoundCommand, Coproc, Redirected } from "unbash";
import type { Task } from "../../sim/task.ts";
import { evaluateSource } from "../expand/arithmetic-word.ts";
import { ExpansionError } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { runCase, runIf } from "./branch.ts";
import { runConditional } from "./conditional.ts";
import { waitForeground } from "./foreground.ts";
import { runStatements } from "./list.ts";
import { runArithmeticFor, runFor, runSelect, runWhile } from "./loop.ts";
import { RedirectError, redirect, restore } from "./redirect.ts";
import { runSimple } from "./simple-command.ts";
import { startStage } from "./stage.ts";
import { nested } from "./trampoline.ts";

/** Runs one command of any kind and gives its status. */
export function* runCommand(shell: Shell, node: CommandNode): Task<number> {
  switch (node.type) {
    case "Command":
      return yield* runSimple(shell, node);
    case "Redirected":
      return yield* nested(runRedirected(shell, node));
    case "Function":
      return defineFunction(shell, node);
    case "Coproc":
      return yield* refuseCoproc(shell, node);
    default:
      return yield* nested(runCompound(shell, node));
  }
}

function* runCompound(shell: Shell, node: CompoundCommand): Task<number> {
  switch (node.type) {
    case "If":
      return yield* runIf(shell, node);
    case "For":
      return yield* runFor(shell, node);
    case "ArithmeticFor":
      return yield* runArithmeticFor(shell, node);
    case "Select":
      return yield* runSelect(shell, node);
    case "While":
      return yield* runWhile(shell, node);
    case "Case":
      return yield* runCase(shell, node);
    case "BraceGroup":
      return yield* runStatements(shell, node.body.commands);
    case "Subshell": {
      const child = yield* startStage(shell, node, shell.process.fds, shell.jobControl ? "new" : undefined);
      const text = shell.unit.text.slice(node.pos, node.end);
      return (yield* waitForeground(shell, [child], text))[0] ?? 0;
    }
    case "TestCommand":
      return yield* runConditional(shell, node);
    case "ArithmeticCommand":
      return yield* runArithmetic(shell, node.body, node.pos);
  }
}

function* runArithmetic(shell: Shell, source: string, position: number): Task<number> {
  shell.position = position;
  try {
    return (yield* evaluateSource(shell, source, "((: ")) === 0n ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error;
    if (error.fatal) return yield* shell.failExpansion(error);
    yield* shell.complain(error.message);
    return 1;
  }
}

function* runRedirected(shell: Shell, node: Redirected): Task<number> {
  const table = shell.process.fds;
  try {
    const saved = yield* redirect(shell, node.redirects, table);
    try {
      return yield* nested(runCompound(shell, node.command));
    } finally {
      restore(table, saved);
    }
  } catch (error) {
    if (error instanceof ExpansionError) return yield* shell.failExpansion(error);
    if (!(error instanceof RedirectError)) throw error;
    shell.position = node.pos;
    yield* shell.complain(error.message);
    return 1;
  }
}

function defineFunction(shell: Shell, node: Extract<CommandNode, { type: "Function" }>): number {
  const name = node.name.value;
  shell.functions.set(name, { name, body: node.body, unit: shell.unit.forFunctions(), position: node.pos });
  return 0;
}

function* refuseCoproc(shell: Shell, node: Coproc): Task<number> {
  shell.position = node.pos;
  yield* shell.writeError("not simulated in this sandbox: coproc\n");
  return 1;
}
