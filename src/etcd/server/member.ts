import { utf8 } from "../../base/bytes.ts";
import type { Clock } from "../../sim/clock.ts";
import type { RandomStream } from "../../sim/random.ts";
import { Future, Signal } from "../../sim/signal.ts";
import { sleep, type Task, type TaskGroup, waitAtMost, waitFor } from "../../sim/task.ts";
import type { Trace } from "../../sim/trace.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import { WatchableStore } from "../mvcc/watchable-store.ts";
import type { Consensus, LogEntry, Ready } from "../raft/consensus.ts";
import { RpcError } from "../rpc/client.ts";
import type { ResponseHeader } from "../rpc/messages.ts";
import { Writer } from "../snapshot/codec.ts";
import { numberBytes } from "../snapshot/schema.ts";
import { type Applied, Applier, type MemberState } from "./applier.ts";
import type { AuthInfo } from "./auth-store.ts";
import { autoCompactor } from "./auto-compaction.ts";
import type { EtcdConfig, EtcdVersion } from "./config.ts";
import { EtcdError } from "./etcd-error.ts";
import { LeaseExpirer } from "./lease-expirer.ts";
import type { Logger } from "./log.ts";
import { IdGenerator } from "./member-id.ts";
import { type Histogram, MemberMetrics } from "./metrics.ts";
import { decodeEnvelope, type Envelope, encodeEnvelope, type InternalRequest, isConfChange } from "./request.ts";
import { saveSnapshot } from "./snap-folder.ts";
import { VersionMonitor } from "./version-monitor.ts";
import type { Wal } from "./wal.ts";

/** What a member runs on. */
export interface MemberHost {
  readonly clock: Clock;
  readonly tasks: TaskGroup;
  readonly random: RandomStream;
  readonly log: Logger;
  readonly trace: Trace | undefined;
  readonly fs: FileSystem;
  readonly version: EtcdVersion;
  /** Ends the process with this exit code once its last log lines are written. */
  readonly exit: (code: number) => void;
}

/** What `bootstrap` found on disk or made. */
export interface MemberParts {
  readonly state: MemberState;
  readonly consensus: Consensus;
  readonly wal: Wal;
  /** How much of the log has been applied. */
  readonly appliedIndex: number;
  /** The index that the db names: more than is applied if its log was lost and another has begun. */
  readonly storedIndex: number;
}

const RAFT_SAVE = "failed to save Raft hard state and entries";
const COMMIT_INTERVAL_MS = 100;
/** How long a proposal may take: 5 s and two election timeouts (ReqTimeout). */
const REQUEST_TIMEOUT_MS = 7000;
const WALS_KEPT = 5;

