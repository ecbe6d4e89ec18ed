import { utf8 } from "../../base/bytes.ts";
import type { Clock } from "../../sim/clock.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "dpanic" | "panic" | "fatal";

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error", "dpanic", "panic", "fatal"];

/** What a log field may hold; bigint is printed as a bare number, `Json` as is. */
export type LogValue = string | number | boolean | bigint | readonly string[] | RawJson;

export interface RawJson {
  readonly json: string;
}

export type LogFields = Readonly<Record<string, LogValue>>;

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: "json" | "console";
  readonly write: (bytes: Uint8Array) => void;
}

/** etcd's zap logger: one line an event, with level, time, caller and fields. */
export class Logger {
  private readonly clock: Clock;
  private readonly settings: LogSettings;

  constructor(clock: Clock, settings: LogSettings) {
    this.clock = clock;
    this.settings = settings;
  }

  info(caller: string, msg: string, fields: LogFields = {}, logger?: string): void {
    this.line("info", caller, msg, fields, logger);
  }

  warn(caller: string, msg: string, fields: LogFields = {}): void {
    this.line("warn", caller, msg, fields);
  }

  /** Errors carry Go's stack; what stands there is the caller alone. */
  error(caller: string, msg: string, fields: LogFields = {}): void {
    this.line("error", caller, msg, { ...fields, stacktrace: stackOf(caller) });
  }

  fatal(caller: string, msg: string, fields: LogFields = {}): void {
    this.line("fatal", caller, msg, { ...fields, stacktrace: stackOf(caller) });
  }

  private line(level: LogLevel, caller: string, msg: string, fields: LogFields, logger?: string): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.settings.level)) return;
    const ts = timestamp(this.clock.now);
    const text =
      this.settings.format === "json"
        ? jsonLine(level, ts, caller, msg, fields, logger)
        : consoleLine(level, ts, caller, msg, fields, logger);
    this.settings.write(utf8(text));
  }
}

function jsonLine(level: string, ts: string, caller: string, msg: string, fields: LogFields, logger?: string): string {
  let line = `{"level":"${level}","ts":"${ts}"`;
  if (logger !== undefined) line += `,"logger":"${logger}"`;
  line += `,"caller":"${caller}","msg":${JSON.stringify(msg)}`;
  for (const name in fields) line += `,"${name}":${fieldText(fields[name] ?? "")}`;
  return `${line}}\n`;
}

function consoleLine(
  level: string,
  ts: string,
  caller: string,
  msg: string,
  fields: LogFields,
  logger?: string,
): string {
  const names = Object.keys(fields).filter((name) => name !== "stacktrace");
  const body = names.map((name) => `"${name}": ${fieldText(fields[name] ?? "")}`).join(", ");
  const parts = [ts, level, ...(logger === undefined ? [] : [logger]), caller, msg];
  return `${[...parts, ...(names.length === 0 ? [] : [`{${body}}`])].join("\t")}\n`;
}

function fieldText(value: LogValue): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "object" && "json" in value) return value.json;
  return JSON.stringify(value);
}

function stackOf(caller: string): string {
  return `go.etcd.io/etcd/server/v3/${caller.split(":")[0] ?? ""}`;
}

/** zap's ISO 8601 with microseconds: `2026-11-24T06:00:00.000000Z`. */
export function timestamp(nowMs: number): string {
  const micros = Math.floor((nowMs - Math.floor(nowMs)) * 1000);
  return new Date(Math.floor(nowMs)).toISOString().replace("Z", `${String(micros).padStart(3, "0")}Z`);
}
