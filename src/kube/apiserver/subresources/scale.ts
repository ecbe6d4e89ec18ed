import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { decodeStruct, type Fields } from "../../api/decode.ts";
import { fieldText } from "../../api/field-selector.ts";
import { applyJsonPatch, applyMergePatch } from "../../api/json-patch.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { formatLabelSelector, formatRequirements } from "../../api/labels.ts";
import { schemaOf } from "../../api/schema.ts";
import { applyStrategicMerge } from "../../api/strategic-merge.ts";
import type { Deployment, LabelSelector, ReplicationController } from "../../api/types.generated.ts";
import { objectKey } from "../handlers/read.ts";
import { respondValue } from "../handlers/respond.ts";
import { changeObject } from "../handlers/update.ts";
import { metaOf } from "../handlers/write-object.ts";
import type { Kind } from "../registry/kind.ts";
import type { ServedKind } from "../registry/kind-index.ts";
import type { ApiRequest } from "../request/api-request.ts";
import { bodyAsValue, readObject } from "../request/body.ts";
import type { ServerContext } from "../server-context.ts";
import { badRequest, conflict, invalid, methodNotSupported, noSuchPath, notFound, OBJECT_MODIFIED } from "../status.ts";

const SCALE = { group: "autoscaling", version: "v1", kind: "Scale", schema: schemaOf("autoscaling/v1.Scale") };

/** GET, PUT and PATCH of an object's Scale (pkg/registry/apps/deployment/storage ScaleREST and its like). */
export function* handleScale(
  context: ServerContext,
  request: ApiRequest,
  { kind, cache }: ServedKind,
): Task<HttpResponse> {
  if (cache === undefined) throw noSuchPath();
  const { namespace, name, verb } = request.info;
  const current = yield* context.objects.read(cache, objectKey(cache, kind, namespace, name), request.readDeadline);
  if (current === undefined) throw notFound(kind, name);
  if (verb === "get") return respondValue(request, 200, scaleOf(kind, current));
  const wanted = verb === "update" ? () => readObject(request, SCALE) : verb === "patch" ? patcher(request) : undefined;
  if (wanted === undefined) throw methodNotSupported(kind, verb);
  const draftFor = (live: KubeObject): Fields => {
    const scale = wanted(scaleOf(kind, live) as unknown as Fields);
    return scaled(kind, live, scale, name);
  };
  const { object } = yield* changeObject(context, request, kind, cache, draftFor, false);
  return respondValue(request, 200, scaleOf(kind, object));
}

function patcher(request: ApiRequest): (scale: Fields) => Fields {
  const type = (request.header("content-type") ?? "").split(";")[0]?.trim();
  const patch = bodyAsValue(request.http.body, "patch");
  return (scale) => {
    if (type === "application/json-patch+json") return decodeStruct(SCALE.schema, applyJsonPatch(scale, patch));
    if (type === "application/strategic-merge-patch+json")
      return decodeStruct(SCALE.schema, applyStrategicMerge(scale, patch as Fields, SCALE.schema));
    return decodeStruct(SCALE.schema, applyMergePatch(scale, patch));
  };
}

function scaled(kind: Kind, live: KubeObject, scale: Fields, name: string): Fields {
  const spec = scale["spec"] as { replicas?: number } | undefined;
  const asked = metaOf(scale).resourceVersion;
  if (asked !== undefined && asked !== "" && asked !== live.metadata.resourceVersion)
    throw conflict(kind, name, OBJECT_MODIFIED);
  const replicas = spec?.replicas ?? 0;
  if (replicas < 0) {
    throw invalid(SCALE, name, [
      {
        type: "FieldValueInvalid",
        field: "spec.replicas",
        value: replicas,
        detail: "must be greater than or equal to 0",
      },
    ]);
  }
  const draft = structuredClone(live) as unknown as Fields;
  const path = customPath(kind) ?? "spec.replicas";
  const parts = path.split(".");
  let holder = draft;
  for (const part of parts.slice(0, -1)) {
    holder[part] ??= {};
    const next = holder[part];
    if (typeof next !== "object" || next === null) throw badRequest(`${path} can't be set`);
    holder = next as Fields;
  }
  holder[parts.at(-1) ?? "replicas"] = replicas;
  return draft;
}

/** Where a custom resource keeps its replicas, from its CRD's scale subresource. */
function customPath(kind: Kind): string | undefined {
  return kind.scalePaths?.specReplicasPath.replace(/^\./, "");
}

function scaleOf(kind: Kind, object: KubeObject) {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  const custom = kind.scalePaths;
  const { spec, status } = object as unknown as Deployment;
  const replicas =
    custom === undefined
      ? (spec.replicas ?? 0)
      : Number(fieldText(object, custom.specReplicasPath.replace(/^\./, "")) || 0);
  const now =
    custom === undefined
      ? (status?.replicas ?? 0)
      : Number(fieldText(object, custom.statusReplicasPath.replace(/^\./, "")) || 0);
  const selector =
    custom === undefined
      ? selectorText(object)
      : fieldText(object, (custom.labelSelectorPath ?? "").replace(/^\./, ""));
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata,
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: now, ...(selector === "" ? {} : { selector }) },
  };
}

function selectorText(object: KubeObject): string {
  const selector = (object as Deployment | ReplicationController).spec.selector;
  if (selector == null) return "";
  if ("matchLabels" in selector || "matchExpressions" in selector)
    return formatLabelSelector(selector as LabelSelector);
  return formatRequirements(
    Object.entries(selector as Record<string, string>).map(([key, value]) => ({ key, operator: "=", values: [value] })),
  );
}
