import { utf8 } from "../../../base/bytes.ts";
import { emitYaml } from "../../../base/yaml/emit.ts";
import { type HttpResponse, jsonBody } from "../../../sim/http.ts";
import { groupVersion, type KubeObject } from "../../api/kube-object.ts";
import type { ListMeta } from "../../api/types.generated.ts";
import type { Kind } from "../registry/kind.ts";
import type { ApiRequest } from "../request/api-request.ts";

const JSON_HEADERS = { "content-type": "application/json", "cache-control": "no-cache, private" };

/** A JSON (or, when asked for, YAML) answer. */
export function respondValue(request: ApiRequest, status: number, value: unknown): HttpResponse {
  if (!request.form.yaml) return { status, headers: JSON_HEADERS, body: jsonBody(value) };
  const headers = { ...JSON_HEADERS, "content-type": "application/yaml" };
  return { status, headers, body: { kind: "bytes", bytes: utf8(emitYaml(value)) } };
}

/** One object in the form that was asked for. */
export function respondObject(request: ApiRequest, kind: Kind, stored: KubeObject, status = 200): HttpResponse {
  const object = presented(kind, stored);
  const { as } = request.form;
  if (as === "table")
    return respondValue(
      request,
      status,
      tableOf(request, kind, [object], { resourceVersion: object.metadata.resourceVersion }),
    );
  if (as === "partial") return respondValue(request, status, partial(object));
  return respondValue(request, status, object);
}

/** The version that the client speaks of what is stored. */
export function presented(kind: Kind, stored: KubeObject): KubeObject {
  return kind.view === undefined ? stored : kind.view.fromStored(stored);
}

const listItems = new WeakMap<KubeObject, KubeObject>();

/** A list in the form that was asked for. */
export function respondList(
  request: ApiRequest,
  kind: Kind,
  stored: readonly KubeObject[],
  metadata: ListMeta,
): HttpResponse {
  const { as } = request.form;
  if (as === "table") {
    return respondValue(
      request,
      200,
      tableOf(
        request,
        kind,
        stored.map((object) => presented(kind, object)),
        metadata,
      ),
    );
  }
  if (as === "partial") {
    const list = { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata };
    return respondValue(request, 200, { ...list, items: stored.map((object) => partial(presented(kind, object))) });
  }
  const items = stored.map((object) => (kind.schema === undefined ? object : listItem(kind, object)));
  return respondValue(request, 200, { kind: `${kind.kind}List`, apiVersion: groupVersion(kind), metadata, items });
}

/** Items of typed lists carry neither kind nor apiVersion; the stripped copy is made once. */
function listItem(kind: Kind, stored: KubeObject): KubeObject {
  const known = kind.view === undefined ? listItems.get(stored) : undefined;
  if (known !== undefined) return known;
  const { kind: _kind, apiVersion: _version, ...item } = presented(kind, stored);
  if (kind.view === undefined) listItems.set(stored, item as KubeObject);
  return item as KubeObject;
}

/** A meta.k8s.io/v1 Table. */
export function tableOf(
  request: ApiRequest,
  kind: Kind,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  withColumns = true,
) {
  const { now } = request.clock;
  const include = request.info.query.get("includeObject");
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: withColumns ? kind.table.columns : null,
    rows: objects.map((object) => ({
      cells: kind.table.cells(object, now).map((cell) => cell ?? (cell === null ? null : "")),
      object: rowObject(object, include),
    })),
  };
}

function rowObject(object: KubeObject, include: string): unknown {
  if (include === "None") return null;
  return include === "Object" ? object : partial(object);
}

const partials = new WeakMap<KubeObject, unknown>();

function partial(object: KubeObject): unknown {
  const known = partials.get(object);
  if (known !== undefined) return known;
  const made = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
  partials.set(object, made);
  return made;
}
