import { tally } from "./voters.ts";

/** A read that waits until a quorum has confirmed the leader. */
export interface WaitingRead {
  readonly read: bigint;
  /** Who asked the leader. */
  readonly from: bigint;
  /** What was committed when it was asked for. */
  readonly index: number;
}

/**
 * Reads in the order in which a leader heard of them. Whoever answers a heartbeat that was sent for one of them confirms
 * it and all before it. Mirrors go.etcd.io/raft read_only.go.
 */
export class ReadQueue {
  private readonly waiting: (WaitingRead & { readonly confirmed: Map<bigint, boolean> })[] = [];

  add(read: WaitingRead, self: bigint): void {
    if (this.waiting.some((other) => other.read === read.read)) return;
    this.waiting.push({ ...read, confirmed: new Map([[self, true]]) });
  }

  /** The latest read, for heartbeats that go out by themselves; 0 when none waits. */
  get latest(): bigint {
    return this.waiting.at(-1)?.read ?? 0n;
  }

  /** A member answered; gives the reads that may go on. */
  confirm(read: bigint, by: bigint, voters: ReadonlySet<bigint>): readonly WaitingRead[] {
    const at = this.waiting.findIndex((waiting) => waiting.read === read);
    const found = this.waiting[at];
    if (found === undefined) return [];
    found.confirmed.set(by, true);
    return tally(voters, found.confirmed) === "won" ? this.waiting.splice(0, at + 1) : [];
  }
}
