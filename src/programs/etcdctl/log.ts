import { zapJsonString } from "../../base/json-string.ts";
import { rfc3339Micro } from "../../base/rfc3339.ts";

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
  let line = `{"level":"${level}","ts":"${rfc3339Micro(nowMs)}"`;
  if (logger !== undefined) line += `,"logger":"${logger}"`;
  line += `,"caller":"${caller}","msg":${zapJsonString(message)}`;
  for (const [name, value] of fields) {
    line += `,"${name}":${typeof value === "number" ? value : zapJsonString(value)}`;
  }
  return `${line}}\n`;
}
