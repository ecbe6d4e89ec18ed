import { byteStringOf } from "../../../base/bytes.ts";
import { type EtcdConnection, RpcError } from "../../../etcd/rpc/client.ts";
import type { KeyValue, RangeResponse, TxnResponse, UnaryMethod, UnaryMethods } from "../../../etcd/rpc/messages.ts";
import type { Clock } from "../../../sim/clock.ts";
import type { Task } from "../../../sim/task.ts";
import { plainError } from "../status.ts";

/** How long a call may wait for etcd; the request's own limit when it has one. */
export interface Deadline {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What to say when it has passed. */
  readonly error: () => Error;
}

/** What a conditional write found. */
export type WriteResult =
  | { readonly ok: true; readonly revision: number }
  /** The key is not as expected; `current` is what it is now. */
  | { readonly ok: false; readonly current: KeyValue | undefined };

/** Leases are shared by objects written within this time (etcd3 lease manager). */
const LEASE_REUSE_SECONDS = 60;
const LEASE_OBJECTS_MAX = 1000;

/**
 * The API server's use of etcd: reads, conditional writes, leases. Keys are texts; values bytes. Mirrors apiserver
 * storage/etcd3/store.go: every write is a transaction on the key's mod revision.
 */
export class EtcdStore {
  private readonly connection: EtcdConnection;
  private readonly clock: Clock;
  private lease: { readonly id: bigint; readonly ttl: number; readonly until: number; objects: number } | undefined;

  constructor(connection: EtcdConnection, clock: Clock) {
    this.connection = connection;
    this.clock = clock;
  }

  *get(key: string, deadline: Deadline): Task<{ kv: KeyValue | undefined; revision: number }> {
    const response = yield* this.call("etcdserverpb.KV/Range", { key: byteStringOf(key) }, deadline);
    return { kv: response.kvs[0], revision: response.header.revision };
  }

  /** Keys from `key` up to `rangeEnd`. Throws RpcError-derived ApiError; compacted revisions are the caller's matter. */
  *range(key: string, rangeEnd: string, limit: number, revision: number, deadline: Deadline): Task<RangeResponse> {
    const request = { key: byteStringOf(key), rangeEnd: byteStringOf(rangeEnd), limit, revision };
    return yield* this.call("etcdserverpb.KV/Range", request, deadline);
  }

  /** etcd's revision now, agreed with the quorum. */
  *currentRevision(deadline: Deadline): Task<number> {
    const request = { key: "/registry/health", keysOnly: true };
    return (yield* this.call("etcdserverpb.KV/Range", request, deadline)).header.revision;
  }

  /** Writes if the key's mod revision is `expected` (0: the key must not exist). */
  *put(key: string, value: Uint8Array, expected: number, ttlSeconds: number, deadline: Deadline): Task<WriteResult> {
    const lease = ttlSeconds > 0 ? yield* this.leaseFor(ttlSeconds, deadline) : 0n;
    const bytes = byteStringOf(key);
    const response = yield* this.call(
      "etcdserverpb.KV/Txn",
      {
        compare: [{ result: "EQUAL", key: bytes, target: "MOD", value: expected }],
        success: [{ op: "put", request: { key: bytes, value, lease } }],
        failure: [{ op: "range", request: { key: bytes } }],
      },
      deadline,
    );
    return writeResult(response);
  }

  *delete(key: string, expected: number, deadline: Deadline): Task<WriteResult> {
    const bytes = byteStringOf(key);
    const response = yield* this.call(
      "etcdserverpb.KV/Txn",
      {
        compare: [{ result: "EQUAL", key: bytes, target: "MOD", value: expected }],
        success: [{ op: "deleteRange", request: { key: bytes } }],
        failure: [{ op: "range", request: { key: bytes } }],
      },
      deadline,
    );
    return writeResult(response);
  }

  private *leaseFor(ttlSeconds: number, deadline: Deadline): Task<bigint> {
    const now = this.clock.uptime;
    const known = this.lease;
    if (known !== undefined && known.ttl === ttlSeconds && known.until > now && known.objects < LEASE_OBJECTS_MAX) {
      known.objects++;
      return known.id;
    }
    const reuse = Math.min(LEASE_REUSE_SECONDS, Math.floor(ttlSeconds * 0.05));
    const granted = yield* this.call("etcdserverpb.Lease/LeaseGrant", { ttl: ttlSeconds + reuse }, deadline);
    this.lease = { id: granted.id, ttl: ttlSeconds, until: now + reuse * 1000, objects: 1 };
    return granted.id;
  }

  private *call<M extends UnaryMethod>(
    method: M,
    request: UnaryMethods[M][0],
    deadline: Deadline,
  ): Task<UnaryMethods[M][1]> {
    const timeoutMs = Math.max(1, deadline.at - this.clock.uptime);
    try {
      return yield* this.connection.call(method, request, { timeoutMs });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (error.code === "DeadlineExceeded") throw deadline.error();
      throw storageError(error);
    }
  }
}

/** The store's errors as the API tells them: etcd's own texts stand alone. */
function storageError(error: RpcError): Error {
  if (error.desc.includes("required revision has been compacted")) return new CompactedError(error.desc);
  if (error.desc.includes("required revision is a future revision")) return new FutureRevisionError(error.desc);
  return plainError(error.desc.startsWith("etcdserver: ") ? error.desc : error.message);
}

/** The asked-for revision is gone from etcd. */
export class CompactedError extends Error {}
/** The asked-for revision is not there yet. */
export class FutureRevisionError extends Error {}

function writeResult(response: TxnResponse): WriteResult {
  if (response.succeeded) return { ok: true, revision: response.header.revision };
  const first = response.responses[0];
  return { ok: false, current: first?.op === "range" ? first.response.kvs[0] : undefined };
}

/** The end of the range of all keys that begin with `prefix`. */
export function prefixEnd(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}
