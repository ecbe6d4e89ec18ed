import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Fields } from "../../api/decode.ts";
import { decodeStruct, zeroStruct } from "../../api/decode.ts";
import { equalValues } from "../../api/equal.ts";
import { groupVersion, type KubeObject } from "../../api/kube-object.ts";
import { type FieldManager, managedAfterUpdate } from "../../api/managed-fields.ts";
import type { StructSchema } from "../../api/schema.ts";
import type { ManagedFieldsEntry, ObjectMeta } from "../../api/types.generated.ts";
import { customResourceErrors, defaultCustomResource, pruneCustomResource } from "../custom/custom-resource.ts";
import type { Draft } from "../defaults/draft.ts";
import type { Kind, WriteContext } from "../registry/kind.ts";
import type { ApiRequest } from "../request/api-request.ts";
import { type FieldError, invalid } from "../status.ts";
import { validateMetadata, validateMetadataUpdate } from "../validation/metadata.ts";

/** Metadata of a draft, changeable. */
export function metaOf(draft: Fields): Draft<ObjectMeta> {
  return draft["metadata"] as Draft<ObjectMeta>;
}

/** The schema that a kind is stored by. */
export function storedSchema(kind: Kind): StructSchema | undefined {
  return kind.storage?.type.schema;
}

/** An object that a client sent, in the stored version with defaults filled in. */
export function toStored(kind: Kind, object: Fields): Fields {
  let draft = object;
  const schema = storedSchema(kind);
  if (kind.view !== undefined && schema !== undefined) {
    draft = decodeStruct(schema, kind.view.toStored(object));
    draft["kind"] = kind.kind;
    draft["apiVersion"] = groupVersion(kind.storage?.type ?? kind);
  }
  if (kind.openApiSchema !== undefined) {
    pruneCustomResource(kind, draft);
    defaultCustomResource(kind, draft);
  }
  kind.strategy.defaults?.(draft);
  return draft;
}

/** A draft in its final form: Go's field order, empty fields dropped. */
export function finished(kind: Kind, draft: Fields): KubeObject {
  const schema = storedSchema(kind);
  if (schema === undefined) return sortedCustom(draft) as unknown as KubeObject;
  const object = decodeStruct(schema, draft);
  object["kind"] = draft["kind"];
  object["apiVersion"] = draft["apiVersion"];
  return object as unknown as KubeObject;
}

/** Custom resources are kept with their keys in order, as Go writes maps. */
export function sortedCustom(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedCustom);
  if (typeof value !== "object" || value === null) return value;
  const sorted: Fields = {};
  for (const key of Object.keys(value).sort()) {
    const child = (value as Fields)[key];
    if (child !== undefined) sorted[key] = sortedCustom(child);
  }
  return sorted;
}

export function writeContext(request: ApiRequest): WriteContext {
  return {
    user: request.user,
    now: request.clock.now,
    subresource: request.info.subresource,
    warn: (text) => request.warn(text),
  };
}

/** Status of a creation is the zero value unless the strategy says more. */
export function prepareForCreate(kind: Kind, draft: Fields, context: WriteContext): void {
  const meta = metaOf(draft);
  if (kind.strategy.status === true && kind.kind !== "Node" && "status" in draft) {
    const phase = (draft["status"] as { phase?: string } | null)?.phase;
    if (kind.schema === undefined) delete draft["status"];
    else draft["status"] = kind.kind.startsWith("PersistentVolume") && phase ? { phase: "Pending" } : {};
  }
  if (kind.strategy.generation === true) meta.generation = 1;
  kind.strategy.prepareForCreate?.(draft, context);
}

/** Main-resource updates keep the status; status updates keep everything else. */
export function prepareForUpdate(kind: Kind, draft: Fields, old: Fields, context: WriteContext): void {
  const meta = metaOf(draft);
  const before = metaOf(old);
  const { strategy } = kind;
  if (context.subresource === "status") {
    keepAllButStatus(draft, old);
    strategy.prepareForStatus?.(draft, old, context);
  } else {
    if (strategy.status === true) keep(draft, old, "status");
    strategy.prepareForUpdate?.(draft, old, context);
  }
  if (before.generation !== undefined) meta.generation = before.generation;
  else delete meta.generation;
  if (strategy.generation === true && context.subresource !== "status" && specChanged(draft, old)) {
    meta.generation = (before.generation ?? 0) + 1;
  }
}

