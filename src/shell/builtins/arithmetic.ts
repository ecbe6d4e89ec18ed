import { evaluateText } from "../expand/arithmetic-word.ts";
import { ExpansionError } from "../state/control.ts";
import type { Builtin } from "../state/shell.ts";
import { fail } from "./usage.ts";

/** `let`: 1 when the last expression is zero. */
export const letExpression: Builtin = function* (shell, args) {
  if (args.length === 0) return yield* fail(shell, "let", "expression expected");
  let value = 0n;
  try {
    for (const arg of args) value = evaluateText(shell, arg, "let: ");
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error;
    yield* shell.complain(error.message);
    return 1;
  }
  return value === 0n ? 1 : 0;
};
