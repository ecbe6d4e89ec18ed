import { rfc3339 } from "../../../base/rfc3339.ts";
import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { decodeStruct, type Fields } from "../../api/decode.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { decodeProtobuf, isProtobuf } from "../../api/protobuf.ts";
import { schemaOf } from "../../api/schema.ts";
import type { DeleteOptions, ObjectMeta } from "../../api/types.generated.ts";
import type { AdmissionRequest } from "../admission/admission.ts";
import type { Kind } from "../registry/kind.ts";
import type { Change } from "../registry/object-store.ts";
import type { ApiRequest } from "../request/api-request.ts";
import { bodyAsValue, hasBody } from "../request/body.ts";
import type { ServerContext } from "../server-context.ts";
import { conflict, invalid, notFound } from "../status.ts";
import type { ResourceCache } from "../storage/resource-cache.ts";
import { checkIgnoring, deleteUnread, IGNORE } from "./delete-unread.ts";
import { objectKey } from "./read.ts";
import { respondObject, respondValue } from "./respond.ts";
import { readSelection } from "./selection.ts";
import { isGone } from "./update.ts";

const ORPHAN = "orphan";
const FOREGROUND = "foregroundDeletion";

/** DELETE of one object. */
export function* deleteObject(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
): Task<HttpResponse> {
  const options = readDeleteOptions(request);
  checkIgnoring(options);
  const { name, namespace } = request.info;
  const key = objectKey(cache, kind, namespace, name);
  const ignoring = options.ignoreStoreReadErrorWithClusterBreakingPotential === true;
  if (ignoring && context.unsafeDeletion !== undefined) {
    yield* admit(context, request, kind, name);
    return yield* deleteUnread(context, context.unsafeDeletion, request, kind, cache, key);
  }
  const result = yield* deleteKey(context, request, kind, cache, key, name, options);
  if (!result.gone) return respondObject(request, kind, result.object);
  return respondValue(request, 200, deletedStatus(kind, result.object.metadata, name));
}

