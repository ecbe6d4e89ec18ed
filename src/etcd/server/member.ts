import { utf8 } from "../../base/bytes.ts";
import type { RandomStream } from "../../sim/random.ts";
import { Future, Signal } from "../../sim/signal.ts";
import { sleep, type Task, waitFor } from "../../sim/task.ts";
import type { Trace } from "../../sim/trace.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import { WatchableStore } from "../mvcc/watchable-store.ts";
import type { PeerHost } from "../peer/peer-owner.ts";
import { Transport } from "../peer/transport.ts";
import type { Consensus, HardState, LogEntry, RaftLogger, RaftSnapshot, Ready } from "../raft/consensus.ts";
import { Raft, type RaftStart } from "../raft/raft.ts";
import { RpcError } from "../rpc/client.ts";
import type { Member as ClusterMember, ResponseHeader } from "../rpc/messages.ts";
import { numberBytes } from "../snapshot/schema.ts";
import { Applier, type MemberState } from "./applier.ts";
import type { AuthInfo } from "./auth-store.ts";
import { autoCompactor } from "./auto-compaction.ts";
import type { EtcdConfig, EtcdVersion } from "./config.ts";
import { EtcdError } from "./etcd-error.ts";
import { LeadershipWatch } from "./leadership-watch.ts";
import { LeaseExpirer } from "./lease-expirer.ts";
import { IdGenerator } from "./member-id.ts";
import { type Histogram, MemberMetrics } from "./metrics.ts";
import { PeerSide } from "./peer-side.ts";
import { Proposals } from "./proposals.ts";
import { ReadBarrier } from "./read-barrier.ts";
import type { InternalRequest } from "./request.ts";
import { saveSnapshot } from "./snap-folder.ts";
import { takeSnapshot } from "./snapshot-transfer.ts";
import { VersionMonitor } from "./version-monitor.ts";
import type { Wal } from "./wal.ts";

/** What a member runs on. */
export interface MemberHost extends PeerHost {
  readonly random: RandomStream;
  readonly trace: Trace | undefined;
  readonly fs: FileSystem;
  readonly version: EtcdVersion;
  /** Ends the process with this exit code once its last log lines are written. */
  readonly exit: (code: number) => void;
}

/** What `bootstrap` found on disk or made. */
export interface MemberParts {
  readonly state: MemberState;
  readonly raft: Omit<RaftStart, "capture">;
  readonly say: RaftLogger;
  readonly wal: Wal;
  /** How much of the log has been applied. */
  readonly appliedIndex: number;
  /** The index that the db names: more than is applied if its log was lost and another has begun. */
  readonly storedIndex: number;
  readonly appliedTerm: number;
  /** Who else is in the cluster, as far as it is known. */
  readonly others: readonly ClusterMember[];
}

const RAFT_SAVE = "failed to save Raft hard state and entries";
const COMMIT_INTERVAL_MS = 100;
const WALS_KEPT = 5;
/** Entries kept in memory behind a snapshot, for members that are a little late. */
const CATCH_UP_ENTRIES = 5000;
/** A member that learns from its own log that it was removed lets its answers go out first. */
const REMOVAL_PAUSE_MS = 1000;
const REMOVED = "the member has been permanently removed from the cluster";

/**
 * One member: takes proposals, has them agreed on and written down, applies them in order, and answers.
 *
 *     propose ─> consensus ─> WAL, fsync ─> commit ─> apply ─> answer
 *                   ^  └─> other members              └─> backend, every 100 ms to member/snap/db
 *                   └── transport
 *
 * Mirrors etcd server/etcdserver/server.go and raft.go.
 */
export class Member {
  readonly state: MemberState;
  readonly consensus: Consensus;
  readonly applier: Applier;
  readonly watchable: WatchableStore;
  readonly ids: IdGenerator;
  readonly metrics = new MemberMetrics();
  readonly config: EtcdConfig;
  readonly version: EtcdVersion;
  readonly host: MemberHost;
  /** Settled when the member wants its process to end. */
  readonly failed = new Future<Error>();
  readonly transport: Transport;
  readonly peerSide: PeerSide;
  readonly leadership: LeadershipWatch;
  readonly reads: ReadBarrier;
  private readonly wal: Wal;
  private readonly work = new Signal();
  private readonly applied = new Signal();
  private readonly proposals = new Proposals(this);
  private isPublished = false;
  private isTicking = false;
  private isEnding = false;
  /** What the WAL says of elections. */
  private savedState: HardState;
  private readonly expirer: LeaseExpirer;
  private readonly monitor: VersionMonitor;
  appliedIndex: number;
  private readonly storedIndex: number;
  private snapshotIndex: number;
  /** Term of the latest applied entry. */
  private appliedTerm: number;

