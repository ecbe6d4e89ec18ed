import { parse, type WordPart } from "unbash";
import type { Task } from "../../sim/task.ts";
import { ExpansionError } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { ArithmeticError, arithmeticMessage, evaluate } from "./arithmetic.ts";
import { FieldBuilder } from "./fields.ts";
import { expandParts } from "./word.ts";

const partsOf = new Map<string, readonly WordPart[]>();
const CACHED_MAX = 500;

/**
 * Evaluates an expression as written: it is expanded as if it stood in double quotes, then computed. A fault becomes an
 * `ExpansionError` with `label` before the expression (`((: `).
 */
export function* evaluateSource(shell: Shell, source: string, label: string): Task<bigint> {
  const text = yield* expandArithmetic(shell, source);
  return evaluateText(shell, text, label);
}

/** Expands `$x`, `$(…)` and the like in an expression. */
export function* expandArithmetic(shell: Shell, source: string): Task<string> {
  if (!/[$`"'\\]/.test(source)) return source;
  const into = new FieldBuilder(shell.variables.get("IFS"), false);
  yield* expandParts(parseParts(source), { shell, into, quoted: true });
  return into.finishText();
}

/** Computes an expanded expression; faults become `ExpansionError`. */
export function evaluateText(shell: Shell, text: string, label: string): bigint {
  try {
    return evaluate(shell, text);
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error;
    throw new ExpansionError(`${label}${arithmeticMessage(error)}`);
  }
}

function parseParts(source: string): readonly WordPart[] {
  const known = partsOf.get(source);
  if (known !== undefined) return known;
  const command = parse(`: "${source.replaceAll('"', "")}"`).commands[0]?.command;
  const word = command?.type === "Command" ? command.args[0] : undefined;
  const quoted = word?.type === "Word" ? word.parts?.[0] : undefined;
  const parts = quoted?.type === "DoubleQuoted" ? quoted.parts : [];
  if (partsOf.size >= CACHED_MAX) partsOf.clear();
  partsOf.set(source, parts);
  return parts;
}