/** DELETE of a collection: every object in turn. */
export function* deleteCollection(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
): Task<HttpResponse> {
  const options = readDeleteOptions(request);
  checkIgnoring(options);
  const selection = readSelection(kind, request.info.query);
  yield* context.feed.catchUp(cache, request.readDeadline);
  const prefix = objectKey(cache, kind, request.info.namespace, "");
  const doomed = cache.list(prefix).filter(({ object }) => selection.matches(object));
  for (const { key, object } of doomed) {
    try {
      yield* deleteKey(context, request, kind, cache, key, object.metadata.name ?? "", options);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return respondValue(request, 200, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "reason" in error && error.reason === "NotFound";
}

/** Reads DeleteOptions from the body or the query. */
function readDeleteOptions(request: ApiRequest): DeleteOptions {
  const { query } = request.info;
  const fromQuery: Fields = {};
  const grace = query.number("gracePeriodSeconds");
  if (grace !== undefined) fromQuery["gracePeriodSeconds"] = grace;
  const policy = query.get("propagationPolicy");
  if (policy !== "") fromQuery["propagationPolicy"] = policy;
  if (query.flag(IGNORE)) fromQuery[IGNORE] = true;
  const { body } = request.http;
  if (!hasBody(body)) return fromQuery;
  const schema = schemaOf("meta/v1.DeleteOptions");
  if (body.kind === "bytes" && isProtobuf(body.bytes)) return decodeProtobuf(body.bytes, () => schema) as DeleteOptions;
  return decodeStruct(schema, {
    ...fromQuery,
    ...(bodyAsValue(body, "DeleteOptions") as Fields | null),
  }) as DeleteOptions;
}

/** What became of a deletion. */
export interface Deletion {
  readonly object: KubeObject;
  readonly gone: boolean;
}

/** Deletes what a key holds, with grace and finalizers (registry Store.Delete). */
export function* deleteKey(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
  key: string,
  name: string,
  options: DeleteOptions,
): Task<Deletion> {
  checkPolicy(kind, name, options);
  yield* admit(context, request, kind, name);
  if (context.unsafeDeletion !== undefined) yield* context.objects.read(cache, key, request.writeDeadline); // tells of a corrupt one
  let gone = false;
  const dryRun = request.dryRun || options.dryRun?.includes("All") === true;
  const change = (current: KubeObject | undefined): Change => {
    if (current === undefined) throw notFound(kind, name);
    checkPreconditions(kind, name, current, options);
    const next = deleted(kind, current, options, context.clock.now);
    gone = next !== "unchanged" && (next === "gone" || isGone(next));
    if (dryRun || next === "unchanged") return { keep: true };
    return gone ? { delete: true } : { put: next as KubeObject };
  };
  const object = yield* context.objects.modify(cache, key, change, request.writeDeadline);
  if (object === undefined) throw notFound(kind, name);
  if (gone && !dryRun)
    yield* context.hooks.get(`${kind.group}/${kind.kind}`)?.afterDelete?.(object, request.writeDeadline) ?? nothing();
  return { object, gone };
}

function* nothing(): Task<void> {
  return undefined;
}

function* admit(context: ServerContext, request: ApiRequest, kind: Kind, name: string): Task<void> {
  const attributes = deletionAttributes(request, kind, name);
  yield* context.admission.prepare(attributes);
  context.admission.mutate(attributes);
  context.admission.validate(attributes);
}

function checkPolicy(_kind: Kind, _name: string, options: DeleteOptions): void {
  const policy = options.propagationPolicy;
  if (policy == null || ["Foreground", "Background", "Orphan"].includes(policy)) return;
  throw invalid({ group: "meta.k8s.io", kind: "DeleteOptions" }, "", [
    {
      type: "FieldValueNotSupported",
      field: "propagationPolicy",
      value: policy,
      detail: `supported values: "Background", "Foreground", "Orphan"`,
    },
  ]);
}

function checkPreconditions(kind: Kind, name: string, current: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const meta = current.metadata;
  if (uid != null && uid !== meta.uid) {
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${meta.uid ?? ""}`,
    );
  }
  if (resourceVersion != null && resourceVersion !== meta.resourceVersion) {
    throw conflict(
      kind,
      name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${meta.resourceVersion ?? ""}`,
    );
  }
}

/** The object on its way out: gone at once, marked, or unchanged because it is marked already. */
function deleted(
  kind: Kind,
  current: KubeObject,
  options: DeleteOptions,
  now: number,
): KubeObject | "gone" | "unchanged" {
  const finalizers = finalizersFor(kind, current, options);
  const before = current.metadata;
  const marked = before.deletionTimestamp != null;
  const grace = kind.strategy.gracePeriod?.(current as unknown as Fields, options.gracePeriodSeconds ?? undefined) ?? 0;
  if (kind.kind === "Namespace") return namespaceDeleted(current, now, finalizers);
  if (marked) return deletedAgain(current, grace, finalizers, options, now);
  if (grace === 0 && finalizers.length === 0) return "gone";
  return withMeta(current, {
    ...generationAfter(before),
    deletionTimestamp: rfc3339(now + grace * 1000),
    deletionGracePeriodSeconds: grace,
    finalizers,
  });
}

function deletedAgain(
  current: KubeObject,
  grace: number,
  finalizers: readonly string[],
  options: DeleteOptions,
  now: number,
): KubeObject | "gone" | "unchanged" {
  const before = current.metadata;
  const sameFinalizers = finalizers.join() === (before.finalizers ?? []).join();
  const shorter = options.gracePeriodSeconds != null && grace < (before.deletionGracePeriodSeconds ?? 0);
  if (!shorter) return sameFinalizers ? (isGone(current) ? "gone" : "unchanged") : withMeta(current, { finalizers });
  if (grace === 0 && finalizers.length === 0) return "gone";
  return withMeta(current, {
    deletionTimestamp: rfc3339(now + grace * 1000),
    deletionGracePeriodSeconds: grace,
    finalizers,
  });
}

function namespaceDeleted(
  current: KubeObject,
  now: number,
  finalizers: readonly string[],
): KubeObject | "gone" | "unchanged" {
  const spec = (current as { spec?: { finalizers?: readonly string[] } }).spec;
  if ((spec?.finalizers ?? []).length === 0 && finalizers.length === 0) return "gone";
  if (current.metadata.deletionTimestamp != null) return "unchanged";
  const marked = withMeta(current, { deletionTimestamp: rfc3339(now), finalizers });
  return { ...marked, status: { ...(current as { status?: object }).status, phase: "Terminating" } } as KubeObject;
}

function generationAfter(meta: ObjectMeta): Partial<ObjectMeta> {
  return (meta.generation ?? 0) > 0 ? { generation: (meta.generation ?? 0) + 1 } : {};
}

function withMeta(current: KubeObject, changes: Partial<ObjectMeta>): KubeObject {
  const metadata: Fields = {};
  const merged = { ...current.metadata, ...changes } as Fields;
  if ((changes.finalizers ?? []).length === 0) delete merged["finalizers"];
  const schema = schemaOf("meta/v1.ObjectMeta");
  for (const field of schema.fieldList) if (merged[field.name] !== undefined) metadata[field.name] = merged[field.name];
  return { ...current, metadata } as unknown as KubeObject;
}

function finalizersFor(kind: Kind, current: KubeObject, options: DeleteOptions): readonly string[] {
  const before = current.metadata.finalizers ?? [];
  const rest = before.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (shouldOrphan(kind, before, options)) return [...rest, ORPHAN];
  const foreground =
    options.propagationPolicy === "Foreground" || (options.propagationPolicy == null && before.includes(FOREGROUND));
  return foreground ? [...rest, FOREGROUND] : rest;
}

function shouldOrphan(kind: Kind, before: readonly string[], options: DeleteOptions): boolean {
  if (options.orphanDependents != null) return options.orphanDependents;
  if (options.propagationPolicy != null) return options.propagationPolicy === "Orphan";
  if (before.includes(ORPHAN)) return true;
  if (before.includes(FOREGROUND)) return false;
  return kind.strategy.orphanByDefault === true;
}

function deletionAttributes(request: ApiRequest, kind: Kind, name: string): AdmissionRequest {
  return {
    operation: "DELETE",
    kind,
    subresource: request.info.subresource,
    namespace: kind.namespaced ? request.info.namespace : "",
    name,
    user: request.user,
    draft: undefined,
    old: undefined,
    dryRun: request.dryRun,
    warn: (text) => request.warn(text),
  };
}

function deletedStatus(kind: Kind, metadata: ObjectMeta, name: string) {
  const details = {
    name,
    ...(kind.group === "" ? {} : { group: kind.group }),
    kind: kind.resource,
    uid: metadata.uid ?? "",
  };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}
