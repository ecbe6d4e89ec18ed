import type { RequestOp, TxnRequest } from "../rpc/messages.ts";
import type { MemberState } from "./applier.ts";
import type { AuthInfo, AuthStore } from "./auth-store.ts";
import type { Envelope } from "./request.ts";

/** Marks what the server itself proposes (the end of a lease): nobody's permission is asked. */
export const SERVER_REVISION = -1;

/** Whether the asker may do what the entry says; auth requests judge themselves. Throws `EtcdError`. */
export function checkEnvelope(state: MemberState, envelope: Envelope): void {
  const { auth } = state;
  if (!auth.enabled) return;
  const { body } = envelope;
  if (envelope.authRevision === SERVER_REVISION) return;
  const info: AuthInfo = { username: envelope.username, revision: envelope.authRevision };
  switch (body.op) {
    case "put": {
      auth.checkAccess(info, "WRITE", body.request.key, "");
      checkLease(state, info, body.request.lease ?? 0n);
      if (body.request.prevKv === true) auth.checkAccess(info, "READ", body.request.key, "");
      return;
    }
    case "delete_range":
      auth.checkAccess(info, "WRITE", body.request.key, body.request.rangeEnd ?? "");
      if (body.request.prevKv === true) auth.checkAccess(info, "READ", body.request.key, body.request.rangeEnd ?? "");
      return;
    case "txn":
      checkTxnAccess(state, info, body.request);
      return;
    case "lease_revoke":
      checkLease(state, info, body.id);
      return;
    default:
  }
}

/** Compares need reading, both branches what they do. Throws `EtcdError`. */
export function checkTxnAccess(state: MemberState, info: AuthInfo, request: TxnRequest): void {
  const { auth } = state;
  for (const compare of request.compare) auth.checkAccess(info, "READ", compare.key, compare.rangeEnd ?? "");
  for (const op of [...request.success, ...request.failure]) checkOp(state, auth, info, op);
}

function checkOp(state: MemberState, auth: AuthStore, info: AuthInfo, op: RequestOp): void {
  if (op.op === "range") auth.checkAccess(info, "READ", op.request.key, op.request.rangeEnd ?? "");
  else if (op.op === "put") {
    auth.checkAccess(info, "WRITE", op.request.key, "");
    checkLease(state, info, op.request.lease ?? 0n);
    if (op.request.prevKv === true) auth.checkAccess(info, "READ", op.request.key, "");
  } else if (op.op === "deleteRange") {
    auth.checkAccess(info, "WRITE", op.request.key, op.request.rangeEnd ?? "");
    if (op.request.prevKv === true) auth.checkAccess(info, "READ", op.request.key, op.request.rangeEnd ?? "");
  } else checkTxnAccess(state, info, op.request);
}

/** Who touches a lease must be allowed to write all keys that hang on it. */
function checkLease(state: MemberState, info: AuthInfo, lease: bigint): void {
  for (const key of state.lessor.get(lease)?.keys ?? []) state.auth.checkAccess(info, "WRITE", key, "");
}
