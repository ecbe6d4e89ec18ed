import type { ParameterSliceOperation } from "unbash";
import type { Task } from "../../sim/task.ts";
import { ExpansionError } from "../state/control.ts";
import { IndexedArray } from "../state/indexed-array.ts";
import type { Shell } from "../state/shell.ts";
import { evaluateSource } from "./arithmetic-word.ts";
import type { ParameterTarget } from "./parameter.ts";
import type { ParameterValue } from "./special-parameter.ts";

/** `${name:offset:length}` of a text, an array or the positional parameters. */
export function* applySlice(
  shell: Shell,
  operation: ParameterSliceOperation,
  target: ParameterTarget,
  value: ParameterValue,
): Task<ParameterValue> {
  const offset = Number(yield* evaluateSource(shell, operation.offset.text, ""));
  const length =
    operation.length === undefined ? undefined : Number(yield* evaluateSource(shell, operation.length.text, ""));
  if (value.kind === "one") return { kind: "one", text: sliceText(value.text ?? "", offset, length) };
  if (length !== undefined && length < 0) throw new ExpansionError(`${length}: substring expression < 0`);
  return { kind: "many", items: sliceItems(shell, target, value.items, offset, length), star: value.star };
}

function sliceText(text: string, offset: number, length: number | undefined): string {
  const characters = /[\ud800-\udbff]/.test(text) ? [...text] : undefined;
  const size = characters?.length ?? text.length;
  const start = offset < 0 ? size + offset : offset;
  if (start < 0 || start > size) return "";
  const end = length === undefined ? size : length < 0 ? size + length : Math.min(size, start + length);
  if (end < start) throw new ExpansionError(`${length}: substring expression < 0`);
  return characters?.slice(start, end).join("") ?? text.slice(start, end);
}

function sliceItems(
  shell: Shell,
  target: ParameterTarget,
  items: readonly string[],
  offset: number,
  length: number | undefined,
): readonly string[] {
  if (target.index === undefined) return sliceList([shell.name, ...items], offset, length);
  const array = shell.variables.find(target.name)?.value;
  if (!(array instanceof IndexedArray)) return sliceList(items, offset, length);
  const start = offset < 0 ? array.end + offset : offset;
  if (start < 0) return [];
  const keys = array.keys().filter((key) => key >= start);
  return keys.slice(0, length).map((key) => array.get(key) ?? "");
}

/** Positional parameters count from `$0`, which a slice from 1 leaves out. */
function sliceList(items: readonly string[], offset: number, length: number | undefined): readonly string[] {
  const start = offset < 0 ? items.length + offset : offset;
  if (start < 0) return [];
  return items.slice(start, length === undefined ? undefined : start + length);
}
