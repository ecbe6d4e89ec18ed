import { formatGoDuration } from "../../base/cli/go-duration.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { FsError, goFsError } from "../../vfs/file-system.ts";
import { Lessor } from "../mvcc/lessor.ts";
import { Store } from "../mvcc/store.ts";
import type { LogEntry } from "../raft/consensus.ts";
import type { Member as ClusterMember } from "../rpc/messages.ts";
import { CodecError, Reader } from "../snapshot/codec.ts";
import type { DbContents } from "../snapshot/db-file.ts";
import { compactedOf, numberRecord, versionsOf } from "../snapshot/schema.ts";
import { dbSizeFields } from "./applier.ts";
import { AuthStore } from "./auth-store.ts";
import { Backend } from "./backend.ts";
import { BootError } from "./boot-error.ts";
import { type EtcdConfig, parseCluster } from "./config.ts";
import { forceNewCluster } from "./force-new-cluster.ts";
import { isBootstrapped, joinCluster } from "./join.ts";
import type { MemberHost, MemberParts } from "./member.ts";
import { clusterId, memberId } from "./member-id.ts";
import { Membership } from "./membership.ts";
import { decodeEnvelope, type Envelope, encodeEnvelope, isConfChange } from "./request.ts";
import { receivedName } from "./snap-folder.ts";
import { Wal, WalError, type WalRecords } from "./wal.ts";

const LOCK_RETRY_MS = 500;
const LOCK_NOTICE_MS = 10_000;

/**
 * Makes or takes up a member's data directory: db, log, cluster. Throws `BootError`. Waits while another process
 * holds the db. Mirrors etcd server/etcdserver/bootstrap.go.
 */
export function* bootstrap(config: EtcdConfig, host: MemberHost): Task<MemberParts> {
  prepareFolders(config, host);
  const { backend, contents: found } = yield* openBackend(config, host);
  const { log } = host;
  try {
    const records = openWal(config, host, numberRecord(found, "consistent_index"));
    const contents = completeSnapshot(config, host, backend, records) ?? found;
    log.info("etcdserver/bootstrap.go:220", "restore consistentIndex", {
      index: numberRecord(contents, "consistent_index"),
    });
    log.info("etcdserver/bootstrap.go:232", "recovered v3 backend", dbSizeFields(backend, "backend"));
    log.info("etcdserver/bootstrap.go:94", "bootstrapping cluster");
    const begun = yield* logOf(config, host, backend, records, numberRecord(contents, "consistent_index"));
    log.info("etcdserver/bootstrap.go:101", "bootstrapping storage");
    log.info("etcdserver/bootstrap.go:109", "bootstrapping raft");
    log.info("etcdserver/server.go:312", "bootstrap successfully");
    return assemble(config, host, backend, contents, begun, records !== undefined);
  } catch (error) {
    backend.close();
    throw error;
  }
}

function prepareFolders(config: EtcdConfig, host: MemberHost): void {
  const { fs } = host;
  try {
    for (const folder of [config.dataDir, `${config.dataDir}/member`, config.snapDir]) {
      if (fs.exists(folder)) warnOfMode(folder, host);
      fs.mkdir(folder, { parents: true, mode: 0o700 });
    }
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new BootError(`cannot access data directory: ${goFsError("mkdir", error)}`);
  }
}

function warnOfMode(folder: string, { fs, log }: MemberHost): void {
  const { mode, type } = fs.stat(folder);
  if (type !== "directory" || (mode & 0o777) === 0o700) return;
  log.warn("fileutil/fileutil.go:56", "check file permission", {
    error: `directory ${JSON.stringify(folder)} exist, but the permission is "d${rights(mode)}". The recommended permission is "-rwx------" to prevent possible unprivileged access to the data`,
  });
}

function rights(mode: number): string {
  return [6, 3, 0]
    .map((shift) => ["r", "w", "x"].map((letter, i) => (mode & ((4 >> i) << shift) ? letter : "-")).join(""))
    .join("");
}