  constructor(config: EtcdConfig, host: MemberHost, parts: MemberParts) {
    this.config = config;
    this.version = host.version;
    this.host = host;
    this.state = parts.state;
    this.consensus = new Raft({ ...parts.raft, capture: () => this.capture() }, parts.say);
    this.wal = parts.wal;
    this.savedState = parts.raft.hardState;
    this.appliedIndex = parts.appliedIndex;
    this.storedIndex = parts.storedIndex;
    this.appliedTerm = parts.appliedTerm;
    this.snapshotIndex = parts.appliedIndex;
    this.applier = new Applier(parts.state, host.log, () => host.clock.uptime);
    this.watchable = new WatchableStore(parts.state.store);
    this.ids = new IdGenerator(parts.raft.id, host.clock.now);
    this.peerSide = new PeerSide(this);
    this.transport = new Transport(this.peerSide, host);
    this.leadership = new LeadershipWatch(this);
    this.reads = new ReadBarrier(this);
    for (const { id, peerUrls } of parts.others) this.transport.add(id, peerUrls);
    this.expirer = new LeaseExpirer(this);
    this.monitor = new VersionMonitor(this);
    parts.state.backend.onDirty = () => host.tasks.spawn("etcd/backend-commit", this.commitSoon());
    if (parts.state.backend.isDirty) parts.state.backend.onDirty();
  }

  /** The header of an answer, now. */
  header(revision: number = this.state.store.revision): ResponseHeader {
    const { clusterId, localId } = this.state.membership;
    return { clusterId, memberId: localId, revision, raftTerm: this.consensus.term };
  }

  get isLeader(): boolean {
    return this.consensus.role === "leader";
  }

  /** Works off what consensus asks for; runs as long as the member. */
  *run(): Task<void> {
    for (;;) {
      while (!this.consensus.hasReady) yield* waitFor(this.work);
      const ready = this.consensus.takeReady();
      this.leadership.look();
      if (!(yield* this.persisted("etcdserver/raft.go:246", RAFT_SAVE, this.save(ready)))) return;
      this.applyAll(ready);
      this.transport.send(ready.messages);
      this.reads.take(ready.reads);
      this.consensus.advance(ready);
      if (this.appliedIndex - this.snapshotIndex < this.config.snapshotCount) continue;
      if (!(yield* this.persisted("etcdserver/server.go:2120", "failed to save snapshot", this.snapshot()))) return;
    }
  }

  private *save(ready: Ready): Task<void> {
    if (ready.hardState !== undefined) this.savedState = ready.hardState;
    if (ready.snapshot !== undefined) yield* this.takeIn(ready.snapshot);
    this.wal.save(ready.hardState, ready.entries);
    if (ready.mustSync) yield* this.timed(this.metrics.walFsync, this.wal.sync());
  }

  private *takeIn(snapshot: RaftSnapshot): Task<void> {
    yield* takeSnapshot(this, this.wal, snapshot, this.savedState);
    this.appliedIndex = snapshot.index;
    this.appliedTerm = snapshot.term;
    this.snapshotIndex = snapshot.index;
    for (const { id, peerUrls } of this.state.membership.list()) this.transport.add(id, peerUrls);
    this.expirer.arm();
  }

  /** The applied state, for a member that is too far behind. */
  private capture(): RaftSnapshot {
    const { backend, store } = this.state;
    this.stamp();
    const place = { term: this.appliedTerm, index: this.appliedIndex };
    return { ...place, ...this.consensus.configuration, data: backend.image(store.versions) };
  }

  /** Something is done to raft from outside of its own work. */
  step(change: (consensus: Consensus) => void): void {
    if (this.isEnding) return;
    change(this.consensus);
    this.leadership.look();
    this.work.notify();
  }

  requestRead(id: bigint): void {
    this.step((consensus) => consensus.requestRead(id));
  }

  get isLearner(): boolean {
    const { membership } = this.state;
    return membership.get(membership.localId)?.isLearner === true;
  }

  /** Whether a member can be reached, and could all the time since `since`; oneself always. */
  isConnectedSince(id: bigint, since: number): boolean {
    if (id === this.consensus.id) return true;
    const activeSince = this.transport.activeSince(id);
    return activeSince !== undefined && activeSince < since;
  }

  /** A member that cannot write what it must keep says so and ends (zap's Fatal). True when it was written. */
  private *persisted(caller: string, complaint: string, work: Task<void>): Task<boolean> {
    try {
      yield* work;
      return true;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.host.log.fatal(caller, complaint, { error: goFsError("write", error) });
      this.host.exit(1);
      return false;
    }
  }

