import { recordOf } from "../../../base/record.ts";
/** An object as the API sends it, read field by field where its kind is not known. */
export type Fields = Readonly<Record<string, unknown>>;

/** `value` as an object; an empty one when it is none. */
export function fields(value: unknown): Fields {
  return recordOf(value);
}

/** What stands at a path of keys; undefined where something is missing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/** The string at a path; numbers and booleans as text; empty when missing. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found === "string") return found;
  return typeof found === "number" || typeof found === "boolean" ? String(found) : "";
}

export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function fieldsAt(value: unknown, ...path: readonly (string | number)[]): Fields {
  return fields(at(value, ...path));
}

/** String values by key, as labels and annotations are. */
export function stringsAt(value: unknown, ...path: readonly (string | number)[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fieldsAt(value, ...path)).map(([key, one]) => [key, String(one ?? "")]));
}

/** A copy of `value` with `replacement` at the path; undefined takes the member out. Missing objects are made. */
export function withAt(value: unknown, path: readonly string[], replacement: unknown): Fields {
  const [key, ...rest] = path;
  const source = fields(value);
  if (key === undefined) return fields(replacement);
  const next = rest.length === 0 ? replacement : withAt(source[key], rest, replacement);
  if (next !== undefined) return { ...source, [key]: next };
  const { [key]: _, ...others } = source;
  return others;
}

/** Sorted `k=v` pairs joined by commas, `<none>` for none: how labels are shown in tables. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const keys = Object.keys(labels).sort();
  return keys.length === 0 ? "<none>" : keys.map((key) => `${key}=${labels[key]}`).join(",");
}
