import { Ballot, type VoteRequest, voteText } from "./ballot.ts";
import type {
  Configuration,
  Consensus,
  EntryKind,
  HardState,
  LogEntry,
  Place,
  Proposed,
  RaftLogger,
  RaftSnapshot,
  Ready,
  Role,
} from "./consensus.ts";
import { ElectionTimer } from "./election-timer.ts";
import { configurationText, hex, Leadership } from "./leadership.ts";
import { isTermless, type MessageBody, type RaftMessage } from "./message.ts";
import { Outbox } from "./outbox.ts";
import { type LogStart, RaftLog } from "./raft-log.ts";
import type { WaitingRead } from "./read-queue.ts";

/** What a member of a cluster starts with. */
export interface RaftStart extends LogStart {
  readonly id: bigint;
  readonly hardState: HardState;
  /** Who is in the cluster, as far as `applied` tells. */
  readonly configuration: Configuration;
  /** Ticks without a leader until an election; up to as many more are drawn. */
  readonly electionTicks: number;
  /** A number from 0 to `limit - 1`. */
  readonly random: (limit: number) => number;
  /** The applied state, for a member that is too far behind for the log. */
  readonly capture: () => RaftSnapshot | undefined;
}

type Campaign = "pre-vote" | "vote" | "transfer";

/**
 * One member's part in agreeing on a log:
 *
 *     follower --no leader for a while--> pre-candidate --quorum would vote--> candidate --quorum votes--> leader
 *         ^---------- a leader of this term or a later one ----------'-----------'   quorum silent ---------'
 *
 * With pre-votes a member that was cut off does not disturb a working cluster, and a leader without a quorum steps down
 * (check-quorum). Laws in SPEC.md; mirrors go.etcd.io/raft raft.go.
 */
export class Raft implements Consensus {
  readonly id: bigint;
  readonly log: RaftLog;
  readonly say: RaftLogger;
  role: Role = "follower";
  term: number;
  leader = 0n;
  voters: ReadonlySet<bigint>;
  learners: ReadonlySet<bigint>;
  private vote: bigint;
  private leadership: Leadership | undefined;
  private readonly ballot: Ballot;
  private readonly outbox: Outbox;
  private readonly start: RaftStart;
  private readonly timer: ElectionTimer;

  constructor(start: RaftStart, say: RaftLogger) {
    this.start = start;
    this.id = start.id;
    this.say = say;
    this.log = new RaftLog(start);
    this.term = start.hardState.term;
    this.vote = start.hardState.vote;
    this.voters = new Set(start.configuration.voters);
    this.learners = new Set(start.configuration.learners);
    this.ballot = new Ballot(this.id, say);
    this.outbox = new Outbox(this.log, this.hardState);
    this.timer = new ElectionTimer(start.electionTicks, start.random);
  }

  private get hardState(): HardState {
    return { term: this.term, vote: this.vote, commit: this.log.commit };
  }

  get lastIndex(): number {
    return this.log.lastIndex;
  }

  get commit(): number {
    return this.log.commit;
  }

  get isAlone(): boolean {
    return this.voters.size === 1 && this.learners.size === 0 && this.voters.has(this.id);
  }

  get configuration(): Configuration {
    return { voters: [...this.voters], learners: [...this.learners] };
  }

  matchOf(member: bigint): number | undefined {
    return this.leadership?.matchOf(member);
  }

  tick(): void {
    this.timer.elapsed++;
    if (this.leadership !== undefined) this.tickLeader(this.leadership);
    else if (this.timer.isOver && this.mayCampaign) {
      this.timer.elapsed = 0;
      this.campaign();
    }
  }

  private tickLeader(leadership: Leadership): void {
    if (this.timer.leaseLeft <= 0) {
      this.timer.elapsed = 0;
      leadership.transferee = 0n;
      if (!leadership.hasQuorum()) {
        this.say(`${hex(this.id)} stepped down to follower since quorum is not active`, "v3/raft.go:1275");
        this.becomeFollower(this.term, 0n);
        return;
      }
    }
    leadership.heartbeat();
  }

  campaign(): void {
    if (this.leadership !== undefined || !this.mayCampaign || this.log.hasUnapplied("conf-change")) return;
    this.say(`${hex(this.id)} is starting a new election at term ${this.term}`, "v3/raft.go:988");
    this.stand("pre-vote");
  }

