import { NO_BYTES } from "../../base/bytes.ts";
import type {
  Compare,
  DeleteRangeRequest,
  DeleteRangeResponse,
  KeyValue,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  RequestOp,
  ResponseHeader,
  ResponseOp,
  TxnRequest,
  TxnResponse,
} from "../rpc/messages.ts";
import { MvccError } from "./mvcc-error.ts";
import { compareBytes, sortKvs } from "./sort.ts";
import type { RangeResult, Store, WriteTxn } from "./store.ts";

/** What `applyRange` reads from: the store, or a transaction under way. */
export interface RangeView {
  range(key: string, end: string, revision: number, limit: number): RangeResult;
  count?(key: string, end: string, revision: number): number;
  readonly revision: number;
}

/** Whether a lease is there; puts with another one fail. */
export type LeaseLookup = (lease: bigint) => boolean;

/** Headers inside a transaction's answer carry the revision only. */
export function innerHeader(revision: number): ResponseHeader {
  return { clusterId: 0n, memberId: 0n, revision, raftTerm: 0 };
}

/** Answers a range. Filters come before the limit, the count before both. Mirrors etcd server/etcdserver/txn/range.go. */
export function applyRange(view: RangeView, request: RangeRequest): RangeResponse {
  const { key, rangeEnd = "", revision = 0, limit = 0 } = request;
  if (request.countOnly === true && view.count !== undefined) {
    const count = view.count(key, rangeEnd, revision);
    return { header: innerHeader(view.revision), kvs: [], more: false, count };
  }
  const order = request.sortOrder ?? "NONE";
  const target = request.sortTarget ?? "KEY";
  const whole = order !== "NONE" || isFiltered(request);
  const found = view.range(key, rangeEnd, revision, whole || limit <= 0 ? 0 : limit + 1);
  if (request.countOnly === true)
    return { header: innerHeader(view.revision), kvs: [], more: false, count: found.count };
  let kvs = isFiltered(request) ? found.kvs.filter((kv) => passes(kv, request)) : found.kvs;
  const actual = order === "NONE" && target !== "KEY" ? "ASCEND" : order;
  if (actual !== "NONE") kvs = sortKvs(kvs, target, actual);
  const more = limit > 0 && kvs.length > limit;
  if (more) kvs = kvs.slice(0, limit);
  if (request.keysOnly === true) kvs = kvs.map((kv) => ({ ...kv, value: NO_BYTES }));
  return { header: innerHeader(view.revision), kvs, more, count: found.count };
}

/** Throws `MvccError` when the lease, or the key whose value or lease is to stay, is not there. */
export function checkPut(store: Store, request: PutRequest, hasLease: LeaseLookup): void {
  if (request.ignoreValue === true || request.ignoreLease === true) {
    if (store.get(request.key) === undefined) throw new MvccError("key-not-found");
  }
  const lease = request.lease ?? 0n;
  if (lease !== 0n && !hasLease(lease)) throw new MvccError("lease-not-found");
}

export function applyPut(store: Store, txn: WriteTxn, request: PutRequest): PutResponse {
  const keep = request.ignoreValue === true || request.ignoreLease === true;
  const before = keep ? store.get(request.key)?.kv : undefined;
  const value = request.ignoreValue === true ? (before?.value ?? NO_BYTES) : request.value;
  const lease = request.ignoreLease === true ? (before?.lease ?? 0n) : (request.lease ?? 0n);
  const previous = txn.put(request.key, value, lease);
  const header = innerHeader(txn.revision);
  return request.prevKv === true && previous !== undefined ? { header, prevKv: previous } : { header };
}

export function applyDelete(txn: WriteTxn, request: DeleteRangeRequest): DeleteRangeResponse {
  const gone = txn.deleteRange(request.key, request.rangeEnd ?? "");
  const header = innerHeader(txn.revision);
  return { header, deleted: gone.length, prevKvs: request.prevKv === true ? gone : [] };
}

/**
 * Runs a transaction. All compares, nested ones too, are judged on the state before; then the chosen branches' puts
 * and ranges are checked; only then is anything changed. Throws `MvccError`, having changed nothing.
 */
export function applyTxn(store: Store, request: TxnRequest, hasLease: LeaseLookup): TxnResponse {
  const path = choosePath(store, request);
  checkPath(store, request, path, hasLease);
  const txn = store.write();
  const response = runPath(store, txn, request, path);
  txn.end();
  return response;
}

/** Whether any branch could change something. */
export function isWriteTxn(request: TxnRequest): boolean {
  return request.success.some(isWrite) || request.failure.some(isWrite);
}

