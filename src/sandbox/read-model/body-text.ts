import { text } from "../../base/bytes.ts";
import type { HttpBody } from "../../sim/http.ts";

/** Bodies are shown this far. */
const SHOWN_MAX = 4000;
const BYTES_MAX = 2000;

/** A body as a person reads it, shortened. */
export function bodyShown(body: HttpBody | "stream" | undefined): string {
  if (body === undefined) return "";
  if (body === "stream") return "(a stream that goes on)";
  return body.kind === "json" ? valueShown(body.value) : cut(text(body.bytes.subarray(0, SHOWN_MAX)));
}

/** A message of etcd's: numbers as they are, bytes as text where they are text, shortened. */
export function valueShown(value: unknown): string {
  return cut(JSON.stringify(value, replaced, 2) ?? "");
}

function replaced(key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString(16);
  if (key === "managedFields") return undefined;
  if (value instanceof Uint8Array) return bytesShown(value);
  return Array.isArray(value) && value.length > 20 ? [...value.slice(0, 20), `… ${value.length - 20} more`] : value;
}

function bytesShown(bytes: Uint8Array): string {
  const readable = bytes.subarray(0, 64).every((byte) => byte >= 32 || byte === 9 || byte === 10);
  return readable && bytes.length <= BYTES_MAX ? text(bytes) : `(${bytes.length} bytes)`;
}

function cut(whole: string): string {
  return whole.length > SHOWN_MAX ? `${whole.slice(0, SHOWN_MAX)}\n… (shortened)` : whole;
}
