import { CommandFailure, EXIT } from "../../base/cli/exit.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import { goQuote } from "../../base/go-quote.ts";
import { saveSnapshot } from "../../etcd/server/snap-folder.ts";
import { Wal } from "../../etcd/server/wal.ts";
import { type Bucket, type DbContents, encodeDb } from "../../etcd/snapshot/db-file.ts";
import { memberKey, memberRecord, numberBytes, revisionBytes, storeOf } from "../../etcd/snapshot/schema.ts";
import { CHECKSUM_SIZE, openSnapshot } from "../../etcd/snapshot/snapshot.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { type EtcdutlContext, is35, type LogValue, log, logOpened, logOpening } from "./context.ts";
import { orFail } from "./db-access.ts";
import { AdvertiseMismatch, planRestore, type RestorePlan } from "./restore-plan.ts";

/** Callers in upstream's log lines, by release. */
const CALLERS = {
  old: { restoring: 265, restored: 293, bumping: 356, marking: 373, trim: "membership/store.go:138", added: 421 },
  recent: { restoring: 305, restored: 333, bumping: 396, marking: 413, trim: "schema/membership.go:138", added: 424 },
};

/** Term of what a restore writes: the members' configuration, agreed on before any election. */
const TERM = 1;

/** `etcdutl snapshot restore`: makes a data directory in which the snapshot's keys live on in a new cluster. */
export function* runRestore(context: EtcdutlContext, parsed: ParsedFlags): Task<number> {
  const plan = yield* checkedPlan(context, parsed);
  const callers = is35(context) ? CALLERS.old : CALLERS.recent;
  const caller = (line: number) => `snapshot/v3_snapshot.go:${line}`;
  for (const [flag, directory] of [
    ["data-dir", plan.dataDir],
    ["wal-dir", plan.walDir],
  ] as const) {
    if (!isEmpty(context, directory)) {
      throw new CommandFailure(EXIT.error, `${flag} ${goQuote(directory)} not empty or could not be read`);
    }
  }
  const fields: Record<string, LogValue> = {
    path: plan.path,
    "wal-dir": plan.walDir,
    "data-dir": plan.dataDir,
    "snap-dir": plan.snapDir,
    "initial-memory-map-size": parsed.number("initial-memory-map-size"),
  };
  yield* log(context, caller(callers.restoring), "restoring snapshot", fields);
  const { contents, size } = readSnapshot(context, plan);
  const dbPath = `${plan.snapDir}/db`;
  yield* logOpening(context, dbPath);
  yield* logOpened(context, dbPath);
  yield* log(context, callers.trim, "Trimming membership information from the backend...");
  yield* logOpening(context, dbPath);
  yield* logOpened(context, dbPath);
  if (plan.bumpRevision > 0) yield* logBump(context, contents, plan, caller);
  for (const member of plan.members) {
    const added: Record<string, LogValue> = {
      "cluster-id": plan.clusterId.toString(16),
      "local-member-id": "0",
      "added-peer-id": member.id.toString(16),
      "added-peer-peer-urls": member.peerUrls,
      "added-peer-is-learner": false,
    };
    yield* log(context, `membership/cluster.go:${callers.added}`, "added member", added);
  }
  yield* writeDataDir(context, plan, contents, size);
  yield* logOpening(context, dbPath);
  yield* logOpened(context, dbPath);
  yield* log(context, caller(callers.restored), "restored snapshot", fields);
  return EXIT.ok;
}

function* checkedPlan(context: EtcdutlContext, parsed: ParsedFlags): Task<RestorePlan> {
  try {
    return planRestore(parsed);
  } catch (error) {
    if (!(error instanceof AdvertiseMismatch)) throw error;
    for (const url of error.resolved) {
      const host = url.replace(/^[^:]*:\/\//, "");
      const fields = { url, host, "resolved-addr": host };
      yield* log(context, "netutil/netutil.go:113", "resolved URL Host", fields);
    }
    throw new CommandFailure(EXIT.error, error.message);
  }
}

function isEmpty(context: EtcdutlContext, directory: string): boolean {
  const { fs } = context.process;
  try {
    return !fs.exists(directory) || fs.readdir(directory).length === 0;
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}

function readSnapshot(
  context: EtcdutlContext,
  plan: RestorePlan,
): { readonly contents: DbContents; readonly size: number } {
  const file = orFail("open", () => context.process.fs.readFile(plan.path));
  if (file.length < CHECKSUM_SIZE) throw new CommandFailure(EXIT.error, `seek ${plan.path}: invalid argument`);
  // upstream copies first and looks at the hash then, so a bad snapshot leaves a data directory behind
  orFail("mkdir", () => context.process.fs.mkdir(plan.snapDir, { parents: true, mode: 0o700 }));
  orFail("open", () => context.process.fs.writeFile(`${plan.snapDir}/db`, file, 0o600));
  const { contents, db } = orFail("read", () => openSnapshot(file, !plan.skipHashCheck));
  return { contents: restoredContents(contents, plan), size: db.length };
}

/** The snapshot's state with the new cluster's members, and the revision raised if that was asked for. */
function restoredContents(contents: DbContents, plan: RestorePlan): DbContents {
  const members = new Map(plan.members.map((member) => [memberKey(member.id), memberRecord(member)]));
  const meta = new Map(contents.get("meta") ?? []);
  meta.set("consistent_index", numberBytes(plan.members.length));
  meta.set("term", numberBytes(TERM));
  if (plan.bumpRevision > 0) {
    const revision = revisionBytes(storeOf(contents).revision + plan.bumpRevision);
    meta.set("scheduledCompactRev", revision);
    meta.set("finishedCompactRev", revision);
  }
  const restored = new Map<Bucket, Map<string, Uint8Array>>(contents);
  return restored.set("members", members).set("members_removed", new Map()).set("meta", meta);
}

function* logBump(
  context: EtcdutlContext,
  contents: DbContents,
  plan: RestorePlan,
  caller: (line: number) => string,
): Task<void> {
  const callers = is35(context) ? CALLERS.old : CALLERS.recent;
  const revision = storeOf(contents).revision;
  yield* log(context, caller(callers.bumping), "bumping latest revision", {
    "latest-revision": revision - plan.bumpRevision,
    "bump-amount": plan.bumpRevision,
    "new-latest-revision": revision,
  });
  yield* log(context, caller(callers.marking), "marking revision compacted", { revision });
  yield* logOpening(context, `${plan.snapDir}/db`);
  yield* logOpened(context, `${plan.snapDir}/db`);
}

function* writeDataDir(context: EtcdutlContext, plan: RestorePlan, contents: DbContents, size: number): Task<void> {
  const { fs } = context.process;
  const place = { term: TERM, index: plan.members.length };
  const file = orFail("open", () =>
    fs.open(`${plan.snapDir}/db`, { write: true, create: true, truncate: true, mode: 0o600 }),
  );
  file.write(0, encodeDb(contents, size));
  yield* file.fsync();
  file.close();
  const wal = yield* Wal.create(fs, plan.walDir, { memberId: plan.local.id, clusterId: plan.clusterId }, place);
  wal.save({ term: TERM, vote: plan.members[0]?.id ?? 0n, commit: place.index }, []);
  yield* wal.sync();
  wal.close();
  fs.removeTree(`${plan.walDir}/0.tmp`); // the file that a running member would cut its next segment from
  yield* saveSnapshot(fs, plan.snapDir, place, { list: () => plan.members });
}
