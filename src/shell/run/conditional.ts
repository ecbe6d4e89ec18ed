import type { TestBinaryExpression, TestCommand, TestExpression, Word } from "unbash";
import { regexTime } from "../../machine/regex-time.ts";
import type { Task } from "../../sim/task.ts";
import { evaluateText, expandArithmetic } from "../expand/arithmetic-word.ts";
import { Pattern } from "../expand/pattern.ts";
import { shellQuote } from "../expand/quote.ts";
import { expandRegex, regexCompiler } from "../expand/regex.ts";
import { expandPattern, expandText } from "../expand/word.ts";
import { ExpansionError } from "../state/control.ts";
import { IndexedArray } from "../state/indexed-array.ts";
import type { Shell } from "../state/shell.ts";
import { compareFiles, unaryTest } from "./file-test.ts";

/** `[[ … ]]`: 0, 1, or 2 when it makes no sense. */
export function* runConditional(shell: Shell, node: TestCommand): Task<number> {
  shell.position = node.pos;
  try {
    return (yield* holds(shell, node.expression)) ? 0 : 1;
  } catch (error) {
    if (error instanceof BadRegex) return 2;
    if (!(error instanceof ExpansionError)) throw error;
    if (error.fatal) return yield* shell.failExpansion(error);
    yield* shell.complain(error.message);
    return 1;
  }
}

class BadRegex extends Error {}

function* holds(shell: Shell, node: TestExpression): Task<boolean> {
  switch (node.type) {
    case "TestLogical":
      return yield* logical(shell, node.operator, node.operands);
    case "TestNot":
      return (yield* holds(shell, node.operand)) === (node.negations.length % 2 === 0);
    case "TestGroup":
      return yield* holds(shell, node.expression);
    case "TestUnary":
      return unaryTest(shell, node.operator, yield* expandText(shell, node.operand)) ?? false;
    case "TestBinary":
      return yield* binary(shell, node);
  }
}

function* logical(shell: Shell, operator: "&&" | "||", operands: readonly TestExpression[]): Task<boolean> {
  for (const operand of operands) {
    const value = yield* holds(shell, operand);
    if (value !== (operator === "&&")) return value;
  }
  return operator === "&&";
}

function* binary(shell: Shell, node: TestBinaryExpression): Task<boolean> {
  const left = yield* expandText(shell, node.left);
  switch (node.operator) {
    case "==":
    case "=":
      return yield* fits(shell, left, node.right);
    case "!=":
      return !(yield* fits(shell, left, node.right));
    case "=~":
      return yield* matchesRegex(shell, left, node.right);
    case "<":
      return left < (yield* expandText(shell, node.right));
    case ">":
      return left > (yield* expandText(shell, node.right));
    case "-nt":
    case "-ot":
    case "-ef":
      return compareFiles(shell, node.operator, left, yield* expandText(shell, node.right));
    default:
      return yield* compareNumbers(shell, node.operator, left, yield* expandText(shell, node.right));
  }
}

function* fits(shell: Shell, text: string, word: Word): Task<boolean> {
  const source = yield* expandPattern(shell, word);
  if (shell.options.has("xtrace")) yield* shell.writeError(`+ [[ ${shellQuote(text)} == ${source} ]]\n`);
  return new Pattern(source, shell.options.shopt("nocasematch")).matches(text);
}

function* compareNumbers(shell: Shell, operator: string, left: string, right: string): Task<boolean> {
  const a = evaluateText(shell, yield* expandArithmetic(shell, left), "[[: ");
  const b = evaluateText(shell, yield* expandArithmetic(shell, right), "[[: ");
  return compareIntegers(operator, a, b) ?? false;
}

/** `-eq` and its kin; undefined for another operator. */
export function compareIntegers(operator: string, a: bigint, b: bigint): boolean | undefined {
  switch (operator) {
    case "-eq":
      return a === b;
    case "-ne":
      return a !== b;
    case "-lt":
      return a < b;
    case "-le":
      return a <= b;
    case "-gt":
      return a > b;
    case "-ge":
      return a >= b;
    default:
      return undefined;
  }
}

function* matchesRegex(shell: Shell, text: string, word: Word): Task<boolean> {
  const source = yield* expandRegex(shell, word);
  const compile = yield* regexCompiler(shell);
  if (compile === undefined) {
    yield* shell.complain("the sandbox could not load regular expressions; is the network there?");
    throw new BadRegex();
  }
  const regex = compile(source, { syntax: "extended", ignoreCase: shell.options.shopt("nocasematch") });
  if (typeof regex === "string") throw new BadRegex();
  const match = regex.find(text);
  const groups = match === undefined ? [] : Array.from({ length: regex.groups + 1 }, (_, at) => match.group(at) ?? "");
  shell.variables.setWhole("BASH_REMATCH", IndexedArray.of(groups));
  yield* regexTime(shell.process, regex);
  return match !== undefined;
}