function* openBackend(config: EtcdConfig, host: MemberHost): Task<{ backend: Backend; contents: DbContents }> {
  const path = `${config.snapDir}/db`;
  const { log, clock } = host;
  const startedAt = clock.uptime;
  let noticed = false;
  const options =
    "{Timeout: 0s, NoGrowSync: false, NoFreelistSync: true, PreLoadFreelist: false, FreelistType: hashmap, ReadOnly: false, MmapFlags: 8000, InitialMmapSize: 10737418240, PageSize: 0, NoSync: false, OpenFile: 0x0, Mlock: false, Logger: 0xc000012345}";
  if (host.version.is36)
    log.info(
      "backend/backend.go:203",
      `Opening db file (${path}) with mode -rw------- and with options: ${options}`,
      {},
      "bbolt",
    );
  for (;;) {
    const opened = Backend.open(host.fs, path);
    if (opened !== undefined) {
      if (host.version.is36) log.info("bbolt/db.go:322", `Opening bbolt db (${path}) successfully`, {}, "bbolt");
      log.info("storage/backend.go:80", "opened backend db", {
        path,
        took: formatGoDuration(clock.uptime - startedAt),
      });
      return opened;
    }
    yield* sleep(clock, LOCK_RETRY_MS);
    if (noticed || clock.uptime - startedAt < LOCK_NOTICE_MS) continue;
    noticed = true;
    log.info("storage/backend.go:86", "db file is flocked by another process, or taking too long", {
      path,
      took: "10s",
    });
  }
}

function openWal(config: EtcdConfig, host: MemberHost, stored: number): { wal: Wal; records: WalRecords } | undefined {
  try {
    if (!Wal.exists(host.fs, config.walDir)) return undefined;
    const opened = Wal.open(host.fs, config.walDir);
    if (opened === undefined) {
      if (stored > 0) throw new BootError("wal: snapshot not found", "failed to read WAL, cannot be repaired");
      host.fs.removeTree(config.walDir);
      return undefined;
    }
    if (opened.records.snapshot.index === 0)
      host.log.info("etcdserver/bootstrap.go:441", "No snapshot found. Recovering WAL from scratch!");
    else host.log.info("etcdserver/bootstrap.go:90", "Bootstrapping WAL from snapshot");
    return opened;
  } catch (error) {
    if (error instanceof WalError || error instanceof CodecError) throw new BootError(error.message);
    throw error;
  }
}

/** A leader's snapshot was marked in the log, but the power went before it took the db's place. */
function completeSnapshot(
  config: EtcdConfig,
  host: MemberHost,
  backend: Backend,
  opened: { readonly records: WalRecords } | undefined,
): DbContents | undefined {
  const received = host.fs.readdir(config.snapDir).filter((name) => name.endsWith(".snap.db"));
  const marked = opened === undefined ? undefined : receivedName(opened.records.snapshot.index);
  for (const name of received) if (name !== marked) host.fs.unlink(`${config.snapDir}/${name}`);
  return marked !== undefined && received.includes(marked) ? backend.replace(`${config.snapDir}/${marked}`) : undefined;
}

/** What a member begins with, and whom else it knows of. */
interface Begun {
  readonly wal: Wal;
  readonly records: WalRecords;
  readonly others?: readonly ClusterMember[];
  /** It was made the only member, whoever was there besides; what was agreed on before. */
  readonly forcedFrom?: number;
}

/** The log that a member goes on with, or begins. */
function* logOf(
  config: EtcdConfig,
  host: MemberHost,
  backend: Backend,
  opened: Begun | undefined,
  stored: number,
): Task<Begun> {
  if (opened === undefined) return yield* begin(config, host, backend);
  return config.forceNewCluster ? yield* forceNewCluster(host, backend, opened, stored) : opened;
}

