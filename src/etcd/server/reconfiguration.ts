import { NO_BODY } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { PeerError } from "../peer/peer-client.ts";
import { quorumOf } from "../raft/voters.ts";
import { RpcError } from "../rpc/client.ts";
import type { Member as ClusterMember } from "../rpc/messages.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";
import type { ConfChange } from "./request.ts";
import { REQUEST_TIMEOUT_MS } from "./request-timeout.ts";

/** A member counts as connected if it has been for so long. */
const HEALTH_INTERVAL_MS = 5000;
/** How much of the leader's log a learner must have before it may vote. */
const READY_SHARE = 0.9;

/** Whether a change of the membership would leave the cluster able to agree (strict-reconfig-check). Throws `EtcdError`. */
export function checkChange(member: Member, change: ConfChange): void {
  if (!member.config.strictReconfigCheck) return;
  const { membership } = member.state;
  membership.checkQuorum(change);
  // A new voter counts as unavailable; a lone member may add one all the same.
  const voters = membership.voters.length;
  if (change.op === "member_add" && voters > 1 && connected(member) < quorumOf(voters + 1))
    reject(member, "add", "majority", "etcdserver/server.go:1433");
  if (change.op === "member_remove") checkRemoval(member, change.id);
}

function checkRemoval(member: Member, id: bigint): void {
  const { membership } = member.state;
  if (membership.get(id)?.isLearner === true) return;
  // Whoever is down is no part of the quorum that works.
  if (id !== membership.localId && member.transport.activeSince(id) === undefined) return;
  if (connected(member) - 1 < 1 + Math.floor((membership.voters.length - 1) / 2))
    reject(member, "remove", "all", "etcdserver/server.go:1644");
}

function reject(member: Member, what: "add" | "remove", whom: string, caller: string): never {
  const { membership } = member.state;
  member.host.log.warn(
    caller,
    `rejecting member ${what} request; local member has not been connected to ${whom} peers, reconfigure breaks active quorum`,
    { "local-member-id": membership.localId.toString(16), error: "etcdserver: unhealthy cluster" },
  );
  throw new EtcdError("UnhealthyCluster");
}

/** Voters that have been reachable for a while, this member among them. */
function connected(member: Member): number {
  const since = member.host.clock.uptime - HEALTH_INTERVAL_MS;
  return member.state.membership.voters.filter(({ id }) => member.isConnectedSince(id, since)).length;
}

/** Makes a learner a voter. Only the leader knows how far it is, so others ask the leader. Throws `EtcdError`. */
export function* promote(member: Member, id: bigint, commit: () => Task<void>): Task<readonly ClusterMember[]> {
  const { membership } = member.state;
  membership.validate({ op: "member_promote", id });
  if (!member.isLeader) return yield* promoteElsewhere(member, id);
  const learner = member.consensus.matchOf(id) ?? 0;
  const own = member.consensus.matchOf(member.consensus.id) ?? 0;
  if (learner < own * READY_SHARE) {
    member.host.log.error("etcdserver/server.go:1602", "rejecting promote learner: learner is not ready", {
      "learner-id": id.toString(16),
      "ready-to-promote-threshold": READY_SHARE,
    });
    throw new EtcdError("LearnerNotReady");
  }
  yield* commit();
  return membership.list();
}

function* promoteElsewhere(member: Member, id: bigint): Task<readonly ClusterMember[]> {
  const leader = member.state.membership.get(member.consensus.leader);
  if (leader === undefined) throw new EtcdError("NoLeader");
  for (const url of leader.peerUrls) {
    try {
      const request = { method: "POST", path: `/members/promote/${id}`, headers: {}, body: NO_BODY };
      const { status } = yield* member.transport.client.fetch(url, request, REQUEST_TIMEOUT_MS);
      if (status === 200) return member.state.membership.list();
      if (status === 404) throw new EtcdError("MemberNotFound");
      if (status === 412) throw new EtcdError("LearnerNotReady");
      throw new RpcError("Unknown", "member promote: unknown error");
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
    }
  }
  throw new EtcdError("Timeout");
}