  private get mayCampaign(): boolean {
    return this.voters.has(this.id) && !this.outbox.isTakingSnapshot;
  }

  private stand(campaign: Campaign): void {
    const isPre = campaign === "pre-vote";
    if (isPre) this.becomePreCandidate();
    else this.becomeCandidate();
    const type = isPre ? "MsgPreVote" : "MsgVote";
    const others = [...this.voters].filter((voter) => voter !== this.id).sort((a, b) => (a < b ? -1 : 1));
    this.poll(this.id, `${type}Resp`, true);
    const { last } = this.log;
    for (const voter of this.role === "leader" ? [] : others) {
      this.say(
        `${hex(this.id)} [logterm: ${last.term}, index: ${last.index}] sent ${type} request to ${hex(voter)} at term ${this.term}`,
        "v3/raft.go:1064",
      );
      this.send(voter, { type, last, transfer: campaign === "transfer" }, isPre ? this.term + 1 : this.term);
    }
  }

  /** Counts a vote, and goes on when the votes decide. */
  private poll(from: bigint, type: "MsgPreVoteResp" | "MsgVoteResp", granted: boolean): void {
    const result = this.ballot.count({ from, type, term: this.term }, granted, this.voters);
    if (result === "won") {
      if (this.role === "pre-candidate") this.stand("vote");
      else this.becomeLeader();
    } else if (result === "lost") this.becomeFollower(this.term, 0n);
  }

  step(message: RaftMessage): void {
    if (!isTermless(message.type)) {
      if (message.term > this.term) {
        if (!this.heedLaterTerm(message)) return;
      } else if (message.term < this.term) {
        this.answerEarlierTerm(message);
        return;
      }
    }
    if (message.type === "MsgPreVote" || message.type === "MsgVote") this.castVote(message);
    else this.stepAsMember(message);
  }

  /** True when the message is to be looked at. */
  private heedLaterTerm(message: RaftMessage): boolean {
    const { type } = message;
    if (type === "MsgPreVote" || type === "MsgVote") {
      if (!message.transfer && this.leader !== 0n && this.timer.leaseLeft > 0) {
        const text = this.voteText(message, "ignored");
        this.say(`${text}: lease is not expired (remaining ticks: ${this.timer.leaseLeft})`, "v3/raft.go:1101");
        return false;
      }
      if (type === "MsgPreVote") return true;
    }
    // A pre-vote that was granted is of a term that nobody is in yet.
    if (type === "MsgPreVoteResp" && !message.reject) return true;
    this.say(
      `${hex(this.id)} [term: ${this.term}] received a ${type} message with higher term from ${hex(message.from)} [term: ${message.term}]`,
      "v3/raft.go:1116",
    );
    const leads = type === "MsgApp" || type === "MsgHeartbeat" || type === "MsgSnap";
    this.becomeFollower(message.term, leads ? message.from : 0n);
    return true;
  }

  private answerEarlierTerm(message: RaftMessage): void {
    const { type, from } = message;
    // The sender learns of the later term; else a member that was cut off could never come back.
    if (type === "MsgApp" || type === "MsgHeartbeat") this.send(from, { type: "MsgAppResp", index: 0 });
    else if (type === "MsgPreVote") {
      this.say(this.voteText(message, "rejected"), "v3/raft.go:1155");
      this.send(from, { type: "MsgPreVoteResp", reject: true });
    } else
      this.say(
        `${hex(this.id)} [term: ${this.term}] ignored a ${type} message with lower term from ${hex(from)} [term: ${message.term}]`,
        "v3/raft.go:1175",
      );
  }

  private castVote(message: VoteRequest): void {
    const { type, from, last } = message;
    const isPre = type === "MsgPreVote";
    const free = this.vote === from || (this.vote === 0n && this.leader === 0n) || (isPre && message.term > this.term);
    const answer = isPre ? "MsgPreVoteResp" : "MsgVoteResp";
    if (!free || !this.log.isUpToDate(last)) {
      this.say(this.voteText(message, "rejected"), "v3/raft.go:1251");
      this.send(from, { type: answer, reject: true });
      return;
    }
    this.say(this.voteText(message, "cast"), "v3/raft.go:1233");
    this.send(from, { type: answer, reject: false }, message.term);
    if (isPre) return;
    this.timer.elapsed = 0;
    this.vote = from;
  }

