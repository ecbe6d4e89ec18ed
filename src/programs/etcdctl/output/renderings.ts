import type { ByteString } from "../../../base/bytes.ts";
import type {
  AlarmResponse,
  AuthStatusResponse,
  DeleteRangeResponse,
  DowngradeResponse,
  Event,
  HashKvResponse,
  HeaderOnlyResponse,
  LeaseGrantResponse,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseTimeToLiveResponse,
  MemberAddResponse,
  MembersResponse,
  Permission,
  PutResponse,
  RangeResponse,
  ResponseHeader,
  StatusResponse,
  TxnResponse,
} from "../../../etcd/rpc/messages.ts";

/** A watch answer as clientv3 hands it out. `events` undefined: Go's nil, when the watch could not even be made. */
export interface WatchNews {
  readonly header: ResponseHeader | undefined;
  readonly events: readonly Event[] | undefined;
  readonly compactRevision: number;
  readonly canceled: boolean;
  readonly created: boolean;
}

export interface EndpointHealth {
  readonly endpoint: string;
  readonly health: boolean;
  /** As Go prints a duration. */
  readonly took: string;
  readonly error: string;
}

export interface EndpointStatus {
  readonly endpoint: string;
  readonly status: StatusResponse;
}

export interface EndpointHash {
  readonly endpoint: string;
  readonly hash: HashKvResponse;
}

/** A time-to-live answer; `keys` only counts when it was asked for. */
export interface LeaseTimeToLive {
  readonly response: LeaseTimeToLiveResponse;
  readonly withKeys: boolean;
}

type RoleGetResponse = { readonly header: ResponseHeader; readonly perm: readonly Permission[] };
type RolesResponse = { readonly header: ResponseHeader; readonly roles: readonly string[] };
type UsersResponse = { readonly header: ResponseHeader; readonly users: readonly string[] };

/** How one output format writes each kind of answer (etcdctl's printer interface). */
export interface Renderings {
  get(response: RangeResponse): ByteString;
  put(response: PutResponse): ByteString;
  del(response: DeleteRangeResponse): ByteString;
  txn(response: TxnResponse): ByteString;
  watch(news: WatchNews): ByteString;
  leaseGrant(response: LeaseGrantResponse): ByteString;
  leaseRevoke(id: bigint, response: HeaderOnlyResponse): ByteString;
  leaseKeepAlive(response: LeaseKeepAliveResponse): ByteString;
  leaseTimeToLive(answer: LeaseTimeToLive): ByteString;
  leaseList(response: LeaseLeasesResponse): ByteString;
  memberAdd(response: MemberAddResponse): ByteString;
  memberRemove(id: bigint, response: MembersResponse): ByteString;
  memberUpdate(id: bigint, response: MembersResponse): ByteString;
  memberPromote(id: bigint, response: MembersResponse): ByteString;
  memberList(response: MembersResponse): ByteString;
  endpointHealth(list: readonly EndpointHealth[]): ByteString;
  endpointStatus(list: readonly EndpointStatus[]): ByteString;
  endpointHashKv(list: readonly EndpointHash[]): ByteString;
  moveLeader(from: bigint, to: bigint): ByteString;
  downgrade(action: string, response: DowngradeResponse): ByteString;
  alarm(response: Pick<AlarmResponse, "alarms"> & { readonly header?: ResponseHeader }): ByteString;
  authStatus(response: AuthStatusResponse): ByteString;
  roleAdd(role: string, response: HeaderOnlyResponse): ByteString;
  roleGet(role: string, response: RoleGetResponse): ByteString;
  roleDelete(role: string, response: HeaderOnlyResponse): ByteString;
  roleList(response: RolesResponse): ByteString;
  roleGrantPermission(role: string, response: HeaderOnlyResponse): ByteString;
  roleRevokePermission(role: string, key: ByteString, end: ByteString, response: HeaderOnlyResponse): ByteString;
  userAdd(user: string, response: HeaderOnlyResponse): ByteString;
  userGet(user: string, response: RolesResponse): ByteString;
  userChangePassword(response: HeaderOnlyResponse): ByteString;
  userGrantRole(user: string, role: string, response: HeaderOnlyResponse): ByteString;
  userRevokeRole(user: string, role: string, response: HeaderOnlyResponse): ByteString;
  userDelete(user: string, response: HeaderOnlyResponse): ByteString;
  userList(response: UsersResponse): ByteString;
}
