import { Signal } from "../../sim/signal.ts";
import type { Member } from "./member.ts";

/** A stream that wants a leader bears so many election timeouts without one. */
const LEADERLESS_CHECKS = 3;

/** Who leads, as this member has seen it, and who wants to know of it. */
export class LeadershipWatch {
  /** Woken when another leader was elected, or none is left. */
  readonly changed = new Signal();
  /** How often another leader was elected. */
  leaderChanges = 0;
  /** When this member was elected, by its clock. */
  electedAt = Number.NEGATIVE_INFINITY;
  private readonly member: Member;
  private leader = 0n;
  private led = false;
  private checks = 0;
  private readonly streams = new Set<() => void>();

  constructor(member: Member) {
    this.member = member;
  }

  /** Compares with what was known before. */
  look(): void {
    const { consensus, state, host } = this.member;
    const leads = consensus.role === "leader";
    if (this.led && !leads) state.lessor.demote();
    if (leads && !this.led) this.electedAt = host.clock.uptime;
    this.led = leads;
    if (consensus.leader === this.leader) return;
    this.leader = consensus.leader;
    if (this.leader !== 0n) this.leaderChanges++;
    this.changed.notify();
    this.member.reads.notify();
  }

  /** Calls `end` once there has been no leader for too long; gives how to stop caring. */
  require(end: () => void): () => void {
    this.streams.add(end);
    return () => this.streams.delete(end);
  }

  /** An election timeout has gone by. */
  check(): void {
    this.checks = this.leader === 0n ? this.checks + 1 : 0;
    if (this.checks < LEADERLESS_CHECKS) return;
    for (const end of [...this.streams]) end();
    this.streams.clear();
  }
}
