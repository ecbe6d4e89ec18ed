import { zapJsonString } from "../../base/json-string.ts";

/** Values of a zap log line, in order. */
export type LogFields = readonly (readonly [name: string, value: string | number])[];

/** A line of etcd's default zap logger: JSON, with microseconds. `nowMs` since the epoch. */
export function logLine(
  nowMs: number,
  level: "info" | "warn" | "error" | "fatal",
  caller: string,
  message: string,
  fields: LogFields,
  logger?: string,
): string {
  let line = `{"level":"${level}","ts":"${microseconds(nowMs)}"`;
  if (logger !== undefined) line += `,"logger":"${logger}"`;
  line += `,"caller":"${caller}","msg":${zapJsonString(message)}`;
  for (const [name, value] of fields) {
    line += `,"${name}":${typeof value === "number" ? value : zapJsonString(value)}`;
  }
  return `${line}}\n`;
}

/** `2006-01-02T15:04:05.000000Z` */
function microseconds(nowMs: number): string {
  const whole = Math.floor(nowMs);
  const micros = Math.floor((nowMs - whole) * 1000);
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
}
