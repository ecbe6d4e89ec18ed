import type {
  AlarmRequest,
  CompactionRequest,
  DeleteRangeRequest,
  Member,
  Permission,
  PutRequest,
  TxnRequest,
} from "../rpc/messages.ts";
import { type Plain, Reader, Writer } from "../snapshot/codec.ts";

/** Auth operations, reads too: all of them go through the log (etcdserverpb.InternalRaftRequest). */
export type AuthRequest =
  | { readonly op: "auth_enable" | "auth_disable" | "auth_status" | "auth_user_list" | "auth_role_list" }
  | {
      readonly op: "auth_user_add";
      readonly name: string;
      readonly hashedPassword: string;
      readonly noPassword: boolean;
    }
  | { readonly op: "auth_user_get"; readonly name: string }
  | { readonly op: "auth_user_delete" | "auth_role_add"; readonly name: string }
  | { readonly op: "auth_user_change_password"; readonly name: string; readonly hashedPassword: string }
  | { readonly op: "auth_user_grant_role"; readonly user: string; readonly role: string }
  | { readonly op: "auth_user_revoke_role"; readonly name: string; readonly role: string }
  | { readonly op: "auth_role_get"; readonly role: string }
  | { readonly op: "auth_role_delete"; readonly role: string }
  | { readonly op: "auth_role_grant_permission"; readonly name: string; readonly perm: Permission }
  | {
      readonly op: "auth_role_revoke_permission";
      readonly role: string;
      readonly key: string;
      readonly rangeEnd: string;
    }
  | { readonly op: "authenticate"; readonly name: string; readonly token: string };

/** Changes of the membership; entries of their own kind in the log. */
export type ConfChange =
  | { readonly op: "member_add"; readonly member: Member }
  | { readonly op: "member_remove" | "member_promote"; readonly id: bigint }
  | { readonly op: "member_update"; readonly id: bigint; readonly peerUrls: readonly string[] };

/** Everything that the log can hold. */
export type InternalRequest =
  | { readonly op: "put"; readonly request: PutRequest }
  | { readonly op: "delete_range"; readonly request: DeleteRangeRequest }
  | { readonly op: "txn"; readonly request: TxnRequest }
  | { readonly op: "compaction"; readonly request: CompactionRequest }
  | { readonly op: "lease_grant"; readonly id: bigint; readonly ttl: number }
  | { readonly op: "lease_revoke"; readonly id: bigint }
  | { readonly op: "alarm"; readonly request: AlarmRequest }
  | { readonly op: "cluster_version_set"; readonly version: string }
  | { readonly op: "downgrade_info_set"; readonly enabled: boolean; readonly version: string }
  | {
      readonly op: "cluster_member_attr_set";
      readonly id: bigint;
      readonly name: string;
      readonly clientUrls: readonly string[];
    }
  | AuthRequest
  | ConfChange;

/** A request with its number and who asks. */
export interface Envelope {
  readonly id: bigint;
  /** Empty: nobody said who they are. */
  readonly username: string;
  /** The auth store's revision when the request was let in; 0 with no user. */
  readonly authRevision: number;
  readonly body: InternalRequest;
}

/** `writer` is lent, so that a busy member does not make one for every request. */
export function encodeEnvelope(envelope: Envelope, writer = new Writer()): Uint8Array {
  writer.value(envelope as unknown as Plain);
  return writer.take();
}

/** The bytes come from our own log, whose checksum has been checked. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  return new Reader(bytes).value() as unknown as Envelope;
}

export function isConfChange(body: InternalRequest): body is ConfChange {
  return (
    body.op === "member_add" ||
    body.op === "member_remove" ||
    body.op === "member_promote" ||
    body.op === "member_update"
  );
}
