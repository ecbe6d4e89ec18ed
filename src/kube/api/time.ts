import { rfc3339 } from "../../base/rfc3339.ts";

/** Milliseconds since the epoch, or undefined for a text that is no time or none at all. */
export function parseTime(text: string | undefined | null): number | undefined {
  if (text === undefined || text === null || text === "") return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** As `parseTime`, with 0 for none, as of Go's zero time. */
export function timeOrZero(text: string | undefined | null): number {
  return parseTime(text) ?? 0;
}

const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const CANONICAL_MICRO = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/;
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** The form in which the API writes a time given in any RFC 3339 form; undefined when it is none. */
export function canonicalTime(text: string): string | undefined {
  if (CANONICAL.test(text)) return text;
  if (!RFC3339.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : rfc3339(ms);
}

/** As `canonicalTime`, with six digits of the second's fraction. */
export function canonicalMicroTime(text: string): string | undefined {
  if (CANONICAL_MICRO.test(text)) return text;
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  const digits = (match[1] ?? ".").slice(1, 7).padEnd(6, "0");
  return `${new Date(ms).toISOString().slice(0, 19)}.${digits}Z`;
}