  /** Stands for election; alone, it wins at once. */
  *lead(): Task<void> {
    this.step((consensus) => consensus.campaign());
    while (!(this.isLeader && this.hasCommittedInTerm)) yield* waitFor(this.applied);
  }

  /** Lets raft's time go by, as long as there are others whom it must hear of. */
  startTicking(): void {
    if (this.isTicking) return;
    this.isTicking = true;
    this.host.tasks.spawn("etcd/raft-ticks", this.tick());
  }

  private *tick(): Task<void> {
    const { heartbeatMs, electionTimeoutMs } = this.config;
    const ticks = Math.round(electionTimeoutMs / heartbeatMs);
    for (let count = 1; !this.isEnding && !(this.consensus.isAlone && this.isLeader); count++) {
      yield* sleep(this.host.clock, heartbeatMs);
      this.step((consensus) => consensus.tick());
      if (count % ticks === 0) this.leadership.check();
    }
    this.isTicking = false;
  }

  /** Others said, or the log, that this member is in the cluster no more: the process ends. */
  endRemoved(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    const { log } = this.host;
    log.warn("etcdserver/server.go:860", "server error", { error: REMOVED });
    log.warn("etcdserver/server.go:861", "data-dir used by this member must be removed");
    this.failed.settle(new Error(REMOVED));
  }

  /** Has a request agreed on and applied; gives its answer. Throws `EtcdError`. */
  propose(body: InternalRequest, info: AuthInfo = NOBODY): Task<unknown> {
    return this.proposals.propose(body, info);
  }

  /** Waits until everything that was agreed on before now has been applied (ReadIndex). Throws `EtcdError`. */
  *readBarrier(): Task<void> {
    const index = this.consensus.readIndex();
    if (index === undefined) yield* this.reads.wait();
    else while (this.appliedIndex < index) yield* waitFor(this.applied);
  }

  /** Rewrites the db file without its free pages. */
  *defragment(): Task<void> {
    const { backend, store } = this.state;
    try {
      yield* this.timed(this.metrics.defragDuration, backend.rewrite(store.versions, true));
    } catch (error) {
      if (error instanceof FsError) throw new RpcError("Unknown", goFsError("write", error));
      throw error;
    }
  }

  /** The cluster's or the db's version may have to follow. */
  versionsChanged(): void {
    this.monitor.wake();
  }

  /** Tells the cluster this member's name and client URLs, and, if nobody has yet, the cluster's version. */
  *publish(): Task<void> {
    const { name, advertiseClientUrls } = this.config;
    const { localId, clusterId } = this.state.membership;
    const { log } = this.host;
    const fields = {
      "local-member-id": localId.toString(16),
      "local-member-attributes": `{Name:${name} ClientURLs:[${advertiseClientUrls.join(" ")}]}`,
    };
    for (let problem = yield* this.publishProblem(); problem !== undefined; problem = yield* this.publishProblem())
      log.warn("etcdserver/server.go:1844", "failed to publish local member to cluster through raft", {
        ...fields,
        "publish-timeout": "7s",
        error: problem,
      });
    log.info("etcdserver/server.go:1804", "published local member to cluster through raft", {
      ...fields,
      "cluster-id": clusterId.toString(16),
      "publish-timeout": "7s",
    });
    if (this.consensus.isAlone) yield* this.monitor.begin();
    else this.host.tasks.spawn("etcd/cluster-version", this.monitor.begin());
    this.isPublished = true;
    const compactor = autoCompactor(this);
    if (compactor !== undefined) this.host.tasks.spawn("etcd/auto-compaction", compactor);
  }

  /** Undefined: the cluster knows this member's name and client URLs now. */
  private *publishProblem(): Task<string | undefined> {
    const { name, advertiseClientUrls } = this.config;
    const { localId } = this.state.membership;
    try {
      yield* this.propose({ op: "cluster_member_attr_set", id: localId, name, clientUrls: advertiseClientUrls });
      return undefined;
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      // Whoever is handing on the leadership says no at once.
      if (error.kind === "ProposalDropped") yield* sleep(this.host.clock, this.config.heartbeatMs);
      return error.message;
    }
  }

  /** Last writes of an orderly end. */
  *close(): Task<void> {
    this.isEnding = true;
    this.transport.close();
    yield* this.commit();
    this.wal.close();
    this.state.backend.close();
  }

