import { doubleQuote } from "../expand/quote.ts";
import { IndexedArray } from "./indexed-array.ts";
import type { Variable } from "./variable.ts";
import type { Variables } from "./variables.ts";

/** The attributes of a variable as `declare` letters, for example `rx`; empty when it has none. */
export function attributeLetters(variable: Variable | undefined): string {
  if (variable === undefined) return "";
  let letters = "";
  if (variable.value instanceof IndexedArray) letters += "a";
  if (variable.value instanceof Map) letters += "A";
  if (variable.integer) letters += "i";
  if (variable.letterCase === "lower") letters += "l";
  if (variable.reference) letters += "n";
  if (variable.readonly) letters += "r";
  if (variable.letterCase === "upper") letters += "u";
  return variable.exported ? `${letters}x` : letters;
}

/** The `declare -p` line of a variable; undefined when there is none. */
export function declarationOf(variables: Variables, name: string): string | undefined {
  const variable = variables.find(name);
  if (variable === undefined) return undefined;
  const letters = attributeLetters(variable);
  const head = `declare -${letters === "" ? "-" : letters} ${name}`;
  const { value } = variable;
  if (value === undefined) return head;
  if (typeof value === "string") return `${head}=${doubleQuote(value)}`;
  const keys =
    value instanceof IndexedArray ? value.keys().map((key) => [String(key), value.get(key) ?? ""]) : [...value];
  const items = keys.map(([key, text]) => `[${quoteKey(key ?? "")}]=${doubleQuote(text ?? "")}`);
  return `${head}=(${items.join(" ")}${value instanceof Map && items.length > 0 ? " " : ""})`;
}

function quoteKey(key: string): string {
  return /^[\w./:@%^,+-]+$/.test(key) ? key : doubleQuote(key);
}
