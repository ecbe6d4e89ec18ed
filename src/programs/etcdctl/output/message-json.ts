import { base64, fromByteString } from "../../../base/bytes.ts";
import { goJsonString } from "../../../base/json-string.ts";
import { type Field, HEADER, RESPONSE_OPS, type Schema } from "./message-schema.ts";

/** A message as Go's encoding/json writes the protobuf struct: zero values left out, bytes in base64, bare integers. */
export function messageJson(message: object, schema: Schema): string {
  return `{${messageFields(message, schema).join(",")}}`;
}

/** The `"name":value` parts of a message. */
export function messageFields(message: object, schema: Schema): string[] {
  const record = message as Readonly<Record<string, unknown>>;
  const parts: string[] = [];
  for (const field of schema) {
    const value = record[field.name];
    if (isZero(value, field)) continue;
    parts.push(`"${field.json}":${fieldJson(value, field)}`);
  }
  return parts;
}

/** The parts of a header that a client struct embeds. */
export function headerFields(header: object): string[] {
  return messageFields(header, HEADER);
}

/** Whether proto3's `omitempty` leaves the value out. */
export function isZero(value: unknown, field: Field): boolean {
  if (value === undefined || value === 0 || value === 0n || value === false || value === "") return true;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  return field.kind === "enum" && !field.repeated && value === field.values?.[0];
}

function fieldJson(value: unknown, field: Field): string {
  if (!field.repeated) return valueJson(value, field);
  return `[${(value as readonly unknown[]).map((one) => valueJson(one, field)).join(",")}]`;
}

function valueJson(value: unknown, field: Field): string {
  switch (field.kind) {
    case "text":
      return goJsonString(String(value));
    case "key":
      return `"${base64(fromByteString(String(value)))}"`;
    case "bytes":
      return `"${base64(value as Uint8Array)}"`;
    case "enum":
      return String(field.values?.indexOf(String(value)) ?? 0);
    case "message":
      return messageJson(value as object, field.message ?? []);
    case "responseOp":
      return responseOpJson(value as { readonly op: string; readonly response: object });
    default:
      return String(value);
  }
}

function responseOpJson(value: { readonly op: string; readonly response: object }): string {
  const kind = RESPONSE_OPS[value.op];
  return kind === undefined ? "{}" : `{"Response":{"${kind.json}":${messageJson(value.response, kind.schema)}}}`;
}
