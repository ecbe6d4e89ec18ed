import type { ByteString } from "../../base/bytes.ts";
import type { Task } from "../../sim/task.ts";
import type { FileSystem } from "../../vfs/file-system.ts";
import { tombstone } from "../mvcc/version.ts";
import type { Member } from "../rpc/messages.ts";
import { clusterId, memberId } from "../server/member-id.ts";
import { saveSnapshot } from "../server/snap-folder.ts";
import { Wal } from "../server/wal.ts";
import { type Bucket, type DbContents, encodeDb } from "./db-file.ts";
import { recordOf } from "./key-record.ts";
import { memberKey, memberRecord, numberBytes, revisionBytes, storeOf } from "./schema.ts";

/** What `etcdutl snapshot restore` makes a data directory from. */
export interface RestoreOptions {
  readonly contents: DbContents;
  /** Octets of the snapshot's db, the least size of the new one. */
  readonly dbSize: number;
  readonly dataDir: string;
  /** Default: `<dataDir>/member/wal`. */
  readonly walDir?: string;
  readonly name: string;
  /** Names with their peer URLs; holds `name`. */
  readonly cluster: ReadonlyMap<string, readonly string[]>;
  readonly token: string;
  /** Added to the revision. */
  readonly bumpRevision?: number;
  /** Everything up to the (bumped) revision counts as compacted. */
  readonly markCompacted?: boolean;
}

/**
 * Writes a data directory that holds the snapshot's keys, leases, users and alarms, and a new cluster: term 1, and one
 * log entry per member already applied. Gives the cluster's members. Mirrors etcdutl/snapshot/v3_snapshot.go.
 */
export function* restoreMember(fs: FileSystem, options: RestoreOptions): Task<readonly Member[]> {
  const members = [...options.cluster].map(([name, urls]): Member => {
    const peerUrls = [...urls].sort();
    return { id: memberId(peerUrls, options.token), name, peerUrls, clientUrls: [], isLearner: false };
  });
  const local = members.find((member) => member.name === options.name);
  if (local === undefined) throw new Error(`no member ${options.name} in the cluster`);
  const place = { term: 1, index: members.length };
  const snapDir = `${options.dataDir}/member/snap`;
  fs.mkdir(snapDir, { parents: true, mode: 0o700 });
  yield* writeDb(fs, `${snapDir}/db`, encodeDb(contentsFor(options, members), options.dbSize));
  yield* saveSnapshot(fs, snapDir, place, { list: () => members });
  const walDir = options.walDir ?? `${options.dataDir}/member/wal`;
  const head = { memberId: local.id, clusterId: clusterId(members.map((member) => member.id)) };
  const wal = yield* Wal.create(fs, walDir, head, place);
  wal.save({ term: 1, vote: 0n, commit: members.length }, []);
  yield* wal.sync();
  wal.close();
  fs.unlink(`${walDir}/0.tmp`);
  return members;
}

/** The snapshot's contents with the new cluster's members in place of the old ones. */
function contentsFor(options: RestoreOptions, members: readonly Member[]): DbContents {
  const contents = new Map<Bucket, Map<ByteString, Uint8Array>>();
  for (const [bucket, records] of options.contents) contents.set(bucket, new Map(records));
  const meta = contents.get("meta") ?? new Map<ByteString, Uint8Array>();
  meta.set("consistent_index", numberBytes(members.length));
  meta.set("term", numberBytes(1));
  contents.set("meta", meta);
  contents.set("members_removed", new Map());
  contents.set("members", new Map(members.map((member) => [memberKey(member.id), memberRecord(member)])));
  bump(contents, options);
  return contents;
}

function bump(contents: Map<Bucket, Map<ByteString, Uint8Array>>, options: RestoreOptions): void {
  const by = options.bumpRevision ?? 0;
  if (by === 0 && options.markCompacted !== true) return;
  const revision = storeOf(contents).revision + by;
  if (by > 0) {
    const { key, value } = recordOf(tombstone("", revision, 0));
    contents.get("key")?.set(key, value);
  }
  if (options.markCompacted !== true) return;
  const store = storeOf(contents);
  store.compact(revision);
  contents.set("key", new Map(store.versions.map(recordOf).map(({ key, value }) => [key, value])));
  contents.get("meta")?.set("scheduledCompactRev", revisionBytes(revision));
  contents.get("meta")?.set("finishedCompactRev", revisionBytes(revision));
}

function* writeDb(fs: FileSystem, path: string, bytes: Uint8Array): Task<void> {
  const file = fs.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  file.write(0, bytes);
  yield* file.fsync();
  file.close();
}
