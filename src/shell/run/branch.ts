import type { Case, If, Word } from "unbash";
import type { Task } from "../../sim/task.ts";
import { Pattern } from "../expand/pattern.ts";
import { expandPattern, expandText } from "../expand/word.ts";
import { ExpansionError } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { runConditionList, runStatements } from "./list.ts";

export function* runIf(shell: Shell, node: If): Task<number> {
  if ((yield* runConditionList(shell, node.clause.commands)) === 0) {
    return yield* runStatements(shell, node.then.commands);
  }
  for (const elif of node.elif) {
    if ((yield* runConditionList(shell, elif.clause.commands)) === 0) {
      return yield* runStatements(shell, elif.then.commands);
    }
  }
  return node.else === undefined ? 0 : yield* runStatements(shell, node.else.commands);
}

export function* runCase(shell: Shell, node: Case): Task<number> {
  shell.position = node.pos;
  let status = 0;
  let fallThrough = false;
  try {
    const text = yield* expandText(shell, node.word);
    for (const item of node.items) {
      if (!fallThrough && !(yield* matchesAny(shell, text, item.pattern))) continue;
      status = yield* runStatements(shell, item.body.commands);
      if (item.terminator === undefined || item.terminator === ";;") return status;
      fallThrough = item.terminator === ";&";
    }
    return status;
  } catch (error) {
    if (error instanceof ExpansionError) return yield* shell.failExpansion(error);
    throw error;
  }
}

function* matchesAny(shell: Shell, text: string, patterns: readonly Word[]): Task<boolean> {
  for (const pattern of patterns) {
    const source = yield* expandPattern(shell, pattern);
    if (new Pattern(source, shell.options.shopt("nocasematch")).matches(text)) return true;
  }
  return false;
}
