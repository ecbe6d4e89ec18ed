/** The second that was written last, without its zone: what happens in a cluster happens many times a second. */
let latest = { second: Number.NaN, text: "" };

/** `2026-11-22T10:46:29`, UTC. */
function wholeSecond(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== latest.second) latest = { second, text: new Date(second * 1000).toISOString().slice(0, 19) };
  return latest.text;
}

/** RFC 3339 with seconds, UTC, as the API writes meta/v1 Time. */
export function formatTime(ms: number): string {
  return `${wholeSecond(ms)}Z`;
}

/** RFC 3339 with microseconds, UTC (meta/v1 MicroTime). */
export function formatMicroTime(ms: number): string {
  const micros = Math.floor((ms % 1000) * 1000 + 0.5) % 1_000_000;
  return `${wholeSecond(ms)}.${String(micros).padStart(6, "0")}Z`;
}

/** Milliseconds since the epoch, or undefined for a text that is no time or none at all. */
export function parseTime(text: string | undefined | null): number | undefined {
  if (text === undefined || text === null || text === "") return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const CANONICAL_MICRO = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/;
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** The form in which the API writes a time given in any RFC 3339 form; undefined when it is none. */
export function canonicalTime(text: string): string | undefined {
  if (CANONICAL.test(text)) return text;
  if (!RFC3339.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : formatTime(ms);
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
