import type { Task } from "../../sim/task.ts";
import { applyRange, applyTxn, isWriteTxn } from "../mvcc/apply.ts";
import {
  checkDeleteRequest,
  checkPutRequest,
  checkRangeRequest,
  checkTxnRequest,
  type RequestFault,
} from "../mvcc/check-request.ts";
import { RpcError } from "../rpc/client.ts";
import { messageSize } from "../rpc/message-size.ts";
import type {
  DeleteRangeResponse,
  PutResponse,
  RangeRequest,
  RequestOp,
  ResponseHeader,
  TxnRequest,
  TxnResponse,
} from "../rpc/messages.ts";
import { checkTxnAccess } from "./apply-auth.ts";
import type { AuthInfo } from "./auth-store.ts";
import { effectiveQuota } from "./config.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";
import type { MethodTable } from "./service.ts";

type KvMethod = `etcdserverpb.KV/${"Range" | "Put" | "DeleteRange" | "Txn" | "Compact"}`;

/** gRPC's own limit on what the server takes in: the request limit and 512 KiB. */
const OVERHEAD_BYTES = 512 * 1024;

export const KV_METHODS: MethodTable<KvMethod> = {
  *"etcdserverpb.KV/Range"(member, request, info) {
    refuse(checkRangeRequest(request));
    if (request.serializable !== true) yield* member.readBarrier();
    member.state.auth.checkAccess(info, "READ", request.key, request.rangeEnd ?? "");
    return { ...applyRange(member.state.store, request), header: member.header() };
  },

  *"etcdserverpb.KV/Put"(member, request, info) {
    refuse(checkPutRequest(request));
    checkSize(member, messageSize("etcdserverpb.KV/Put", request));
    yield* checkQuota(member, putCost(request.key.length, request.value.length));
    const answer = (yield* member.propose({ op: "put", request }, info)) as PutResponse;
    traceWrites(member, [writeOf({ op: "put", request })], {}, info, answer.header);
    return { ...answer, header: member.header(answer.header.revision) };
  },

  *"etcdserverpb.KV/DeleteRange"(member, request, info) {
    refuse(checkDeleteRequest(request));
    const answer = (yield* member.propose({ op: "delete_range", request }, info)) as DeleteRangeResponse;
    traceWrites(member, [writeOf({ op: "deleteRange", request })], {}, info, answer.header);
    return { ...answer, header: member.header(answer.header.revision) };
  },

  *"etcdserverpb.KV/Txn"(member, request, info) {
    refuse(checkTxnRequest(request, member.config.maxTxnOps));
    checkSize(member, messageSize("etcdserverpb.KV/Txn", request));
    if (!isWriteTxn(request)) return yield* readTxn(member, request, info);
    yield* checkQuota(member, txnCost(request));
    const answer = (yield* member.propose({ op: "txn", request }, info)) as TxnResponse;
    traceWrites(member, writesOf(request, answer), { txn: true }, info, answer.header);
    return { ...answer, header: member.header(answer.header.revision) };
  },

  *"etcdserverpb.KV/Compact"(member, request, info) {
    member.state.auth.checkAdmin(info);
    yield* member.propose({ op: "compaction", request }, info);
    return { header: member.header() };
  },
};

/** A transaction that changes nothing does not go through the log. */
function* readTxn(
  member: Member,
  request: TxnRequest,
  info: { username: string; revision: number },
): Task<TxnResponse> {
  if (!isSerializable(request)) yield* member.readBarrier();
  checkTxnAccess(member.state, info, request);
  const answer = applyTxn(member.state.store, request, () => true);
  return { ...answer, header: member.header() };
}

/**
 * Refuses what would not fit, and tells the cluster by an alarm that the space is used up. Costs are upper bounds
 * (server/storage/quota.go).
 */
export function* checkQuota(member: Member, cost: number): Task<void> {
  const quota = effectiveQuota(member.config);
  if (cost === 0 || member.state.backend.pages.size + cost < quota) return;
  const request = { action: "ACTIVATE", memberId: member.state.membership.localId, alarm: "NOSPACE" } as const;
  if (!member.applier.hasAlarm("NOSPACE")) {
    yield* member.propose({ op: "alarm", request });
  }
  throw new EtcdError("NoSpace");
}

function putCost(key: number, value: number): number {
  return 256 + key + value;
}

function txnCost(request: TxnRequest): number {
  return Math.max(branchCost(request.success), branchCost(request.failure));
}

function branchCost(ops: readonly RequestOp[]): number {
  let cost = 0;
  for (const op of ops) {
    if (op.op === "put") cost += putCost(op.request.key.length, op.request.value.length);
    else if (op.op === "txn") cost += txnCost(op.request);
  }
  return cost;
}

function checkSize(member: Member, size: number): void {
  const limit = member.config.maxRequestBytes + OVERHEAD_BYTES;
  if (size > limit)
    throw new RpcError("ResourceExhausted", `grpc: received message larger than max (${size} vs. ${limit})`);
  if (size > member.config.maxRequestBytes) throw new EtcdError("RequestTooLarge");
}

function refuse(fault: RequestFault): void {
  if (fault !== undefined) throw new RpcError("InvalidArgument", fault);
}

function isSerializable(request: TxnRequest): boolean {
  return [...request.success, ...request.failure].every(
    (op) => op.op === "range" && (op.request as RangeRequest).serializable === true,
  );
}

/** An executed operation as the trace tells it; `end` is the end of the range that was deleted, "" for one key. */
interface TracedWrite {
  readonly kind: "etcd.put" | "etcd.delete";
  readonly range: { readonly key: string; readonly end?: string };
}

function writeOf(op: Extract<RequestOp, { op: "put" | "deleteRange" }>): TracedWrite {
  if (op.op === "put") return { kind: "etcd.put", range: { key: op.request.key } };
  return { kind: "etcd.delete", range: { key: op.request.key, end: op.request.rangeEnd ?? "" } };
}

/** What a transaction did, in order: the branch that its answer says, and of nested ones theirs. */
function writesOf({ success, failure }: TxnRequest, { succeeded, responses }: TxnResponse): TracedWrite[] {
  return (succeeded ? success : failure).flatMap((op, index) => {
    const answer = responses[index];
    if (op.op === "range") return [];
    if (op.op !== "txn") return [writeOf(op)];
    return answer?.op === "txn" ? writesOf(op.request, answer.response) : [];
  });
}

/** Tells each write; `client` is who wrote, by its certificate, `txn` marks what was part of a transaction. */
function traceWrites(
  member: Member,
  writes: readonly TracedWrite[],
  mark: { readonly txn?: true },
  info: AuthInfo,
  header: ResponseHeader,
): void {
  for (const { kind, range } of writes) {
    const data = { ...range, ...mark, revision: header.revision, client: info.client ?? "" };
    member.host.trace?.emit(`etcd/${member.config.name}`, kind, data);
  }
}
