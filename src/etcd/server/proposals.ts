import { Future } from "../../sim/signal.ts";
import { type Task, waitAtMost } from "../../sim/task.ts";
import type { LogEntry } from "../raft/consensus.ts";
import { quorumOf } from "../raft/voters.ts";
import { Writer } from "../snapshot/codec.ts";
import type { Applied } from "./applier.ts";
import type { AuthInfo } from "./auth-store.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";
import { decodeEnvelope, type Envelope, encodeEnvelope, type InternalRequest, isConfChange } from "./request.ts";
import { REQUEST_TIMEOUT_MS } from "./request-timeout.ts";

/** Requests of this member's clients on their way into the log and back (etcdserver/v3_server.go, processInternalRaftRequest). */
export class Proposals {
  private readonly member: Member;
  private readonly waiting = new Map<bigint, Future<Applied>>();
  private readonly writer = new Writer();
  /** What this member proposed as a leader: another leader's entry may stand at that index in the end. */
  private readonly unencoded = new Map<number, { readonly data: Uint8Array; readonly envelope: Envelope }>();

  constructor(member: Member) {
    this.member = member;
  }

  /**
   * Has a request agreed on and applied; gives its answer. Throws `EtcdError`: the request's own failure, `Timeout`
   * when nobody agrees in time, `RequestTooLarge`.
   */
  *propose(body: InternalRequest, info: AuthInfo): Task<unknown> {
    const { member } = this;
    const envelope: Envelope = { id: member.ids.next(), username: info.username, authRevision: info.revision, body };
    const data = encodeEnvelope(envelope, this.writer);
    if (data.length > member.config.maxRequestBytes) throw new EtcdError("RequestTooLarge");
    const done = new Future<Applied>();
    this.waiting.set(envelope.id, done);
    try {
      const startedAt = member.host.clock.uptime;
      yield* this.untilLed(startedAt);
      this.submit(envelope, data);
      const race = yield* waitAtMost(member.host.clock, done, this.left(startedAt));
      if (race.status === "timeout") throw this.timeoutError(startedAt);
      if ("error" in race.value) throw race.value.error;
      return race.value.answer;
    } finally {
      this.waiting.delete(envelope.id);
    }
  }

  /** An entry's request; undefined for an empty entry. */
  envelopeOf(entry: LogEntry): Envelope | undefined {
    const proposed = this.unencoded.get(entry.index);
    this.unencoded.delete(entry.index);
    if (entry.data.length === 0) return undefined;
    return proposed?.data === entry.data ? proposed.envelope : decodeEnvelope(entry.data);
  }

  /** A request was carried out; who asked for it here, hears of it. */
  settle(id: bigint, outcome: Applied): void {
    this.waiting.get(id)?.settle(outcome);
  }

  private submit(envelope: Envelope, data: Uint8Array): void {
    const kind = isConfChange(envelope.body) ? "conf-change" : "normal";
    this.member.step((consensus) => {
      const proposed = consensus.propose(kind, data);
      if (proposed === "dropped") throw new EtcdError("ProposalDropped");
      if (proposed !== "forwarded") this.unencoded.set(proposed.index, { data, envelope });
    });
  }

  private left(startedAt: number): number {
    return startedAt + REQUEST_TIMEOUT_MS - this.member.host.clock.uptime;
  }

  /** Proposals wait for a leader. */
  private *untilLed(startedAt: number): Task<void> {
    const { consensus, host, leadership } = this.member;
    while (consensus.leader === 0n) {
      if (this.left(startedAt) <= 0) throw this.timeoutError(startedAt);
      yield* waitAtMost(host.clock, leadership.changed, this.left(startedAt));
    }
  }

  /** What a client is told that waited in vain, by what is known of the reason (parseProposeCtxErr). */
  private timeoutError(startedAt: number): EtcdError {
    const { member } = this;
    member.metrics.proposalsFailed++;
    const { electedAt } = member.leadership;
    const { leader, id } = member.consensus;
    if (startedAt > electedAt - 2 * member.config.electionTimeoutMs && startedAt < electedAt)
      return new EtcdError("TimeoutLeaderFailed");
    const { voters } = member.state.membership;
    const connected = voters.filter((voter) => member.isConnectedSince(voter.id, startedAt)).length;
    const isCutOff =
      leader === id
        ? connected < quorumOf(voters.length)
        : leader !== 0n && !member.isConnectedSince(leader, startedAt);
    return new EtcdError(isCutOff ? "TimeoutConnectionLost" : "Timeout");
  }
}
