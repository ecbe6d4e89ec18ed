import type { AndOr, PipelineNode, Statement } from "unbash";
import type { Task } from "../../sim/task.ts";
import type { Shell } from "../state/shell.ts";
import { startBackground } from "./background.ts";
import { runPipelineNode } from "./pipeline.ts";

/** Runs statements one after the other; the status is the last one's. */
export function* runStatements(shell: Shell, statements: readonly Statement[]): Task<number> {
  let status = 0;
  for (const statement of statements) status = yield* runStatement(shell, statement);
  return status;
}

function* runStatement(shell: Shell, statement: Statement): Task<number> {
  if (statement.background === true) shell.status = yield* startBackground(shell, statement);
  else if (statement.command.type === "AndOr") shell.status = yield* runAndOr(shell, statement.command);
  else shell.status = yield* runPipelineNode(shell, statement.command);
  return shell.status;
}

/** `a && b || c`: only the last command counts for `set -e`. */
export function* runAndOr(shell: Shell, node: AndOr): Task<number> {
  let status = 0;
  for (const [index, command] of node.commands.entries()) {
    const operator = node.operators[index - 1];
    if (operator === "&&" && status !== 0) continue;
    if (operator === "||" && status === 0) continue;
    const last = index === node.commands.length - 1;
    status = last ? yield* runPipelineNode(shell, command) : yield* runCondition(shell, command);
    shell.status = status;
  }
  return status;
}

/** Runs a command whose failure `set -e` overlooks. */
function* runCondition(shell: Shell, command: PipelineNode): Task<number> {
  shell.conditionDepth++;
  try {
    return yield* runPipelineNode(shell, command);
  } finally {
    shell.conditionDepth--;
  }
}

/** Runs the condition of `if`, `while` and `until`. */
export function* runConditionList(shell: Shell, statements: readonly Statement[]): Task<number> {
  shell.conditionDepth++;
  try {
    return yield* runStatements(shell, statements);
  } finally {
    shell.conditionDepth--;
  }
}
