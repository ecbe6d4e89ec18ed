/** Moments (milliseconds since the epoch, with fractions) as a host's tools print them, always in UTC. */

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
