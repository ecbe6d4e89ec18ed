import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "../../../base/bytes.ts";
import { type HttpResponse, jsonBody } from "../../../sim/http.ts";
import type { Field, FieldType, StructSchema } from "../../api/schema.ts";
import type { Kind } from "../registry/kind.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import { SERVER_VERSION } from "./version.ts";

type Json = Record<string, unknown>;

/** Query parameters that clients look for before they ask the server to validate. */
const WRITE_PARAMETERS = ["dryRun", "fieldManager", "fieldValidation"].map((name) => ({
  name,
  in: "query",
  schema: { type: "string", uniqueItems: true },
}));

/**
 * `/openapi/v3` from the field tables: a path for each kind with the operations that clients look for, and the schemas
 * of all types for explain. Descriptions are upstream's prose and left out.
 */
export class OpenApi {
  private readonly index: KindIndex;
  private readonly documents = new Map<string, { readonly value: Json; readonly hash: string }>();
  private builtFor = -1;

  constructor(index: KindIndex) {
    this.index = index;
  }

  /** The answer to a path below /openapi, or undefined. */
  respond(path: string): HttpResponse | undefined {
    if (path === "/openapi/v2") return swagger();
    if (path === "/openapi/v3") return answer(this.root());
    if (!path.startsWith("/openapi/v3/")) return undefined;
    const document = this.document(path.slice("/openapi/v3/".length));
    return document === undefined ? undefined : answer(document.value, document.hash);
  }

  private root(): Json {
    const paths: Json = {};
    for (const place of this.places()) {
      const document = this.document(place);
      if (document !== undefined) paths[place] = { serverRelativeURL: `/openapi/v3/${place}?hash=${document.hash}` };
    }
    return { paths };
  }

  private places(): string[] {
    const places = new Set<string>();
    for (const { kind } of this.index.all()) places.add(placeOf(kind));
    return [...places].sort();
  }

  private document(place: string): { readonly value: Json; readonly hash: string } | undefined {
    if (this.builtFor !== this.index.revision) {
      this.documents.clear();
      this.builtFor = this.index.revision;
    }
    const known = this.documents.get(place);
    if (known !== undefined) return known;
    const kinds = [...this.index.all()].map(({ kind }) => kind).filter((kind) => placeOf(kind) === place);
    if (kinds.length === 0) return undefined;
    const value = documentOf(kinds);
    const hash = hex(
      sha256(utf8(kinds.map((kind) => JSON.stringify([kind.kind, kind.openApiSchema ?? ""])).join())),
    ).toUpperCase();
    const made = { value, hash };
    this.documents.set(place, made);
    return made;
  }
}

const SWAGGER_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/**
 * Version 2 of the description has no types here: clients look for a kind in version 3 first, and for what is in
 * neither they need to be told so.
 */
function swagger(): HttpResponse {
  const info = new BinaryWriter().uint32(10).string("Kubernetes").uint32(18).string(SERVER_VERSION.gitVersion).finish();
  const bytes = new BinaryWriter()
    .uint32(10)
    .string("2.0")
    .uint32(18)
    .bytes(info)
    .uint32(66)
    .bytes(new Uint8Array())
    .finish();
  return { status: 200, headers: { "content-type": SWAGGER_TYPE, vary: "Accept" }, body: { kind: "bytes", bytes } };
}

function answer(value: Json, etag = ""): HttpResponse {
  const headers = { "content-type": "application/json", vary: "Accept", ...(etag === "" ? {} : { etag: `"${etag}"` }) };
  return { status: 200, headers, body: jsonBody(value) };
}

