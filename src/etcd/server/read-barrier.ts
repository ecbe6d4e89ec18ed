import { Future, Signal } from "../../sim/signal.ts";
import { type RunningTask, type Task, waitAtMost, waitFor } from "../../sim/task.ts";
import type { ReadState } from "../raft/consensus.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";
import { REQUEST_TIMEOUT_MS } from "./request-timeout.ts";

/** After so long without an answer the leader is asked again. */
const RETRY_MS = 500;

/** What became of one question to the leader. */
type Outcome = EtcdError | undefined;

/**
 * Waits of linearizable reads in a cluster of several members. Reads that come while a question to the leader is open
 * wait for the next one, which all of them share (etcdserver/v3_server.go, linearizableReadLoop).
 */
export class ReadBarrier {
  private readonly member: Member;
  private readonly answers = new Map<bigint, number>();
  private readonly changed = new Signal();
  private next: Future<Outcome> | undefined;
  private asking: RunningTask<void> | undefined;

  constructor(member: Member) {
    this.member = member;
  }

  /** Waits until what was agreed on before now has been applied. Throws `EtcdError`. */
  *wait(): Task<void> {
    this.next ??= new Future();
    const mine = this.next;
    if (this.asking === undefined) {
      this.asking = this.member.host.tasks.spawn("etcd/read-index", this.ask());
      this.asking.onEnd(() => {
        this.asking = undefined;
      });
    }
    const problem = yield* waitFor(mine);
    if (problem !== undefined) throw problem;
  }

  /** The leader answered. */
  take(states: readonly ReadState[]): void {
    for (const { read, index } of states) this.answers.set(read, index);
    if (states.length > 0) this.changed.notify();
  }

  /** Something happened that waiting reads want to know: entries were applied, or another leader was elected. */
  notify(): void {
    this.changed.notify();
  }

  private *ask(): Task<void> {
    while (this.next !== undefined) {
      const batch = this.next;
      this.next = undefined;
      batch.settle(yield* this.question());
      this.answers.clear();
    }
  }

  private *question(): Task<Outcome> {
    const { clock } = this.member.host;
    const deadline = clock.uptime + REQUEST_TIMEOUT_MS;
    const { leaderChanges } = this.member.leadership;
    const asked = new Set<bigint>();
    let retryAt = clock.uptime;
    for (;;) {
      const index = [...asked].map((id) => this.answers.get(id)).find((found) => found !== undefined);
      if (index !== undefined) return yield* this.applied(index);
      if (this.member.leadership.leaderChanges !== leaderChanges) return new EtcdError("LeaderChanged");
      if (clock.uptime >= deadline) {
        this.member.host.log.warn(
          "etcdserver/v3_server.go:1030",
          "timed out waiting for read index response (local node might have slow network)",
          { timeout: "7s" },
        );
        return new EtcdError("Timeout");
      }
      if (clock.uptime >= retryAt) {
        if (asked.size > 0) this.complain([...asked].at(-1) ?? 0n);
        const id = this.member.ids.next();
        asked.add(id);
        this.member.requestRead(id);
        retryAt = clock.uptime + RETRY_MS;
        continue;
      }
      yield* waitAtMost(clock, this.changed, Math.min(retryAt, deadline) - clock.uptime);
    }
  }

  private *applied(index: number): Task<undefined> {
    while (this.member.appliedIndex < index) yield* waitFor(this.changed);
    return undefined;
  }

  private complain(read: bigint): void {
    this.member.host.log.warn(
      "etcdserver/v3_server.go:1016",
      "waiting for ReadIndex response took too long, retrying",
      { "sent-request-id": read, "retry-timeout": "500ms" },
    );
  }
}
