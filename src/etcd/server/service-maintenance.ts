import { sha256 } from "@noble/hashes/sha2.js";
import { humanBytes } from "../../base/byte-size.ts";
import { text } from "../../base/bytes.ts";
import { formatGoDuration } from "../../base/cli/go-duration.ts";
import type { Task } from "../../sim/task.ts";
import { RpcError } from "../rpc/client.ts";
import type { SnapshotResponse, UnaryMethod } from "../rpc/messages.ts";
import type { ServerStream } from "../rpc/serve.ts";
import { CHECKSUM_SIZE } from "../snapshot/snapshot.ts";
import { dbSizeFields } from "./applier.ts";
import type { AuthInfo } from "./auth-store.ts";
import { effectiveQuota } from "./config.ts";
import { EtcdError } from "./etcd-error.ts";
import { moveLeader } from "./leadership-transfer.ts";
import type { Member } from "./member.ts";
import type { MethodTable } from "./service.ts";

type MaintenanceMethod = Extract<UnaryMethod, `etcdserverpb.Maintenance/${string}`>;

/** Octets of one message of a snapshot. */
const CHUNK_BYTES = 32 * 1024;

export const MAINTENANCE_METHODS: MethodTable<MaintenanceMethod> = {
  *"etcdserverpb.Maintenance/Alarm"(member, request, info) {
    member.state.auth.checkUser(info);
    if (request.action !== "GET") member.state.auth.checkAdmin(info);
    const answer = (yield* member.propose({ op: "alarm", request }, info)) as { alarms: never[] };
    return { header: member.header(), alarms: answer.alarms };
  },

  *"etcdserverpb.Maintenance/Status"(member, _request, info) {
    const { auth, backend, membership } = member.state;
    if (member.version.is36) auth.checkUser(info);
    else auth.checkAdmin(info);
    const errors = member.consensus.leader === 0n ? ["etcdserver: no leader"] : [];
    for (const alarm of member.applier.alarms) errors.push(`memberID:${alarm.memberId} alarm:${alarm.alarm} `);
    const quota = effectiveQuota(member.config);
    return {
      header: member.header(),
      version: member.version.full,
      dbSize: backend.pages.size,
      leader: member.consensus.leader,
      raftIndex: member.consensus.commit,
      raftTerm: member.consensus.term,
      raftAppliedIndex: member.appliedIndex,
      errors,
      dbSizeInUse: backend.pages.inUse,
      isLearner: member.isLearner,
      storageVersion: member.version.is36 ? storageVersion(member) : "",
      dbSizeQuota: member.version.is36 && Number.isFinite(quota) ? quota : 0,
      downgradeInfo: membership.downgrade,
    };
  },

  *"etcdserverpb.Maintenance/Defragment"(member, _request, info) {
    checkMaintainer(member, info);
    yield* defragment(member);
    return { header: member.header() };
  },

  *"etcdserverpb.Maintenance/HashKV"(member, request, info) {
    checkMaintainer(member, info);
    const found = member.state.store.hash(request.revision);
    return {
      header: member.header(),
      hash: found.hash,
      compactRevision: found.compacted,
      hashRevision: found.revision,
    };
  },

  *"etcdserverpb.Maintenance/MoveLeader"(member, request, info) {
    member.state.auth.checkAdmin(info);
    if (!member.isLeader) throw new EtcdError("NotLeader");
    yield* moveLeader(member, request.targetId);
    return { header: member.header() };
  },

  *"etcdserverpb.Maintenance/Downgrade"(member, request, info) {
    member.state.auth.checkAdmin(info);
    yield* member.readBarrier();
    const cluster = (member.state.membership.version ?? "3.6.0").split(".").slice(0, 2).join(".");
    if (request.action === "CANCEL")
      yield* member.propose({ op: "downgrade_info_set", enabled: false, version: "" }, info);
    else {
      const target = checkTarget(request.version, cluster);
      if (member.state.membership.downgrade.enabled) throw new EtcdError("DowngradeInProcess");
      if (request.action === "ENABLE")
        yield* member.propose({ op: "downgrade_info_set", enabled: true, version: target }, info);
    }
    member.versionsChanged();
    return { header: member.header(), version: cluster };
  },
};

