import { textOfByteString } from "../../base/bytes.ts";
import type { Compare, DeleteRangeRequest, PutRequest, RequestOp, TxnRequest } from "../rpc/messages.ts";
import type { Envelope, InternalRequest } from "./request.ts";

/** A request as the server's log prints it: protobuf's text form, values as their size. */
export function requestText(envelope: Envelope): string {
  const user =
    envelope.username === "" ? "" : ` username:${quote(envelope.username)} auth_revision:${envelope.authRevision}`;
  return `header:<ID:${envelope.id}${user} > ${bodyText(envelope.body)}`;
}

function bodyText(body: InternalRequest): string {
  switch (body.op) {
    case "put":
      return `put:${putText(body.request)}`;
    case "delete_range":
      return `delete_range:${deleteText(body.request)}`;
    case "txn":
      return `txn:${txnText(body.request)}`;
    case "compaction":
      return `compaction:<revision:${body.request.revision}${body.request.physical === true ? " physical:true" : ""} > `;
    case "lease_grant":
      return `lease_grant:<ttl:${body.ttl}-second id:${hex16(body.id)}>`;
    case "lease_revoke":
      return `lease_revoke:<id:${hex16(body.id)}>`;
    case "auth_user_change_password":
      return `auth_user_change_password:<name:${body.name}>`;
    case "auth_role_grant_permission":
      return `auth_role_grant_permission:<name:${quote(body.name)} perm:<key:${quote(body.perm.key)} > > `;
    default:
      return fieldsText(body);
  }
}

function fieldsText(body: InternalRequest): string {
  const parts = Object.entries(body)
    .filter(([name, value]) => name !== "op" && typeof value === "string" && value !== "")
    .map(([name, value]) => `${name}:${quote(String(value))} `);
  return `${body.op}:<${parts.join("")}> `;
}

function putText(request: PutRequest): string {
  const lease = request.lease === undefined || request.lease === 0n ? "" : ` lease:${request.lease}`;
  return `<key:${quote(request.key)} value_size:${request.value.length}${lease} >`;
}

function deleteText(request: DeleteRangeRequest): string {
  const end = (request.rangeEnd ?? "") === "" ? "" : `range_end:${quote(request.rangeEnd ?? "")} `;
  return `<key:${quote(request.key)} ${end}> `;
}

function txnText(request: TxnRequest): string {
  const list = (ops: readonly RequestOp[]) => ops.map(opText).join(" ");
  const compare = request.compare.map(compareText).join(" ");
  return `<compare:<${compare}> success:<${list(request.success)}> failure:<${list(request.failure)}>>`;
}

function opText(op: RequestOp): string {
  if (op.op === "put") return `request_put:${putText(op.request)}`;
  if (op.op === "deleteRange") return `request_delete_range:${deleteText(op.request)}`;
  if (op.op === "range") return `request_range:<key:${quote(op.request.key)} > `;
  return `request_txn:${txnText(op.request)}`;
}

function compareText(compare: Compare): string {
  if (compare.target === "VALUE") return `target:VALUE key:${quote(compare.key)} value_size:${compare.bytes.length} `;
  if (compare.target === "LEASE") return `target:LEASE key:${quote(compare.key)} lease:${compare.lease} `;
  const field =
    compare.target === "VERSION" ? "version" : compare.target === "MOD" ? "mod_revision" : "create_revision";
  return `target:${compare.target} key:${quote(compare.key)} ${field}:${compare.value} `;
}

function quote(value: string): string {
  return JSON.stringify(textOfByteString(value));
}

export function hex16(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16).padStart(16, "0");
}
