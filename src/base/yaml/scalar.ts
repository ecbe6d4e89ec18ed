/** What a plain scalar means to kubectl, whose YAML is 1.1 with a few rules of Go's own (measured on kubectl 1.35). */
export type PlainScalar =
  | { readonly kind: "null" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string" };

const NULLS = new Set(["", "~", "null", "Null", "NULL"]);
const TRUES = new Set(["true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"]);
const FALSES = new Set(["false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"]);
const SPECIAL_FLOATS: ReadonlyMap<string, number> = new Map([
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((text) => [text, Number.POSITIVE_INFINITY] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((text) => [text, Number.NEGATIVE_INFINITY] as const),
  ...[".nan", ".NaN", ".NAN"].map((text) => [text, Number.NaN] as const),
]);
const STRING: PlainScalar = { kind: "string" };
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const RADIX_INT = /^([-+]?)0(?:([xX])([0-9a-fA-F]+)|([bB])([01]+)|([oO]?)([0-7]+))$/;
const DECIMAL_INT = /^[-+]?[0-9]+$/;

/** Reads a plain (unquoted) scalar. */
export function resolvePlain(source: string): PlainScalar {
  if (NULLS.has(source)) return { kind: "null" };
  if (TRUES.has(source)) return { kind: "bool", value: true };
  if (FALSES.has(source)) return { kind: "bool", value: false };
  const special = SPECIAL_FLOATS.get(source);
  if (special !== undefined) return { kind: "float", value: special };
  return /^[-+.0-9]/.test(source) ? resolveNumber(source) : STRING;
}

function resolveNumber(source: string): PlainScalar {
  const digits = source.replaceAll("_", "");
  const radix = RADIX_INT.exec(digits);
  if (radix !== null) return { kind: "int", value: radixValue(radix) };
  if (DECIMAL_INT.test(digits) && !/^[-+]?0[0-9]/.test(digits)) return { kind: "int", value: Number(digits) + 0 };
  if (FLOAT.test(digits)) return { kind: "float", value: Number(digits) + 0 };
  return STRING;
}

function radixValue(match: RegExpExecArray): number {
  const [, sign, , hex, , binary, , octal] = match;
  const value =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : binary !== undefined
        ? Number.parseInt(binary, 2)
        : Number.parseInt(octal ?? "0", 8);
  return sign === "-" && value !== 0 ? -value : value;
}

/** Sexagesimal numbers are strings to kubectl, but it quotes them for the sake of older readers. */
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const TIMESTAMP =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]| )[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?(?:Z|[-+][0-9]{2}:[0-9]{2})?)?$/;

/** Whether a string must be quoted because without quotes it would be read as something else. */
export function looksTyped(value: string): boolean {
  return resolvePlain(value).kind !== "string" || BASE_60.test(value) || TIMESTAMP.test(value);
}
