import type { ByteString } from "../../base/bytes.ts";

/**
 * The v3 API's messages, with the proto's names in camelCase (api/etcdserverpb/rpc.proto, api/mvccpb/kv.proto).
 * Keys are byte strings, values bytes. Revisions, counts and sizes are numbers (below 2^53); ids of members, clusters
 * and leases are bigint, since they fill 64 bits. Optional fields are proto3 fields at their zero value.
 */
export interface KeyValue {
  readonly key: ByteString;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly value: Uint8Array;
  readonly lease: bigint;
}

export interface ResponseHeader {
  readonly clusterId: bigint;
  readonly memberId: bigint;
  readonly revision: number;
  readonly raftTerm: number;
}

export type SortOrder = "NONE" | "ASCEND" | "DESCEND";
export type SortTarget = "KEY" | "VERSION" | "CREATE" | "MOD" | "VALUE";

export interface RangeRequest {
  readonly key: ByteString;
  /** Empty or absent: the key alone. `\0`: all keys from `key` on. */
  readonly rangeEnd?: ByteString;
  readonly limit?: number;
  readonly revision?: number;
  readonly sortOrder?: SortOrder;
  readonly sortTarget?: SortTarget;
  readonly serializable?: boolean;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
}

export interface RangeResponse {
  readonly header: ResponseHeader;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: number;
}

export interface PutRequest {
  readonly key: ByteString;
  readonly value: Uint8Array;
  readonly lease?: bigint;
  readonly prevKv?: boolean;
  readonly ignoreValue?: boolean;
  readonly ignoreLease?: boolean;
}

export interface PutResponse {
  readonly header: ResponseHeader;
  readonly prevKv?: KeyValue;
}

export interface DeleteRangeRequest {
  readonly key: ByteString;
  readonly rangeEnd?: ByteString;
  readonly prevKv?: boolean;
}

export interface DeleteRangeResponse {
  readonly header: ResponseHeader;
  readonly deleted: number;
  readonly prevKvs: readonly KeyValue[];
}

export type CompareResult = "EQUAL" | "GREATER" | "LESS" | "NOT_EQUAL";

export type Compare = { readonly result: CompareResult; readonly key: ByteString; readonly rangeEnd?: ByteString } & (
  | { readonly target: "VERSION" | "CREATE" | "MOD"; readonly value: number }
  | { readonly target: "LEASE"; readonly lease: bigint }
  | { readonly target: "VALUE"; readonly bytes: Uint8Array }
);

export type RequestOp =
  | { readonly op: "range"; readonly request: RangeRequest }
  | { readonly op: "put"; readonly request: PutRequest }
  | { readonly op: "deleteRange"; readonly request: DeleteRangeRequest }
  | { readonly op: "txn"; readonly request: TxnRequest };

export type ResponseOp =
  | { readonly op: "range"; readonly response: RangeResponse }
  | { readonly op: "put"; readonly response: PutResponse }
  | { readonly op: "deleteRange"; readonly response: DeleteRangeResponse }
  | { readonly op: "txn"; readonly response: TxnResponse };

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: ResponseHeader;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}

export interface CompactionRequest {
  readonly revision: number;
  readonly physical?: boolean;
}

export interface HeaderOnlyResponse {
  readonly header: ResponseHeader;
}

export interface Event {
  readonly type: "PUT" | "DELETE";
  /** Of a deletion only key and modRevision are set. */
  readonly kv: KeyValue;
  readonly prevKv?: KeyValue;
}

export interface WatchCreateRequest {
  readonly key: ByteString;
  readonly rangeEnd?: ByteString;
  readonly startRevision?: number;
  readonly progressNotify?: boolean;
  readonly filters?: readonly ("NOPUT" | "NODELETE")[];
  readonly prevKv?: boolean;
  readonly watchId?: number;
  readonly fragment?: boolean;
}

export type WatchRequest =
  | { readonly create: WatchCreateRequest }
  | { readonly cancel: { readonly watchId: number } }
  | { readonly progress: true };

export interface WatchResponse {
  readonly header: ResponseHeader;
  readonly watchId: number;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compactRevision: number;
  readonly cancelReason: string;
  readonly fragment: boolean;
  readonly events: readonly Event[];
}

export interface LeaseGrantRequest {
  /** Seconds. */
  readonly ttl: number;
  /** 0 or absent: the server chooses. */
  readonly id?: bigint;
}

