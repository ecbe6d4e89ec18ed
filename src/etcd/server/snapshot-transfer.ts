import type { Task } from "../../sim/task.ts";
import type { HardState, RaftSnapshot } from "../raft/consensus.ts";
import { Reader } from "../snapshot/codec.ts";
import type { DbContents } from "../snapshot/db-file.ts";
import { compactedOf, versionsOf } from "../snapshot/schema.ts";
import type { MemberState } from "./applier.ts";
import type { Member } from "./member.ts";
import { receivedName, saveSnapshot } from "./snap-folder.ts";
import type { Wal } from "./wal.ts";

/**
 * A leader's whole state, taken in because this member's log is too far behind:
 *
 *     <index>.snap.db, fsync ──> mark in the WAL, fsync ──> renamed to db, read
 *
 * A crash between the last two is made good at the next start, where the WAL's mark is ahead of the db.
 */
export function* takeSnapshot(member: Member, wal: Wal, snapshot: RaftSnapshot, state: HardState): Task<void> {
  const { host, config } = member;
  const path = `${config.snapDir}/${receivedName(snapshot.index)}`;
  const file = host.fs.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  file.write(0, snapshot.data as Uint8Array);
  yield* file.fsync();
  file.close();
  yield* wal.mark(snapshot, { ...state, commit: Math.max(state.commit, snapshot.index) });
  const before = member.state.store.revision;
  reload(member.state, member.state.backend.replace(path));
  member.applier.load();
  member.watchable.restored(before);
  yield* saveSnapshot(host.fs, config.snapDir, snapshot, member.state.membership);
  host.log.info("etcdserver/raft.go:244", "applied incoming Raft snapshot", { "snapshot-index": snapshot.index });
}

function reload({ store, lessor, auth, membership }: MemberState, contents: DbContents): void {
  lessor.clear();
  for (const [key, value] of contents.get("lease") ?? [])
    lessor.restore(BigInt(`0x${key}`), new Reader(value).varint());
  store.clear();
  store.restore(versionsOf(contents), 1, compactedOf(contents));
  auth.load();
  membership.load();
}
