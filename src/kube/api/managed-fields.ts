import type { Fields } from "./decode.ts";
import {
  compareFields,
  difference,
  differenceBelow,
  type FieldSet,
  intersection,
  rootShape,
  union,
} from "./field-set.ts";
import type { StructSchema } from "./schema.ts";
import type { ManagedFieldsEntry } from "./types.generated.ts";

/** Who writes, as managedFields has it. */
export interface FieldManager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
}

/** Fields that nobody owns (fieldmanager stripmeta). */
const UNOWNED: FieldSet = {
  "f:apiVersion": {},
  "f:kind": {},
  "f:metadata": {
    ".": {},
    "f:clusterName": {},
    "f:creationTimestamp": {},
    "f:deletionGracePeriodSeconds": {},
    "f:deletionTimestamp": {},
    "f:generation": {},
    "f:managedFields": {},
    "f:name": {},
    "f:namespace": {},
    "f:resourceVersion": {},
    "f:selfLink": {},
    "f:uid": {},
  },
};
const UNOWNED_BELOW: FieldSet = { ...UNOWNED, "f:metadata": withoutSelf(UNOWNED["f:metadata"] ?? {}) };

function withoutSelf(set: FieldSet): FieldSet {
  const { ".": _self, ...rest } = set;
  return rest;
}

/** The set without what nobody owns. */
export function ownable(set: FieldSet | undefined): FieldSet | undefined {
  return difference(differenceBelow(set, UNOWNED_BELOW), { "f:metadata": {} });
}

export function sameManager(entry: ManagedFieldsEntry, manager: FieldManager): boolean {
  return (
    entry.manager === manager.name &&
    entry.operation === manager.operation &&
    entry.apiVersion === manager.apiVersion &&
    (entry.subresource ?? "") === manager.subresource
  );
}

export function entryOf(manager: FieldManager, time: string, fields: FieldSet): ManagedFieldsEntry {
  return {
    manager: manager.name,
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    time,
    fieldsType: "FieldsV1",
    fieldsV1: fields,
    ...(manager.subresource === "" ? {} : { subresource: manager.subresource }),
  };
}

/**
 * The managedFields after an update from `before` (the type's zero value for a creation) to `after`: what changed is
 * the manager's now and nobody else's, what went is nobody's (structured-merge-diff Updater.Update).
 */
export function managedAfterUpdate(
  schema: StructSchema | undefined,
  before: Fields,
  after: Fields,
  entries: readonly ManagedFieldsEntry[],
  manager: FieldManager,
  time: string,
): readonly ManagedFieldsEntry[] {
  const { changed, removed } = compareFields(rootShape(schema), before, after);
  const gained = ownable(changed);
  const lost = ownable(removed);
  if (gained === undefined && lost === undefined) return entries;
  const result: ManagedFieldsEntry[] = [];
  let mine = gained;
  for (const entry of entries) {
    if (sameManager(entry, manager)) {
      mine = union(difference(entry.fieldsV1 ?? undefined, lost), gained);
      continue;
    }
    const kept = without(entry.fieldsV1 ?? undefined, gained, lost);
    if (kept !== undefined) result.push(kept === entry.fieldsV1 ? entry : { ...entry, fieldsV1: kept });
  }
  if (mine !== undefined) result.push(entryOf(manager, time, mine));
  return sortEntries(result);
}

function without(
  fields: FieldSet | undefined,
  gained: FieldSet | undefined,
  lost: FieldSet | undefined,
): FieldSet | undefined {
  if (fields === undefined) return undefined;
  const touched = union(intersection(fields, gained), intersection(fields, lost));
  return touched === undefined ? fields : difference(fields, touched);
}

/** Apply before Update, then by time, name, version, subresource. */
export function sortEntries(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  if (entries.length < 2) return entries;
  const key = (entry: ManagedFieldsEntry) =>
    [entry.operation, entry.time, entry.manager, entry.apiVersion, entry.subresource]
      .map((part) => part ?? "")
      .join("|");
  const keyed = entries.map((entry) => ({ entry, key: key(entry) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ entry }) => entry);
}
