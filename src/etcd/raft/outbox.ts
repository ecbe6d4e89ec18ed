import type { HardState, RaftLogger, RaftSnapshot, ReadState, Ready } from "./consensus.ts";
import { hex } from "./leadership.ts";
import type { RaftMessage } from "./message.ts";
import type { RaftLog } from "./raft-log.ts";

/** What a member has for its host, and what the host knows already. */
export class Outbox {
  private readonly log: RaftLog;
  private messages: RaftMessage[] = [];
  private reads: ReadState[] = [];
  private snapshot: RaftSnapshot | undefined;
  private takingIn: RaftSnapshot | undefined;
  private told: HardState;
  private toldLeader = 0n;

  constructor(log: RaftLog, told: HardState) {
    this.log = log;
    this.told = told;
  }

  send(message: RaftMessage): void {
    this.messages.push(message);
  }

  allowRead(read: ReadState): void {
    this.reads.push(read);
  }

  /** A snapshot came, in whose place the log's entries are gone. */
  take(snapshot: RaftSnapshot): void {
    this.snapshot = snapshot;
  }

  /** A snapshot is not in the host's state yet. */
  get isTakingSnapshot(): boolean {
    return this.snapshot !== undefined || this.takingIn !== undefined;
  }

  hasReady(state: HardState): boolean {
    return (
      this.log.hasUnwritten ||
      this.log.hasCommitted ||
      this.messages.length > 0 ||
      this.reads.length > 0 ||
      this.snapshot !== undefined ||
      this.isNews(state)
    );
  }

  takeReady(state: HardState): Ready {
    const isNews = this.isNews(state);
    const promised = this.told.term !== state.term || this.told.vote !== state.vote;
    if (isNews) this.told = state;
    const entries = this.log.takeUnwritten();
    const ready: Ready = {
      hardState: isNews ? state : undefined,
      entries,
      mustSync: entries.length > 0 || promised,
      snapshot: this.snapshot,
      messages: this.messages,
      committed: this.log.takeCommitted(),
      reads: this.reads,
    };
    this.takingIn = this.snapshot ?? this.takingIn;
    this.snapshot = undefined;
    this.messages = [];
    this.reads = [];
    return ready;
  }

  advance(ready: Ready): void {
    if (ready.snapshot !== undefined) {
      this.log.appliedTo(ready.snapshot.index);
      if (this.takingIn === ready.snapshot) this.takingIn = undefined;
    }
    const applied = ready.committed.at(-1);
    if (applied !== undefined) this.log.appliedTo(applied.index);
    const written = ready.entries.at(-1);
    if (written !== undefined) this.log.stableTo(written);
  }

  /** Says who leads, when that is news. */
  tellLeader(id: bigint, leader: bigint, term: number, say: RaftLogger): void {
    const before = this.toldLeader;
    if (before === leader) return;
    this.toldLeader = leader;
    const self = `raft.node: ${hex(id)}`;
    if (leader === 0n) say(`${self} lost leader ${hex(before)} at term ${term}`, "v3/node.go:376");
    else if (before === 0n) say(`${self} elected leader ${hex(leader)} at term ${term}`, "v3/node.go:370");
    else say(`${self} changed leader from ${hex(before)} to ${hex(leader)} at term ${term}`, "v3/node.go:372");
  }

  private isNews({ term, vote, commit }: HardState): boolean {
    return term !== this.told.term || vote !== this.told.vote || commit !== this.told.commit;
  }
}
