import { IndexedArray } from "./indexed-array.ts";

/** What a variable holds: a text, an indexed array, an associative array, or nothing yet (`declare x`). */
export type VariableValue = string | IndexedArray | Map<string, string> | undefined;

/** A variable with its attributes; `declare -p` shows both. */
export interface Variable {
  value: VariableValue;
  exported: boolean;
  readonly: boolean;
  integer: boolean;
  /** `-l` and `-u`. */
  letterCase: "lower" | "upper" | undefined;
  /** `-n`: the value is another variable's name. */
  reference: boolean;
}

export function newVariable(value: VariableValue): Variable {
  return { value, exported: false, readonly: false, integer: false, letterCase: undefined, reference: false };
}

export function copyVariable(variable: Variable): Variable {
  const { value } = variable;
  if (value instanceof IndexedArray) return { ...variable, value: value.copy() };
  if (value instanceof Map) return { ...variable, value: new Map(value) };
  return { ...variable };
}

/** The text of a variable used without an index: of an array, element 0. */
export function scalarOf(variable: Variable): string | undefined {
  const { value } = variable;
  if (value === undefined || typeof value === "string") return value;
  return value instanceof IndexedArray ? value.get(0) : value.get("0");
}

/** All elements; a text counts as one. */
export function elementsOf(variable: Variable): string[] {
  const { value } = variable;
  if (value === undefined) return [];
  if (typeof value === "string") return [value];
  return value instanceof IndexedArray ? value.values() : [...value.values()];
}

/** All indices or keys. */
export function indicesOf(variable: Variable): string[] {
  const { value } = variable;
  if (value === undefined) return [];
  if (typeof value === "string") return ["0"];
  return value instanceof IndexedArray ? value.keys().map(String) : [...value.keys()];
}
