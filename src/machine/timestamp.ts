import { strftime } from "../base/calendar.ts";

/** `Nov 22 10:00:00`, as syslog and journalctl's short format have it. */
export function syslogTime(ms: number): string {
  return strftime("%b %d %T", ms);
}

/** `Sun 2026-11-22 10:00:00 UTC`, as systemctl has it. */
export function systemdTime(ms: number): string {
  return strftime("%a %F %T UTC", ms);
}
