import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { copyValue } from "../../api/copy.ts";
import type { Fields } from "../../api/decode.ts";
import { equalValues } from "../../api/equal.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type { AdmissionRequest } from "../admission/admission.ts";
import type { Kind } from "../registry/kind.ts";
import type { Change } from "../registry/object-store.ts";
import type { ApiRequest } from "../request/api-request.ts";
import { readObject } from "../request/body.ts";
import type { ServerContext } from "../server-context.ts";
import { badRequest, conflict, invalid, notFound, OBJECT_MODIFIED } from "../status.ts";
import type { ResourceCache } from "../storage/resource-cache.ts";
import { revisionOf, withResourceVersion } from "../storage/resource-version.ts";
import { checkNamespace, createFrom } from "./create.ts";
import { objectKey } from "./read.ts";
import { respondObject } from "./respond.ts";
import {
  finished,
  metaOf,
  prepareForUpdate,
  toStored,
  updateManagedFields,
  validateUpdate,
  writeContext,
} from "./write-object.ts";

/** PUT of an object or of its status. */
export function* updateObject(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
): Task<HttpResponse> {
  const first = toStored(kind, readObject(request, kind));
  const { name, namespace, subresource } = request.info;
  const meta = metaOf(first);
  if (meta.name !== name) {
    throw badRequest(
      meta.name
        ? `the name of the object (${meta.name}) does not match the name on the URL (${name})`
        : "name must be provided",
    );
  }
  checkNamespace(kind, first, namespace);
  const createOnUpdate = kind.strategy.createOnUpdate === true && subresource === "";
  let unused: Fields | undefined = first;
  // A draft is used up by its attempt, and seldom is there a second one: then the body is read again.
  const draftFor = () => {
    const draft = unused ?? toStored(kind, readObject(request, kind));
    checkNamespace(kind, draft, namespace);
    unused = undefined;
    return draft;
  };
  const result = yield* changeObject(context, request, kind, cache, draftFor, createOnUpdate);
  return respondObject(request, kind, result.object, result.created ? 201 : 200);
}

/**
 * Changes an object: `draftFor` makes the wanted state from the present one, as often as somebody else is faster.
 * Mirrors registry Store.Update.
 */
export function* changeObject(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
  draftFor: (current: KubeObject) => Fields,
  createOnUpdate: boolean,
  managed = true,
): Task<{ object: KubeObject; created: boolean }> {
  const { name, namespace } = request.info;
  const key = objectKey(cache, kind, namespace, name);
  const hook = context.hooks.get(`${kind.group}/${kind.kind}`)?.beforeWrite;
  // What the cache has need not be read; `modify` finds out if it is gone.
  const cached = hook === undefined && cache.broken === undefined && cache.get(key) !== undefined;
  const read = hook !== undefined || (createOnUpdate && !cached);
  const missing = read ? yield* currentOf(context, request, cache, key) : undefined;
  if (createOnUpdate && read && missing === undefined)
    return yield* createInstead(context, request, kind, cache, draftFor);
  yield* context.admission.prepare(attributesOf(request, kind, undefined, undefined));
  let prepared: Fields | undefined;
  if (hook !== undefined && missing !== undefined && request.info.subresource === "") {
    prepared = draftFor(missing);
    yield* hook(prepared, missing, request.writeDeadline, request.dryRun);
  }
  let dry: KubeObject | undefined;
  const change = (current: KubeObject | undefined): Change => {
    if (current === undefined && createOnUpdate) return { keep: true };
    if (current === undefined) throw notFound(kind, name);
    const draft =
      prepared !== undefined && missing !== undefined && revisionOf(missing) === revisionOf(current)
        ? copyValue(prepared)
        : draftFor(current);
    const next = updatedObject(context, request, kind, current, draft, managed);
    if (request.dryRun) {
      dry = next === undefined ? current : withResourceVersion(next, revisionOf(current));
      return { keep: true };
    }
    const ttlSeconds = kind.strategy.ttlSeconds ?? 0;
    if (next === undefined) return { unchanged: true, ttlSeconds };
    return isGone(next) ? { delete: true } : { put: next, ttlSeconds };
  };
  const object = yield* context.objects.modify(cache, key, change, request.writeDeadline);
  if (object === undefined && createOnUpdate) return yield* createInstead(context, request, kind, cache, draftFor);
  if (object === undefined) throw notFound(kind, name);
  yield* afterDelete(context, request, kind, object);
  return { object: request.dryRun ? (dry ?? object) : object, created: false };
}

