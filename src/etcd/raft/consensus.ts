import type { RaftMessage } from "./message.ts";

/** A place of the log. */
export interface Place {
  readonly term: number;
  readonly index: number;
}

/** What an entry is about: a request, or a change of the membership. */
export type EntryKind = "normal" | "conf-change";

/** One entry of the replicated log. `data` is opaque here; an empty entry is a new leader's first one. */
export interface LogEntry extends Place {
  readonly kind: EntryKind;
  readonly data: Uint8Array;
}

/** What a member must remember of elections over a restart. */
export interface HardState {
  readonly term: number;
  /** The member voted for in this term; 0 for none. */
  readonly vote: bigint;
  readonly commit: number;
}

/** Who votes, and who only learns. */
export interface Configuration {
  readonly voters: readonly bigint[];
  readonly learners: readonly bigint[];
}

/** The log's effects up to a place, in place of its entries. `data` is the host's. */
export interface RaftSnapshot extends Place, Configuration {
  readonly data: unknown;
}

/** A read that asked for it may be answered once `index` is applied. */
export interface ReadState {
  readonly read: bigint;
  readonly index: number;
}

/**
 * Work for the host, to be done in this order: take `snapshot` in, write `hardState` and `entries` to disk (and fsync
 * if `mustSync`), send `messages`, apply `committed`, then call `advance`. Mirrors go.etcd.io/raft rawnode.go Ready.
 */
export interface Ready {
  readonly hardState: HardState | undefined;
  readonly entries: readonly LogEntry[];
  /** Whether something is among it that was promised to others once `messages` are sent. */
  readonly mustSync: boolean;
  readonly snapshot: RaftSnapshot | undefined;
  readonly messages: readonly RaftMessage[];
  readonly committed: readonly LogEntry[];
  readonly reads: readonly ReadState[];
}

export type Role = "follower" | "pre-candidate" | "candidate" | "leader";

/** What became of a proposal: where it stands in this leader's log, sent on to the leader, or let fall. */
export type Proposed = { readonly index: number } | "forwarded" | "dropped";

/**
 * Agreement on a log, as a state machine that never waits, reads no clock and touches no disk: `step` and `tick` go in,
 * `takeReady` comes out. The host owns time, network and disk.
 */
export interface Consensus {
  readonly id: bigint;
  readonly role: Role;
  readonly term: number;
  /** 0 while there is none. */
  readonly leader: bigint;
  readonly lastIndex: number;
  readonly commit: number;
  /** Whether this member is the only one that anything is agreed on with, and nobody learns from it. */
  readonly isAlone: boolean;
  readonly configuration: Configuration;
  /** One heartbeat interval has gone by. */
  tick(): void;
  /** Stands for election now. */
  campaign(): void;
  step(message: RaftMessage): void;
  propose(kind: EntryKind, data: Uint8Array): Proposed;
  /** The index that must be applied before a linearizable read, if this member can say so without asking anybody. */
  readIndex(): number | undefined;
  /** Asks for such an index; it comes with a `Ready`, or never. */
  requestRead(read: bigint): void;
  /** Hands the leadership on; a member that does not lead asks the leader to. */
  transferLeadership(to: bigint): void;
  /** A change of the membership was applied: who votes and who only learns from now on. */
  configure(configuration: Configuration): void;
  /** How far a member's log is known to agree with this leader's. */
  matchOf(member: bigint): number | undefined;
  reportUnreachable(member: bigint): void;
  reportSnapshot(member: bigint, arrived: boolean): void;
  /** Entries up to `index` are not needed in memory any more. */
  compact(index: number): void;
  /** Puts entries in front again that were forgotten, `before` being the place before them. */
  recall(before: Place, entries: readonly LogEntry[]): void;
  readonly hasReady: boolean;
  takeReady(): Ready;
  /** The work of `ready` is done. */
  advance(ready: Ready): void;
}

/** What raft says about itself, for the member's log (`8e9e became leader at term 2`). */
export type RaftLogger = (line: string, caller: string) => void;
