import type { HttpRequest } from "../../sim/http.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function clockTime(date: Date): string {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** A line of nginx's log format `main`. */
export function accessLine(
  nowMs: number,
  clientIp: string,
  request: HttpRequest,
  status: number,
  bytes: number,
): string {
  const date = new Date(nowMs);
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  const agent = request.headers["user-agent"] ?? "-";
  const referer = request.headers["referer"] ?? "-";
  const line = `${request.method} ${request.path} HTTP/1.1`;
  return `${clientIp} - - [${day}:${clockTime(date)} +0000] "${line}" ${status} ${bytes} "${referer}" "${agent}" "-"\n`;
}

/** A line of nginx's error log at level notice. */
export function noticeLine(nowMs: number, pid: number, message: string): string {
  const date = new Date(nowMs);
  const day = `${date.getUTCFullYear()}/${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}`;
  return `${day} ${clockTime(date)} [notice] ${pid}#${pid}: ${message}\n`;
}
