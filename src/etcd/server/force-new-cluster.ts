import type { Task } from "../../sim/task.ts";
import type { LogEntry } from "../raft/consensus.ts";
import type { Backend } from "./backend.ts";
import type { MemberHost } from "./member.ts";
import { Membership } from "./membership.ts";
import { type ConfChange, decodeEnvelope, encodeEnvelope, isConfChange } from "./request.ts";
import type { Wal, WalRecords } from "./wal.ts";

/** A member's log, and how much of it was agreed on before it was made the only one. */
export interface ForcedLog {
  readonly wal: Wal;
  readonly records: WalRecords;
  readonly forcedFrom: number;
}

/**
 * Makes a member the only one, whoever was there besides: what was not agreed on is dropped, and the removal of all
 * others is agreed on by definition. For a cluster whose quorum is lost for good (--force-new-cluster, bootstrap.go).
 * `stored` is the index that the db holds.
 */
export function* forceNewCluster(
  host: MemberHost,
  backend: Backend,
  { wal, records }: { readonly wal: Wal; readonly records: WalRecords },
  stored: number,
): Task<ForcedLog> {
  const { term, vote } = records.hardState;
  const agreed = Math.max(records.hardState.commit, stored);
  const kept = records.entries.filter(({ index }) => index <= agreed);
  const dropped = records.entries.length - kept.length;
  if (dropped > 0)
    host.log.info("etcdserver/bootstrap.go:702", "discarding uncommitted WAL entries", {
      "entry-index": agreed + 1,
      "commit-index-from-wal": agreed,
      "number-of-discarded-entries": dropped,
    });
  const changes = removals(host, backend, records, kept, stored);
  const added = changes.map((body, i): LogEntry => {
    const data = encodeEnvelope({ id: 0n, username: "", authRevision: 0, body });
    return { term, index: agreed + 1 + i, kind: "conf-change", data };
  });
  const hardState = { term, vote, commit: agreed + added.length };
  wal.save(hardState, added);
  yield* wal.sync();
  return {
    wal,
    records: { ...records, hardState, entries: [...kept, ...added] },
    forcedFrom: records.hardState.commit,
  };
}

/** What leaves this member as the only one, and a voter. */
function removals(
  host: MemberHost,
  backend: Backend,
  records: WalRecords,
  entries: readonly LogEntry[],
  stored: number,
): ConfChange[] {
  const known = new Membership({ clusterId: records.clusterId, localId: records.memberId }, backend, host.log);
  const members = new Map(known.list().map((member) => [member.id, member.isLearner]));
  for (const { index, kind, data } of entries) {
    if (kind !== "conf-change" || index <= stored) continue;
    const { body } = decodeEnvelope(data);
    if (!isConfChange(body)) continue;
    if (body.op === "member_add") members.set(body.member.id, body.member.isLearner);
    else if (body.op === "member_remove") members.delete(body.id);
    else if (body.op === "member_promote") members.set(body.id, false);
  }
  const others = [...members.keys()].filter((id) => id !== records.memberId);
  const changes: ConfChange[] = others.map((id) => ({ op: "member_remove", id }));
  if (members.get(records.memberId) === true) changes.push({ op: "member_promote", id: records.memberId });
  return changes;
}