function placeOf(kind: Kind): string {
  return kind.group === "" ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`;
}

function documentOf(kinds: readonly Kind[]): Json {
  const paths: Json = {};
  const schemas: Json = {};
  for (const kind of kinds) {
    const collection = `/${placeOf(kind)}${kind.namespaced ? "/namespaces/{namespace}" : ""}/${kind.resource}`;
    const gvk = { group: kind.group, version: kind.version, kind: kind.kind };
    const operation = (action: string, method: string) => ({
      operationId: `${method}${kind.kind}`,
      "x-kubernetes-action": action,
      "x-kubernetes-group-version-kind": gvk,
      ...(action === "get" || action === "list" ? {} : { parameters: WRITE_PARAMETERS }),
    });
    if (kind.verbs.includes("create"))
      paths[collection] = { get: operation("list", "list"), post: operation("post", "create") };
    if (kind.verbs.includes("patch")) {
      paths[`${collection}/{name}`] = {
        get: operation("get", "read"),
        put: operation("put", "replace"),
        patch: operation("patch", "patch"),
        delete: operation("delete", "delete"),
      };
    }
    addKindSchema(schemas, kind, gvk);
  }
  const info = { title: "Kubernetes", version: "v1.35.2" };
  return { openapi: "3.0.0", info, paths, components: { schemas } };
}

function addKindSchema(schemas: Json, kind: Kind, gvk: Json): void {
  const mark = { "x-kubernetes-group-version-kind": [gvk] };
  if (kind.schema !== undefined) {
    addSchema(schemas, kind.schema);
    const name = schemaName(kind.schema.key);
    schemas[name] = { ...(schemas[name] as Json), ...mark };
    return;
  }
  const name = `${kind.group.split(".").reverse().join(".")}.${kind.version}.${kind.kind}`;
  schemas[name] = { ...kind.openApiSchema, ...mark };
}

const PACKAGES: Readonly<Record<string, string>> = {
  meta: "io.k8s.apimachinery.pkg.apis.meta",
  apiextensions: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
  apiregistration: "io.k8s.kube-aggregator.pkg.apis.apiregistration",
};

function schemaName(key: string): string {
  const [group = "", rest = ""] = key.split("/");
  const [version = "", name = ""] = rest.split(".");
  return `${PACKAGES[group] ?? `io.k8s.api.${group}`}.${version}.${name}`;
}

function addSchema(schemas: Json, schema: StructSchema): void {
  const name = schemaName(schema.key);
  if (schemas[name] !== undefined) return;
  const properties: Json = {};
  schemas[name] = { type: "object", description: "", properties };
  const required = schema.fieldList.filter((field) => field.required).map((field) => field.name);
  for (const field of schema.fieldList) properties[field.name] = property(schemas, field);
  if (required.length > 0) schemas[name] = { type: "object", description: "", properties, required };
}

function property(schemas: Json, field: Field): Json {
  const base = typeSchema(schemas, field.type);
  const values = field.enumValues === undefined ? {} : { enum: field.enumValues };
  const patch =
    field.patchStrategy === ""
      ? {}
      : { "x-kubernetes-patch-strategy": field.patchStrategy, "x-kubernetes-patch-merge-key": field.mergeKey };
  return { description: "", ...base, ...values, ...patch };
}

function typeSchema(schemas: Json, type: FieldType): Json {
  switch (type.kind) {
    case "struct":
      addSchema(schemas, type.schema);
      return { allOf: [{ $ref: `#/components/schemas/${schemaName(type.schema.key)}` }] };
    case "list":
      return { type: "array", items: typeSchema(schemas, type.of) };
    case "map":
      return { type: "object", additionalProperties: typeSchema(schemas, type.of) };
    case "int32":
    case "int64":
      return { type: "integer", format: type.kind };
    case "float":
      return { type: "number", format: "double" };
    case "bool":
      return { type: "boolean" };
    default:
      return scalarSchema(schemas, type.kind);
  }
}

/** Types of one value that upstream's description names. */
const NAMED: Readonly<Record<string, readonly [name: string, schema: Json]>> = {
  quantity: ["io.k8s.apimachinery.pkg.api.resource.Quantity", { oneOf: [{ type: "string" }, { type: "number" }] }],
  intOrString: [
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    { format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] },
  ],
};

function scalarSchema(schemas: Json, kind: FieldType["kind"]): Json {
  const named = NAMED[kind];
  if (named === undefined) return special(kind);
  schemas[named[0]] ??= { description: "", ...named[1] };
  return { allOf: [{ $ref: `#/components/schemas/${named[0]}` }] };
}

function special(kind: FieldType["kind"]): Json {
  if (kind === "bytes") return { type: "string", format: "byte" };
  if (kind === "time" || kind === "microTime") return { type: "string", format: "date-time" };
  return kind === "string" ? { type: "string" } : { type: "object" };
}