/**
 * One member: takes proposals, has them agreed on and written down, applies them in order, and answers.
 *
 *     propose ─> consensus ─> WAL, fsync ─> commit ─> apply ─> answer
 *                                                       └─> backend, every 100 ms to member/snap/db
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
  private readonly wal: Wal;
  private readonly work = new Signal();
  private readonly applied = new Signal();
  private readonly waiting = new Map<bigint, Future<Applied>>();
  private readonly writer = new Writer();
  private readonly unencoded = new Map<number, Envelope>();
  private readonly expirer: LeaseExpirer;
  private readonly monitor: VersionMonitor;
  appliedIndex: number;
  private readonly storedIndex: number;
  private snapshotIndex: number;
  /** Term of the latest applied entry; a leader may answer reads once it is its own. */
  private appliedTerm = 0;

  constructor(config: EtcdConfig, host: MemberHost, parts: MemberParts) {
    this.config = config;
    this.version = host.version;
    this.host = host;
    this.state = parts.state;
    this.consensus = parts.consensus;
    this.wal = parts.wal;
    this.appliedIndex = parts.appliedIndex;
    this.storedIndex = parts.storedIndex;
    this.snapshotIndex = parts.appliedIndex;
    this.applier = new Applier(parts.state, host.log, () => host.clock.uptime);
    this.watchable = new WatchableStore(parts.state.store);
    this.ids = new IdGenerator(parts.consensus.id, host.clock.now);
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
      if (!(yield* this.persisted("etcdserver/raft.go:246", RAFT_SAVE, this.save(ready)))) return;
      this.applyAll(ready);
      this.consensus.advance(ready);
      if (this.appliedIndex - this.snapshotIndex < this.config.snapshotCount) continue;
      if (!(yield* this.persisted("etcdserver/server.go:2120", "failed to save snapshot", this.snapshot()))) return;
    }
  }

  private *save(ready: Ready): Task<void> {
    this.wal.save(ready.hardState, ready.entries);
    if (ready.entries.length > 0) yield* this.timed(this.metrics.walFsync, this.wal.sync());
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
    this.consensus.campaign();
    this.work.notify();
    yield* this.readBarrier();
    this.state.lessor.promote(this.host.clock.uptime, this.config.electionTimeoutMs);
    this.expirer.arm();
  }

  /**
   * Has a request agreed on and applied; gives its answer. Throws `EtcdError`: the request's own failure, `Timeout`
   * when nobody agrees in time, `RequestTooLarge`.
   */
  *propose(body: InternalRequest, info: AuthInfo = NOBODY): Task<unknown> {
    const envelope: Envelope = { id: this.ids.next(), username: info.username, authRevision: info.revision, body };
    const data = encodeEnvelope(envelope, this.writer);
    if (data.length > this.config.maxRequestBytes) throw new EtcdError("RequestTooLarge");
    const done = new Future<Applied>();
    this.waiting.set(envelope.id, done);
    try {
      const index = this.consensus.propose(isConfChange(body) ? "conf-change" : "normal", data);
      if (index !== undefined) this.unencoded.set(index, envelope);
      this.work.notify();
      const race = yield* waitAtMost(this.host.clock, done, REQUEST_TIMEOUT_MS);
      if (race.status === "timeout") throw new EtcdError("Timeout");
      if ("error" in race.value) throw race.value.error;
      return race.value.answer;
    } finally {
      this.waiting.delete(envelope.id);
    }
  }

  /** Waits until everything that was agreed on before now has been applied (ReadIndex). Throws `EtcdError`. */
  *readBarrier(): Task<void> {
    const { clock } = this.host;
    const deadline = clock.uptime + REQUEST_TIMEOUT_MS;
    for (;;) {
      const index = this.consensus.readIndex();
      if (index !== undefined && index > 0 && this.appliedIndex >= index && this.hasCommittedInTerm) return;
      if (clock.uptime >= deadline) throw new EtcdError("Timeout");
      yield* waitAtMost(clock, this.applied, deadline - clock.uptime);
    }
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
    for (let published = false; !published; ) {
      try {
        yield* this.propose({ op: "cluster_member_attr_set", id: localId, name, clientUrls: advertiseClientUrls });
        published = true;
      } catch (error) {
        if (!(error instanceof EtcdError)) throw error;
        log.warn("etcdserver/server.go:1830", "failed to publish local member to cluster through raft", {
          ...fields,
          "publish-timeout": "7s",
          error: error.message,
        });
      }
    }
    log.info("etcdserver/server.go:1804", "published local member to cluster through raft", {
      ...fields,
      "cluster-id": clusterId.toString(16),
      "publish-timeout": "7s",
    });
    yield* this.monitor.begin();
    const compactor = autoCompactor(this);
    if (compactor !== undefined) this.host.tasks.spawn("etcd/auto-compaction", compactor);
  }

  /** Last writes of an orderly end. */
  *close(): Task<void> {
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
    backend.set("meta", "consistent_index", numberBytes(Math.max(this.appliedIndex, this.storedIndex)));
    backend.set("meta", "term", numberBytes(this.consensus.term));
    if (backend.isBloated) yield* backend.rewrite(store.versions, false);
    else yield* this.timed(this.metrics.backendCommit, backend.commit());
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
    if (ready.committed.length > 0) this.applied.notify();
  }

  private applyEntry(entry: LogEntry): void {
    this.appliedTerm = entry.term;
    if (entry.index <= this.appliedIndex) return;
    this.appliedIndex = entry.index;
    if (entry.data.length === 0) return;
    const envelope = this.unencoded.get(entry.index) ?? decodeEnvelope(entry.data);
    this.unencoded.delete(entry.index);
    // The db says that it holds this entry's effects already, so that nobody is answered either (applyEntryNormal).
    if (entry.index <= this.storedIndex) return;
    const outcome = this.applier.apply(envelope);
    if (envelope.body.op === "lease_grant") this.expirer.arm();
    if (entry.kind === "conf-change") this.reconfigure();
    this.waiting.get(envelope.id)?.settle(outcome);
  }

  private reconfigure(): void {
    const members = this.state.membership.list();
    const learners = members.filter((member) => member.isLearner).map((member) => member.id);
    const voters = this.state.membership.voters.map((member) => member.id);
    this.consensus.configure(voters, learners);
    const learning = learners.length === 0 ? "" : `,"learners":[${learners.join(",")}]`;
    this.state.backend.set("meta", "confState", utf8(`{"voters":[${voters.join(",")}]${learning},"auto_leave":false}`));
  }

  private *commitSoon(): Task<void> {
    yield* sleep(this.host.clock, COMMIT_INTERVAL_MS);
    yield* this.commit();
  }

  /** Notes that the log up to here is not needed any more. */
  private *snapshot(): Task<void> {
    this.snapshotIndex = this.appliedIndex;
    const place = { term: this.consensus.term, index: this.appliedIndex };
    yield* this.commit();
    const saving = saveSnapshot(this.host.fs, this.config.snapDir, place, this.state.membership);
    yield* this.timed(this.metrics.snapFsync, saving);
    const hardState = { term: this.consensus.term, vote: this.consensus.id, commit: this.consensus.commit };
    yield* this.wal.mark(place, hardState);
    this.wal.purge(WALS_KEPT);
  }
}

/** Nobody has said who they are. */
export const NOBODY: AuthInfo = { username: "", revision: 0 };
