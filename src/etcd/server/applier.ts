import { humanBytes } from "../../base/byte-size.ts";
import { NO_BYTES } from "../../base/bytes.ts";
import { formatGoDuration } from "../../base/cli/go-duration.ts";
import { applyDelete, applyPut, applyTxn, checkPut, innerHeader } from "../mvcc/apply.ts";
import { LEASE_TTL_MAX, type Lessor } from "../mvcc/lessor.ts";
import { MvccError } from "../mvcc/mvcc-error.ts";
import type { Store } from "../mvcc/store.ts";
import type { AlarmMember, AlarmRequest, CompactionRequest, RequestOp, TxnRequest } from "../rpc/messages.ts";
import { Writer } from "../snapshot/codec.ts";
import { alarmKey, alarmOfKey, revisionBytes } from "../snapshot/schema.ts";
import { checkEnvelope } from "./apply-auth.ts";
import type { AuthStore } from "./auth-store.ts";
import type { Backend } from "./backend.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Logger } from "./log.ts";
import type { Membership } from "./membership.ts";
import { type Envelope, type InternalRequest, isConfChange } from "./request.ts";
import { hex16, requestText } from "./request-text.ts";

/** The state that the log's entries change. */
export interface MemberState {
  readonly store: Store;
  readonly lessor: Lessor;
  readonly auth: AuthStore;
  readonly membership: Membership;
  readonly backend: Backend;
}

/** What an entry came to: an answer without outer header, or why not. */
export type Applied = { readonly answer: unknown } | { readonly error: EtcdError };

/**
 * Carries out committed entries. It depends on nothing but the state and the entry (and, for a lease's end, the
 * leader's clock), so every member and every replay comes to the same. Mirrors etcd server/etcdserver/apply.
 */
export class Applier {
  private readonly state: MemberState;
  private readonly log: Logger;
  private readonly now: () => number;
  private readonly activeAlarms = new Map<string, AlarmMember>();

  constructor(state: MemberState, log: Logger, now: () => number) {
    this.state = state;
    this.log = log;
    this.now = now;
    this.load();
  }

  /** Takes the alarms from the backend. */
  load(): void {
    this.activeAlarms.clear();
    for (const key of this.state.backend.all("alarm").keys()) this.activeAlarms.set(key, alarmOfKey(key));
  }

  get alarms(): readonly AlarmMember[] {
    return [...this.activeAlarms.values()];
  }

  hasAlarm(alarm: AlarmMember["alarm"]): boolean {
    return this.alarms.some((active) => active.alarm === alarm);
  }

  apply(envelope: Envelope): Applied {
    try {
      checkEnvelope(this.state, envelope);
      return { answer: this.run(envelope) };
    } catch (error) {
      const known = toEtcdError(error);
      if (known === undefined) throw error;
      if (!this.isAdminRefusal(envelope, known)) this.logFailure(envelope, known);
      return { error: known };
    }
  }

  private run(envelope: Envelope): unknown {
    const { body } = envelope;
    const { membership, auth } = this.state;
    if (isConfChange(body)) {
      membership.validate(body);
      membership.apply(body);
      return { members: membership.list() };
    }
    switch (body.op) {
      case "put":
      case "txn":
      case "delete_range":
      case "compaction":
        return this.runKv(body);
      case "lease_grant":
        return this.grant(body.id, body.ttl);
      case "lease_revoke":
        return this.revoke(body.id);
      case "alarm":
        return this.alarm(body.request);
      case "cluster_version_set":
        this.setClusterVersion(body.version);
        return {};
      case "downgrade_info_set":
        membership.setDowngrade(body.enabled, body.version);
        return {};
      case "cluster_member_attr_set":
        membership.setAttributes(body.id, body.name, body.clientUrls);
        return {};
      default:
        return auth.apply(body, { username: envelope.username, revision: envelope.authRevision });
    }
  }

  private runKv(body: InternalRequest & { op: "put" | "txn" | "delete_range" | "compaction" }): unknown {
    const { store } = this.state;
    switch (body.op) {
      case "put": {
        this.refuseWhenFull();
        checkPut(store, body.request, this.hasLease);
        const txn = store.write();
        const answer = applyPut(store, txn, body.request);
        txn.end();
        return answer;
      }
      case "txn":
        if (hasPuts(body.request)) this.refuseWhenFull();
        return applyTxn(store, body.request, this.hasLease);
      case "delete_range": {
        const txn = store.write();
        const answer = applyDelete(txn, body.request);
        txn.end();
        return answer;
      }
      case "compaction":
        return this.compact(body.request);
    }
  }

  private readonly hasLease = (lease: bigint): boolean => this.state.lessor.get(lease) !== undefined;

  private refuseWhenFull(): void {
    if (this.hasAlarm("CORRUPT")) throw new EtcdError("Corrupt");
    if (this.hasAlarm("NOSPACE")) throw new EtcdError("NoSpace");
  }