function isWrite(op: RequestOp): boolean {
  return op.op === "txn" ? isWriteTxn(op.request) : op.op !== "range";
}

/** Which branch each transaction takes: its own, then those nested in that branch, in order. */
interface Path {
  readonly succeeded: boolean;
  readonly nested: readonly Path[];
}

function choosePath(store: Store, request: TxnRequest): Path {
  const succeeded = request.compare.every((compare) => holds(store, compare));
  const nested: Path[] = [];
  for (const op of succeeded ? request.success : request.failure)
    if (op.op === "txn") nested.push(choosePath(store, op.request));
  return { succeeded, nested };
}

function checkPath(store: Store, request: TxnRequest, path: Path, hasLease: LeaseLookup): void {
  let nested = 0;
  for (const op of path.succeeded ? request.success : request.failure) {
    const inner = op.op === "txn" ? path.nested[nested++] : undefined;
    if (op.op === "put") checkPut(store, op.request, hasLease);
    else if (op.op === "range") checkRange(store, op.request);
    else if (op.op === "txn" && inner !== undefined) checkPath(store, op.request, inner, hasLease);
  }
}

function checkRange(store: Store, request: RangeRequest): void {
  const revision = request.revision ?? 0;
  if (revision === 0) return;
  if (revision > store.revision) throw new MvccError("future");
  if (revision < store.compacted) throw new MvccError("compacted");
}

function runPath(store: Store, txn: WriteTxn, request: TxnRequest, path: Path): TxnResponse {
  let nested = 0;
  const responses = (path.succeeded ? request.success : request.failure).map((op): ResponseOp => {
    const inner = op.op === "txn" ? path.nested[nested++] : undefined;
    if (op.op === "txn" && inner !== undefined) return { op: "txn", response: runPath(store, txn, op.request, inner) };
    return runOp(store, txn, op);
  });
  return { header: innerHeader(txn.revision), succeeded: path.succeeded, responses };
}

function runOp(store: Store, txn: WriteTxn, op: RequestOp): ResponseOp {
  if (op.op === "put") return { op: "put", response: applyPut(store, txn, op.request) };
  if (op.op === "deleteRange") return { op: "deleteRange", response: applyDelete(txn, op.request) };
  if (op.op === "range") return { op: "range", response: applyRange(txn, op.request) };
  return { op: "txn", response: runPath(store, txn, op.request, choosePath(store, op.request)) };
}

/** A compare over a range holds when it holds for every key; over nothing, for a key that has only zeroes. */
function holds(store: Store, compare: Compare): boolean {
  const { kvs } = store.range(compare.key, compare.rangeEnd ?? "");
  if (kvs.length === 0) return compare.target !== "VALUE" && holdsFor(compare, undefined);
  return kvs.every((kv) => holdsFor(compare, kv));
}

function holdsFor(compare: Compare, kv: KeyValue | undefined): boolean {
  const order = difference(compare, kv);
  switch (compare.result) {
    case "EQUAL":
      return order === 0;
    case "NOT_EQUAL":
      return order !== 0;
    case "GREATER":
      return order > 0;
    case "LESS":
      return order < 0;
  }
}

function difference(compare: Compare, kv: KeyValue | undefined): number {
  switch (compare.target) {
    case "VALUE":
      return compareBytes(kv?.value ?? NO_BYTES, compare.bytes);
    case "LEASE":
      return sign((kv?.lease ?? 0n) - compare.lease);
    case "CREATE":
      return (kv?.createRevision ?? 0) - compare.value;
    case "MOD":
      return (kv?.modRevision ?? 0) - compare.value;
    case "VERSION":
      return (kv?.version ?? 0) - compare.value;
  }
}

function sign(value: bigint): number {
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}

function isFiltered(request: RangeRequest): boolean {
  return (
    (request.minModRevision ?? 0) !== 0 ||
    (request.maxModRevision ?? 0) !== 0 ||
    (request.minCreateRevision ?? 0) !== 0 ||
    (request.maxCreateRevision ?? 0) !== 0
  );
}

function passes(kv: KeyValue, request: RangeRequest): boolean {
  return (
    kv.modRevision >= (request.minModRevision || 0) &&
    kv.modRevision <= (request.maxModRevision || Number.POSITIVE_INFINITY) &&
    kv.createRevision >= (request.minCreateRevision || 0) &&
    kv.createRevision <= (request.maxCreateRevision || Number.POSITIVE_INFINITY)
  );
}
