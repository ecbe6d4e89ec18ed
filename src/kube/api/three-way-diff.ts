import { own } from "../../base/own.ts";
import { equalValues } from "./equal.ts";
import type { Field, StructSchema } from "./schema.ts";
import { isObject, type JsonObject, mergesLists, structOf } from "./strategic-merge.ts";

/**
 * The strategic merge patch that client-side apply sends: what `modified` says differently from `current`, and the
 * removal of what `original` (the last applied configuration) said and `modified` does not (strategicpatch
 * CreateThreeWayMergePatch).
 */
export function threeWayStrategicPatch(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
  schema: StructSchema | undefined,
): JsonObject {
  const patch: Record<string, unknown> = {};
  for (const [key, wanted] of Object.entries(modified)) {
    if (wanted === null || wanted === undefined) {
      if (own(current, key) !== undefined) patch[key] = null;
      continue;
    }
    patchField(patch, key, own(original, key), wanted, own(current, key), schema?.fields.get(key));
  }
  for (const key of Object.keys(original)) if (own(modified, key) === undefined) patch[key] = null;
  return patch;
}

function patchField(
  patch: Record<string, unknown>,
  key: string,
  original: unknown,
  wanted: unknown,
  current: unknown,
  field: Field | undefined,
): void {
  if (current === undefined || current === null) patch[key] = wanted;
  else if (isObject(wanted) && isObject(current)) {
    const below = threeWayStrategicPatch(isObject(original) ? original : {}, wanted, current, structOf(field?.type));
    if (Object.keys(below).length === 0) return;
    const retain = field?.patchStrategy.split(",").includes("retainKeys") ?? false;
    patch[key] = retain ? { $retainKeys: Object.keys(wanted).sort(), ...below } : below;
  } else if (Array.isArray(wanted) && Array.isArray(current) && field !== undefined && mergesLists(field)) {
    patchList(patch, key, Array.isArray(original) ? original : [], wanted, current, field);
  } else if (!equalValues(wanted, current)) patch[key] = wanted;
}

function patchList(
  patch: Record<string, unknown>,
  key: string,
  original: readonly unknown[],
  wanted: readonly unknown[],
  current: readonly unknown[],
  field: Field,
): void {
  if (field.mergeKey === "") {
    const added = wanted.filter((item) => !current.includes(item));
    const removed = original.filter((item) => !wanted.includes(item));
    if (removed.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = removed;
    if (added.length > 0) patch[key] = added;
    if (added.length > 0 || removed.length > 0) patch[`$setElementOrder/${key}`] = wanted;
    return;
  }
  const items = itemPatches(original, wanted, current, field);
  if (items.length === 0) return;
  patch[`$setElementOrder/${key}`] = wanted.map((item) => ({
    [field.mergeKey]: isObject(item) ? item[field.mergeKey] : undefined,
  }));
  patch[key] = items;
}

function itemPatches(
  original: readonly unknown[],
  wanted: readonly unknown[],
  current: readonly unknown[],
  field: Field,
): JsonObject[] {
  const key = field.mergeKey;
  const find = (list: readonly unknown[], value: unknown) =>
    list.find((one): one is JsonObject => isObject(one) && one[key] === value);
  const patches: JsonObject[] = [];
  for (const item of wanted) {
    if (!isObject(item)) continue;
    const there = find(current, item[key]);
    if (there === undefined) {
      patches.push(item);
      continue;
    }
    const below = threeWayStrategicPatch(find(original, item[key]) ?? {}, item, there, structOf(field.type));
    if (Object.keys(below).length === 0) continue;
    const retain = field.patchStrategy.split(",").includes("retainKeys");
    patches.push({ ...(retain ? { $retainKeys: Object.keys(item).sort() } : {}), ...below, [key]: item[key] });
  }
  for (const item of original) {
    if (isObject(item) && find(wanted, item[key]) === undefined) patches.push({ $patch: "delete", [key]: item[key] });
  }
  return patches;
}

/** The same for types without a schema: a JSON merge patch (jsonmergepatch CreateThreeWayJSONMergePatch). */
export function threeWayMergePatch(original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject {
  const patch: Record<string, unknown> = {};
  for (const [key, wanted] of Object.entries(modified)) {
    if (wanted === undefined) continue;
    const now = own(current, key);
    if (isObject(wanted) && isObject(now)) {
      const before = own(original, key);
      const below = threeWayMergePatch(isObject(before) ? before : {}, wanted, now);
      if (Object.keys(below).length > 0) patch[key] = below;
    } else if (!equalValues(wanted, now)) patch[key] = wanted;
  }
  for (const key of Object.keys(original)) if (own(modified, key) === undefined) patch[key] = null;
  return patch;
}

/** The merge patch that makes `to` of `from` (RFC 7386), as `kubectl label` and `edit` of custom objects send it. */
export function mergePatchBetween(from: JsonObject, to: JsonObject): JsonObject {
  return threeWayMergePatch(from, to, from);
}
