import type {
  ParameterCaseOperation,
  ParameterRemoveOperation,
  ParameterReplaceOperation,
  ParameterTransformOperation,
} from "unbash";
import type { Task } from "../../sim/task.ts";
import { ExpansionError } from "../state/control.ts";
import { attributeLetters, declarationOf } from "../state/declaration.ts";
import type { Shell } from "../state/shell.ts";
import { decodeEscapes } from "./escapes.ts";
import type { ParameterTarget } from "./parameter.ts";
import { Pattern } from "./pattern.ts";
import { alwaysQuote } from "./quote.ts";
import type { ParameterValue } from "./special-parameter.ts";
import { expandPattern, expandText } from "./word.ts";

function mapValue(value: ParameterValue, change: (text: string) => string): ParameterValue {
  if (value.kind === "many") return { ...value, items: value.items.map(change) };
  return { kind: "one", text: change(value.text ?? "") };
}

/** `${name#pattern}` and its kin. */
export function* applyRemove(
  shell: Shell,
  operation: ParameterRemoveOperation,
  value: ParameterValue,
): Task<ParameterValue> {
  const pattern = new Pattern(yield* expandPattern(shell, operation.operand));
  const { operator } = operation;
  if (operator.startsWith("#")) return mapValue(value, (text) => removeStart(text, pattern, operator === "##"));
  return mapValue(value, (text) => removeEnd(text, pattern, operator === "%%"));
}

function removeStart(text: string, pattern: Pattern, longest: boolean): string {
  const ends = pattern.ends(text, 0);
  const end = longest ? ends[ends.length - 1] : ends[0];
  return end === undefined ? text : text.slice(end);
}

function removeEnd(text: string, pattern: Pattern, longest: boolean): string {
  if (pattern.literal !== undefined) {
    return text.endsWith(pattern.literal) ? text.slice(0, text.length - pattern.literal.length) : text;
  }
  if (longest) {
    for (let at = 0; at <= text.length; at++) if (pattern.matches(text.slice(at))) return text.slice(0, at);
  } else {
    for (let at = text.length; at >= 0; at--) if (pattern.matches(text.slice(at))) return text.slice(0, at);
  }
  return text;
}

/** `${name/pattern/text}` and its kin. */
export function* applyReplace(
  shell: Shell,
  operation: ParameterReplaceOperation,
  value: ParameterValue,
): Task<ParameterValue> {
  const source = yield* expandPattern(shell, operation.pattern);
  const replacement = yield* expandText(shell, operation.replacement);
  if (source === "" && operation.operator.length === 1) return value;
  const pattern = new Pattern(source);
  const withMatch = replacement.includes("&") && !/["'\\]/.test(operation.replacement.text);
  const fill = (match: string): string => (withMatch ? replacement.replaceAll("&", () => match) : replacement);
  switch (operation.operator) {
    case "//":
      return mapValue(value, (text) => replaceAll(text, pattern, fill));
    case "/#":
      return mapValue(value, (text) => replaceAt(text, pattern, 0, fill) ?? text);
    case "/%":
      return mapValue(value, (text) => replaceEnd(text, pattern, fill));
    default:
      return mapValue(value, (text) => replaceFirst(text, pattern, fill));
  }
}

function replaceAt(text: string, pattern: Pattern, at: number, fill: (match: string) => string): string | undefined {
  const end = pattern.ends(text, at).at(-1);
  return end === undefined ? undefined : text.slice(0, at) + fill(text.slice(at, end)) + text.slice(end);
}

function replaceFirst(text: string, pattern: Pattern, fill: (match: string) => string): string {
  for (let at = 0; at <= text.length; at++) {
    const replaced = replaceAt(text, pattern, at, fill);
    if (replaced !== undefined) return replaced;
  }
  return text;
}

function replaceEnd(text: string, pattern: Pattern, fill: (match: string) => string): string {
  for (let at = 0; at <= text.length; at++) {
    if (pattern.matches(text.slice(at))) return text.slice(0, at) + fill(text.slice(at));
  }
  return text;
}

function replaceAll(text: string, pattern: Pattern, fill: (match: string) => string): string {
  if (pattern.literal !== undefined) {
    return pattern.literal === "" ? text : text.split(pattern.literal).join(fill(pattern.literal));
  }
  let result = "";
  let at = 0;
  while (at < text.length) {
    const end = pattern.ends(text, at).at(-1);
    if (end === undefined || end === at) {
      result += text.charAt(at);
      at++;
    } else {
      result += fill(text.slice(at, end));
      at = end;
    }
  }
  return text === "" && pattern.matches("") ? fill("") : result;
}

/** `${name^}` and its kin. */
export function* applyCaseChange(
  shell: Shell,
  operation: ParameterCaseOperation,
  value: ParameterValue,
): Task<ParameterValue> {
  const operand = operation.operand;
  const pattern =
    operand === undefined || operand.text === "" ? undefined : new Pattern(yield* expandPattern(shell, operand));
  const upper = operation.operator.startsWith("^");
  const change = (char: string): string => {
    if (pattern !== undefined && !pattern.matches(char)) return char;
    return upper ? char.toUpperCase() : char.toLowerCase();
  };
  const all = operation.operator.length === 2;
  return mapValue(value, (text) => {
    if (all) return [...text].map(change).join("");
    const first = [...text.slice(0, 2)][0] ?? "";
    return change(first) + text.slice(first.length);
  });
}

/** `${name@Q}` and its kin. */
export function* applyTransform(
  shell: Shell,
  operation: ParameterTransformOperation,
  target: ParameterTarget,
  value: ParameterValue,
): Task<ParameterValue> {
  const letter = operation.operand.text;
  switch (letter) {
    case "Q":
    case "K":
    case "k":
      return value.kind === "one" && value.text === undefined ? value : mapValue(value, alwaysQuote);
    case "U":
      return mapValue(value, (text) => text.toUpperCase());
    case "u":
      return mapValue(value, (text) => text.charAt(0).toUpperCase() + text.slice(1));
    case "L":
      return mapValue(value, (text) => text.toLowerCase());
    case "E":
      return mapValue(value, (text) => decodeEscapes(text, "ansi-c").text);
    case "A":
      return { kind: "one", text: declarationOf(shell.variables, target.name)?.replace(/^declare -- /, "") ?? "" };
    case "a":
      return { kind: "one", text: attributeLetters(shell.variables.find(target.name)) };
    default:
      throw new ExpansionError(`\${${target.name}@${letter}}: bad substitution`);
  }
}
