import { rfc3339 } from "../../../base/rfc3339.ts";
import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import type { Fields } from "../../api/decode.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type { AdmissionRequest } from "../admission/admission.ts";
import type { Kind } from "../registry/kind.ts";
import type { ApiRequest } from "../request/api-request.ts";
import { readObject } from "../request/body.ts";
import type { ServerContext } from "../server-context.ts";
import { alreadyExists, badRequest } from "../status.ts";
import type { ResourceCache } from "../storage/resource-cache.ts";
import { revisionOf } from "../storage/resource-version.ts";
import { objectKey } from "./read.ts";
import { respondObject } from "./respond.ts";
import {
  finished,
  metaOf,
  prepareForCreate,
  toStored,
  updateManagedFields,
  validateCreate,
  writeContext,
  zeroOf,
} from "./write-object.ts";

const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;
const GENERATED_BASE_MAX = 58;
const GENERATE_ATTEMPTS = 8;

/** POST to a collection. */
export function* createObject(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
): Task<HttpResponse> {
  const draft = toStored(kind, readObject(request, kind));
  const created = yield* createFrom(context, request, kind, cache, draft);
  return respondObject(request, kind, created, 201);
}

/** Creates an object from a draft in the stored version: names, admission, validation, storage. */
export function* createFrom(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
  draft: Fields,
): Task<KubeObject> {
  checkNamespace(kind, draft, request.info.namespace);
  const meta = metaOf(draft);
  if (revisionOf(draft as unknown as KubeObject) !== 0)
    throw badRequest("resourceVersion should not be set on objects to be created");
  const generated = !meta.name && meta.generateName ? meta.generateName : undefined;
  for (let attempt = 1; ; attempt++) {
    if (generated !== undefined) meta.name = generateName(context, generated);
    const created = yield* tryCreate(context, request, kind, cache, draft, generated);
    if (created !== undefined) return created;
    if (generated === undefined || attempt >= GENERATE_ATTEMPTS) throw alreadyExists(kind, meta.name ?? "");
  }
}

function generateName(context: ServerContext, base: string): string {
  return base.slice(0, GENERATED_BASE_MAX) + context.random.letters(SUFFIX_LENGTH, SUFFIX_LETTERS);
}

/** The URL's namespace counts; another one in the object is an error. */
export function checkNamespace(kind: Kind, draft: Fields, namespace: string): void {
  const meta = metaOf(draft);
  if (!kind.namespaced) {
    if (meta.namespace)
      throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
    return;
  }
  if (meta.namespace && meta.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  meta.namespace = namespace;
}

function* tryCreate(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
  draft: Fields,
  generated: string | undefined,
): Task<KubeObject | undefined> {
  const meta = metaOf(draft);
  const deadline = request.writeDeadline;
  meta.uid = context.random.uuid();
  meta.creationTimestamp = rfc3339(context.clock.now);
  delete meta.selfLink;
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  const attributes: AdmissionRequest = {
    operation: "CREATE",
    kind,
    subresource: "",
    namespace: meta.namespace ?? "",
    name: meta.name ?? "",
    user: request.user,
    draft,
    old: undefined,
    dryRun: request.dryRun,
    warn: (text) => request.warn(text),
  };
  // Upstream generates names after mutation: until then plugins know only what the name will begin with.
  const unnamed = { ...attributes, name: generated ?? attributes.name };
  yield* context.admission.prepare(unnamed);
  // What admission and the strategy add belongs to nobody, so the owners are named before.
  updateManagedFields(kind, ownedPart(kind, draft), undefined, request, "");
  context.admission.mutate(unnamed);
  prepareForCreate(kind, draft, writeContext(request));
  validateCreate(kind, draft);
  context.admission.validate(attributes);
  const rollback = yield* beforeCreate(context, request, kind, draft);
  const object = finished(kind, draft);
  const key = objectKey(cache, kind, meta.namespace ?? "", meta.name ?? "");
  let created: KubeObject | undefined;
  try {
    if (request.dryRun) {
      const existing = yield* context.objects.read(cache, key, deadline);
      return existing === undefined ? object : undefined;
    }
    yield* context.admission.reserve(attributes);
    created = yield* context.objects.insert(cache, key, object, kind.strategy.ttlSeconds ?? 0, deadline);
    return created;
  } finally {
    if (created === undefined && rollback !== undefined) context.tasks.spawn("registry/rollback", rollback());
  }
}

/** The draft without the status that a creation does not set; metadata is shared, so that managedFields arrive. */
function ownedPart(kind: Kind, draft: Fields): Fields {
  if (kind.strategy.status !== true || kind.kind === "Node") return draft;
  const zero = kind.schema === undefined ? undefined : zeroOf(kind.schema)["status"];
  return { ...draft, status: zero };
}

function* beforeCreate(context: ServerContext, request: ApiRequest, kind: Kind, draft: Fields) {
  const hook = context.hooks.get(`${kind.group}/${kind.kind}`)?.beforeWrite;
  return hook === undefined ? undefined : yield* hook(draft, undefined, request.writeDeadline, request.dryRun);
}
