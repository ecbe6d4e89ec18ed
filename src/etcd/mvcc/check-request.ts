import type { ByteString } from "../../base/bytes.ts";
import type { DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest } from "../rpc/messages.ts";
import { FROM_KEY } from "./store.ts";

/** Most operations of one list of a transaction; nested transactions share what is left. */
const TXN_OPS_MAX = 128;

/** What a request breaks, in the API's words (api/v3rpc/rpctypes/error.go); undefined when it is well formed. */
export type RequestFault = string | undefined;

const NO_KEY = "etcdserver: key is not provided";
const DUPLICATE = "etcdserver: duplicate key given in txn request";

export function checkRangeRequest(request: RangeRequest): RequestFault {
  return request.key === "" ? NO_KEY : undefined;
}

export function checkPutRequest(request: PutRequest): RequestFault {
  if (request.key === "") return NO_KEY;
  if (request.ignoreValue === true && request.value.length > 0) return "etcdserver: value is provided";
  if (request.ignoreLease === true && (request.lease ?? 0n) !== 0n) return "etcdserver: lease is provided";
  return undefined;
}

export function checkDeleteRequest(request: DeleteRangeRequest): RequestFault {
  return request.key === "" ? NO_KEY : undefined;
}

/** Sizes, keys, and whether two operations of one branch would write one key. */
export function checkTxnRequest(request: TxnRequest, opsMax = TXN_OPS_MAX): RequestFault {
  return checkOps(request, opsMax) ?? branchFault(request.success) ?? branchFault(request.failure);
}

/** One operation, as almost every client sends, has nothing that it could meet. */
function branchFault(ops: readonly RequestOp[]): RequestFault {
  if (ops.length === 0 || (ops.length === 1 && ops[0]?.op !== "txn")) return undefined;
  return collect(ops).fault;
}

function checkOps(request: TxnRequest, opsMax: number): RequestFault {
  const most = Math.max(request.compare.length, request.success.length, request.failure.length);
  if (most > opsMax) return "etcdserver: too many operations in txn request";
  for (const compare of request.compare) if (compare.key === "") return NO_KEY;
  return checkBranch(request.success, opsMax - most) ?? checkBranch(request.failure, opsMax - most);
}

function checkBranch(ops: readonly RequestOp[], opsMax: number): RequestFault {
  for (const op of ops) {
    const fault = checkOp(op, opsMax);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function checkOp(op: RequestOp, opsMax: number): RequestFault {
  if (op.op === "range") return checkRangeRequest(op.request);
  if (op.op === "put") return checkPutRequest(op.request);
  if (op.op === "deleteRange") return checkDeleteRequest(op.request);
  return checkOps(op.request, opsMax);
}

/** What one branch writes: keys put and ranges deleted. */
interface Writes {
  readonly puts: Set<ByteString>;
  readonly dels: (readonly [start: ByteString, end: ByteString])[];
  fault: RequestFault;
}

/** Deletions may overlap each other; a put may meet neither a put nor a deletion, of its own level or below. */
function collect(ops: readonly RequestOp[]): Writes {
  const writes: Writes = { puts: new Set(), dels: [], fault: undefined };
  for (const op of ops) if (op.op === "deleteRange") writes.dels.push([op.request.key, op.request.rangeEnd ?? ""]);
  for (const op of ops) if (op.op === "txn") collectNested(writes, op.request);
  for (const op of ops) if (op.op === "put") addPut(writes, op.request.key, undefined);
  return writes;
}

/** The two branches of a nested transaction exclude each other, so they may put the same keys. */
function collectNested(writes: Writes, request: TxnRequest): void {
  const then = collect(request.success);
  const otherwise = collect(request.failure);
  writes.fault ??= then.fault ?? otherwise.fault;
  for (const key of then.puts) addPut(writes, key, undefined);
  for (const key of otherwise.puts) addPut(writes, key, then.puts);
  writes.dels.push(...then.dels, ...otherwise.dels);
}

function addPut(writes: Writes, key: ByteString, exclusive: ReadonlySet<ByteString> | undefined): void {
  if (writes.puts.has(key) && exclusive?.has(key) !== true) writes.fault ??= DUPLICATE;
  if (writes.dels.some(([start, end]) => covers(start, end, key))) writes.fault ??= DUPLICATE;
  writes.puts.add(key);
}

function covers(start: ByteString, end: ByteString, key: ByteString): boolean {
  if (end === "") return key === start;
  return key >= start && (end === FROM_KEY || key < end);
}
