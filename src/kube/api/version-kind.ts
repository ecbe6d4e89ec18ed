import { DecodeError, type Fields, jsonTypeOf } from "./decode.ts";

/** What upstream's serializer reads first of a value, before it knows its type; empty where it is not said. */
export interface VersionKind {
  readonly apiVersion: string;
  readonly kind: string;
}

const ENVELOPE =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/**
 * The version and kind that a value from JSON or YAML says it has (runtime/serializer/json SimpleMetaFactory). Nothing at
 * all says nothing. Throws `DecodeError`.
 */
export function readVersionKind(value: unknown): VersionKind {
  if (value === null || value === undefined) return { apiVersion: "", kind: "" };
  if (typeof value !== "object" || Array.isArray(value))
    throw unreadable(`json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type ${ENVELOPE}`);
  const fields = value as Fields;
  return { apiVersion: stringAt(fields, "apiVersion"), kind: stringAt(fields, "kind") };
}

function stringAt(fields: Fields, name: string): string {
  const given = fields[name] ?? "";
  if (typeof given === "string") return given;
  throw unreadable(`json: cannot unmarshal ${jsonTypeOf(given)} into Go struct field .${name} of type string`);
}

function unreadable(problem: string): DecodeError {
  return new DecodeError(`couldn't get version/kind; json parse error: ${problem}`);
}
