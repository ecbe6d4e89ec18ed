/**
 * Moments (milliseconds since the epoch, with fractions) as RFC 3339 writes them in UTC, with as many digits of the
 * second as Go's layouts have: none, six, nine.
 */

/** The second that was written last: what happens in a cluster happens many times a second. */
let latest = { second: Number.NaN, text: "" };

/** `2026-11-22T10:46:29`. */
function wholeSecond(second: number): string {
  if (second !== latest.second) latest = { second, text: new Date(second * 1000).toISOString().slice(0, 19) };
  return latest.text;
}

/** `2026-11-22T10:46:29Z`: time.RFC3339, and meta/v1 Time. */
export function rfc3339(ms: number): string {
  return `${wholeSecond(Math.floor(ms / 1000))}Z`;
}

/** `2026-11-22T10:46:29.123456Z`: meta/v1 MicroTime, and zap's times. The nearest microsecond, as a fraction of a millisecond is not exact. */
export function rfc3339Micro(ms: number): string {
  const micros = Math.round(ms * 1000);
  const second = Math.floor(micros / 1_000_000);
  return `${wholeSecond(second)}.${String(micros - second * 1_000_000).padStart(6, "0")}Z`;
}

/** `2026-11-22T10:46:29.123456789Z`: the CRI's logs. */
export function rfc3339Nano(ms: number): string {
  const second = Math.floor(ms / 1000);
  const nanos = Math.floor((ms - second * 1000) * 1_000_000);
  return `${wholeSecond(second)}.${String(nanos).padStart(9, "0")}Z`;
}
