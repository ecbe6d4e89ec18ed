import { humanBytes } from "../../base/byte-size.ts";
import { CommandFailure, EXIT } from "../../base/cli/exit.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import { drawBoxes, drawTable } from "../../base/tablewriter.ts";
import { MvccError } from "../../etcd/mvcc/mvcc-error.ts";
import { PAGE_SIZE } from "../../etcd/snapshot/db-file.ts";
import { dbStatus, storeOf } from "../../etcd/snapshot/schema.ts";
import type { Task } from "../../sim/task.ts";
import { type EtcdutlContext, is35, print } from "./context.ts";
import { orFail, readDb, readDbOrPanic } from "./db-access.ts";

/** What a command found, for all output formats: name in JSON and fields, header in tables. */
interface Finding {
  readonly json: string;
  readonly field: string;
  readonly header: string;
  readonly value: number | string;
  /** As tables and people read it. */
  readonly shown: string;
}

/** `etcdutl snapshot status` */
export function* runStatus(context: EtcdutlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 1) {
    throw new CommandFailure(EXIT.badArgs, "snapshot status requires exactly one argument");
  }
  const { contents, db } = yield* readDb(context, parsed.args[0] ?? "");
  const status = orFail("read", () => dbStatus(contents));
  const old = is35(context);
  const keys = old ? status.totalRecords : status.totalKeys;
  const size = Math.ceil(db.length / PAGE_SIZE) * PAGE_SIZE;
  const findings: Finding[] = [
    finding("hash", "Hash", "hash", status.hash, status.hash.toString(16)),
    finding("revision", "Revision", "revision", status.revision),
    finding("totalKey", "Keys", "total keys", keys),
    finding("totalSize", "Size", "total size", size, humanBytes(size)),
    ...(old ? [] : [finding("version", "Version", "version", status.storageVersion)]),
  ];
  yield* print(context, format(context, parsed.string("write-out"), findings));
  return EXIT.ok;
}

/** `etcdutl hashkv` */
export function* runHashKv(context: EtcdutlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 1) throw new CommandFailure(EXIT.badArgs, "hashkv requires exactly one argument");
  const { contents } = yield* readDbOrPanic(context, parsed.args[0] ?? "");
  const { hash, revision, compacted } = hashAt(() => storeOf(contents).hash(parsed.number("rev")));
  const findings = [
    finding("hash", "Hash", "hash", hash),
    finding("hashRevision", "Hash revision", "hash revision", revision),
    finding("compactRevision", "Compact revision", "compact revision", compacted),
  ];
  yield* print(context, format(context, parsed.string("write-out"), findings));
  return EXIT.ok;
}

function hashAt<T>(hash: () => T): T {
  try {
    return orFail("read", hash);
  } catch (error) {
    if (!(error instanceof MvccError)) throw error;
    const which = error.message.includes("compact") ? "has been compacted" : "is a future revision";
    throw new CommandFailure(EXIT.error, `mvcc: required revision ${which}`);
  }
}

function finding(json: string, field: string, header: string, value: number | string, shown = String(value)): Finding {
  return { json, field, header, value, shown };
}

/** Fails with exit code 4 for a format that there is not, or that has no way to show it. */
function format(context: EtcdutlContext, name: string, findings: readonly Finding[]): string {
  switch (name) {
    case "simple":
      return `${findings.map((one) => one.shown).join(", ")}\n`;
    case "json":
      return `{${findings.map((one) => `"${one.json}":${jsonValue(one.value)}`).join(",")}}\n`;
    case "fields":
      return findings.map((one) => `"${one.field}" : ${one.value}\n`).join("");
    case "table": {
      const header = findings.map((one) => one.header);
      return (is35(context) ? drawBoxes : drawTable)(header, [findings.map((one) => one.shown)]);
    }
    case "protobuf":
      throw new CommandFailure(EXIT.badFeature, "protobuf not supported as output format");
    default:
      throw new CommandFailure(EXIT.badFeature, "unsupported output format");
  }
}

function jsonValue(value: number | string): string {
  return typeof value === "number" ? String(value) : `"${value}"`;
}
