import { type RunningTask, sleep, type Task } from "../../sim/task.ts";
import { SERVER_REVISION } from "./apply-auth.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";

/** etcd looks for expired leases every 500 ms. */
const CHECK_INTERVAL_MS = 500;

/** Proposes the end of leases that ran out, while this member leads. Wakes only when one can have. */
export class LeaseExpirer {
  private readonly member: Member;
  /** Waits for the next expiry; a task of the member's, so that it ends with it. */
  private waiting: RunningTask<void> | undefined;
  private dueAt = Number.POSITIVE_INFINITY;
  private running = false;

  constructor(member: Member) {
    this.member = member;
  }

  /** Leases came or changed: see when the next one ends. */
  arm(): void {
    const { clock, tasks } = this.member.host;
    const next = this.member.state.lessor.nextExpiry();
    if (this.running || !Number.isFinite(next)) return;
    const at = Math.max(clock.uptime, Math.ceil(next / CHECK_INTERVAL_MS) * CHECK_INTERVAL_MS);
    if (at >= this.dueAt) return;
    this.waiting?.cancel();
    this.dueAt = at;
    this.waiting = tasks.spawn("etcd/lease-expiry", this.expireAt(at));
  }

  private *expireAt(at: number): Task<void> {
    const { clock } = this.member.host;
    yield* sleep(clock, at - clock.uptime);
    this.waiting = undefined;
    this.dueAt = Number.POSITIVE_INFINITY;
    if (!this.member.isLeader) return;
    this.running = true;
    try {
      for (const id of this.member.state.lessor.expired(this.member.host.clock.uptime)) yield* this.revoke(id);
    } finally {
      this.running = false;
    }
    this.arm();
  }

  private *revoke(id: bigint): Task<void> {
    try {
      yield* this.member.propose({ op: "lease_revoke", id }, THE_SERVER);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      this.member.host.log.warn("etcdserver/server.go:903", "failed to revoke lease", {
        "lease-id": id.toString(16).padStart(16, "0"),
        error: error.message,
      });
    }
  }
}

const THE_SERVER = { username: "", revision: SERVER_REVISION };
