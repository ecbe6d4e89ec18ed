import type { ParameterDefaultOperation, ParameterExpansionPart, ParameterOperation, Word } from "unbash";
import type { Task } from "../../sim/task.ts";
import { ExpansionError } from "../state/control.ts";
import { IndexedArray } from "../state/indexed-array.ts";
import type { Shell } from "../state/shell.ts";
import { elementsOf, indicesOf } from "../state/variable.ts";
import { isName } from "../state/variables.ts";
import { evaluateSource } from "./arithmetic-word.ts";
import { applyCaseChange, applyRemove, applyReplace, applyTransform } from "./parameter-operation.ts";
import { applySlice } from "./parameter-slice.ts";
import { type ParameterValue, readParameter } from "./special-parameter.ts";
import { expandText, expandWord, type WordContext } from "./word.ts";

/** `$name`. */
export function expandSimple(name: string, context: WordContext): void {
  const value = readParameter(context.shell, name);
  if (value.kind === "one" && value.text === undefined) requireSet(context.shell, name);
  emit(value, context);
}

/** `${…}` in all its forms. */
export function* expandParameter(part: ParameterExpansionPart, context: WordContext): Task<void> {
  const { shell } = context;
  checkForm(part);
  if (part.prefix === "#") return context.into.add(yield* lengthOf(shell, part), context.quoted);
  if (part.prefix === "!") {
    const list = namesOrIndices(shell, part);
    if (list !== undefined) return emit(list, context);
  }
  const target = part.prefix === "!" ? yield* indirect(shell, part) : yield* directTarget(shell, part);
  const value = yield* readTarget(shell, target);
  const { operation } = part;
  if (operation?.type === "Default") return yield* applyDefault(operation, target, value, context);
  if (value.kind === "one" && value.text === undefined) requireSet(shell, targetText(target));
  if (operation === undefined) return emit(value, context);
  emit(yield* applyOperation(operation, target, value, context), context);
}

/** A parameter and what stands in its brackets. */
export interface ParameterTarget {
  readonly name: string;
  /** An element's key, `@` or `*`; undefined without brackets. */
  readonly index: string | undefined;
}

