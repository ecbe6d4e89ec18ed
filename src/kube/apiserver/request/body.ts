import { text } from "../../../base/bytes.ts";
import { parseYamlDocument, YamlError } from "../../../base/yaml/read.ts";
import type { HttpBody } from "../../../sim/http.ts";
import { DecodeError, type DecodeReport, decodeStruct, type Fields } from "../../api/decode.ts";
import { groupVersion } from "../../api/kube-object.ts";
import { decodeProtobuf, isProtobuf, ProtobufError } from "../../api/protobuf.ts";
import { findSchema, type StructSchema } from "../../api/schema.ts";
import { pruneCustomResource } from "../custom/custom-resource.ts";
import { type ApiError, badRequest, unsupportedMediaType } from "../status.ts";
import type { ApiRequest } from "./api-request.ts";

/** A kind that a body is to be read as. */
export interface BodyKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: StructSchema | undefined;
  /** A custom resource's, instead of `schema`. */
  readonly openApiSchema?: Fields | undefined;
}

const JSON_TYPES = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/** The plain value of a JSON or YAML body. Throws ApiError 400. */
export function bodyAsValue(body: HttpBody, what: string): unknown {
  if (body.kind === "json") return body.value;
  const content = text(body.bytes);
  try {
    return /^\s*[{[]/.test(content) ? JSON.parse(content) : parseYamlDocument(content);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof YamlError) {
      throw badRequest(
        `${what}: ${error instanceof YamlError ? error.message : "couldn't get version/kind; json parse error: unexpected end of JSON input"}`,
      );
    }
    throw error;
  }
}

/** Whether a request has a body at all. */
export function hasBody(body: HttpBody): boolean {
  return body.kind === "json" || body.bytes.length > 0;
}

/**
 * Reads the object of a create or update: JSON, YAML or protobuf, as `fieldValidation` says about unknown fields.
 * Throws ApiError with upstream's text.
 */
export function readObject(request: ApiRequest, as: BodyKind): Fields {
  const { body } = request.http;
  checkMediaType(request);
  const cannot = `${as.kind} in version "${as.version}" cannot be handled as a ${as.kind}: `;
  if (body.kind === "bytes" && isProtobuf(body.bytes)) return readProtobuf(body.bytes, as, cannot);
  const value = bodyAsValue(body, `the object provided is unrecognized (must be of type ${as.kind})`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${as.kind}): couldn't get version/kind; json parse error: unexpected value`,
    );
  }
  checkKind(value as Fields, as);
  return decodeStrictly(value as Fields, as, request, cannot);
}

function checkMediaType(request: ApiRequest): void {
  const given = request.header("content-type") ?? "application/json";
  if (given === "application/json") return;
  const type = given.split(";")[0]?.trim() ?? "";
  if (type === "" || type === "*/*" || JSON_TYPES.includes(type)) return;
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${JSON_TYPES.join(", ")}`,
  );
}

function readProtobuf(bytes: Uint8Array, as: BodyKind, cannot: string): Fields {
  try {
    return decodeProtobuf(bytes, (apiVersion, kind) => {
      checkKind({ apiVersion, kind }, as);
      return as.schema;
    });
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof DecodeError) throw badRequest(cannot + error.message);
    throw error;
  }
}

/** The body must say what it is, or say nothing. */
function checkKind(value: Fields, as: BodyKind): void {
  const { apiVersion, kind } = value;
  const given = typeof apiVersion === "string" ? apiVersion : "";
  if (given !== "" && given !== groupVersion(as)) {
    throw badRequest(
      `the API version in the data (${given}) does not match the expected API version (${groupVersion(as)})`,
    );
  }
  if (typeof kind === "string" && kind !== "" && kind !== as.kind) {
    throw badRequest(
      `${kind} in version "${as.version}" cannot be handled as a ${as.kind}: converting (${as.version}.${kind}) to (${as.group === "" ? "core" : (as.group.split(".")[0] ?? "")}.${as.kind}): unknown conversion`,
    );
  }
}

/** Reads a value as a kind; unknown fields are an error, a warning or nothing, as the request says. */
export function decodeStrictly(value: Fields, as: BodyKind, request: ApiRequest, cannot: string): Fields {
  const mode = validationMode(request);
  if (as.schema === undefined) {
    const known: DecodeReport | undefined = mode === "Ignore" ? undefined : { unknownFields: [] };
    const object = decodeMeta(value, known, cannot);
    const stray = known === undefined ? [] : pruneCustomResource(as, structuredClone(object));
    known?.unknownFields.push(...stray.map((path) => `unknown field "${path}"`));
    complain(known, mode, request, cannot);
    return object;
  }
  const report: DecodeReport | undefined = mode === "Ignore" ? undefined : { unknownFields: [] };
  let object: Fields;
  try {
    object = decodeStruct(as.schema, value, report);
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(cannot + error.message);
    throw error;
  }
  complain(report, mode, request, cannot);
  object["kind"] = as.kind;
  object["apiVersion"] = groupVersion(as);
  return object;
}

function complain(report: DecodeReport | undefined, mode: string, request: ApiRequest, cannot: string): void {
  if (report === undefined || report.unknownFields.length === 0) return;
  if (mode === "Strict") throw badRequest(`${cannot}strict decoding error: ${report.unknownFields.join(", ")}`);
  for (const text of report.unknownFields) request.warn(text);
}

function validationMode(request: ApiRequest): "Strict" | "Warn" | "Ignore" {
  const asked = request.info.query.get("fieldValidation");
  if (asked === "" || asked === "Warn") return "Warn";
  if (asked === "Strict" || asked === "Ignore") return asked;
  throw invalidFieldValidation(asked);
}

function invalidFieldValidation(asked: string): ApiError {
  return badRequest(`fieldValidation: Unsupported value: "${asked}": supported values: "Ignore", "Strict", "Warn"`);
}

/** A custom resource keeps its fields as they are; only its metadata has a type. */
function decodeMeta(value: Fields, report: DecodeReport | undefined, cannot: string): Fields {
  const schema = findSchema("meta/v1.ObjectMeta");
  if (schema === undefined) return value;
  try {
    const { apiVersion, kind, metadata, ...rest } = value;
    return { apiVersion, kind, metadata: decodeStruct(schema, metadata, report), ...structuredClone(rest) };
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(cannot + error.message);
    throw error;
  }
}