function keep(draft: Fields, old: Fields, key: string): void {
  if (old[key] === undefined) delete draft[key];
  else draft[key] = old[key];
}

function keepAllButStatus(draft: Fields, old: Fields): void {
  const status = draft["status"];
  const { labels, annotations, finalizers, managedFields, resourceVersion } = metaOf(draft);
  for (const key of Object.keys(draft)) if (!(key in old)) delete draft[key];
  for (const key in old) draft[key] = old[key];
  const kept = { ...metaOf(old) };
  for (const [key, value] of Object.entries({ labels, annotations, finalizers, managedFields, resourceVersion })) {
    if (value === undefined) delete kept[key as keyof typeof kept];
    else kept[key as "labels"] = value as NonNullable<typeof labels>;
  }
  draft["metadata"] = kept;
  if (status === undefined) delete draft["status"];
  else draft["status"] = status;
}

function specChanged(draft: Fields, old: Fields): boolean {
  for (const key of new Set([...Object.keys(draft), ...Object.keys(old)])) {
    if (key === "metadata" || key === "status" || key === "kind" || key === "apiVersion") continue;
    if (!equalValues(draft[key], old[key])) return true;
  }
  return false;
}

/** Throws 422 when a new object is not as it must be. */
export function validateCreate(kind: Kind, object: Fields): void {
  const meta = metaOf(object) as ObjectMeta;
  const errors = [
    ...validateMetadata(meta, kind.namespaced, kind.strategy.name, hasOwnFinalizers(kind)),
    ...(kind.strategy.validate?.(object) ?? []),
  ];
  if (kind.openApiSchema !== undefined) errors.push(...customResourceErrors(kind, object));
  refuse(kind, meta.name ?? "", errors);
}

/** Throws 422 when an update is not allowed. */
export function validateUpdate(kind: Kind, object: Fields, old: Fields, subresource: string): void {
  const meta = metaOf(object) as ObjectMeta;
  const errors = validateMetadataUpdate(meta, metaOf(old) as ObjectMeta);
  errors.push(...validateMetadata(meta, kind.namespaced, kind.strategy.name, hasOwnFinalizers(kind)));
  if (subresource === "status") errors.push(...(kind.strategy.validateStatus?.(object, old) ?? []));
  else {
    errors.push(...(kind.strategy.validate?.(object) ?? []));
    errors.push(...(kind.strategy.validateUpdate?.(object, old, subresource) ?? []));
  }
  if (kind.openApiSchema !== undefined) errors.push(...customResourceErrors(kind, object));
  refuse(kind, meta.name ?? "", errors);
}

function hasOwnFinalizers(kind: Kind): boolean {
  return kind.schema === undefined || kind.group === "apiextensions.k8s.io" || kind.group === "apiregistration.k8s.io";
}

function refuse(kind: Kind, name: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(kind, name, errors);
}

/** Sets managedFields of a draft after a creation or update by the request's manager. */
export function updateManagedFields(
  kind: Kind,
  draft: Fields,
  old: Fields | undefined,
  request: ApiRequest,
  subresource: string,
): void {
  const meta = metaOf(draft);
  const given = (meta.managedFields ?? undefined) as readonly ManagedFieldsEntry[] | undefined;
  const reset =
    given !== undefined && (given.length === 0 || (given.length === 1 && Object.keys(given[0] ?? {}).length === 0));
  const before = reset ? [] : ((old === undefined ? undefined : metaOf(old).managedFields) ?? []);
  const manager: FieldManager = {
    name: request.fieldManager,
    operation: "Update",
    apiVersion: groupVersion(kind.storage?.type ?? kind),
    subresource,
  };
  const schema = storedSchema(kind);
  const base = old ?? (schema === undefined ? {} : zeroOf(schema));
  const entries = managedAfterUpdate(
    schema ?? CUSTOM,
    base,
    draft,
    before as readonly ManagedFieldsEntry[],
    manager,
    rfc3339(request.clock.now),
  );
  if (entries.length === 0) delete meta.managedFields;
  else meta.managedFields = entries as Draft<ManagedFieldsEntry>[];
}

const CUSTOM = undefined;
const zeros = new WeakMap<StructSchema, Fields>();

/** The zero value of a type, shared; must not be changed. */
export function zeroOf(schema: StructSchema): Fields {
  const known = zeros.get(schema);
  if (known !== undefined) return known;
  const zero = zeroStruct(schema);
  zeros.set(schema, zero);
  return zero;
}