  private compact(request: CompactionRequest): unknown {
    const { store, backend } = this.state;
    const { compacted } = store;
    const startedAt = this.now();
    store.compact(request.revision);
    backend.set("meta", "scheduledCompactRev", revisionBytes(request.revision));
    backend.set("meta", "finishedCompactRev", revisionBytes(request.revision));
    const { hash } = store.compactionHashValue();
    this.log.info("mvcc/index.go:194", "compact tree index", { revision: request.revision });
    this.log.info("mvcc/kvstore_compaction.go:70", "finished scheduled compaction", {
      "compact-revision": request.revision,
      took: formatGoDuration(this.now() - startedAt),
      hash,
      ...dbSizeFields(backend, "current-db"),
    });
    this.log.info("mvcc/hash.go:157", "storing new hash", {
      hash,
      revision: request.revision,
      "compact-revision": compacted,
    });
    return { header: innerHeader(store.revision) };
  }

  private grant(id: bigint, ttl: number): unknown {
    this.refuseWhenFull();
    if (ttl > LEASE_TTL_MAX) throw new EtcdError("LeaseTtlTooLarge");
    const lease = this.state.lessor.grant(id, ttl, this.now());
    if (lease === undefined) throw new EtcdError("LeaseExist");
    const writer = new Writer();
    writer.varint(lease.ttl);
    this.state.backend.set("lease", hex16(id), writer.take());
    return { id, ttl: lease.ttl };
  }

  /** All keys of a lease go in one revision, in the order of their names. */
  private revoke(id: bigint): unknown {
    const { store, lessor, backend } = this.state;
    const keys = lessor.revoke(id);
    if (keys === undefined) throw new EtcdError("LeaseNotFound");
    backend.set("lease", hex16(id), undefined);
    const txn = store.write();
    for (const key of keys) txn.deleteRange(key, "");
    txn.end();
    return {};
  }

  private alarm(request: AlarmRequest): unknown {
    const wanted = { memberId: request.memberId, alarm: request.alarm };
    if (request.action === "GET") {
      const alarms = this.alarms.filter((alarm) => request.alarm === "NONE" || alarm.alarm === request.alarm);
      return { alarms };
    }
    const key = alarmKey(wanted);
    if (request.action === "ACTIVATE") {
      if (request.alarm === "NONE" || this.activeAlarms.has(key)) return { alarms: [wanted] };
      this.activeAlarms.set(key, wanted);
      this.state.backend.set("alarm", key, NO_BYTES);
      return { alarms: [wanted] };
    }
    if (!this.activeAlarms.delete(key)) return { alarms: [] };
    this.state.backend.set("alarm", key, undefined);
    return { alarms: [wanted] };
  }

  private setClusterVersion(version: string): void {
    const { membership } = this.state;
    const before = membership.version;
    membership.setVersion(version);
    const short = version.split(".").slice(0, 2).join(".");
    if (before === undefined)
      this.log.info("membership/cluster.go:674", "set initial cluster version", {
        ...membership.ids(),
        "cluster-version": short,
      });
    else
      this.log.info("membership/cluster.go:681", "updated cluster version", {
        ...membership.ids(),
        from: before.split(".").slice(0, 2).join("."),
        to: short,
      });
    this.log.info("api/capability.go:76", "enabled capabilities for version", { "cluster-version": short });
  }

  /** Whether an administrator's request was refused before anything was tried; that is not logged. */
  private isAdminRefusal(envelope: Envelope, error: EtcdError): boolean {
    const { op } = envelope.body;
    if (!this.state.auth.enabled || !op.startsWith("auth_") || op === "auth_user_get" || op === "auth_role_get")
      return false;
    return error.kind === "PermissionDenied" || error.kind === "UserEmpty";
  }

  private logFailure(envelope: Envelope, error: EtcdError): void {
    const { op } = envelope.body;
    const sized = op === "lease_grant" || op === "auth_role_get" || op === "auth_user_get";
    const response = op === "lease_revoke" ? "size:27" : sized ? "size:0" : "";
    this.log.warn("txn/util.go:46", "failed to apply request", {
      took: "0s",
      request: requestText(envelope),
      response,
      error: error.message,
    });
  }
}

/** Sizes of the db as log lines carry them. */
export function dbSizeFields(backend: Backend, prefix: string): Record<string, string | number> {
  const { size, inUse } = backend.pages;
  return {
    [`${prefix}-size-bytes`]: size,
    [`${prefix}-size`]: humanBytes(size),
    [`${prefix}-size-in-use-bytes`]: inUse,
    [`${prefix}-size-in-use`]: humanBytes(inUse),
  };
}

/** The server's error for one of the store's, or undefined for a defect. */
export function toEtcdError(error: unknown): EtcdError | undefined {
  if (error instanceof EtcdError) return error;
  if (!(error instanceof MvccError)) return undefined;
  switch (error.code) {
    case "compacted":
      return new EtcdError("Compacted");
    case "future":
      return new EtcdError("FutureRev");
    case "lease-not-found":
      return new EtcdError("LeaseNotFound");
    case "key-not-found":
      return new EtcdError("KeyNotFound");
  }
}

function hasPuts(request: TxnRequest): boolean {
  return request.success.some(isPut) || request.failure.some(isPut);
}

function isPut(op: RequestOp): boolean {
  return op.op === "txn" ? hasPuts(op.request) : op.op === "put";
}
