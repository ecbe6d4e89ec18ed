/** Formats of the world's time (milliseconds since the epoch, with fractions), always in UTC. */

/** `2026-11-22T10:00:00.123456789Z`: RFC 3339 with all nine digits, as the CRI's logs have it. */
export function rfc3339Nano(ms: number): string {
  const whole = Math.floor(ms);
  const nanos = Math.floor((ms - whole) * 1e6);
  return `${new Date(whole).toISOString().slice(0, -1)}${String(nanos).padStart(6, "0")}Z`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `Nov 22 10:00:00`, as syslog and journalctl's short format have it. */
export function syslogTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  const date = new Date(ms);
  return `${MONTHS[date.getUTCMonth()]} ${iso.slice(8, 10)} ${iso.slice(11, 19)}`;
}

/** `Sun 2026-11-22 10:00:00 UTC`, as systemctl has it. */
export function systemdTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${DAYS[new Date(ms).getUTCDay()]} ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