/** An update of an object that isn't there, for kinds that are created so. */
function* createInstead(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
  draftFor: (current: KubeObject) => Fields,
): Task<{ object: KubeObject; created: boolean }> {
  const draft = draftFor({ metadata: {} });
  checkUid(kind, request.info.name, metaOf(draft).uid, "");
  delete metaOf(draft).resourceVersion;
  return { object: yield* createFrom(context, request, kind, cache, draft), created: true };
}

function* currentOf(
  context: ServerContext,
  request: ApiRequest,
  cache: ResourceCache,
  key: string,
): Task<KubeObject | undefined> {
  return yield* context.objects.read(cache, key, request.writeDeadline);
}

/** Runs the kind's hook when an update let the object go. */
function* afterDelete(context: ServerContext, request: ApiRequest, kind: Kind, object: KubeObject): Task<void> {
  const hook = context.hooks.get(`${kind.group}/${kind.kind}`)?.afterDelete;
  if (hook !== undefined && isGone(object) && !request.dryRun) yield* hook(object, request.writeDeadline);
}

/** Who sends a uid means that very object, be it another by now or none. Throws ApiError. */
function checkUid(kind: Kind, name: string, sent: string | undefined, present: string): void {
  if (!sent || sent === present) return;
  throw conflict(kind, name, `Precondition failed: UID in precondition: ${sent}, UID in object meta: ${present}`);
}

/** The object as it is to be stored; undefined when nothing changes. Throws ApiError. */
function updatedObject(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  current: KubeObject,
  draft: Fields,
  managed: boolean,
): KubeObject | undefined {
  const old = current as unknown as Fields;
  const meta = metaOf(draft);
  checkRevision(kind, request.info.name, draft, current);
  meta.uid ||= current.metadata.uid;
  if (current.metadata.uid) checkUid(kind, request.info.name, meta.uid, current.metadata.uid);
  for (const key of ["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] as const)
    keepMeta(meta, current, key);
  prepareForUpdate(kind, draft, old, writeContext(request));
  if (managed) updateManagedFields(kind, draft, old, request, request.info.subresource);
  const attributes = attributesOf(request, kind, draft, current);
  context.admission.mutate(attributes);
  validateUpdate(kind, draft, old, request.info.subresource);
  context.admission.validate(attributes);
  const next = finished(kind, draft);
  return sameObject(next, current) && !isGone(next) ? undefined : next;
}

function keepMeta(
  meta: ReturnType<typeof metaOf>,
  current: KubeObject,
  key: "creationTimestamp" | "deletionTimestamp" | "deletionGracePeriodSeconds",
): void {
  const before = current.metadata[key];
  if (before === undefined || before === null) delete meta[key];
  else meta[key as "deletionTimestamp"] = before as string;
}

function checkRevision(kind: Kind, name: string, draft: Fields, current: KubeObject): void {
  const asked = revisionOf(draft as unknown as KubeObject);
  if (asked === 0) {
    if (kind.strategy.unconditionalUpdate !== false) return;
    throw invalid(kind, name, [
      {
        type: "FieldValueInvalid",
        field: "metadata.resourceVersion",
        value: 0,
        detail: "must be specified for an update",
      },
    ]);
  }
  if (Number.isNaN(asked))
    throw badRequest(`invalid resource version ${JSON.stringify(metaOf(draft).resourceVersion)}`);
  if (asked !== revisionOf(current)) throw conflict(kind, name, OBJECT_MODIFIED);
}

/** Whether two objects are the same but for their resource versions. */
function sameObject(next: KubeObject, current: KubeObject): boolean {
  const { resourceVersion } = current.metadata;
  const likened = { ...next, metadata: { ...next.metadata, resourceVersion } };
  return equalValues(likened, current);
}

/** An object that waited for its finalizers only, and has none left. */
export function isGone(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || deletionTimestamp === null) return false;
  if ((finalizers ?? []).length > 0 || (deletionGracePeriodSeconds ?? 0) > 0) return false;
  const spec = (object as { spec?: { finalizers?: readonly string[] } }).spec;
  return object.kind !== "Namespace" || (spec?.finalizers ?? []).length === 0;
}

function attributesOf(
  request: ApiRequest,
  kind: Kind,
  draft: Fields | undefined,
  old: KubeObject | undefined,
): AdmissionRequest {
  const { namespace, name, subresource } = request.info;
  return {
    operation: "UPDATE",
    kind,
    subresource,
    namespace: kind.namespaced ? namespace : "",
    name,
    user: request.user,
    draft,
    old,
    dryRun: request.dryRun,
    warn: (text) => request.warn(text),
  };
}
