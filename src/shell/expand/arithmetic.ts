import { IndexedArray } from "../state/indexed-array.ts";
import type { Shell } from "../state/shell.ts";
import { ArithmeticError, type ArithmeticNode, ArithmeticParser } from "./arithmetic-parser.ts";

export { ArithmeticError } from "./arithmetic-parser.ts";

const parsed = new Map<string, ArithmeticNode>();
const PARSED_MAX = 500;
/** How often a variable may lead to another one before bash gives up. */
const HOPS_MAX = 100;

/** Evaluates an expanded expression with 64-bit integers. Throws `ArithmeticError` with bash's text. */
export function evaluate(shell: Shell, expression: string, hops = 0): bigint {
  try {
    return compute(shell, parseCached(expression), hops);
  } catch (error) {
    if (!(error instanceof ArithmeticError) || error.message.includes("\u0000")) throw error;
    throw new ArithmeticError(`${expression.trimStart()}: ${error.message}\u0000`);
  }
}

/** The message for people: the marks that nested evaluations leave are taken out. */
export function arithmeticMessage(error: ArithmeticError): string {
  return error.message.replaceAll("\u0000", "");
}

function parseCached(expression: string): ArithmeticNode {
  const known = parsed.get(expression);
  if (known !== undefined) return known;
  const node = new ArithmeticParser(expression).parse();
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(expression, node);
  return node;
}

function compute(shell: Shell, node: ArithmeticNode, hops: number): bigint {
  switch (node.kind) {
    case "number":
      return node.value;
    case "variable":
      return readVariable(shell, node, hops);
    case "unary":
      return unary(node.operator, compute(shell, node.operand, hops));
    case "step":
      return step(shell, node, hops);
    case "binary":
      return binaryNode(shell, node, hops);
    case "assign":
      return assign(shell, node, hops);
    case "choice":
      return compute(shell, compute(shell, node.test, hops) !== 0n ? node.yes : node.no, hops);
  }
}

type VariableNode = Extract<ArithmeticNode, { kind: "variable" }>;

function readVariable(shell: Shell, node: VariableNode, hops: number): bigint {
  if (hops > HOPS_MAX) throw new ArithmeticError('expression recursion level exceeded (error token is "")');
  const text = textOf(shell, node, hops);
  if (text === undefined) {
    shell.requireSet(node.index === undefined ? node.name : `${node.name}[${node.index}]`);
    return 0n;
  }
  return /^-?[1-9]\d{0,17}$/.test(text) ? BigInt(text) : evaluate(shell, text, hops + 1);
}

function textOf(shell: Shell, node: VariableNode, hops: number): string | undefined {
  if (node.index === undefined) return shell.variables.get(node.name);
  const value = shell.variables.find(node.name)?.value;
  if (value instanceof Map) return value.get(node.index);
  const index = Number(evaluate(shell, node.index, hops + 1));
  if (value instanceof IndexedArray) return value.get(index < 0 ? value.end + index : index);
  return index === 0 ? value : undefined;
}

function writeVariable(shell: Shell, target: ArithmeticNode, value: bigint, hops: number): bigint {
  if (target.kind !== "variable") throw new ArithmeticError("attempted assignment to non-variable");
  const result = BigInt.asIntN(64, value);
  if (target.index === undefined) shell.variables.set(target.name, String(result));
  else {
    const isMap = shell.variables.find(target.name)?.value instanceof Map;
    const index = isMap ? target.index : Number(evaluate(shell, target.index, hops + 1));
    shell.variables.setElement(target.name, index, String(result));
  }
  return result;
}

function step(shell: Shell, node: Extract<ArithmeticNode, { kind: "step" }>, hops: number): bigint {
  const before = compute(shell, node.target, hops);
  const after = writeVariable(shell, node.target, before + node.by, hops);
  return node.prefix ? after : before;
}

function assign(shell: Shell, node: Extract<ArithmeticNode, { kind: "assign" }>, hops: number): bigint {
  const value = compute(shell, node.value, hops);
  const result = node.operator === "" ? value : binary(node.operator, compute(shell, node.target, hops), value);
  return writeVariable(shell, node.target, result, hops);
}

function binaryNode(shell: Shell, node: Extract<ArithmeticNode, { kind: "binary" }>, hops: number): bigint {
  const left = compute(shell, node.left, hops);
  if (node.operator === "&&") return left !== 0n && compute(shell, node.right, hops) !== 0n ? 1n : 0n;
  if (node.operator === "||") return left !== 0n || compute(shell, node.right, hops) !== 0n ? 1n : 0n;
  const right = compute(shell, node.right, hops);
  if (right === 0n && (node.operator === "/" || node.operator === "%")) {
    throw new ArithmeticError(`division by 0 (error token is "${node.rest ?? "0"}")`);
  }
  return binary(node.operator, left, right);
}

function unary(operator: string, value: bigint): bigint {
  if (operator === "-") return BigInt.asIntN(64, -value);
  if (operator === "!") return value === 0n ? 1n : 0n;
  return operator === "~" ? ~value : value;
}

function binary(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return BigInt.asIntN(64, left + right);
    case "-":
      return BigInt.asIntN(64, left - right);
    case "*":
      return BigInt.asIntN(64, left * right);
    case "/":
    case "%":
      return divide(operator, left, right);
    case "**":
      return power(left, right);
    case "<<":
      return BigInt.asIntN(64, left << BigInt.asUintN(6, right));
    case ">>":
      return left >> BigInt.asUintN(6, right);
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case ",":
      return right;
    default:
      return compare(operator, left, right) ? 1n : 0n;
  }
}

function divide(operator: string, left: bigint, right: bigint): bigint {
  if (right === 0n) throw new ArithmeticError('division by 0 (error token is "0")');
  return BigInt.asIntN(64, operator === "/" ? left / right : left % right);
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) throw new ArithmeticError('exponent less than 0 (error token is "")');
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return result;
}

function compare(operator: string, left: bigint, right: bigint): boolean {
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "<=":
      return left <= right;
    default:
      return left >= right;
  }
}
