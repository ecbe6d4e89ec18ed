import { text } from "../../../base/bytes.ts";
import { isRecord } from "../../../base/record.ts";
import { rfc3339 } from "../../../base/rfc3339.ts";
import { parseYamlDocument, YamlError } from "../../../base/yaml/read.ts";
import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { type ApplyConflict, applyConfiguration } from "../../api/apply.ts";
import { DecodeError, decodeStruct, type Fields } from "../../api/decode.ts";
import { applyJsonPatch, applyMergePatch } from "../../api/json-patch.ts";
import { groupVersion, type KubeObject } from "../../api/kube-object.ts";
import type { FieldManager } from "../../api/managed-fields.ts";
import { applyStrategicMerge, PatchError } from "../../api/strategic-merge.ts";
import type { ManagedFieldsEntry } from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import type { Kind } from "../registry/kind.ts";
import type { ApiRequest } from "../request/api-request.ts";
import { decodeStrictly } from "../request/body.ts";
import type { ServerContext } from "../server-context.ts";
import { type ApiError, badRequest, failure, invalid, notFound, unsupportedMediaType } from "../status.ts";
import type { ResourceCache } from "../storage/resource-cache.ts";
import { jsonComplaint } from "../storage/value-codec.ts";
import { checkNamespace, createFrom } from "./create.ts";
import { objectKey } from "./read.ts";
import { presented, respondObject } from "./respond.ts";
import { changeObject } from "./update.ts";
import { finished, metaOf, sortedCustom, storedSchema, toStored, zeroOf } from "./write-object.ts";

const JSON_PATCH = "application/json-patch+json";
const MERGE_PATCH = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const APPLY = "application/apply-patch+yaml";

/** PATCH of an object or its status, in any of the four ways. */
export function* patchObject(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
): Task<HttpResponse> {
  const type = (request.header("content-type") ?? "").split(";")[0]?.trim() ?? "";
  if (type === APPLY || type === "application/apply-patch+json")
    return yield* applyPatch(context, request, kind, cache);
  const apply = patcher(kind, type, patchValue(request));
  const result = yield* changeObject(
    context,
    request,
    kind,
    cache,
    (current) => patchedDraft(request, kind, current, apply),
    false,
  );
  return respondObject(request, kind, result.object);
}

function patchValue(request: ApiRequest): unknown {
  const { body } = request.http;
  if (body.kind === "json") return body.value;
  const content = text(body.bytes);
  try {
    return JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) throw badRequest(`error decoding patch: ${jsonComplaint(content)}`);
    throw error;
  }
}

type Patcher = (object: Fields) => Fields;

function patcher(kind: Kind, type: string, patch: unknown): Patcher {
  if (type === JSON_PATCH) return (object) => applyJsonPatch(object, patch) as Fields;
  if (type === MERGE_PATCH) return (object) => applyMergePatch(object, asObject(patch)) as Fields;
  if (type === STRATEGIC && kind.schema !== undefined) {
    const { schema } = kind;
    return (object) => applyStrategicMerge(object, asObject(patch), schema) as Fields;
  }
  const accepted =
    kind.schema === undefined ? [JSON_PATCH, MERGE_PATCH, APPLY] : [JSON_PATCH, MERGE_PATCH, STRATEGIC, APPLY];
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );
}

function asObject(patch: unknown): Fields {
  if (isRecord(patch)) return patch;
  throw badRequest("json: cannot unmarshal array into Go value of type map[string]interface {}");
}

function patchedDraft(request: ApiRequest, kind: Kind, current: KubeObject, apply: Patcher): Fields {
  const shown = presented(kind, current) as unknown as Fields;
  let patched: Fields;
  try {
    patched = apply(shown);
  } catch (error) {
    if (error instanceof PatchError) throw patchProblem(error);
    throw error;
  }
  if (typeof patched !== "object" || patched === null || Array.isArray(patched))
    throw badRequest("patched object is no object");
  const draft = decodePatched(request, kind, patched);
  const meta = metaOf(draft);
  if (meta.name !== request.info.name) {
    throw badRequest(
      `the name of the object (${meta.name ?? ""}) does not match the name on the URL (${request.info.name})`,
    );
  }
  return toStored(kind, draft);
}

function patchProblem(error: PatchError): ApiError {
  return failure(422, "Invalid", error.message);
}

/** A patch that does not fit the type is 422 on the patch itself (apiserver handlers/patch.go). */
function decodePatched(request: ApiRequest, kind: Kind, patched: Fields): Fields {
  try {
    return decodeStrictly(patched, kind, request, "");
  } catch (error) {
    const known = error as ApiError;
    if (known.name !== "ApiError" || known.code !== 400) throw error;
    throw invalid({ group: "", kind: "" }, "", [
      { type: "FieldValueInvalid", field: "patch", value: shownValue(kind, patched), detail: known.message },
    ]);
  }
}

/** Of a custom resource the server holds a map, which Go writes with its keys in order. */
function shownValue(kind: Kind, patched: Fields): string {
  return JSON.stringify(kind.schema === undefined ? sortedCustom(patched) : patched);
}

