/**
 * What JSON calls an object and YAML a mapping, of any fields. What is read from outside is looked at by these before its
 * fields are: anybody may have put anything there.
 */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; one without fields when it is none. */
export function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