export interface LeaseGrantResponse {
  readonly header: ResponseHeader;
  readonly id: bigint;
  readonly ttl: number;
}

export interface LeaseRevokeRequest {
  readonly id: bigint;
}

export interface LeaseKeepAliveRequest {
  readonly id: bigint;
}

export interface LeaseKeepAliveResponse {
  readonly header: ResponseHeader;
  readonly id: bigint;
  /** 0: the lease is not there. */
  readonly ttl: number;
}

export interface LeaseTimeToLiveRequest {
  readonly id: bigint;
  readonly keys?: boolean;
}

export interface LeaseTimeToLiveResponse {
  readonly header: ResponseHeader;
  readonly id: bigint;
  /** Seconds left; -1: not there. */
  readonly ttl: number;
  readonly grantedTtl: number;
  readonly keys: readonly ByteString[];
}

export interface LeaseLeasesResponse {
  readonly header: ResponseHeader;
  readonly leases: readonly bigint[];
}

export interface Member {
  readonly id: bigint;
  /** Empty until the member has started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

export interface MemberAddRequest {
  readonly peerUrls: readonly string[];
  readonly isLearner?: boolean;
}

export interface MemberAddResponse {
  readonly header: ResponseHeader;
  readonly member: Member;
  readonly members: readonly Member[];
}

export interface MemberIdRequest {
  readonly id: bigint;
}

export interface MemberUpdateRequest {
  readonly id: bigint;
  readonly peerUrls: readonly string[];
}

export interface MemberListRequest {
  readonly linearizable: boolean;
}

export interface MembersResponse {
  readonly header: ResponseHeader;
  readonly members: readonly Member[];
}

export type AlarmType = "NONE" | "NOSPACE" | "CORRUPT";

export interface AlarmMember {
  readonly memberId: bigint;
  readonly alarm: AlarmType;
}

export interface AlarmRequest {
  readonly action: "GET" | "ACTIVATE" | "DEACTIVATE";
  readonly memberId: bigint;
  readonly alarm: AlarmType;
}

export interface AlarmResponse {
  readonly header: ResponseHeader;
  readonly alarms: readonly AlarmMember[];
}

export interface StatusResponse {
  readonly header: ResponseHeader;
  readonly version: string;
  readonly dbSize: number;
  readonly leader: bigint;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  readonly errors: readonly string[];
  readonly dbSizeInUse: number;
  readonly isLearner: boolean;
  readonly storageVersion: string;
  readonly dbSizeQuota: number;
  readonly downgradeInfo: { readonly enabled: boolean; readonly targetVersion: string };
}

export interface HashKvRequest {
  readonly revision: number;
}

export interface HashKvResponse {
  readonly header: ResponseHeader;
  readonly hash: number;
  readonly compactRevision: number;
  readonly hashRevision: number;
}

export interface SnapshotResponse {
  readonly header: ResponseHeader;
  readonly remainingBytes: number;
  readonly blob: Uint8Array;
  readonly version: string;
}

export interface MoveLeaderRequest {
  readonly targetId: bigint;
}

export interface DowngradeRequest {
  readonly action: "VALIDATE" | "ENABLE" | "CANCEL";
  readonly version: string;
}

export interface DowngradeResponse {
  readonly header: ResponseHeader;
  readonly version: string;
}

export type PermissionType = "READ" | "WRITE" | "READWRITE";

export interface Permission {
  readonly permType: PermissionType;
  readonly key: ByteString;
  readonly rangeEnd: ByteString;
}

export interface AuthStatusResponse {
  readonly header: ResponseHeader;
  readonly enabled: boolean;
  readonly authRevision: number;
}

export interface AuthenticateRequest {
  readonly name: string;
  readonly password: string;
}

export interface AuthUserAddRequest {
  readonly name: string;
  readonly password: string;
  readonly noPassword: boolean;
}

export interface AuthRoleGrantPermissionRequest {
  readonly name: string;
  readonly perm: Permission;
}

export interface AuthRoleRevokePermissionRequest {
  readonly role: string;
  readonly key: ByteString;
  readonly rangeEnd: ByteString;
}

type NoFields = Readonly<Record<string, never>>;

/** Unary methods: full name, request, response. The names appear in clients' log lines. */
export interface UnaryMethods {
  "etcdserverpb.KV/Range": [RangeRequest, RangeResponse];
  "etcdserverpb.KV/Put": [PutRequest, PutResponse];
  "etcdserverpb.KV/DeleteRange": [DeleteRangeRequest, DeleteRangeResponse];
  "etcdserverpb.KV/Txn": [TxnRequest, TxnResponse];
  "etcdserverpb.KV/Compact": [CompactionRequest, HeaderOnlyResponse];
  "etcdserverpb.Lease/LeaseGrant": [LeaseGrantRequest, LeaseGrantResponse];
  "etcdserverpb.Lease/LeaseRevoke": [LeaseRevokeRequest, HeaderOnlyResponse];
  "etcdserverpb.Lease/LeaseTimeToLive": [LeaseTimeToLiveRequest, LeaseTimeToLiveResponse];
  "etcdserverpb.Lease/LeaseLeases": [NoFields, LeaseLeasesResponse];
  "etcdserverpb.Cluster/MemberAdd": [MemberAddRequest, MemberAddResponse];
  "etcdserverpb.Cluster/MemberRemove": [MemberIdRequest, MembersResponse];
  "etcdserverpb.Cluster/MemberUpdate": [MemberUpdateRequest, MembersResponse];
  "etcdserverpb.Cluster/MemberList": [MemberListRequest, MembersResponse];
  "etcdserverpb.Cluster/MemberPromote": [MemberIdRequest, MembersResponse];
  "etcdserverpb.Maintenance/Alarm": [AlarmRequest, AlarmResponse];
  "etcdserverpb.Maintenance/Status": [NoFields, StatusResponse];
  "etcdserverpb.Maintenance/Defragment": [NoFields, HeaderOnlyResponse];
  "etcdserverpb.Maintenance/HashKV": [HashKvRequest, HashKvResponse];
  "etcdserverpb.Maintenance/MoveLeader": [MoveLeaderRequest, HeaderOnlyResponse];
  "etcdserverpb.Maintenance/Downgrade": [DowngradeRequest, DowngradeResponse];
  "etcdserverpb.Auth/AuthEnable": [NoFields, HeaderOnlyResponse];
  "etcdserverpb.Auth/AuthDisable": [NoFields, HeaderOnlyResponse];
  "etcdserverpb.Auth/AuthStatus": [NoFields, AuthStatusResponse];
  "etcdserverpb.Auth/Authenticate": [AuthenticateRequest, { header: ResponseHeader; token: string }];
  "etcdserverpb.Auth/UserAdd": [AuthUserAddRequest, HeaderOnlyResponse];
  "etcdserverpb.Auth/UserGet": [{ name: string }, { header: ResponseHeader; roles: readonly string[] }];
  "etcdserverpb.Auth/UserList": [NoFields, { header: ResponseHeader; users: readonly string[] }];
  "etcdserverpb.Auth/UserDelete": [{ name: string }, HeaderOnlyResponse];
  "etcdserverpb.Auth/UserChangePassword": [{ name: string; password: string }, HeaderOnlyResponse];
  "etcdserverpb.Auth/UserGrantRole": [{ user: string; role: string }, HeaderOnlyResponse];
  "etcdserverpb.Auth/UserRevokeRole": [{ name: string; role: string }, HeaderOnlyResponse];
  "etcdserverpb.Auth/RoleAdd": [{ name: string }, HeaderOnlyResponse];
  "etcdserverpb.Auth/RoleGet": [{ role: string }, { header: ResponseHeader; perm: readonly Permission[] }];
  "etcdserverpb.Auth/RoleList": [NoFields, { header: ResponseHeader; roles: readonly string[] }];
  "etcdserverpb.Auth/RoleDelete": [{ role: string }, HeaderOnlyResponse];
  "etcdserverpb.Auth/RoleGrantPermission": [AuthRoleGrantPermissionRequest, HeaderOnlyResponse];
  "etcdserverpb.Auth/RoleRevokePermission": [AuthRoleRevokePermissionRequest, HeaderOnlyResponse];
}

/** Streaming methods: full name, what the client sends, what the server sends. */
export interface StreamMethods {
  "etcdserverpb.Watch/Watch": [WatchRequest, WatchResponse];
  "etcdserverpb.Lease/LeaseKeepAlive": [LeaseKeepAliveRequest, LeaseKeepAliveResponse];
  "etcdserverpb.Maintenance/Snapshot": [NoFields, SnapshotResponse];
}

export type UnaryMethod = keyof UnaryMethods;
export type StreamMethod = keyof StreamMethods;
