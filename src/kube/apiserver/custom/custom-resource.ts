import { isRecord } from "../../../base/record.ts";
import { compileRegex, RegexExhausted } from "../../../base/regex/regex.ts";
import type { Fields } from "../../api/decode.ts";
import type { Kind } from "../registry/kind.ts";
import type { FieldError } from "../status.ts";
import { invalidValue, notSupported, required } from "../validation/names.ts";

const ROOT_FIELDS = new Set(["apiVersion", "kind", "metadata"]);
const DEPTH_MAX = 100;

/** Drops fields that the CRD's schema does not name; says which. */
export function pruneCustomResource(kind: Pick<Kind, "openApiSchema">, draft: Fields): string[] {
  const dropped: string[] = [];
  if (kind.openApiSchema !== undefined) prune(kind.openApiSchema, draft, "", dropped, 0);
  return dropped;
}

function prune(schema: Fields, value: unknown, path: string, dropped: string[], depth: number): void {
  if (depth > DEPTH_MAX || schema["x-kubernetes-preserve-unknown-fields"] === true) return;
  if (Array.isArray(value)) {
    const items = schema["items"];
    if (isRecord(items))
      for (const [index, item] of value.entries()) prune(items, item, `${path}[${index}]`, dropped, depth + 1);
    return;
  }
  if (!isRecord(value)) return;
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const additional = schema["additionalProperties"];
  for (const key of Object.keys(value)) {
    if (path === "" && ROOT_FIELDS.has(key)) continue;
    const child = properties[key] ?? (isRecord(additional) ? additional : undefined);
    const where = path === "" ? key : `${path}.${key}`;
    if (isRecord(child)) prune(child, value[key], where, dropped, depth + 1);
    else if (additional !== true) {
      delete value[key];
      dropped.push(where);
    }
  }
}

/** Fills in the defaults of the CRD's schema. */
export function defaultCustomResource(kind: Kind, draft: Fields): void {
  if (kind.openApiSchema !== undefined) fill(kind.openApiSchema, draft, 0);
}

function fill(schema: Fields, value: unknown, depth: number): void {
  if (depth > DEPTH_MAX) return;
  if (Array.isArray(value)) {
    if (isRecord(schema["items"])) for (const item of value) fill(schema["items"], item, depth + 1);
    return;
  }
  if (!isRecord(value) || !isRecord(schema["properties"])) return;
  for (const [key, child] of Object.entries(schema["properties"])) {
    if (!isRecord(child)) continue;
    if (value[key] === undefined && child["default"] !== undefined) value[key] = structuredClone(child["default"]);
    if (value[key] !== undefined) fill(child, value[key], depth + 1);
  }
}

/** What the CRD's schema says against an object (kube-openapi validation's texts). */
export function customResourceErrors(kind: Kind, object: Fields): FieldError[] {
  const errors: FieldError[] = [];
  if (kind.openApiSchema !== undefined) check(kind.openApiSchema, object, "", errors, 0);
  return errors;
}

function check(schema: Fields, value: unknown, path: string, errors: FieldError[], depth: number): void {
  if (depth > DEPTH_MAX) return;
  if (value === null && schema["nullable"] === true) return;
  const type = typeof schema["type"] === "string" ? schema["type"] : "";
  if (type !== "" && !hasType(value, type) && schema["x-kubernetes-int-or-string"] !== true) {
    const detail = `${path} in body must be of type ${type}: ${JSON.stringify(typeName(value))}`;
    errors.push({ type: "FieldValueTypeInvalid", field: path, value: typeName(value), detail });
    return;
  }
  checkEnum(schema, value, path, errors);
  if (typeof value === "number") checkNumber(schema, value, path, errors);
  if (typeof value === "string") checkString(schema, value, path, errors);
  if (Array.isArray(value)) {
    if (isRecord(schema["items"]))
      for (const [index, item] of value.entries()) check(schema["items"], item, `${path}[${index}]`, errors, depth + 1);
  } else if (isRecord(value)) checkObject(schema, value, path, errors, depth);
}

function checkObject(schema: Fields, value: Fields, path: string, errors: FieldError[], depth: number): void {
  const names = Array.isArray(schema["required"]) ? schema["required"] : [];
  const below = (key: string) => (path === "" ? key : `${path}.${key}`);
  for (const name of names)
    if (typeof name === "string" && value[name] === undefined) errors.push(required(below(name)));
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  for (const [key, child] of Object.entries(value)) {
    if (path === "" && ROOT_FIELDS.has(key)) continue;
    const of = properties[key] ?? schema["additionalProperties"];
    if (isRecord(of)) check(of, child, below(key), errors, depth + 1);
  }
}

function checkEnum(schema: Fields, value: unknown, path: string, errors: FieldError[]): void {
  const allowed = schema["enum"];
  if (!Array.isArray(allowed) || allowed.includes(value)) return;
  errors.push(notSupported(path, value, allowed.map(String)));
}

function checkNumber(schema: Fields, value: number, path: string, errors: FieldError[]): void {
  const { minimum, maximum } = schema;
  if (typeof minimum === "number" && value < minimum) {
    errors.push(invalidValue(path, value, `${path} in body should be greater than or equal to ${minimum}`));
  }
  if (typeof maximum === "number" && value > maximum) {
    errors.push(invalidValue(path, value, `${path} in body should be less than or equal to ${maximum}`));
  }
}

function checkString(schema: Fields, value: string, path: string, errors: FieldError[]): void {
  const { pattern, minLength, maxLength } = schema;
  if (typeof minLength === "number" && value.length < minLength) {
    errors.push(invalidValue(path, value, `${path} in body should be at least ${minLength} chars long`));
  }
  if (typeof maxLength === "number" && value.length > maxLength) {
    errors.push({ type: "FieldValueTooLong", field: path, detail: `may not be more than ${maxLength} bytes` });
  }
  if (typeof pattern === "string" && !matches(pattern, value)) {
    errors.push(invalidValue(path, value, `${path} in body should match '${pattern}'`));
  }
}

/** What takes more than may be done in one go is not refused: RE2 would come to an end, and a server must not fall. */
function matches(pattern: string, value: string): boolean {
  const regex = compileRegex(pattern, { syntax: "re2" });
  if (typeof regex === "string") return true;
  try {
    return regex.test(value);
  } catch (error) {
    if (error instanceof RegexExhausted) return true;
    throw error;
  }
}

function hasType(value: unknown, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  return type === typeName(value) || (type === "number" && typeof value === "number");
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" ? (Number.isInteger(value) ? "integer" : "number") : typeof value;
}