  /** Writes the backend's changes with the index they belong to. */
  *commit(): Task<void> {
    if (this.state.backend.isDirty)
      yield* this.persisted("backend/batch_tx.go:317", "failed to commit tx", this.writeBackend());
  }

  private *writeBackend(): Task<void> {
    const { backend, store } = this.state;
    this.stamp();
    if (backend.isBloated) yield* backend.rewrite(store.versions, false);
    else yield* this.timed(this.metrics.backendCommit, backend.commit());
  }

  /** Notes which index the state belongs to. */
  private stamp(): void {
    const { backend } = this.state;
    backend.set("meta", "consistent_index", numberBytes(Math.max(this.appliedIndex, this.storedIndex)));
    backend.set("meta", "term", numberBytes(this.consensus.term));
  }

  private *timed(histogram: Histogram, work: Task<void>): Task<void> {
    const startedAt = this.host.clock.uptime;
    yield* work;
    histogram.observe((this.host.clock.uptime - startedAt) / 1000);
  }

  private get hasCommittedInTerm(): boolean {
    return this.appliedTerm === this.consensus.term;
  }

  private applyAll(ready: Ready): void {
    for (const entry of ready.committed) this.applyEntry(entry);
    if (ready.committed.length === 0) return;
    this.applied.notify();
    this.reads.notify();
  }

  private applyEntry(entry: LogEntry): void {
    this.appliedTerm = entry.term;
    const envelope = this.proposals.envelopeOf(entry);
    if (entry.index <= this.appliedIndex) return;
    this.appliedIndex = entry.index;
    if (envelope === undefined) {
      if (this.isLeader && entry.term === this.consensus.term) this.beginTerm();
      return;
    }
    // The db says that it holds this entry's effects already, so that nobody is answered either (applyEntryNormal).
    if (entry.index <= this.storedIndex) return;
    const outcome = this.applier.apply(envelope);
    if (envelope.body.op === "lease_grant") this.expirer.arm();
    if (entry.kind === "conf-change") this.reconfigure(envelope.body);
    this.proposals.settle(envelope.id, outcome);
  }

  /** The first entry of a term in which this member leads is agreed on: now its clock judges leases. */
  private beginTerm(): void {
    this.state.lessor.promote(this.host.clock.uptime, this.config.electionTimeoutMs);
    this.expirer.arm();
    if (this.isPublished) this.monitor.wake();
  }

  private reconfigure(change: InternalRequest): void {
    const members = this.state.membership.list();
    const learners = members.filter((member) => member.isLearner).map((member) => member.id);
    const voters = this.state.membership.voters.map((member) => member.id);
    // Whoever joins may need what a lone member has forgotten.
    if (this.consensus.isAlone && members.length > 1) {
      const { entries, snapshot } = this.wal.recall();
      this.consensus.recall(snapshot, entries);
    }
    this.consensus.configure({ voters, learners });
    const learning = learners.length === 0 ? "" : `,"learners":[${learners.join(",")}]`;
    this.state.backend.set("meta", "confState", utf8(`{"voters":[${voters.join(",")}]${learning},"auto_leave":false}`));
    this.followChange(change);
    if (!this.consensus.isAlone) this.startTicking();
  }

  private followChange(change: InternalRequest): void {
    const { transport } = this;
    if (change.op === "member_add") transport.add(change.member.id, change.member.peerUrls);
    else if (change.op === "member_update") transport.update(change.id, change.peerUrls);
    else if (change.op === "member_remove" && change.id !== this.consensus.id) transport.remove(change.id);
    else if (change.op === "member_remove") this.host.tasks.spawn("etcd/removal", this.leaveSoon());
  }

  private *leaveSoon(): Task<void> {
    yield* sleep(this.host.clock, REMOVAL_PAUSE_MS);
    this.endRemoved();
  }

  private *commitSoon(): Task<void> {
    yield* sleep(this.host.clock, COMMIT_INTERVAL_MS);
    yield* this.commit();
  }

  /** Notes that the log up to here is not needed any more. */
  private *snapshot(): Task<void> {
    this.snapshotIndex = this.appliedIndex;
    const place = { term: this.appliedTerm, index: this.appliedIndex };
    yield* this.commit();
    const saving = saveSnapshot(this.host.fs, this.config.snapDir, place, this.state.membership);
    yield* this.timed(this.metrics.snapFsync, saving);
    yield* this.wal.mark(place, this.savedState);
    this.wal.purge(WALS_KEPT);
    this.consensus.compact(place.index - CATCH_UP_ENTRIES);
  }
}

/** Nobody has said who they are. */
export const NOBODY: AuthInfo = { username: "", revision: 0 };
