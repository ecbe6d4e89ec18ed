import { general } from "../../../base/printf-format.ts";

/** A string that looks like a number and came from outside: it compares as a number. */
export class NumericString {
  readonly text: string;
  readonly number: number;

  constructor(text: string, number: number) {
    this.text = text;
    this.number = number;
  }
}

/** Undefined is a variable that was never set: both "" and 0. */
export type AwkValue = number | string | NumericString | undefined;

/** A value from input: numeric if it looks so. */
export function fromInput(text: string): AwkValue {
  return /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text) ? new NumericString(text, Number(text)) : text;
}

export function toNumber(value: AwkValue): number {
  if (typeof value === "number") return value;
  if (value === undefined) return 0;
  if (value instanceof NumericString) return value.number;
  const number = Number.parseFloat(value);
  return Number.isNaN(number) || /^\s*[-+]?(inf|nan)/i.test(value) ? 0 : number;
}

/** Numbers that are whole print as such, others by `format` (CONVFMT or OFMT). */
export function toText(value: AwkValue, format = "%.6g"): string {
  if (typeof value === "string") return value;
  if (value === undefined) return "";
  if (value instanceof NumericString) return value.text;
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value === 0 ? 0 : value);
  return general(value, "", Number(/\.(\d+)g/.exec(format)?.[1] ?? 6));
}

export function isTrue(value: AwkValue): boolean {
  if (typeof value === "string") return value !== "";
  return toNumber(value) !== 0;
}

/** Numbers compare as numbers when both sides are numeric, else as strings. */
export function compareValues(a: AwkValue, b: AwkValue): number {
  if (typeof a !== "string" && typeof b !== "string") return toNumber(a) - toNumber(b);
  const [x, y] = [toText(a), toText(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** A mistake while running; the message is printed. */
export class AwkRuntimeError extends Error {}

/** Whether `a OPERATOR b` holds for values that compare as `order`. */
export function compares(operator: string, order: number): boolean {
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}

/** `a OPERATOR b`; throws on division by zero. */
export function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "^":
      return a ** b;
    default:
      if (b === 0) throw new AwkRuntimeError(operator === "/" ? "division by zero" : "division by zero in %");
      return operator === "/" ? a / b : a % b;
  }
}
