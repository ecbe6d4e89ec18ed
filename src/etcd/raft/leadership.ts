import type { Configuration, EntryKind, LogEntry, Proposed, RaftLogger, RaftSnapshot } from "./consensus.ts";
import type { MessageBody, RaftMessage } from "./message.ts";
import { Progress } from "./progress.ts";
import type { RaftLog } from "./raft-log.ts";
import { ReadQueue, type WaitingRead } from "./read-queue.ts";
import { agreedIndex, tally } from "./voters.ts";

/** What a leader needs of the member that leads. */
export interface LeadingMember {
  readonly id: bigint;
  readonly term: number;
  readonly log: RaftLog;
  readonly voters: ReadonlySet<bigint>;
  readonly learners: ReadonlySet<bigint>;
  readonly say: RaftLogger;
  send(to: bigint, body: MessageBody): void;
  /** The state as it was applied, for members that are too far behind. */
  snapshot(): RaftSnapshot | undefined;
  /** The leader is confirmed for a read. */
  allowRead(read: WaitingRead): void;
}

/** What a member does and knows while it leads, in one term. Mirrors the leader's half of go.etcd.io/raft raft.go. */
export class Leadership {
  /** To whom the leadership is being handed; 0: nobody. Meanwhile nothing new is proposed. */
  transferee = 0n;
  private readonly member: LeadingMember;
  private readonly progress = new Map<bigint, Progress>();
  private readonly reads = new ReadQueue();
  /** Reads that came before anything was committed in this term. */
  private postponed: Omit<WaitingRead, "index">[] = [];
  /** The latest change of the membership in the log; the next one waits until it is applied. */
  private pendingChange: number;

  constructor(member: LeadingMember) {
    this.member = member;
    this.pendingChange = member.log.lastIndex;
    this.follow();
    this.append("normal", new Uint8Array(0));
  }

  matchOf(id: bigint): number | undefined {
    return id === this.member.id ? this.member.log.stableIndex : this.progress.get(id)?.match;
  }

  propose(kind: EntryKind, data: Uint8Array): Proposed {
    const { member } = this;
    if (this.transferee !== 0n || !this.isMember(member.id)) return "dropped";
    if (kind === "conf-change" && this.pendingChange > member.log.applied) {
      member.say(
        `${hex(member.id)} ignoring conf change: possible unapplied conf change at index ${this.pendingChange} (applied to ${member.log.applied})`,
        "v3/raft.go:1332",
      );
      return this.append("normal", new Uint8Array(0));
    }
    const place = this.append(kind, data);
    if (kind === "conf-change") this.pendingChange = place.index;
    this.replicate();
    return place;
  }

  private append(kind: EntryKind, data: Uint8Array): { readonly index: number } {
    const { log, term } = this.member;
    const entry: LogEntry = { term, index: log.lastIndex + 1, kind, data };
    log.append([entry]);
    return entry;
  }

  /** Who is in the cluster changed. */
  configure(): void {
    this.follow();
    if (this.transferee !== 0n && !this.member.voters.has(this.transferee)) this.transferee = 0n;
    if (!this.commitIfAgreed()) this.replicate();
  }

  private follow(): void {
    const { member, progress } = this;
    for (const id of [...progress.keys()]) if (!this.isMember(id)) progress.delete(id);
    for (const id of [...member.voters, ...member.learners]) {
      if (id === member.id || progress.has(id)) continue;
      const fresh = new Progress(0, Math.max(1, member.log.lastIndex));
      // Whoever was just added counts as heard of, or a quorum that it is needed for would be lost at once.
      fresh.active = true;
      progress.set(id, fresh);
    }
  }

  private isMember(id: bigint): boolean {
    return this.member.voters.has(id) || this.member.learners.has(id);
  }

  /** Sends everybody what they lack. */
  replicate(): void {
    for (const [id, progress] of this.progress) this.sendTo(id, progress, true);
  }

  /** Commits what a quorum has on its disks, if it is of this term; true if that is news. */
  commitIfAgreed(): boolean {
    const { log, voters, term } = this.member;
    const index = agreedIndex(voters, (voter) => this.matchOf(voter) ?? 0);
    if (index <= log.commit || log.termAt(index) !== term) return false;
    log.commitTo(index);
    const postponed = this.postponed;
    this.postponed = [];
    for (const { read, from } of postponed) this.read(read, from);
    this.replicate();
    return true;
  }

  heartbeat(read = this.reads.latest): void {
    const { member } = this;
    for (const [id, progress] of this.progress)
      member.send(id, { type: "MsgHeartbeat", commit: Math.min(progress.match, member.log.commit), read });
  }

  /** Whether a quorum was heard of since this was asked last. */
  hasQuorum(): boolean {
    const heard = new Map<bigint, boolean>([[this.member.id, true]]);
    for (const [id, progress] of this.progress) {
      heard.set(id, progress.active);
      progress.active = false;
    }
    return tally(this.member.voters, heard) === "won";
  }

