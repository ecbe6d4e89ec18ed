import { utf8 } from "../../base/bytes.ts";
import { strftime } from "../../base/calendar.ts";
import { rfc3339Micro } from "../../base/rfc3339.ts";
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
  /** Where the same lines stand in an older release's source. */
  readonly callers?: ReadonlyMap<string, string>;
}

/** Places of 3.6's log lines in 3.5's source, as far as known; raft's all come from one place there. */
export const CALLERS_35: ReadonlyMap<string, string> = new Map([
  ["etcdmain/etcd.go:183", "etcdmain/etcd.go:204"],
  ["etcdmain/etcd.go:198", "etcdmain/etcd.go:219"],
  ["etcdmain/etcd.go:227", "etcdmain/etcd.go:435"],
  ["etcdmain/etcd.go:64", "etcdmain/etcd.go:73"],
  ["etcdmain/etcd.go:66", "etcdmain/etcd.go:75"],
  ["etcdmain/etcd.go:107", "etcdmain/etcd.go:116"],
  ["txn/util.go:46", "etcdserver/util.go:136"],
  ["embed/config_logging.go:194", "embed/config_logging.go:177"],
  ["embed/config.go:1207", "embed/config.go:689"],
  ["embed/etcd.go:138", "embed/etcd.go:140"],
  ["embed/etcd.go:146", "embed/etcd.go:148"],
  ["embed/etcd.go:544", "embed/etcd.go:528"],
  ["embed/etcd.go:611", "embed/etcd.go:603"],
  ["embed/etcd.go:640", "embed/etcd.go:633"],
  ["embed/etcd.go:766", "embed/etcd.go:762"],
  ["embed/serve.go:139", "embed/serve.go:125"],
  ["embed/serve.go:294", "embed/serve.go:276"],
  ["auth/store.go:464", "auth/store.go:436"],
  ["auth/store.go:1137", "auth/store.go:1243"],
  ["mvcc/kvstore.go:408", "mvcc/kvstore.go:425"],
  ["mvcc/index.go:194", "mvcc/index.go:214"],
  ["mvcc/kvstore_compaction.go:70", "mvcc/kvstore_compaction.go:72"],
  ["mvcc/hash.go:157", "mvcc/hash.go:151"],
  ["storage/backend.go:80", "etcdserver/backend.go:81"],
  ["storage/quota.go:93", "etcdserver/quota.go:94"],
  ["etcdserver/bootstrap.go:220", "etcdserver/server.go:628"],
  ["etcdserver/bootstrap.go:441", "etcdserver/server.go:534"],
  ["etcdserver/bootstrap.go:599", "etcdserver/raft.go:542"],
  ["etcdserver/server.go:589", "etcdserver/server.go:875"],
  ["etcdserver/server.go:499", "etcdserver/server.go:775"],
  ["etcdserver/server.go:1804", "etcdserver/server.go:2174"],
  ["fileutil/purge.go:49", "fileutil/purge.go:50"],
  ["api/capability.go:76", "api/capability.go:75"],
  ["v3rpc/health.go:63", "v3rpc/health.go:61"],
]);

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

  panic(caller: string, msg: string, fields: LogFields = {}): void {
    this.line("panic", caller, msg, { ...fields, stacktrace: stackOf(caller) });
  }

  /** A line of a library that has a logger of its own. */
  raw(text: string): void {
    this.settings.write(utf8(`${strftime("%Y/%m/%d %T", this.clock.now)} ${text}\n`));
  }

  private line(level: LogLevel, caller: string, msg: string, fields: LogFields, logger?: string): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.settings.level)) return;
    const ts = rfc3339Micro(this.clock.now);
    const place = this.place(caller, logger);
    const text =
      this.settings.format === "json"
        ? jsonLine(level, ts, place, msg, fields, logger)
        : consoleLine(level, ts, place, msg, fields, logger);
    this.settings.write(utf8(text));
  }

  private place(caller: string, logger: string | undefined): string {
    const { callers } = this.settings;
    if (callers === undefined) return caller;
    return logger === "raft" ? "etcdserver/zap_raft.go:77" : (callers.get(caller) ?? caller);
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