  private voteText(message: VoteRequest, verb: "cast" | "rejected" | "ignored"): string {
    return voteText({ id: this.id, vote: this.vote, term: this.term, last: this.log.last }, verb, message);
  }

  private stepAsMember(message: RaftMessage): void {
    switch (message.type) {
      case "MsgApp":
      case "MsgHeartbeat":
      case "MsgSnap":
        this.heed(message);
        return;
      case "MsgPreVoteResp":
      case "MsgVoteResp":
        if (message.type === (this.role === "pre-candidate" ? "MsgPreVoteResp" : "MsgVoteResp") && this.isStanding)
          this.poll(message.from, message.type, !message.reject);
        return;
      case "MsgAppResp":
        this.leadership?.onAppended(message);
        return;
      case "MsgHeartbeatResp":
        this.leadership?.onHeartbeatAnswered(message);
        return;
      case "MsgProp":
        this.propose(message.kind, message.data);
        return;
      case "MsgReadIndex":
        if (this.leadership !== undefined) this.leadership.read(message.read, message.from);
        return;
      case "MsgReadIndexResp":
        this.outbox.allowRead({ read: message.read, index: message.index });
        return;
      case "MsgTransferLeader":
        this.transferLeadership(message.transferee);
        return;
      case "MsgTimeoutNow":
        this.onTimeoutNow(message.from);
    }
  }

  private get isStanding(): boolean {
    return this.role === "pre-candidate" || this.role === "candidate";
  }

  /** The leader of this term speaks. */
  private heed(message: RaftMessage & { readonly type: "MsgApp" | "MsgHeartbeat" | "MsgSnap" }): void {
    const { from } = message;
    if (this.leadership !== undefined) return;
    if (this.isStanding) this.becomeFollower(message.term, from);
    this.leader = from;
    this.timer.elapsed = 0;
    if (message.type === "MsgHeartbeat") {
      this.log.commitTo(message.commit);
      this.send(from, { type: "MsgHeartbeatResp", read: message.read });
    } else if (message.type === "MsgApp") this.takeEntries(message);
    else this.takeSnapshot(message.snapshot, from);
  }

  private takeEntries({ from, prev, entries, commit }: RaftMessage & { readonly type: "MsgApp" }): void {
    const { log } = this;
    if (prev.index < log.commit) {
      this.send(from, { type: "MsgAppResp", index: log.commit });
      return;
    }
    const agreed = log.take(prev, entries, commit);
    if (agreed !== undefined) this.send(from, { type: "MsgAppResp", index: agreed });
    else this.send(from, { type: "MsgAppResp", index: prev.index, hint: log.lastAgreeing(prev.index, prev.term) });
  }

  private takeSnapshot(snapshot: RaftSnapshot, from: bigint): void {
    const { log } = this;
    const before = `[commit: ${log.commit}, lastindex: ${log.lastIndex}, lastterm: ${log.last.term}]`;
    const place = `snapshot [index: ${snapshot.index}, term: ${snapshot.term}]`;
    if (snapshot.index <= log.commit)
      this.say(`${hex(this.id)} [commit: ${log.commit}] ignored ${place}`, "v3/raft.go:1848");
    else if (log.matches(snapshot)) {
      log.commitTo(snapshot.index);
      this.say(`${hex(this.id)} ${before} fast-forwarded commit to ${place}`, "v3/raft.go:1911");
    } else {
      log.restore(snapshot);
      this.outbox.take(snapshot);
      this.configure(snapshot);
      this.say(`${hex(this.id)} ${before} restored ${place}`, "v3/raft.go:1935");
      this.say(`${hex(this.id)} [commit: ${log.commit}] restored ${place}`, "v3/raft.go:1844");
    }
    this.send(from, { type: "MsgAppResp", index: log.commit });
  }

  private onTimeoutNow(from: bigint): void {
    if (this.leadership !== undefined || !this.mayCampaign || this.log.hasUnapplied("conf-change")) return;
    const self = hex(this.id);
    this.say(
      `${self} [term ${this.term}] received MsgTimeoutNow from ${hex(from)} and starts an election to get leadership.`,
      "v3/raft.go:1754",
    );
    this.say(`${self} is starting a new election at term ${this.term}`, "v3/raft.go:988");
    this.stand("transfer");
  }

