/** A moment as metav1.Time is written: RFC 3339 in UTC, whole seconds. */
export function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A moment as metav1.MicroTime is written. */
export function rfc3339Micro(ms: number): string {
  const micros = Math.floor((ms - Math.floor(ms)) * 1000);
  return `${new Date(ms).toISOString().slice(0, 23)}${String(micros).padStart(3, "0")}Z`;
}

/** Milliseconds since the epoch of an RFC 3339 time; 0 when there is none. */
export function parseTime(time: string | undefined): number {
  if (time === undefined || time === null) return 0;
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? 0 : ms;
}
