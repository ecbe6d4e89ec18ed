import { rfc3339 } from "../../../base/rfc3339.ts";
import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import type { Fields } from "../../api/decode.ts";
import { applyJsonPatch, applyMergePatch } from "../../api/json-patch.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { applyStrategicMerge } from "../../api/strategic-merge.ts";
import type { CertificateSigningRequest, Namespace } from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import { objectKey } from "../handlers/read.ts";
import { respondObject } from "../handlers/respond.ts";
import { changeObject, isGone } from "../handlers/update.ts";
import { finished, metaOf, updateManagedFields } from "../handlers/write-object.ts";
import type { ServedKind } from "../registry/kind-index.ts";
import type { ApiRequest } from "../request/api-request.ts";
import { bodyAsValue, readObject } from "../request/body.ts";
import type { ServerContext } from "../server-context.ts";
import { conflict, methodNotSupported, notFound, OBJECT_MODIFIED } from "../status.ts";

/** PUT namespaces/x/finalize: changes spec.finalizers; the last one lets the namespace go. */
export function* finalizeNamespace(
  context: ServerContext,
  request: ApiRequest,
  { kind, cache }: ServedKind,
): Task<HttpResponse> {
  if (request.info.verb !== "update" || cache === undefined) throw methodNotSupported(kind, request.info.verb);
  const { name } = request.info;
  const sent = readObject(request, kind) as unknown as Namespace;
  const change = (current: KubeObject | undefined) => {
    if (current === undefined) throw notFound(kind, name);
    const asked = sent.metadata.resourceVersion;
    if (asked !== undefined && asked !== "" && asked !== current.metadata.resourceVersion)
      throw conflict(kind, name, OBJECT_MODIFIED);
    const draft = structuredClone(current) as unknown as Draft<Namespace>;
    if (sent.spec.finalizers === undefined) delete draft.spec.finalizers;
    else draft.spec.finalizers = [...sent.spec.finalizers];
    const fields = draft as unknown as Fields;
    updateManagedFields(kind, fields, current as unknown as Fields, request, "finalize");
    const next = finished(kind, fields);
    return isGone(next) ? ({ delete: true } as const) : { put: next };
  };
  const result = yield* context.objects.modify(cache, objectKey(cache, kind, "", name), change, request.writeDeadline);
  if (result === undefined) throw notFound(kind, name);
  return respondObject(request, kind, result);
}

/** PUT and PATCH certificatesigningrequests/x/approval: only conditions change. */
export function* approveCsr(
  context: ServerContext,
  request: ApiRequest,
  { kind, cache }: ServedKind,
): Task<HttpResponse> {
  const { verb, name } = request.info;
  if (cache === undefined || (verb !== "update" && verb !== "patch" && verb !== "get"))
    throw methodNotSupported(kind, verb);
  if (verb === "get") {
    const found = yield* context.objects.read(cache, objectKey(cache, kind, "", name), request.readDeadline);
    if (found === undefined) throw notFound(kind, name);
    return respondObject(request, kind, found);
  }
  const wanted = verb === "update" ? readObject(request, kind) : undefined;
  const draftFor = (current: KubeObject): Fields => {
    const sent = (wanted ?? patched(request, current, kind.schema)) as unknown as CertificateSigningRequest;
    const draft = structuredClone(current) as unknown as Draft<CertificateSigningRequest>;
    const asked = metaOf(sent as unknown as Fields).resourceVersion;
    if (wanted !== undefined && asked) draft.metadata.resourceVersion = asked;
    const now = rfc3339(context.clock.now);
    draft.status ??= {};
    draft.status.conditions = (sent.status?.conditions ?? []).map((condition) => ({
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? now,
      lastTransitionTime: condition.lastTransitionTime ?? now,
    })) as NonNullable<NonNullable<typeof draft.status>["conditions"]>;
    return draft as unknown as Fields;
  };
  // Approval writes the status, so the status strategy applies.
  const result = yield* changeObject(context, request.onSubresource("status"), kind, cache, draftFor, false);
  return respondObject(request, kind, result.object);
}

function patched(request: ApiRequest, current: KubeObject, schema: ServedKind["kind"]["schema"]): Fields {
  const patch = bodyAsValue(request.http.body, "patch") as Fields;
  const type = (request.header("content-type") ?? "").split(";")[0]?.trim();
  const object = current as unknown as Fields;
  if (type === "application/json-patch+json") return applyJsonPatch(object, patch) as Fields;
  if (type === "application/merge-patch+json") return applyMergePatch(object, patch) as Fields;
  return applyStrategicMerge(object, patch, schema) as Fields;
}
