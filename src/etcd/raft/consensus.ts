/** One entry of the replicated log. `data` is opaque here; an empty entry is a new leader's first one. */
export interface LogEntry {
  readonly term: number;
  readonly index: number;
  readonly kind: "normal" | "conf-change";
  readonly data: Uint8Array;
}

/** What a member must remember of elections over a restart. */
export interface HardState {
  readonly term: number;
  /** The member voted for in this term; 0 for none. */
  readonly vote: bigint;
  readonly commit: number;
}

/** A message to another member. */
export interface RaftMessage {
  readonly to: bigint;
  readonly from: bigint;
  readonly type: string;
  readonly term: number;
  readonly body: unknown;
}

/**
 * Work for the host, to be done in this order: write `hardState` and `entries` to disk (and fsync if there are
 * entries), send `messages`, apply `committed`, then call `advance`. Mirrors go.etcd.io/raft rawnode.go Ready.
 */
export interface Ready {
  readonly hardState: HardState | undefined;
  readonly entries: readonly LogEntry[];
  readonly messages: readonly RaftMessage[];
  readonly committed: readonly LogEntry[];
}

export type Role = "follower" | "pre-candidate" | "candidate" | "leader" | "learner";

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
  /** One heartbeat interval has gone by. */
  tick(): void;
  /** Stands for election now. */
  campaign(): void;
  step(message: RaftMessage): void;
  /** Puts an entry into the log if this member leads; says at which index, or undefined if it does not lead. */
  propose(kind: LogEntry["kind"], data: Uint8Array): number | undefined;
  /** The index that must be applied before a linearizable read; undefined while the leader cannot know it. */
  readIndex(): number | undefined;
  /** A change of the membership was applied: who votes and who only learns from now on. */
  configure(voters: readonly bigint[], learners: readonly bigint[]): void;
  readonly hasReady: boolean;
  takeReady(): Ready;
  /** The work of `ready` is done. */
  advance(ready: Ready): void;
}

/** What raft says about itself, for the member's log (`8e9e became leader at term 2`). */
export type RaftLogger = (line: string, caller: string) => void;
