import { formatGoDuration } from "../../base/cli/go-duration.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";
import { REQUEST_TIMEOUT_MS } from "./request-timeout.ts";

/** Hands the leadership to another voter and waits until it leads. Throws `EtcdError`. Mirrors etcdserver moveLeader. */
export function* moveLeader(member: Member, to: bigint): Task<void> {
  const { membership } = member.state;
  const target = membership.get(to);
  if (target === undefined || target.isLearner) throw new EtcdError("BadTransferee");
  const { log, clock } = member.host;
  const self = { "local-member-id": member.consensus.id.toString(16) };
  const from = member.consensus.leader.toString(16);
  const startedAt = clock.uptime;
  log.info("etcdserver/server.go:1257", "leadership transfer starting", {
    ...self,
    "current-leader-member-id": from,
    "transferee-member-id": to.toString(16),
  });
  member.step((consensus) => consensus.transferLeadership(to));
  while (member.consensus.leader !== to) {
    if (clock.uptime - startedAt >= REQUEST_TIMEOUT_MS) throw new EtcdError("TimeoutLeaderTransfer");
    yield* sleep(clock, member.config.heartbeatMs);
  }
  log.info("etcdserver/server.go:1274", "leadership transfer finished", {
    ...self,
    "old-leader-member-id": from,
    "new-leader-member-id": to.toString(16),
    took: formatGoDuration(clock.uptime - startedAt),
  });
}

/** Before a leader ends it hands its leadership to whom it has been connected with longest. */
export function* handOver(member: Member): Task<void> {
  const { log } = member.host;
  const { id, leader } = member.consensus;
  const fields = { "local-member-id": id.toString(16), "current-leader-member-id": leader.toString(16) };
  if (!member.isLeader) {
    log.info("etcdserver/server.go:1288", "skipped leadership transfer; local server is not leader", fields);
    return;
  }
  const voters = member.state.membership.voters.filter((voter) => voter.id !== id);
  if (voters.length === 0) {
    log.info("etcdserver/server.go:1300", "skipped leadership transfer for single voting member cluster", fields);
    return;
  }
  try {
    const since = (voter: bigint) => member.transport.activeSince(voter) ?? Number.POSITIVE_INFINITY;
    const [longest] = voters.map((voter) => voter.id).sort((a, b) => since(a) - since(b));
    if (longest === undefined || since(longest) === Number.POSITIVE_INFINITY) throw new EtcdError("UnhealthyCluster");
    yield* moveLeader(member, longest);
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    const self = { "local-member-id": id.toString(16), error: error.message };
    log.warn("etcdserver/server.go:1331", "leadership transfer failed", self);
  }
}
