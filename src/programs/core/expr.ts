import { compileRegex } from "../../base/regex/regex.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Program } from "../../machine/process.ts";

type Value = string;

/** What is wrong with an expression. */
class ExprError extends Error {}

const DEPTH_MAX = 200;

/** expr: computes one expression, a word an operand or operator. */
export const expr: Program = function* (process) {
  const words = process.argv.slice(1);
  if (words.length === 0) {
    yield* writeText(process.stderr, "expr: missing operand\nTry 'expr --help' for more information.\n");
    return 2;
  }
  if (words.length === 1 && words[0] === "--help") {
    yield* writeText(
      process.stdout,
      "Usage: expr EXPRESSION\nCompute an expression of numbers and texts: + - * / % = != < > <= >= & | : match substr index length.\n",
    );
    return 0;
  }
  try {
    const value = new Expression(words).whole();
    yield* writeText(process.stdout, `${value}\n`);
    return isNull(value) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ExprError)) throw error;
    yield* writeText(process.stderr, `expr: ${error.message}\n`);
    return 2;
  }
};

function isNull(value: Value): boolean {
  return value === "" || /^-?0+$/.test(value);
}

function number(value: Value): bigint {
  if (!/^-?\d+$/.test(value)) throw new ExprError("non-integer argument");
  return BigInt(value);
}

/** Operators from the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ["|"],
  ["&"],
  ["<", "<=", "=", "==", "!=", ">=", ">"],
  ["+", "-"],
  ["*", "/", "%"],
  [":"],
];

class Expression {
  private readonly words: readonly string[];
  private at = 0;
  private depth = 0;

  constructor(words: readonly string[]) {
    this.words = words;
  }

  whole(): Value {
    const value = this.level(0);
    const next = this.words[this.at];
    if (next !== undefined) throw new ExprError(`syntax error: unexpected argument '${next}'`);
    return value;
  }

  private level(index: number): Value {
    const operators = LEVELS[index];
    if (operators === undefined) return this.operand();
    let left = this.level(index + 1);
    for (
      let operator = this.words[this.at];
      operator !== undefined && operators.includes(operator);
      operator = this.words[this.at]
    ) {
      this.at++;
      left = apply(operator, left, this.level(index + 1));
    }
    return left;
  }

  private operand(): Value {
    const word = this.words[this.at++];
    if (word === undefined) throw new ExprError(`syntax error: missing argument after '${this.words.at(-1)}'`);
    if (word === "(") return this.group();
    if (word === "+") return this.words[this.at++] ?? "";
    if (word === ")") throw new ExprError("syntax error: unexpected ')'");
    const rest = this.words.length - this.at;
    if (word === "length" && rest >= 1) return String([...this.operand()].length);
    if (word === "match" && rest >= 2) return apply(":", this.operand(), this.operand());
    if (word === "index" && rest >= 2) return String(indexOfAny(this.operand(), this.operand()));
    if (word === "substr" && rest >= 3) return substring(this.operand(), this.operand(), this.operand());
    return word;
  }

  private group(): Value {
    if (++this.depth > DEPTH_MAX) throw new ExprError("expression nested too deeply");
    const value = this.level(0);
    this.depth--;
    if (this.words[this.at++] !== ")")
      throw new ExprError(`syntax error: expecting ')' after '${this.words[this.at - 2]}'`);
    return value;
  }
}

function apply(operator: string, a: Value, b: Value): Value {
  switch (operator) {
    case "|":
      return isNull(a) ? (isNull(b) ? "0" : b) : a;
    case "&":
      return isNull(a) || isNull(b) ? "0" : a;
    case ":":
      return match(a, b);
    case "+":
      return String(number(a) + number(b));
    case "-":
      return String(number(a) - number(b));
    case "*":
      return String(number(a) * number(b));
    case "/":
    case "%": {
      const [left, right] = [number(a), number(b)];
      if (right === 0n) throw new ExprError("division by zero");
      return String(operator === "/" ? left / right : left % right);
    }
    default:
      return compare(operator, a, b) ? "1" : "0";
  }
}

function compare(operator: string, a: Value, b: Value): boolean {
  const numeric = /^-?\d+$/.test(a) && /^-?\d+$/.test(b);
  const [left, right] = numeric ? [BigInt(a), BigInt(b)] : [a, b];
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  if (operator === ">") return left > right;
  if (operator === ">=") return left >= right;
  return (operator === "!=") !== (left === right);
}

function match(value: Value, pattern: Value): Value {
  // the match is at the beginning only: of all that begin somewhere the leftmost would be the first
  const regex = compileRegex(pattern, { syntax: "basic", only: "beginning" });
  if (typeof regex === "string") throw new ExprError(regex);
  const found = regex.find(value);
  if (found === undefined) return regex.groups > 0 ? "" : "0";
  return regex.groups > 0 ? (found.group(1) ?? "") : String([...found.text].length);
}

function indexOfAny(value: Value, chars: Value): number {
  return [...value].findIndex((char) => chars.includes(char)) + 1;
}

function substring(value: Value, start: Value, length: Value): Value {
  if (!/^-?\d+$/.test(start) || !/^-?\d+$/.test(length)) return "";
  const [from, count] = [Number(start), Number(length)];
  return from < 1 || count < 1 ? "" : [...value].slice(from - 1, from - 1 + count).join("");
}
