import type { Fields } from "./decode.ts";
import { equalValues } from "./equal.ts";
import {
  childrenOf,
  compareFields,
  difference,
  type FieldSet,
  fieldSetOf,
  intersection,
  type NodeShape,
  pathTexts,
  rootShape,
  union,
} from "./field-set.ts";
import { entryOf, type FieldManager, ownable, sameManager, sortEntries } from "./managed-fields.ts";
import type { StructSchema } from "./schema.ts";
import type { ManagedFieldsEntry } from "./types.generated.ts";

/** Somebody else owns fields that an apply wants to change. */
export interface ApplyConflict {
  readonly entry: ManagedFieldsEntry;
  /** For example `.spec.replicas`. */
  readonly paths: readonly string[];
}

export type ApplyResult =
  | { readonly object: Fields; readonly managedFields: readonly ManagedFieldsEntry[] }
  | { readonly conflicts: readonly ApplyConflict[] };

/**
 * Server-side apply: merges `config` into `live`, removes what the manager applied before and no longer does and nobody
 * else owns, and says who owns what (structured-merge-diff Updater.Apply).
 */
export function applyConfiguration(
  schema: StructSchema | undefined,
  live: Fields,
  config: Fields,
  entries: readonly ManagedFieldsEntry[],
  manager: FieldManager,
  time: string,
  force: boolean,
): ApplyResult {
  const shape = rootShape(schema);
  const wanted = ownable(fieldSetOf(shape, config)) ?? {};
  const before = entries.find((entry) => sameManager(entry, manager))?.fieldsV1 ?? undefined;
  const others = entries.filter((entry) => !sameManager(entry, manager));
  const merged = mergeValue(shape, live, config) as Fields;
  const { changed } = compareFields(shape, live, merged);
  const conflicts = findConflicts(others, intersection(ownable(changed), wanted));
  if (conflicts.length > 0 && !force) return { conflicts };
  const dropped = abandoned(before, wanted, others);
  const object = dropped === undefined ? merged : (removeFields(shape, merged, dropped) as Fields);
  const taken = union(ownable(changed), undefined);
  const kept = others.flatMap((entry) => {
    const fields = force
      ? difference(entry.fieldsV1 ?? undefined, intersection(entry.fieldsV1 ?? undefined, taken))
      : (entry.fieldsV1 ?? undefined);
    return fields === undefined ? [] : [fields === entry.fieldsV1 ? entry : { ...entry, fieldsV1: fields }];
  });
  const previous = entries.find((entry) => sameManager(entry, manager));
  const same = previous !== undefined && equalValues(previous.fieldsV1, wanted) && equalValues(object, live);
  return { object, managedFields: sortEntries([...kept, same ? previous : entryOf(manager, time, wanted)]) };
}

function findConflicts(others: readonly ManagedFieldsEntry[], changed: FieldSet | undefined): ApplyConflict[] {
  return others.flatMap((entry) => {
    const paths = pathTexts(intersection(entry.fieldsV1 ?? undefined, changed));
    return paths.length === 0 ? [] : [{ entry, paths }];
  });
}

/** What the manager gave up and nobody else has. */
function abandoned(
  before: FieldSet | undefined,
  wanted: FieldSet,
  others: readonly ManagedFieldsEntry[],
): FieldSet | undefined {
  let left = difference(before, wanted);
  for (const entry of others) left = difference(left, entry.fieldsV1 ?? undefined);
  return left;
}

function mergeValue(shape: NodeShape, live: unknown, config: unknown): unknown {
  if (config === undefined) return live;
  if (
    shape.kind === "atomic" ||
    typeof config !== "object" ||
    config === null ||
    typeof live !== "object" ||
    live === null
  )
    return config;
  if (Array.isArray(config)) return Array.isArray(live) ? mergeList(shape, live, config) : config;
  if (Array.isArray(live)) return config;
  const merged: Fields = { ...(live as Fields) };
  const shapes = childrenOf(shape, config);
  for (const [element, child] of shapes ?? []) {
    const key = element.slice(2);
    merged[key] = mergeValue(child.shape, merged[key], child.value);
  }
  return merged;
}

function mergeList(shape: NodeShape, live: readonly unknown[], config: readonly unknown[]): unknown[] {
  const old = childrenOf(shape, live);
  const wanted = childrenOf(shape, config);
  if (old === undefined || wanted === undefined || (shape.kind !== "keyed" && shape.kind !== "set")) return [...config];
  const result: unknown[] = [];
  for (const [element, child] of old) {
    const change = wanted.get(element);
    result.push(change === undefined ? child.value : mergeValue(child.shape, child.value, change.value));
  }
  for (const [element, child] of wanted) if (!old.has(element)) result.push(child.value);
  return result;
}

function removeFields(shape: NodeShape, value: unknown, set: FieldSet): unknown {
  const children = childrenOf(shape, value);
  if (children === undefined || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const kept: unknown[] = [];
    for (const [element, child] of children) {
      const below = set[element];
      const result =
        below === undefined ? child.value : isMember(below) ? undefined : removeFields(child.shape, child.value, below);
      if (result !== undefined) kept.push(result);
    }
    return kept.length === 0 ? undefined : kept;
  }
  const result: Fields = { ...(value as Fields) };
  for (const [element, child] of children) {
    const below = set[element];
    if (below === undefined) continue;
    const rest = Object.keys(below).length === 0 ? undefined : removeFields(child.shape, child.value, below);
    if (rest === undefined || (below["."] !== undefined && isEmpty(rest))) delete result[element.slice(2)];
    else result[element.slice(2)] = rest;
  }
  return result;
}

function isMember(set: FieldSet): boolean {
  return Object.keys(set).length === 0 || set["."] !== undefined;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
