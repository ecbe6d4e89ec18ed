import type { Consensus, HardState, LogEntry, RaftLogger, RaftMessage, Ready, Role } from "./consensus.ts";

/** Where a member's log stands when it starts. */
export interface SingleNodeStart {
  readonly id: bigint;
  readonly hardState: HardState;
  /** Entries on disk behind `applied`, in order. */
  readonly entries: readonly LogEntry[];
  /** Index up to which the state already holds the log's effects. */
  readonly applied: number;
  readonly lastIndex: number;
}

/**
 * A log with one voter, who agrees with itself as soon as its disk does:
 *
 *     propose -> unstable --takeReady/advance--> stable = commit --takeReady/advance--> applied
 *
 * It is the whole of raft for one member; several members fill the same interface with elections and replication.
 */
export class SingleNodeLog implements Consensus {
  readonly id: bigint;
  role: Role = "follower";
  term: number;
  leader = 0n;
  lastIndex: number;
  commit: number;
  private vote: bigint;
  private readonly log: RaftLogger;
  private unstable: LogEntry[] = [];
  private toApply: LogEntry[] = [];
  /** Written before a crash but not known to be committed; the next leader, this member itself, commits them. */
  private pending: LogEntry[];
  private stateChanged = false;
  /** Other voters that never started: a majority cannot be had without them. */
  private blocked = false;

  constructor(start: SingleNodeStart, log: RaftLogger) {
    this.id = start.id;
    this.log = log;
    this.term = start.hardState.term;
    this.vote = start.hardState.vote;
    this.lastIndex = start.lastIndex;
    this.commit = Math.max(start.hardState.commit, start.applied);
    this.toApply = start.entries.filter((entry) => entry.index > start.applied && entry.index <= this.commit);
    this.pending = start.entries.filter((entry) => entry.index > this.commit);
  }

  tick(): void {
    // A lone voter has nobody to send heartbeats to; its first election is called by the host with `campaign`.
  }

  campaign(): void {
    const name = this.id.toString(16);
    this.log(`${name} is starting a new election at term ${this.term}`, "v3/raft.go:988");
    this.log(`${name} became pre-candidate at term ${this.term}`, "v3/raft.go:930");
    this.log(`${name} received MsgPreVoteResp from ${name} at term ${this.term}`, "v3/raft.go:1077");
    this.log(`${name} has received 1 MsgPreVoteResp votes and 0 vote rejections`, "v3/raft.go:1693");
    this.term++;
    this.vote = this.id;
    this.log(`${name} became candidate at term ${this.term}`, "v3/raft.go:912");
    this.log(`${name} received MsgVoteResp from ${name} at term ${this.term}`, "v3/raft.go:1077");
    this.log(`${name} has received 1 MsgVoteResp votes and 0 vote rejections`, "v3/raft.go:1693");
    this.role = "leader";
    this.leader = this.id;
    this.log(`${name} became leader at term ${this.term}`, "v3/raft.go:970");
    this.log(`raft.node: ${name} elected leader ${name} at term ${this.term}`, "v3/node.go:370");
    this.stateChanged = true;
    this.toApply.push(...this.pending);
    this.pending = [];
    this.append("normal", new Uint8Array(0));
  }

  step(_message: RaftMessage): void {
    // No other member speaks to a single node.
  }

  propose(kind: LogEntry["kind"], data: Uint8Array): number | undefined {
    if (this.role !== "leader") return undefined;
    return this.append(kind, data);
  }

  readIndex(): number | undefined {
    return this.role === "leader" && !this.blocked ? this.commit : undefined;
  }

  configure(voters: readonly bigint[], learners: readonly bigint[]): void {
    this.blocked = voters.some((voter) => voter !== this.id);
    const learning = learners.length === 0 ? "" : ` learners=(${learners.join(" ")})`;
    this.log(
      `${this.id.toString(16)} switched to configuration voters=(${voters.join(" ")})${learning}`,
      "v3/raft.go:1981",
    );
  }

  get hasReady(): boolean {
    return this.stateChanged || this.unstable.length > 0 || this.toApply.length > 0;
  }

  takeReady(): Ready {
    const ready: Ready = {
      hardState: this.stateChanged ? { term: this.term, vote: this.vote, commit: this.commit } : undefined,
      entries: this.unstable,
      messages: [],
      committed: this.toApply,
    };
    this.stateChanged = false;
    this.unstable = [];
    this.toApply = [];
    return ready;
  }

  advance(ready: Ready): void {
    const last = ready.entries.at(-1);
    if (last === undefined) return;
    if (this.blocked) {
      this.pending.push(...ready.entries);
      return;
    }
    this.commit = last.index;
    this.stateChanged = true;
    this.toApply.push(...ready.entries);
  }

  private append(kind: LogEntry["kind"], data: Uint8Array): number {
    this.lastIndex++;
    this.unstable.push({ term: this.term, index: this.lastIndex, kind, data });
    return this.lastIndex;
  }
}