function* applyPatch(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
): Task<HttpResponse> {
  const config = readConfiguration(request, kind);
  if (request.info.query.get("fieldManager") === "") {
    throw invalid({ group: "meta.k8s.io", kind: "PatchOptions" }, "", [
      { type: "FieldValueRequired", field: "fieldManager", detail: "is required for apply patch" },
    ]);
  }
  const { namespace, name, subresource } = request.info;
  const key = objectKey(cache, kind, namespace, name);
  const live = yield* context.objects.read(cache, key, request.writeDeadline);
  if (live === undefined) {
    if (subresource !== "") throw notFound(kind, name);
    const created = yield* createApplied(context, request, kind, cache, config);
    return respondObject(request, kind, created, 201);
  }
  const result = yield* changeObject(
    context,
    request,
    kind,
    cache,
    (current) => applied(request, kind, current, config),
    false,
    false,
  );
  return respondObject(request, kind, result.object);
}

function readConfiguration(request: ApiRequest, kind: Kind): Fields {
  const { body } = request.http;
  let value: unknown;
  try {
    value = body.kind === "json" ? body.value : parseYamlDocument(text(body.bytes));
  } catch (error) {
    if (error instanceof YamlError) throw badRequest(`error decoding YAML: ${error.message}`);
    throw error;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badRequest("error decoding YAML: expected an object");
  const fields = value as Fields;
  if (fields["apiVersion"] !== groupVersion(kind)) {
    throw badRequest(
      `the API version in the data (${String(fields["apiVersion"])}) does not match the expected API version (${groupVersion(kind)})`,
    );
  }
  const managed = (fields["metadata"] as Fields | undefined)?.["managedFields"];
  if (managed !== undefined && managed !== null) throw badRequest("metadata.managedFields must be nil");
  decodeStrictly(
    fields,
    kind,
    request,
    `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: `,
  );
  return coerced(kind, fields);
}

/** The configuration's own fields in canonical form: what decoding adds is taken away again. */
function coerced(kind: Kind, config: Fields): Fields {
  if (kind.schema === undefined) return config;
  try {
    return only(config, decodeStruct(kind.schema, config)) as Fields;
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
}

function only(given: unknown, canonical: unknown): unknown {
  if (typeof given !== "object" || given === null || typeof canonical !== "object" || canonical === null)
    return canonical ?? given;
  if (Array.isArray(given))
    return Array.isArray(canonical) ? given.map((item, index) => only(item, canonical[index])) : given;
  const result: Fields = {};
  for (const [key, value] of Object.entries(given)) {
    const known = (canonical as Fields)[key];
    if (known !== undefined || value === null || typeof value !== "object")
      result[key] = known === undefined ? value : only(value, known);
    else result[key] = value;
  }
  return result;
}

function managerOf(request: ApiRequest, kind: Kind): FieldManager {
  return {
    name: request.fieldManager,
    operation: "Apply",
    apiVersion: groupVersion(kind),
    subresource: request.info.subresource,
  };
}

function* createApplied(
  context: ServerContext,
  request: ApiRequest,
  kind: Kind,
  cache: ResourceCache,
  config: Fields,
): Task<KubeObject> {
  const schema = storedSchema(kind);
  const result = applyConfiguration(
    schema,
    schema === undefined ? {} : zeroOf(schema),
    config,
    [],
    managerOf(request, kind),
    rfc3339(context.clock.now),
    true,
  );
  if (!("object" in result)) throw badRequest("apply of a new object met conflicts");
  const draft = toStored(kind, draftOf(kind, result.object));
  metaOf(draft).name ??= request.info.name;
  checkNamespace(kind, draft, request.info.namespace);
  metaOf(draft).managedFields = result.managedFields as Draft<ManagedFieldsEntry>[];
  return yield* createFrom(context, request, kind, cache, draft);
}

function draftOf(kind: Kind, object: Fields): Fields {
  const draft = kind.schema === undefined ? structuredClone(object) : decodeStruct(kind.schema, object);
  draft["kind"] = kind.kind;
  draft["apiVersion"] = groupVersion(kind);
  draft["metadata"] ??= {};
  return draft;
}

function applied(request: ApiRequest, kind: Kind, current: KubeObject, config: Fields): Fields {
  const entries = current.metadata.managedFields ?? [];
  const { managedFields: _managed, ...meta } = current.metadata;
  const live = { ...current, metadata: meta } as unknown as Fields;
  const force = request.info.query.flag("force");
  const result = applyConfiguration(
    storedSchema(kind),
    live,
    config,
    entries,
    managerOf(request, kind),
    rfc3339(request.clock.now),
    force,
  );
  if ("conflicts" in result) throw applyConflict(result.conflicts);
  const draft = toStored(kind, draftOf(kind, result.object));
  metaOf(draft).managedFields = result.managedFields as Draft<ManagedFieldsEntry>[];
  return finished(kind, draft) as unknown as Fields;
}

function applyConflict(conflicts: readonly ApplyConflict[]): ApiError {
  const causes = conflicts.flatMap(({ entry, paths }) =>
    paths.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${managerText(entry)}`, field })),
  );
  const texts = conflicts.map(({ entry, paths }) =>
    paths.length === 1
      ? `conflict with ${managerText(entry)}: ${paths[0]}`
      : `conflicts with ${managerText(entry)}:\n${paths.map((path) => `- ${path}`).join("\n")}`,
  );
  const count = causes.length;
  const message = `Apply failed with ${count} conflict${count === 1 ? "" : "s"}: ${texts.join("\n")}`;
  return failure(409, "Conflict", message, { causes });
}

function managerText(entry: ManagedFieldsEntry): string {
  const name = JSON.stringify(entry.manager ?? "");
  const sub = entry.subresource ? ` with subresource ${JSON.stringify(entry.subresource)}` : "";
  return `${name}${sub}${entry.operation === "Update" ? ` using ${entry.apiVersion ?? ""}` : ""}`;
}