/** A member without a log: one of a new cluster, whose members become the log's first entries, or one that joins. */
function* begin(config: EtcdConfig, host: MemberHost, backend: Backend): Task<Begun> {
  const cluster = parseCluster(config.initialCluster);
  checkName(config, cluster);
  const members = [...cluster].map(([name, peerUrls]) => {
    const urls = [...peerUrls].sort();
    return { id: memberId(urls, config.initialClusterToken), name, peerUrls: urls, clientUrls: [], isLearner: false };
  });
  if (config.initialClusterState === "existing") {
    const joined = yield* joinCluster(config, host, members);
    for (const key of [...backend.all("members").keys()]) backend.set("members", key, undefined);
    const head = { memberId: joined.localId, clusterId: joined.clusterId };
    const wal = yield* Wal.create(host.fs, config.walDir, head);
    const hardState = { term: 0, vote: 0n, commit: 0 };
    const records = { ...head, hardState, entries: [], snapshot: { term: 0, index: 0 } };
    return { wal, records, others: joined.members };
  }
  checkUrls(config, cluster);
  const local = members.find((member) => member.name === config.name);
  if (local === undefined) throw new BootError("unreachable");
  if (yield* isBootstrapped(config, host, members, local.id))
    throw new BootError(`member ${local.id.toString(16)} has already been bootstrapped`);
  const head = { memberId: local.id, clusterId: clusterId(members.map((member) => member.id)) };
  for (const key of [...backend.all("members").keys()]) backend.set("members", key, undefined);
  const wal = yield* Wal.create(host.fs, config.walDir, head);
  const entries = founding(members);
  const hardState = { term: 1, vote: 0n, commit: entries.length };
  wal.save(hardState, entries);
  yield* wal.sync();
  const others = members.filter(({ id }) => id !== local.id);
  return { wal, records: { ...head, hardState, entries, snapshot: { term: 0, index: 0 } }, others };
}

/** The founders, agreed on by definition: every one of them begins with the same entries. */
function founding(members: readonly ClusterMember[]): LogEntry[] {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.map((member, i) => {
    const body = { op: "member_add", member: { ...member, name: "" } } as const;
    const envelope: Envelope = { id: 0n, username: "", authRevision: 0, body };
    return { term: 1, index: i + 1, kind: "conf-change", data: encodeEnvelope(envelope) };
  });
}

function checkName(config: EtcdConfig, cluster: ReadonlyMap<string, readonly string[]>): void {
  if (!cluster.has(config.name))
    throw new BootError(`couldn't find local name "${config.name}" in the initial cluster configuration`);
}

function checkUrls(config: EtcdConfig, cluster: ReadonlyMap<string, readonly string[]>): void {
  const own = cluster.get(config.name) ?? [];
  const wanted = [...own].sort();
  const given = [...config.initialAdvertisePeerUrls].sort();
  const different = wanted.findIndex((url, i) => url !== given[i]);
  if (different < 0 && wanted.length === given.length) return;
  const listed = own.map((url) => `${config.name}=${url}`).join(",");
  throw new BootError(
    `--initial-cluster has ${listed} but missing from --initial-advertise-peer-urls=${given.join(",")} (resolved urls: ${JSON.stringify(given[different] ?? "")} != ${JSON.stringify(wanted[different] ?? "")})`,
  );
}

