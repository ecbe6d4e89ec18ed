import { strftime } from "../../base/calendar.ts";
import type { HttpRequest } from "../../sim/http.ts";

/** A line of nginx's log format `main`. */
export function accessLine(
  nowMs: number,
  clientIp: string,
  request: HttpRequest,
  status: number,
  bytes: number,
): string {
  const time = strftime("%d/%b/%Y:%T %z", nowMs);
  const agent = request.headers["user-agent"] ?? "-";
  const referer = request.headers["referer"] ?? "-";
  const line = `${request.method} ${request.path} HTTP/1.1`;
  return `${clientIp} - - [${time}] "${line}" ${status} ${bytes} "${referer}" "${agent}" "-"\n`;
}

/** A line of nginx's error log at level notice. */
export function noticeLine(nowMs: number, pid: number, message: string): string {
  return `${strftime("%Y/%m/%d %T", nowMs)} [notice] ${pid}#${pid}: ${message}\n`;
}
