import { humanBytes } from "../../base/byte-size.ts";
import { utf8 } from "../../base/bytes.ts";
import { CommandFailure, EXIT } from "../../base/cli/exit.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import { formatGoDuration } from "../../base/cli/go-duration.ts";
import type { Backend } from "../../etcd/server/backend.ts";
import type { DbContents } from "../../etcd/snapshot/db-file.ts";
import { textRecord, versionsOf } from "../../etcd/snapshot/schema.ts";
import type { Task } from "../../sim/task.ts";
import { FsError, goFsError } from "../../vfs/file-system.ts";
import { type EtcdutlContext, is35, type LogValue, log, logOpened, logOpening, printError } from "./context.ts";
import { openBackend } from "./db-access.ts";

/** `etcdutl defrag`: writes the db of a stopped member anew, without the pages that hold nothing. */
export function* runDefrag(context: EtcdutlContext, parsed: ParsedFlags): Task<number> {
  const dataDir = parsed.string("data-dir");
  const path = `${dataDir}/member/snap/db`;
  const failed = (fault: string) => `Failed to defragment etcd data[${dataDir}] (${fault})`;
  requireDb(context, path, failed);
  yield* logOpening(context, path);
  const { backend, contents } = yield* openBackend(context, path, () => {
    const instead = is35(context) ? "omit --data-dir." : "use `etcdctl defrag` instead.";
    const advice = `To defrag a running etcd instance, ${instead}`;
    return printError(context, `waiting for etcd to close and release its lock on "${path}". ${advice}\n`);
  });
  const startedAt = context.process.clock.uptime;
  const lines = is35(context) ? { begin: 527, end: 589 } : { begin: 522, end: 592 };
  const size = backend.pages.size;
  const inUse = backend.pages.inUse;
  yield* logOpened(context, path);
  yield* log(context, `backend/backend.go:${lines.begin}`, "defragmenting", { path, ...sizes(backend) });
  yield* rewritten(backend, contents, failed);
  yield* logOpening(context, path, 574);
  yield* logOpened(context, path);
  yield* log(context, `backend/backend.go:${lines.end}`, "finished defragmenting directory", {
    path,
    "current-db-size-bytes-diff": backend.pages.size - size,
    "current-db-size-bytes": backend.pages.size,
    "current-db-size": humanBytes(backend.pages.size),
    "current-db-size-in-use-bytes-diff": backend.pages.inUse - inUse,
    "current-db-size-in-use-bytes": backend.pages.inUse,
    "current-db-size-in-use": humanBytes(backend.pages.inUse),
    took: formatGoDuration(context.process.clock.uptime - startedAt),
  });
  backend.close();
  return EXIT.ok;
}

function* rewritten(backend: Backend, contents: DbContents, failed: (fault: string) => string): Task<void> {
  try {
    yield* backend.rewrite(versionsOf(contents), true);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    backend.close();
    throw new CommandFailure(EXIT.error, failed(goFsError("write", error)));
  }
}

function sizes(backend: Backend): Record<string, LogValue> {
  return {
    "current-db-size-bytes": backend.pages.size,
    "current-db-size": humanBytes(backend.pages.size),
    "current-db-size-in-use-bytes": backend.pages.inUse,
    "current-db-size-in-use": humanBytes(backend.pages.inUse),
  };
}

function requireDb(context: EtcdutlContext, path: string, text: (fault: string) => string): void {
  try {
    context.process.fs.stat(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandFailure(EXIT.error, text(goFsError("stat", error)));
  }
}

/** `etcdutl migrate`: marks a stopped member's db as that of another minor release. */
export function* runMigrate(context: EtcdutlContext, parsed: ParsedFlags): Task<number> {
  const target = parsed.string("target-version");
  checkTarget(target);
  const path = `${parsed.string("data-dir")}/member/snap/db`;
  requireDb(context, path, (text) => text);
  yield* logOpening(context, path);
  const { backend, contents } = yield* openBackend(context, path, () =>
    printError(context, `waiting for etcd to close and release its lock on "${path}"\n`),
  );
  yield* logOpened(context, path);
  const current = (textRecord(contents, "meta", "storageVersion") ?? "3.5.0").split(".").slice(0, 2).join(".");
  if (current === target) {
    const fields = { "storage-version": target };
    yield* log(context, "etcdutl/migrate_command.go:139", "storage version up-to-date", fields);
  } else {
    // 3.5 knows nothing of the mark: a db that has none is its
    backend.set("meta", "storageVersion", target === "3.5" ? undefined : utf8(`${target}.0`));
    yield* backend.commit();
    yield* log(context, "schema/migration.go:65", "updated storage version", { "new-storage-version": `${target}.0` });
  }
  backend.close();
  return EXIT.ok;
}

function checkTarget(target: string): void {
  const fault = (text: string) => new CommandFailure(EXIT.badArgs, text);
  const numbers = /^(\d+)\.(\d+)$/.exec(target);
  if (numbers === null)
    throw fault(`failed to parse target version: wrong version format ("${target}"), expected major.minor`);
  const version = Number(numbers[1]) * 1000 + Number(numbers[2]);
  if (version < 3005) throw fault(`target version "${target}" not supported. Minimal "3.5"`);
  if (version > 3006) throw fault(`target version "${target}" not supported. Maximal "3.6"`);
}