const PARAMETER = /^(?:[A-Za-z_]\w*|\d+|[@*#?$!_-])$/;

function checkForm(part: ParameterExpansionPart): void {
  const bad = !PARAMETER.test(part.parameter) || part.operation?.type === "Unknown";
  if (bad) throw new ExpansionError(`${part.text}: bad substitution`);
}

function requireSet(shell: Shell, name: string): void {
  if (name === "@" || name === "*" || name.endsWith("[@]") || name.endsWith("[*]")) return;
  shell.requireSet(/^(\d+|!)$/.test(name) ? `$${name}`.replace(/^\$(?=\d)/, "$") : name);
}

function targetText(target: ParameterTarget): string {
  return target.index === undefined ? target.name : `${target.name}[${target.index}]`;
}

function emit(value: ParameterValue, context: WordContext): void {
  const { into, quoted } = context;
  if (value.kind === "many") into.addList(value.items, value.star, quoted);
  else if (quoted) into.add(value.text ?? "", true);
  else into.addSplit(value.text ?? "");
}

function* directTarget(shell: Shell, part: ParameterExpansionPart): Task<ParameterTarget> {
  const index = part.index === undefined ? undefined : yield* expandIndex(shell, part.parameter, part.index);
  return { name: part.parameter, index };
}

/** The key or number in brackets: a text for an associative array, else computed. */
export function* expandIndex(shell: Shell, name: string, index: Word): Task<string> {
  if (index.text === "@" || index.text === "*") return index.text;
  if (shell.variables.find(name)?.value instanceof Map) return yield* expandText(shell, index);
  return String(yield* evaluateSource(shell, index.text, ""));
}

function* indirect(shell: Shell, part: ParameterExpansionPart): Task<ParameterTarget> {
  const named = yield* readTarget(shell, yield* directTarget(shell, part));
  const text = named.kind === "one" ? named.text : named.items.join(" ");
  if (text === undefined || text === "") throw new ExpansionError(`${part.parameter}: invalid indirect expansion`);
  const match = /^([A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[(.*)\])?$/.exec(text);
  if (match === null) throw new ExpansionError(`${text}: invalid variable name`);
  const name = match[1] ?? "";
  if (match[2] === undefined) return { name, index: undefined };
  const keyed = match[2] === "@" || match[2] === "*" || shell.variables.find(name)?.value instanceof Map;
  return { name, index: keyed ? match[2] : String(yield* evaluateSource(shell, match[2], "")) };
}

function* readTarget(shell: Shell, target: ParameterTarget): Task<ParameterValue> {
  const { name, index } = target;
  if (index === undefined) return readParameter(shell, name);
  const variable = shell.variables.find(name);
  if (index === "@" || index === "*") {
    return { kind: "many", items: variable === undefined ? [] : elementsOf(variable), star: index === "*" };
  }
  const value = variable?.value;
  if (value instanceof Map) return { kind: "one", text: value.get(index) };
  if (!(value instanceof IndexedArray)) return { kind: "one", text: Number(index) === 0 ? value : undefined };
  const at = Number(index) < 0 ? value.end + Number(index) : Number(index);
  if (at >= 0) return { kind: "one", text: value.get(at) };
  yield* shell.complain(`${name}: bad array subscript`);
  return { kind: "one", text: undefined };
}

/** `${!prefix*}` and `${!array[@]}`; undefined for an indirect expansion. */
function namesOrIndices(shell: Shell, part: ParameterExpansionPart): ParameterValue | undefined {
  if (part.operation?.type === "Names") {
    const items = shell.variables.names().filter((name) => name.startsWith(part.parameter));
    return { kind: "many", items, star: part.operation.operator === "*" };
  }
  const index = part.index?.text;
  if ((index !== "@" && index !== "*") || part.operation !== undefined) return undefined;
  const variable = shell.variables.find(part.parameter);
  return { kind: "many", items: variable === undefined ? [] : indicesOf(variable), star: index === "*" };
}

function* lengthOf(shell: Shell, part: ParameterExpansionPart): Task<string> {
  const target = yield* directTarget(shell, part);
  const value = yield* readTarget(shell, target);
  if (value.kind === "many") return String(value.items.length);
  if (value.text === undefined) requireSet(shell, targetText(target));
  return String(characterCount(value.text ?? ""));
}

function characterCount(text: string): number {
  if (!/[\ud800-\udbff]/.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function* applyDefault(
  operation: ParameterDefaultOperation,
  target: ParameterTarget,
  value: ParameterValue,
  context: WordContext,
): Task<void> {
  const { shell, into, quoted } = context;
  const operator = operation.operator.replace(":", "");
  const missing = isMissing(value, operation.operator.startsWith(":"));
  if (operator === "+") {
    if (!missing) yield* expandWord(operation.operand, context);
    return;
  }
  if (!missing) return emit(value, context);
  if (operator === "-") return yield* expandWord(operation.operand, context);
  const text = yield* expandText(shell, operation.operand);
  if (operator === "?") {
    const usual = operation.operator === ":?" ? "parameter null or not set" : "parameter not set";
    throw new ExpansionError(`${targetText(target)}: ${text === "" ? usual : text}`, true);
  }
  assignDefault(shell, target, text);
  if (quoted) into.add(text, true);
  else into.addSplit(text);
}

function assignDefault(shell: Shell, target: ParameterTarget, text: string): void {
  if (!isName(target.name)) throw new ExpansionError(`$${target.name}: cannot assign in this way`);
  if (target.index === undefined) shell.variables.set(target.name, text);
  else shell.variables.setElement(target.name, target.index, text);
}

function isMissing(value: ParameterValue, emptyToo: boolean): boolean {
  if (value.kind === "one") return value.text === undefined || (emptyToo && value.text === "");
  return value.items.length === 0 || (emptyToo && value.items.join("") === "");
}

function* applyOperation(
  operation: ParameterOperation,
  target: ParameterTarget,
  value: ParameterValue,
  context: WordContext,
): Task<ParameterValue> {
  const { shell } = context;
  switch (operation.type) {
    case "Slice":
      return yield* applySlice(shell, operation, target, value);
    case "Remove":
      return yield* applyRemove(shell, operation, value);
    case "Replace":
      return yield* applyReplace(shell, operation, value);
    case "CaseModification":
      return yield* applyCaseChange(shell, operation, value);
    case "Transform":
      return yield* applyTransform(shell, operation, target, value);
    default:
      return value;
  }
}