  propose(kind: EntryKind, data: Uint8Array): Proposed {
    if (this.leadership !== undefined) return this.leadership.propose(kind, data);
    if (this.leader === 0n) {
      this.say(`${hex(this.id)} no leader at term ${this.term}; dropping proposal`, "v3/raft.go:1717");
      return "dropped";
    }
    this.send(this.leader, { type: "MsgProp", kind, data });
    return "forwarded";
  }

  readIndex(): number | undefined {
    const knows = this.leadership !== undefined && this.voters.size === 1 && this.voters.has(this.id);
    return knows && this.log.termAt(this.log.commit) === this.term ? this.log.commit : undefined;
  }

  requestRead(read: bigint): void {
    if (this.leadership !== undefined) this.leadership.read(read, this.id);
    else if (this.leader !== 0n) this.send(this.leader, { type: "MsgReadIndex", read });
    else this.say(`${hex(this.id)} no leader at term ${this.term}; dropping index reading msg`, "v3/raft.go:1761");
  }

  allowRead({ read, from, index }: WaitingRead): void {
    if (from === this.id) this.outbox.allowRead({ read, index });
    else this.send(from, { type: "MsgReadIndexResp", read, index });
  }

  transferLeadership(to: bigint): void {
    if (this.leadership !== undefined) {
      // The election that follows must end within one timeout.
      if (this.leadership.transferee !== to) this.timer.elapsed = 0;
      this.leadership.transfer(to);
    } else if (this.leader !== 0n) this.send(this.leader, { type: "MsgTransferLeader", transferee: to });
    else this.say(`${hex(this.id)} no leader at term ${this.term}; dropping leader transfer msg`, "v3/raft.go:1739");
  }

  configure(configuration: Configuration): void {
    this.voters = new Set(configuration.voters);
    this.learners = new Set(configuration.learners);
    this.say(`${hex(this.id)} switched to configuration ${configurationText(configuration)}`, "v3/raft.go:1981");
    this.leadership?.configure();
  }

  reportUnreachable(member: bigint): void {
    this.leadership?.reportUnreachable(member);
  }

  reportSnapshot(member: bigint, arrived: boolean): void {
    this.leadership?.reportSnapshot(member, arrived);
  }

  compact(index: number): void {
    this.log.compact(index);
  }

  recall(before: Place, entries: readonly LogEntry[]): void {
    this.log.recall(before, entries);
  }

  snapshot(): RaftSnapshot | undefined {
    return this.start.capture();
  }

  send(to: bigint, body: MessageBody, term = isTermless(body.type) ? 0 : this.term): void {
    this.outbox.send({ to, from: this.id, term, ...body });
  }

  get hasReady(): boolean {
    return this.outbox.hasReady(this.hardState);
  }

  takeReady(): Ready {
    this.outbox.tellLeader(this.id, this.leader, this.term, this.say);
    return this.outbox.takeReady(this.hardState);
  }

  advance(ready: Ready): void {
    this.outbox.advance(ready);
    this.leadership?.commitIfAgreed();
    // Nobody else needs them: whoever joins later is given them from the disk.
    if (this.isAlone) this.log.compact(this.log.applied);
  }

  private becomeFollower(term: number, leader: bigint): void {
    this.reset(term);
    this.leader = leader;
    this.role = "follower";
    this.say(`${hex(this.id)} became follower at term ${term}`, "v3/raft.go:897");
  }

  private becomePreCandidate(): void {
    // The term stays: nobody is asked to vote yet.
    this.ballot.clear();
    this.leader = 0n;
    this.role = "pre-candidate";
    this.say(`${hex(this.id)} became pre-candidate at term ${this.term}`, "v3/raft.go:930");
  }

  private becomeCandidate(): void {
    this.reset(this.term + 1);
    this.vote = this.id;
    this.role = "candidate";
    this.say(`${hex(this.id)} became candidate at term ${this.term}`, "v3/raft.go:912");
  }

  private becomeLeader(): void {
    this.reset(this.term);
    this.leader = this.id;
    this.role = "leader";
    this.leadership = new Leadership(this);
    this.say(`${hex(this.id)} became leader at term ${this.term}`, "v3/raft.go:970");
    this.leadership.replicate();
  }

  private reset(term: number): void {
    if (term !== this.term) {
      this.term = term;
      this.vote = 0n;
    }
    this.leader = 0n;
    this.leadership = undefined;
    this.ballot.clear();
    this.timer.reset();
  }
}
