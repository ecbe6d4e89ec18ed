import type { Assignment, Word } from "unbash";
import type { Task } from "../../sim/task.ts";
import { evaluateText } from "../expand/arithmetic-word.ts";
import { wordOf } from "../expand/brace.ts";
import { expandIndex } from "../expand/parameter.ts";
import { expandText, expandWords } from "../expand/word.ts";
import { ExpansionError } from "../state/control.ts";
import { IndexedArray } from "../state/indexed-array.ts";
import type { Shell } from "../state/shell.ts";
import { scalarOf } from "../state/variable.ts";
import { toArray, VariableError } from "../state/variables.ts";

/** Carries an assignment out, in whatever layer the variable is found. Throws `ExpansionError`. */
export function* assign(shell: Shell, assignment: Assignment): Task<void> {
  try {
    if (assignment.value.type === "ArrayValue") yield* assignArray(shell, assignment.name, assignment);
    else if (assignment.index !== undefined) yield* assignElement(shell, assignment);
    else {
      const text = yield* expandText(shell, assignment.value, true);
      assignText(shell, assignment.name, text, assignment.append === true);
    }
    if (shell.options.has("allexport")) shell.variables.export(assignment.name);
  } catch (error) {
    if (error instanceof VariableError) throw new ExpansionError(error.message);
    throw error;
  }
}

/** Sets or appends a text; an integer variable computes it. */
export function assignText(shell: Shell, name: string, text: string, append: boolean): void {
  const variable = shell.variables.find(name);
  if (variable?.readonly === true) throw new VariableError(`${name}: readonly variable`);
  const before = variable === undefined ? "" : (scalarOf(variable) ?? "");
  if (variable?.integer !== true) {
    shell.variables.set(name, append ? before + text : text);
    return;
  }
  const sum = append ? `${before === "" ? "0" : before}+(${text === "" ? "0" : text})` : text;
  shell.variables.set(name, String(evaluateText(shell, sum, "")));
}

function* assignElement(shell: Shell, assignment: Assignment): Task<void> {
  const { name, index, value } = assignment;
  if (index === undefined || value.type !== "Word") return;
  const key = yield* expandIndex(shell, name, index);
  const text = yield* expandText(shell, value, true);
  setElement(shell, name, key, text, assignment.append === true);
}

function setElement(shell: Shell, name: string, key: string, text: string, append: boolean): void {
  const variable = shell.variables.find(name);
  const held = variable?.value;
  const before = held instanceof Map ? held.get(key) : held instanceof IndexedArray ? held.get(Number(key)) : undefined;
  let result = append ? (before ?? "") + text : text;
  if (variable?.integer === true) result = String(evaluateText(shell, append ? `${before ?? 0}+(${text})` : text, ""));
  shell.variables.setElement(name, held instanceof Map ? key : Number(key), result);
}

/** `name=(…)` and `name+=(…)`. The elements are expanded before the variable is touched. */
export function* assignArray(shell: Shell, name: string, assignment: Assignment): Task<void> {
  if (assignment.value.type !== "ArrayValue") return;
  const elements: { key: Word | undefined; texts: string[]; append: boolean }[] = [];
  for (const word of assignment.value.elements) {
    const keyed = keyedElement(word);
    if (keyed === undefined) elements.push({ key: undefined, texts: yield* expandWords(shell, [word]), append: false });
    else elements.push({ key: keyed.key, texts: [yield* expandText(shell, keyed.value, true)], append: keyed.append });
  }
  const variable = shell.variables.find(name);
  const isMap = variable?.value instanceof Map;
  if (assignment.append !== true) shell.variables.setWhole(name, isMap ? new Map() : new IndexedArray());
  else if (!isMap) toArray(shell.variables.writable(name));
  if (isMap && elements.every((element) => element.key === undefined)) return pairs(shell, name, elements);
  let next = assignment.append === true ? endOf(shell, name) : 0;
  for (const { key, texts, append } of elements) {
    if (key === undefined) for (const text of texts) shell.variables.setElement(name, next++, text);
    else {
      const at = yield* expandIndex(shell, name, key);
      setElement(shell, name, at, texts[0] ?? "", append);
      next = Number(at) + 1;
    }
  }
}

/** `declare -A m=(key value key value)`. */
function pairs(shell: Shell, name: string, elements: readonly { readonly texts: readonly string[] }[]): void {
  const texts = elements.flatMap((element) => element.texts);
  for (let i = 0; i < texts.length; i += 2) shell.variables.setElement(name, texts[i] ?? "", texts[i + 1] ?? "");
}

function endOf(shell: Shell, name: string): number {
  const value = shell.variables.find(name)?.value;
  return value instanceof IndexedArray ? value.end : 0;
}

interface KeyedElement {
  readonly key: Word;
  readonly value: Word;
  readonly append: boolean;
}

const keyedElements = new WeakMap<Word, KeyedElement | "plain">();

/** `[key]=value` in an array value. */
function keyedElement(word: Word): KeyedElement | undefined {
  if (!word.text.startsWith("[")) return undefined;
  const known = keyedElements.get(word);
  if (known !== undefined) return known === "plain" ? undefined : known;
  const match = /^\[((?:[^\][]|\[[^\]]*\])*)\](\+?)=([\s\S]*)$/.exec(word.text);
  const keyed =
    match === null
      ? undefined
      : { key: wordOf(match[1] ?? ""), value: wordOf(match[3] ?? ""), append: match[2] === "+" };
  keyedElements.set(word, keyed ?? "plain");
  return keyed;
}
