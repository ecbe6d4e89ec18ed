import { type GrpcCode, RpcError } from "../rpc/client.ts";

/**
 * The server's errors: name, gRPC code, the text clients see, and the text in the server's own log where that differs
 * (api/v3rpc/rpctypes/error.go, server/etcdserver/errors, server/auth).
 */
const ERRORS = {
  EmptyKey: ["InvalidArgument", "etcdserver: key is not provided"],
  KeyNotFound: ["InvalidArgument", "etcdserver: key not found"],
  Compacted: [
    "OutOfRange",
    "etcdserver: mvcc: required revision has been compacted",
    "mvcc: required revision has been compacted",
  ],
  FutureRev: [
    "OutOfRange",
    "etcdserver: mvcc: required revision is a future revision",
    "mvcc: required revision is a future revision",
  ],
  NoSpace: ["ResourceExhausted", "etcdserver: mvcc: database space exceeded", "etcdserver: no space"],
  Corrupt: ["DataLoss", "etcdserver: corrupt cluster"],
  RequestTooLarge: ["InvalidArgument", "etcdserver: request is too large"],
  LeaseNotFound: ["NotFound", "etcdserver: requested lease not found", "lease not found"],
  LeaseExist: ["FailedPrecondition", "etcdserver: lease already exists", "lease already exists"],
  LeaseTtlTooLarge: ["OutOfRange", "etcdserver: too large lease TTL", "too large lease TTL"],
  MemberExist: ["FailedPrecondition", "etcdserver: member ID already exist"],
  PeerUrlExist: ["FailedPrecondition", "etcdserver: Peer URLs already exists"],
  NotEnoughStarted: ["Unknown", "etcdserver: re-configuration failed due to not enough started members"],
  BadUrls: ["InvalidArgument", "etcdserver: given member URLs are invalid"],
  MemberNotFound: ["NotFound", "etcdserver: member not found"],
  NotLearner: ["FailedPrecondition", "etcdserver: can only promote a learner member"],
  LearnerNotReady: ["FailedPrecondition", "etcdserver: can only promote a learner member which is in sync with leader"],
  TooManyLearners: ["FailedPrecondition", "etcdserver: too many learner members in cluster"],
  UnhealthyCluster: ["Unavailable", "etcdserver: unhealthy cluster"],
  NoLeader: ["Unavailable", "etcdserver: no leader"],
  Stopped: ["Unavailable", "etcdserver: server stopped"],
  Timeout: ["Unavailable", "etcdserver: request timed out"],
  TimeoutLeaderFailed: ["Unavailable", "etcdserver: request timed out, possibly due to previous leader failure"],
  TimeoutConnectionLost: ["Unavailable", "etcdserver: request timed out, possibly due to connection lost"],
  TimeoutLeaderTransfer: ["Unavailable", "etcdserver: request timed out, leader transfer took too long"],
  LeaderChanged: ["Unavailable", "etcdserver: leader changed"],
  NotLeader: ["FailedPrecondition", "etcdserver: not leader"],
  ProposalDropped: ["Unknown", "raft proposal dropped"],
  BadTransferee: ["FailedPrecondition", "etcdserver: bad leader transferee"],
  NotSupportedForLearner: ["FailedPrecondition", "etcdserver: rpc not supported for learner"],
  RootUserNotExist: ["FailedPrecondition", "etcdserver: root user does not exist", "auth: root user does not exist"],
  RootRoleNotExist: [
    "FailedPrecondition",
    "etcdserver: root user does not have root role",
    "auth: root user does not have root role",
  ],
  UserExists: ["FailedPrecondition", "etcdserver: user name already exists", "auth: user already exists"],
  UserEmpty: ["InvalidArgument", "etcdserver: user name is empty", "auth: user name is empty"],
  UserNotFound: ["FailedPrecondition", "etcdserver: user name not found", "auth: user not found"],
  RoleExists: ["FailedPrecondition", "etcdserver: role name already exists", "auth: role already exists"],
  RoleNotFound: ["FailedPrecondition", "etcdserver: role name not found", "auth: role not found"],
  RoleEmpty: ["InvalidArgument", "etcdserver: role name is empty", "auth: role name is empty"],
  AuthFailed: [
    "InvalidArgument",
    "etcdserver: authentication failed, invalid user ID or password",
    "auth: authentication failed, invalid user ID or password",
  ],
  NoPasswordUser: ["Unknown", "auth: authentication failed, password was given for no password user"],
  PermissionDenied: ["PermissionDenied", "etcdserver: permission denied", "auth: permission denied"],
  RoleNotGranted: [
    "FailedPrecondition",
    "etcdserver: role is not granted to the user",
    "auth: role is not granted to the user",
  ],
  PermissionNotGranted: [
    "FailedPrecondition",
    "etcdserver: permission is not granted to the role",
    "auth: permission is not granted to the role",
  ],
  AuthNotEnabled: [
    "FailedPrecondition",
    "etcdserver: authentication is not enabled",
    "auth: authentication is not enabled",
  ],
  InvalidToken: ["Unauthenticated", "etcdserver: invalid auth token", "auth: invalid auth token"],
  InvalidAuthMgmt: ["InvalidArgument", "etcdserver: invalid auth management", "auth: invalid auth management"],
  AuthOldRevision: ["InvalidArgument", "etcdserver: revision of auth store is old", "auth: revision in header is old"],
  WrongDowngradeFormat: ["InvalidArgument", "etcdserver: wrong downgrade target version format"],
  InvalidDowngradeTarget: ["InvalidArgument", "etcdserver: invalid downgrade target version"],
  DowngradeInProcess: ["FailedPrecondition", "etcdserver: cluster has a downgrade job in progress"],
  NoInflightDowngrade: ["FailedPrecondition", "etcdserver: no inflight downgrade job"],
} as const satisfies Record<string, readonly [GrpcCode, string, string?]>;

export type EtcdErrorName = keyof typeof ERRORS;

/** A failure that the server answers with; `message` is what its log says. */
export class EtcdError extends Error {
  readonly kind: EtcdErrorName;

  constructor(kind: EtcdErrorName) {
    const row: readonly [GrpcCode, string, string?] = ERRORS[kind];
    super(row[2] ?? row[1]);
    this.name = "EtcdError";
    this.kind = kind;
  }

  toRpc(): RpcError {
    const [code, desc] = ERRORS[this.kind];
    return new RpcError(code, desc);
  }
}
