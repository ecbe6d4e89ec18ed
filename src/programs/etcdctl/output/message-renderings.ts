import type { ByteString } from "../../../base/bytes.ts";
import {
  ALARM,
  AUTH_STATUS,
  DELETE_RANGE,
  DOWNGRADE,
  HEADER_ONLY,
  MEMBER_ADD,
  MEMBERS,
  PUT,
  RANGE,
  ROLE_GET,
  ROLES,
  type Schema,
  TXN,
  USERS,
} from "./message-schema.ts";
import type { Renderings } from "./renderings.ts";

/** What json and protobuf have in common: every answer is its message, encoded. */
export function messageRenderings(
  encode: (message: object, schema: Schema) => ByteString,
): Omit<
  Renderings,
  | "watch"
  | "leaseGrant"
  | "leaseKeepAlive"
  | "leaseTimeToLive"
  | "leaseList"
  | "endpointHealth"
  | "endpointStatus"
  | "endpointHashKv"
> {
  const headerOnly = (response: object) => encode(response, HEADER_ONLY);
  const members = (_id: bigint, response: object) => encode(response, MEMBERS);
  return {
    get: (response) => encode(response, RANGE),
    put: (response) => encode(response, PUT),
    del: (response) => encode(response, DELETE_RANGE),
    txn: (response) => encode(response, TXN),
    leaseRevoke: (_id, response) => headerOnly(response),
    memberAdd: (response) => encode(response, MEMBER_ADD),
    memberRemove: members,
    memberUpdate: members,
    memberPromote: members,
    memberList: (response) => encode(response, MEMBERS),
    moveLeader: () => encode({}, HEADER_ONLY), // the server answers without a header
    downgrade: (_action, response) => encode(response, DOWNGRADE),
    alarm: (response) => encode(response, ALARM),
    authStatus: (response) => encode(response, AUTH_STATUS),
    roleAdd: (_role, response) => headerOnly(response),
    roleGet: (_role, response) => encode(response, ROLE_GET),
    roleDelete: (_role, response) => headerOnly(response),
    roleList: (response) => encode(response, ROLES),
    roleGrantPermission: (_role, response) => headerOnly(response),
    roleRevokePermission: (_role, _key, _end, response) => headerOnly(response),
    userAdd: (_user, response) => headerOnly(response),
    userGet: (_user, response) => encode(response, ROLES),
    userChangePassword: headerOnly,
    userGrantRole: (_user, _role, response) => headerOnly(response),
    userRevokeRole: (_user, _role, response) => headerOnly(response),
    userDelete: (_user, response) => headerOnly(response),
    userList: (response) => encode(response, USERS),
  };
}
