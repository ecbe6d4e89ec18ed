import type {
  Compare,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
  UnaryMethod,
  UnaryMethods,
} from "./messages.ts";

/**
 * Octets of a request in protobuf, as far as size limits can notice: exact for what can be large (Put, Txn), zero for
 * the others.
 */
export function messageSize<M extends UnaryMethod>(method: M, request: UnaryMethods[M][0]): number {
  if (method === "etcdserverpb.KV/Put") return putSize(request as PutRequest);
  if (method === "etcdserverpb.KV/Txn") return txnSize(request as TxnRequest);
  return 0;
}

function putSize(request: PutRequest): number {
  return (
    field(request.key.length) +
    field(request.value.length) +
    (request.lease === undefined || request.lease === 0n
      ? 0
      : 1 + varintSize(Number(BigInt.asUintN(64, request.lease)))) +
    flag(request.prevKv) +
    flag(request.ignoreValue) +
    flag(request.ignoreLease)
  );
}

function txnSize(request: TxnRequest): number {
  let size = 0;
  for (const compare of request.compare) size += message(compareSize(compare));
  for (const op of request.success) size += message(opSize(op));
  for (const op of request.failure) size += message(opSize(op));
  return size;
}

function opSize(op: RequestOp): number {
  switch (op.op) {
    case "put":
      return message(putSize(op.request));
    case "range":
      return message(rangeSize(op.request));
    case "deleteRange":
      return message(deleteSize(op.request));
    case "txn":
      return message(txnSize(op.request));
  }
}

function rangeSize(request: RangeRequest): number {
  return (
    field(request.key.length) + field(request.rangeEnd?.length ?? 0) + number(request.limit) + number(request.revision)
  );
}

function deleteSize(request: DeleteRangeRequest): number {
  return field(request.key.length) + field(request.rangeEnd?.length ?? 0) + flag(request.prevKv);
}

function compareSize(compare: Compare): number {
  const size = number(compare.result === "EQUAL" ? 0 : 1) + field(compare.key.length) + 2;
  if (compare.target === "VALUE") return size + field(compare.bytes.length);
  if (compare.target === "LEASE") return size + 9;
  return size + number(compare.value);
}

function field(length: number): number {
  return length === 0 ? 0 : message(length);
}

function message(length: number): number {
  return 1 + varintSize(length) + length;
}

function number(value: number | undefined): number {
  return value === undefined || value === 0 ? 0 : 1 + varintSize(value);
}

function flag(value: boolean | undefined): number {
  return value === true ? 2 : 0;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}
