import type { Command, CommandLine } from "../../base/cli/command.ts";
import { zapJsonString } from "../../base/json-string.ts";
import { rfc3339 } from "../../base/rfc3339.ts";
import type { CommandTypes } from "../../machine/command-program.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";

/** What an etcdutl command runs in. */
export interface EtcdutlContext {
  readonly process: Process;
  /** `3.6.14` or `3.5.30`. */
  readonly version: string;
}

/** The types that etcdutl's command table is made of. */
export type Etcdutl = CommandTypes<EtcdutlContext>;

export type EtcdutlCommand = Command<Etcdutl>;
export type EtcdutlCommandLine = CommandLine<Etcdutl>;

/** Whether it is the 3.5 line, which has fewer commands and other line numbers. */
export function is35(context: { readonly version: string }): boolean {
  return context.version.startsWith("3.5.");
}

export function print(context: EtcdutlContext, text: string): Task<void> {
  return writeText(context.process.stdout, text);
}

export function printError(context: EtcdutlContext, text: string): Task<void> {
  return writeText(context.process.stderr, text);
}

/** What a log field may hold. */
export type LogValue = string | number | boolean | readonly string[];

/** Writes a line of zap's console format to stderr: time, level, logger, caller, message, fields. */
export function log(
  context: EtcdutlContext,
  caller: string,
  message: string,
  fields: Readonly<Record<string, LogValue>> = {},
  logger?: string,
): Task<void> {
  const time = rfc3339(context.process.clock.now);
  const names = Object.keys(fields);
  const body = names.map((name) => `"${name}": ${valueText(fields[name] ?? "")}`).join(", ");
  const parts = [time, "info", ...(logger === undefined ? [] : [logger]), caller, message];
  return printError(context, `${[...parts, ...(names.length === 0 ? [] : [`{${body}}`])].join("\t")}\n`);
}

function valueText(value: LogValue): string {
  if (typeof value === "string") return zapJsonString(value);
  return Array.isArray(value) ? `[${value.map(zapJsonString).join(",")}]` : String(value);
}

/** What bbolt logs before it asks for a db's lock, since 3.6. */
export function* logOpening(context: EtcdutlContext, path: string, line = 203): Task<void> {
  if (is35(context)) return;
  const options =
    "{Timeout: 0s, NoGrowSync: false, NoFreelistSync: true, PreLoadFreelist: false, FreelistType: , ReadOnly: false, MmapFlags: 8000, InitialMmapSize: 10737418240, PageSize: 0, NoSync: false, OpenFile: 0x0, Mlock: false, Logger: 0xc0000a0000}";
  const message = `Opening db file (${path}) with mode -rw------- and with options: ${options}`;
  yield* log(context, `backend/backend.go:${line}`, message, {}, "bbolt");
}

/** What bbolt logs when it has opened a db, since 3.6. */
export function* logOpened(context: EtcdutlContext, path: string): Task<void> {
  if (is35(context)) return;
  yield* log(context, "bbolt/db.go:322", `Opening bbolt db (${path}) successfully`, {}, "bbolt");
}