/** Streams the db, then its checksum. */
export function* sendSnapshot(
  member: Member,
  stream: ServerStream<unknown, SnapshotResponse>,
  info: AuthInfo,
): Task<void> {
  const { backend, store } = member.state;
  checkMaintainer(member, info);
  yield* member.commit();
  const db = backend.image(store.versions);
  const version = member.version.is36 ? storageVersion(member) : "";
  const startedAt = member.host.clock.uptime;
  const size = { "total-bytes": db.length, size: humanBytes(db.length) };
  member.host.log.info("v3rpc/maintenance.go:160", "sending database snapshot to client", {
    ...size,
    "storage-version": version,
  });
  for (let at = 0; at < db.length; at += CHUNK_BYTES) {
    const blob = db.subarray(at, at + CHUNK_BYTES);
    stream.send({ header: member.header(0), remainingBytes: db.length - at - blob.length, blob, version });
  }
  member.host.log.info("v3rpc/maintenance.go:202", "sending database sha256 checksum to client", {
    "total-bytes": db.length,
    "checksum-size": CHECKSUM_SIZE,
  });
  stream.send({ header: member.header(0), remainingBytes: 0, blob: sha256(db), version });
  member.host.log.info("v3rpc/maintenance.go:211", "successfully sent database snapshot to client", {
    ...size,
    took: formatGoDuration(member.host.clock.uptime - startedAt),
    "storage-version": version,
  });
}

/** Administrators only; 3.5 lets the auth store's own error through here. */
function checkMaintainer(member: Member, info: AuthInfo): void {
  try {
    member.state.auth.checkAdmin(info);
  } catch (error) {
    if (error instanceof EtcdError && !member.version.is36) throw new RpcError("Unknown", error.message);
    throw error;
  }
}

/** What the db says of its own format; before 3.6 has marked it, that is 3.5's. */
export function storageVersion(member: Member): string {
  const value = member.state.backend.get("meta", "storageVersion");
  return value === undefined ? "3.5.0" : text(value);
}

function* defragment(member: Member): Task<void> {
  const { backend } = member.state;
  const { log, clock } = member.host;
  const path = `${member.config.snapDir}/db`;
  const before = { size: backend.pages.size, inUse: backend.pages.inUse };
  const startedAt = clock.uptime;
  log.info("v3rpc/maintenance.go:117", "starting defragment");
  log.info("backend/backend.go:522", "defragmenting", { path, ...dbSizeFields(backend, "current-db") });
  yield* member.defragment();
  const after = dbSizeFields(backend, "current-db");
  log.info("backend/backend.go:592", "finished defragmenting directory", {
    path,
    "current-db-size-bytes-diff": backend.pages.size - before.size,
    "current-db-size-bytes": backend.pages.size,
    "current-db-size": after["current-db-size"] ?? "",
    "current-db-size-in-use-bytes-diff": backend.pages.inUse - before.inUse,
    "current-db-size-in-use-bytes": backend.pages.inUse,
    "current-db-size-in-use": after["current-db-size-in-use"] ?? "",
    took: formatGoDuration(clock.uptime - startedAt),
  });
  log.info("v3rpc/maintenance.go:125", "finished defragment");
}

/** A cluster goes down by one minor version at a time. */
function checkTarget(version: string, cluster: string): string {
  if (!/^\d+\.\d+(\.\d+)?$/.test(version)) throw new EtcdError("WrongDowngradeFormat");
  const [major = 0, minor = 0] = cluster.split(".").map(Number);
  const [targetMajor, targetMinor] = version.split(".").map(Number);
  if (targetMajor !== major || targetMinor !== minor - 1) throw new EtcdError("InvalidDowngradeTarget");
  return `${targetMajor}.${targetMinor}.0`;
}