  read(read: bigint, from: bigint): void {
    const { member } = this;
    const { log } = member;
    if (log.termAt(log.commit) !== member.term) {
      this.postponed.push({ read, from });
      return;
    }
    const waiting = { read, from, index: log.commit };
    if (member.voters.size === 1 && member.voters.has(member.id)) {
      member.allowRead(waiting);
      return;
    }
    this.reads.add(waiting, member.id);
    this.heartbeat(read);
  }

  transfer(to: bigint): void {
    const { member } = this;
    const self = hex(member.id);
    const progress = this.progress.get(to);
    if (progress === undefined || member.learners.has(to)) return;
    if (this.transferee === to) {
      member.say(
        `${self} [term ${member.term}] transfer leadership to ${hex(to)} is in progress, ignores request to same node ${hex(to)}`,
        "v3/raft.go:1640",
      );
      return;
    }
    if (this.transferee !== 0n)
      member.say(
        `${self} [term ${member.term}] abort previous transferring leadership to ${hex(this.transferee)}`,
        "v3/raft.go:1645",
      );
    this.transferee = to;
    member.say(`${self} [term ${member.term}] starts to transfer leadership to ${hex(to)}`, "v3/raft.go:1652");
    if (progress.match === member.log.lastIndex) {
      member.send(to, { type: "MsgTimeoutNow" });
      member.say(
        `${self} sends MsgTimeoutNow to ${hex(to)} immediately as ${hex(to)} already has up-to-date log`,
        "v3/raft.go:1658",
      );
    } else this.sendTo(to, progress, true);
  }

  onAppended({ from, index, hint }: RaftMessage & { readonly type: "MsgAppResp" }): void {
    const progress = this.progress.get(from);
    if (progress === undefined) return;
    progress.active = true;
    if (hint !== undefined) {
      const agreed = this.member.log.lastAgreeing(hint.index, hint.term).index;
      if (progress.fallBack(index, Math.min(hint.index, agreed))) this.sendTo(from, progress, true);
      return;
    }
    const wasPaused = progress.isPaused;
    if (!progress.update(index)) return;
    if (!this.commitIfAgreed() && wasPaused) this.sendTo(from, progress, true);
    while (this.sendTo(from, progress, false)) if (progress.state !== "replicate") break;
    this.completeTransfer(from, progress);
  }

  private completeTransfer(from: bigint, progress: Progress): void {
    const { member } = this;
    if (from !== this.transferee || progress.match !== member.log.lastIndex) return;
    member.say(`${hex(member.id)} sent MsgTimeoutNow to ${hex(from)} after received MsgAppResp`, "v3/raft.go:1566");
    member.send(from, { type: "MsgTimeoutNow" });
  }

  onHeartbeatAnswered({ from, read }: RaftMessage & { readonly type: "MsgHeartbeatResp" }): void {
    const progress = this.progress.get(from);
    if (progress === undefined) return;
    progress.active = true;
    progress.resume();
    if (progress.match < this.member.log.lastIndex || progress.state === "probe") this.sendTo(from, progress, true);
    if (read === 0n) return;
    for (const waiting of this.reads.confirm(read, from, this.member.voters)) this.member.allowRead(waiting);
  }

  reportUnreachable(id: bigint): void {
    const progress = this.progress.get(id);
    // What was sent ahead may be lost.
    if (progress?.state === "replicate") progress.becomeProbe();
  }

  reportSnapshot(id: bigint, arrived: boolean): void {
    const progress = this.progress.get(id);
    if (progress?.state !== "snapshot") return;
    if (!arrived) progress.abandonSnapshot();
    progress.becomeProbe();
    // The answer to the snapshot, or to a heartbeat, says how to go on.
    progress.pauseProbe();
  }

  /** Sends what a member lacks, or with `evenEmpty` at least where this log stands; false when nothing was sent. */
  private sendTo(id: bigint, progress: Progress, evenEmpty: boolean): boolean {
    if (progress.isPaused) return false;
    const { member } = this;
    const { log } = member;
    const prev = { index: progress.next - 1, term: log.termAt(progress.next - 1) };
    if (prev.term === undefined || progress.next < log.firstIndex) return this.sendSnapshot(id, progress);
    const entries = log.slice(progress.next);
    if (entries.length === 0 && !evenEmpty) return false;
    const place = { index: prev.index, term: prev.term };
    member.send(id, { type: "MsgApp", prev: place, entries, commit: log.commit });
    progress.sent(entries.at(-1)?.index ?? prev.index, entries.length);
    return true;
  }

  private sendSnapshot(id: bigint, progress: Progress): boolean {
    if (!progress.active) return false;
    const snapshot = this.member.snapshot();
    if (snapshot === undefined) return false;
    this.member.send(id, { type: "MsgSnap", snapshot });
    progress.becomeSnapshot(snapshot.index);
    return true;
  }
}

/** A member's ID as raft prints it. */
export function hex(id: bigint): string {
  return id.toString(16);
}

/** `voters=(1 2) learners=(3)`. */
export function configurationText({ voters, learners }: Configuration): string {
  const sorted = (ids: readonly bigint[]) => [...ids].sort((a, b) => (a < b ? -1 : 1)).join(" ");
  return `voters=(${sorted(voters)})${learners.length === 0 ? "" : ` learners=(${sorted(learners)})`}`;
}