function assemble(
  config: EtcdConfig,
  host: MemberHost,
  backend: Backend,
  contents: DbContents,
  { wal, records, others, forcedFrom }: Begun,
  restart: boolean,
): MemberParts {
  const { log } = host;
  const name = records.memberId.toString(16);
  const say = (line: string, caller: string) => log.info(caller, line, {}, "raft");
  const storedIndex = numberRecord(contents, "consistent_index");
  // A db without a log belongs to a log that is gone: this one's indices begin anew.
  const applied = restart ? Math.max(records.snapshot.index, storedIndex) : 0;
  logStart(host, records, restart, forcedFrom);
  say(`${name} switched to configuration voters=()`, "v3/raft.go:1981");
  say(`${name} became follower at term ${records.hardState.term}`, "v3/raft.go:897");
  const last = records.entries.at(-1);
  say(
    `newRaft ${name} [peers: [], term: ${records.hardState.term}, commit: ${records.hardState.commit}, applied: ${records.snapshot.index}, lastindex: ${last?.index ?? records.snapshot.index}, lastterm: ${last?.term ?? records.snapshot.term}]`,
    "v3/raft.go:493",
  );
  const lessor = restoreLessor(contents);
  const store = new Store(backend.sink, lessor);
  log.warn("auth/store.go:1137", "simple token is not cryptographically signed");
  const membership = new Membership({ clusterId: records.clusterId, localId: records.memberId }, backend, log);
  const foreign = restart || storedIndex > 0;
  membership.maxLearners = config.maxLearners;
  if (foreign && membership.get(records.memberId) === undefined) replayMembers(membership, records);
  store.restore(versionsOf(contents), 1, compactedOf(contents));
  log.info("mvcc/kvstore.go:408", "kvstore restored", { "current-rev": store.revision });
  const auth = new AuthStore(backend, log, host.version.is36);
  const members = membership.list();
  const raft = {
    id: records.memberId,
    hardState: records.hardState,
    before: records.snapshot,
    entries: records.entries,
    commit: records.hardState.commit,
    applied,
    configuration: {
      voters: members.filter(({ isLearner }) => !isLearner).map(({ id }) => id),
      learners: members.filter(({ isLearner }) => isLearner).map(({ id }) => id),
    },
    electionTicks: Math.round(config.electionTimeoutMs / config.heartbeatMs),
    random: (limit: number) => host.random.below(limit),
  };
  const known = forcedFrom !== undefined ? [] : (others ?? members.filter(({ id }) => id !== records.memberId));
  const place = records.entries.find(({ index }) => index === applied) ?? records.snapshot;
  const at = { appliedIndex: applied, appliedTerm: place.term, storedIndex };
  return { state: { store, lessor, auth, membership, backend }, raft, say, wal, ...at, others: known };
}

/** The db is of another cluster than the log (a log elsewhere was used meanwhile): the log knows the members. */
function replayMembers(membership: Membership, records: WalRecords): void {
  for (const member of membership.list()) membership.apply({ op: "member_remove", id: member.id });
  for (const entry of records.entries) {
    if (entry.kind !== "conf-change" || entry.index > records.hardState.commit) continue;
    const { body } = decodeEnvelope(entry.data);
    if (isConfChange(body)) membership.apply(body);
  }
}

function logStart(host: MemberHost, records: WalRecords, restart: boolean, forcedFrom: number | undefined): void {
  const ids = { "cluster-id": records.clusterId.toString(16), "local-member-id": records.memberId.toString(16) };
  if (forcedFrom !== undefined)
    host.log.info("etcdserver/bootstrap.go:591", "forcing restart member", {
      ...ids,
      "wal-commit-index": forcedFrom,
      "commit-index": records.hardState.commit,
    });
  else if (restart)
    host.log.info("etcdserver/bootstrap.go:599", "restarting local member", {
      ...ids,
      "commit-index": records.hardState.commit,
    });
  else
    host.log.info("etcdserver/bootstrap.go:499", "starting local member", {
      "local-member-id": ids["local-member-id"],
      "cluster-id": ids["cluster-id"],
    });
}

/** Shortest TTL in seconds: one and a half elections of a second, rounded up. */
const LEASE_TTL_MIN = 2;

function restoreLessor(contents: DbContents): Lessor {
  const lessor = new Lessor(LEASE_TTL_MIN);
  for (const [key, value] of contents.get("lease") ?? [])
    lessor.restore(BigInt(`0x${key}`), new Reader(value).varint());
  return lessor;
}
