import { goQuote } from "../go-quote.ts";

/** A value, or the text of the Go error that the same input gives. */
export type GoResult<T> = { readonly value: T } | { readonly error: string };

const TRUE_WORDS = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE_WORDS = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** strconv.ParseBool. */
export function parseGoBool(input: string): GoResult<boolean> {
  if (TRUE_WORDS.has(input)) return { value: true };
  if (FALSE_WORDS.has(input)) return { value: false };
  return { error: `strconv.ParseBool: parsing ${goQuote(input)}: invalid syntax` };
}

/** strconv.ParseInt with bit size; base 0 takes prefixes (0x, 0o, 0b, 0) and underscores between digits. */
export function parseGoInt(input: string, base: 0 | 10 | 16, bits: 32 | 64): GoResult<bigint> {
  const fault = (what: string) => ({ error: `strconv.ParseInt: parsing ${goQuote(input)}: ${what}` });
  const negative = input.startsWith("-");
  const digits = negative || input.startsWith("+") ? input.slice(1) : input;
  const magnitude = parseMagnitude(digits, base);
  if (magnitude === undefined) return fault("invalid syntax");
  const limit = 1n << BigInt(bits - 1);
  if (negative ? magnitude > limit : magnitude >= limit) return fault("value out of range");
  return { value: negative ? -magnitude : magnitude };
}

/** strconv.ParseUint with bit size. */
export function parseGoUint(input: string, base: 0 | 10 | 16, bits: 32 | 64): GoResult<bigint> {
  const fault = (what: string) => ({ error: `strconv.ParseUint: parsing ${goQuote(input)}: ${what}` });
  const magnitude = parseMagnitude(input, base);
  if (magnitude === undefined) return fault("invalid syntax");
  if (magnitude >= 1n << BigInt(bits)) return fault("value out of range");
  return { value: magnitude };
}

/** strconv.ParseFloat of plain decimal forms. */
export function parseGoFloat(input: string): GoResult<number> {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(input)) return { value: Number(input) };
  return { error: `strconv.ParseFloat: parsing ${goQuote(input)}: invalid syntax` };
}

const DIGITS: Readonly<Record<number, RegExp>> = {
  2: /^[01]+$/,
  8: /^[0-7]+$/,
  10: /^[0-9]+$/,
  16: /^[0-9a-fA-F]+$/,
};
const PREFIXES: Readonly<Record<number, string>> = { 2: "0b", 8: "0o", 10: "", 16: "0x" };

function parseMagnitude(digits: string, base: 0 | 10 | 16): bigint | undefined {
  if (digits.length > 4096) return undefined;
  const radix = base === 0 ? radixOf(digits) : { radix: base, digits };
  if (radix === undefined || !DIGITS[radix.radix]?.test(radix.digits)) return undefined;
  return BigInt((PREFIXES[radix.radix] ?? "") + radix.digits);
}

function radixOf(input: string): { radix: number; digits: string } | undefined {
  if (/^_|__|_$/.test(input)) return undefined;
  const digits = input.replaceAll("_", "");
  const prefix = digits.slice(0, 2).toLowerCase();
  if (prefix === "0x") return { radix: 16, digits: digits.slice(2) };
  if (prefix === "0o") return { radix: 8, digits: digits.slice(2) };
  if (prefix === "0b") return { radix: 2, digits: digits.slice(2) };
  if (digits.length > 1 && digits.startsWith("0")) return { radix: 8, digits: digits.slice(1) };
  return { radix: 10, digits };
}
