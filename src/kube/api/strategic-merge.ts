import { isRecord } from "../../base/record.ts";
import type { Field, FieldType, StructSchema } from "./schema.ts";

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A patch that cannot be applied; `message` is apimachinery's. */
export class PatchError extends Error {}

const PATCH = "$patch";
const RETAIN = "$retainKeys";
const ORDER = "$setElementOrder/";
const DELETE_FROM = "$deleteFromPrimitiveList/";

/**
 * Applies a strategic merge patch: maps are merged, null removes, lists are merged by their merge key where the type
 * says so. `schema` undefined: a map of unknown type, where lists are replaced. Mirrors apimachinery strategicpatch.
 */
export function applyStrategicMerge(
  original: JsonObject,
  patch: JsonObject,
  schema: StructSchema | undefined,
): JsonObject {
  const directive = patch[PATCH];
  if (directive === "replace") return without(patch, PATCH);
  if (directive === "delete") return {};
  if (directive !== undefined && directive !== "merge")
    throw new PatchError(`unknown patch type: ${String(directive)}`);
  const result: Record<string, unknown> = { ...original };
  retainOnly(result, patch[RETAIN]);
  for (const [key, value] of Object.entries(patch)) {
    if (key === PATCH || key === RETAIN) continue;
    if (key.startsWith(ORDER)) reorder(result, patch, key.slice(ORDER.length), schema);
    else if (key.startsWith(DELETE_FROM)) deleteItems(result, key.slice(DELETE_FROM.length), value);
    else if (value === null) delete result[key];
    else result[key] = mergeField(result[key], value, patch, key, schema);
  }
  return result;
}

function without(object: JsonObject, key: string): JsonObject {
  const { [key]: _, ...rest } = object;
  return rest;
}

function retainOnly(result: Record<string, unknown>, keys: unknown): void {
  if (!Array.isArray(keys)) return;
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key];
}

function mergeField(
  current: unknown,
  value: unknown,
  patch: JsonObject,
  key: string,
  schema: StructSchema | undefined,
): unknown {
  const field = schema?.fields.get(key);
  if (isObject(value)) {
    const base = isObject(current) ? current : {};
    return applyStrategicMerge(base, value, structOf(field?.type));
  }
  if (!Array.isArray(value) || field === undefined || !mergesLists(field)) return stripDirectives(value);
  const existing = Array.isArray(current) ? current : [];
  if (field.mergeKey === "") return union(existing, value);
  return mergeLists(existing, value, field, patch[ORDER + key]);
}

/** A list that is replaced may still hold nested directives of its own. */
function stripDirectives(value: unknown): unknown {
  return value;
}

/** Whether patches to this list add and change items instead of replacing it. */
export function mergesLists(field: Field): boolean {
  return field.type.kind === "list" && field.patchStrategy.split(",").includes("merge");
}

/** The schema of a struct, of a list's items or a map's values; undefined for other types. */
export function structOf(type: FieldType | undefined): StructSchema | undefined {
  if (type === undefined) return undefined;
  if (type.kind === "struct") return type.schema;
  return type.kind === "list" ? structOf(type.of) : undefined;
}

function union(existing: readonly unknown[], added: readonly unknown[]): unknown[] {
  return [...existing, ...added.filter((item) => !existing.includes(item))];
}

function mergeLists(existing: readonly unknown[], items: readonly unknown[], field: Field, order: unknown): unknown[] {
  const key = field.mergeKey;
  const replace = items.some((item) => isObject(item) && item[PATCH] === "replace" && item[key] === undefined);
  if (replace) return items.filter((item) => !(isObject(item) && item[PATCH] === "replace"));
  if (Array.isArray(order)) checkOrder(items, order, key);
  const result = [...existing];
  for (const item of items) {
    if (!isObject(item))
      throw new PatchError(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    const value = item[key];
    if (value === undefined) {
      throw new PatchError(`map: ${goMap(item)} does not contain declared merge key: ${key}`);
    }
    const index = result.findIndex((one) => isObject(one) && one[key] === value);
    if (item[PATCH] === "delete") {
      if (index >= 0) result.splice(index, 1);
    } else if (index < 0) result.push(without(item, PATCH));
    else result[index] = applyStrategicMerge(result[index] as JsonObject, item, structOf(field.type));
  }
  return Array.isArray(order) ? ordered(result, existing, order, key) : result;
}

/** The items of a patch must stand in the order that the patch itself gives. */
function checkOrder(items: readonly unknown[], order: readonly unknown[], key: string): void {
  const kept = items.filter((item) => !(isObject(item) && item[PATCH] === "delete"));
  const places = kept.map((item) =>
    order.findIndex((one) => isObject(one) && isObject(item) && one[key] === item[key]),
  );
  if (places.every((place, index) => place >= 0 && place > (places[index - 1] ?? -1))) return;
  const shown = (list: readonly unknown[]) =>
    `[${list.map((item) => (isObject(item) ? goMap(item) : String(item))).join(" ")}]`;
  throw new PatchError(
    `The order in patch list:\n${shown(items)}\n doesn't match $setElementOrder list:\n${shown(order)}\n`,
  );
}

function goMap(item: JsonObject): string {
  return `map[${Object.keys(item)
    .sort()
    .map((key) => `${key}:${String(item[key])}`)
    .join(" ")}]`;
}

/** Items named in `order` come in its order; others keep their place relative to their old neighbours. */
function ordered(
  items: readonly unknown[],
  before: readonly unknown[],
  order: readonly unknown[],
  key: string,
): unknown[] {
  const keyOf = (item: unknown) => (isObject(item) ? item[key] : item);
  const wanted = order.map((entry) => (isObject(entry) ? entry[key] : entry));
  const patched = wanted.flatMap((value) => items.filter((item) => keyOf(item) === value));
  const others = items.filter((item) => !wanted.includes(keyOf(item)));
  const oldPlace = (item: unknown) => before.findIndex((one) => keyOf(one) === keyOf(item));
  const result: unknown[] = [];
  let next = 0;
  for (const item of patched) {
    const place = oldPlace(item);
    while (next < others.length && place >= 0 && oldPlace(others[next]) < place) result.push(others[next++]);
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

/** An order without items for the list only sorts what is there. */
function reorder(
  result: Record<string, unknown>,
  patch: JsonObject,
  name: string,
  schema: StructSchema | undefined,
): void {
  const list = result[name];
  const order = patch[ORDER + name];
  const key = schema?.fields.get(name)?.mergeKey ?? "";
  if (patch[name] !== undefined || !Array.isArray(list) || !Array.isArray(order)) return;
  result[name] = ordered(list, list, order, key);
}

function deleteItems(result: Record<string, unknown>, name: string, items: unknown): void {
  const list = result[name];
  if (Array.isArray(list) && Array.isArray(items)) result[name] = list.filter((item) => !items.includes(item));
}

export function isObject(value: unknown): value is JsonObject {
  return isRecord(value);
}
