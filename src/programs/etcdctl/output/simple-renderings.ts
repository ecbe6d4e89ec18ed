import { type ByteString, byteStringOf, toByteString } from "../../../base/bytes.ts";
import type {
  AlarmMember,
  DeleteRangeResponse,
  KeyValue,
  LeaseTimeToLiveResponse,
  Permission,
  PutResponse,
  RangeResponse,
  TxnResponse,
} from "../../../etcd/rpc/messages.ts";
import { prefixEnd } from "../key-range.ts";
import { type EtcdctlProfile, is35 } from "../profile.ts";
import { hashRows, memberRows, type Rows, statusRows } from "./endpoint-rows.ts";
import type { EndpointHealth, Renderings, WatchNews } from "./renderings.ts";

/** `-w simple`, for people. `valueOnly` leaves keys out. */
export function simpleRenderings(profile: EtcdctlProfile, hex: boolean, valueOnly: boolean): Partial<Renderings> {
  const kv = new KeyValuePrinter(hex, valueOnly);
  const old = is35(profile);
  return {
    get: (response) => kv.range(response),
    put: (response) => kv.put(response),
    del: (response) => kv.deleteRange(response),
    txn: (response) => kv.txn(response),
    watch: (news) => kv.watch(news),
    memberList: ({ members }) => commaLines(memberRows(members)),
    endpointStatus: (list) => commaLines(statusRows(list, old)),
    endpointHashKv: (list) => commaLines(hashRows(list, old)),
    endpointHealth: (list) =>
      list
        .filter((one) => one.error === "")
        .map(healthLine)
        .join(""),
    ...leaseRenderings(),
    ...clusterRenderings(),
    ...authRenderings(),
  };
}

/** What `endpoint health` writes of a healthy member to stdout, and of others to stderr. */
export function healthLine(one: EndpointHealth): ByteString {
  const text =
    one.error === ""
      ? `${one.endpoint} is healthy: successfully committed proposal: took = ${one.took}\n`
      : `${one.endpoint} is unhealthy: failed to commit proposal: ${one.error}\n`;
  return byteStringOf(text);
}

function commaLines({ rows }: Rows): ByteString {
  return byteStringOf(rows.map((row) => `${row.join(", ")}\n`).join(""));
}

class KeyValuePrinter {
  private readonly hex: boolean;
  private readonly valueOnly: boolean;

  constructor(hex: boolean, valueOnly: boolean) {
    this.hex = hex;
    this.valueOnly = valueOnly;
  }

  private bytes(bytes: ByteString): ByteString {
    if (!this.hex) return bytes;
    let text = "";
    for (let i = 0; i < bytes.length; i++) text += `\\x${bytes.charCodeAt(i).toString(16).padStart(2, "0")}`;
    return text;
  }

  private keyValue(kv: KeyValue, valueOnly = this.valueOnly): ByteString {
    const value = `${this.bytes(toByteString(kv.value))}\n`;
    return valueOnly ? value : `${this.bytes(kv.key)}\n${value}`;
  }

  range(response: RangeResponse): ByteString {
    return response.kvs.map((kv) => this.keyValue(kv)).join("");
  }

  put(response: PutResponse): ByteString {
    return `OK\n${response.prevKv === undefined ? "" : this.keyValue(response.prevKv)}`;
  }

  deleteRange(response: DeleteRangeResponse): ByteString {
    return `${response.deleted}\n${response.prevKvs.map((kv) => this.keyValue(kv)).join("")}`;
  }

  txn(response: TxnResponse): ByteString {
    let text = response.succeeded ? "SUCCESS\n" : "FAILURE\n";
    for (const one of response.responses) {
      text += "\n";
      if (one.op === "range") text += this.range(one.response);
      else if (one.op === "put") text += this.put(one.response);
      else if (one.op === "deleteRange") text += this.deleteRange(one.response);
      else text += this.txn(one.response);
    }
    return text;
  }

  watch(news: WatchNews): ByteString {
    let text = "";
    for (const event of news.events ?? []) {
      text += `${event.type}\n`;
      if (event.prevKv !== undefined) text += this.keyValue(event.prevKv);
      text += this.keyValue(event.kv);
    }
    return text;
  }
}

function leaseId(id: bigint): string {
  return id.toString(16).padStart(16, "0");
}

function leaseRenderings(): Partial<Renderings> {
  return {
    leaseGrant: ({ id, ttl }) => `lease ${leaseId(id)} granted with TTL(${ttl}s)\n`,
    leaseRevoke: (id) => `lease ${leaseId(id)} revoked\n`,
    leaseKeepAlive: ({ id, ttl }) => `lease ${leaseId(id)} keepalived with TTL(${ttl})\n`,
    leaseTimeToLive: ({ response, withKeys }) => timeToLive(response, withKeys),
    leaseList: ({ leases }) => `found ${leases.length} leases\n${leases.map((id) => `${leaseId(id)}\n`).join("")}`,
  };
}

function timeToLive(response: LeaseTimeToLiveResponse, withKeys: boolean): ByteString {
  if (response.grantedTtl === 0 && response.ttl === -1) return `lease ${leaseId(response.id)} already expired\n`;
  const text = `lease ${leaseId(response.id)} granted with TTL(${response.grantedTtl}s), remaining(${response.ttl}s)`;
  return `${text}${withKeys ? `, attached keys([${response.keys.join(" ")}])` : ""}\n`;
}

/** `%16x` */
function wideId(id: bigint): string {
  return id.toString(16).padStart(16, " ");
}

function clusterRenderings(): Partial<Renderings> {
  return {
    memberAdd: ({ header, member }) => {
      const as = member.isLearner ? "added as learner to" : "added to";
      return `Member ${wideId(member.id)} ${as} cluster ${wideId(header.clusterId)}\n`;
    },
    memberRemove: (id, { header }) => `Member ${wideId(id)} removed from cluster ${wideId(header.clusterId)}\n`,
    memberUpdate: (id, { header }) => `Member ${wideId(id)} updated in cluster ${wideId(header.clusterId)}\n`,
    memberPromote: (id, { header }) => `Member ${wideId(id)} promoted in cluster ${wideId(header.clusterId)}\n`,
    moveLeader: (from, to) => `Leadership transferred from ${from.toString(16)} to ${to.toString(16)}\n`,
    downgrade: (action, { version }) => `Downgrade ${action} success, cluster version ${version}\n`,
    alarm: ({ alarms }) => alarms.map((one) => `${alarmText(one)}\n`).join(""),
  };
}

/** gogo-protobuf's String() of an AlarmMember, with its blank at the end. */
function alarmText({ memberId, alarm }: AlarmMember): string {
  return `memberID:${memberId} ${alarm === "NONE" ? "" : `alarm:${alarm} `}`;
}

function authRenderings(): Partial<Renderings> {
  return {
    authStatus: ({ enabled, authRevision }) => `Authentication Status: ${enabled}\nAuthRevision: ${authRevision}\n`,
    roleAdd: (role) => byteStringOf(`Role ${role} created\n`),
    roleGet: (role, { perm }) => roleText(role, perm),
    roleDelete: (role) => byteStringOf(`Role ${role} deleted\n`),
    roleList: ({ roles }) => lines(roles),
    roleGrantPermission: (role) => byteStringOf(`Role ${role} updated\n`),
    roleRevokePermission: (role, key, end) =>
      `Permission of ${revokedRange(key, end)} is revoked from role ${byteStringOf(role)}\n`,
    userAdd: (user) => byteStringOf(`User ${user} created\n`),
    userGet: (user, { roles }) => byteStringOf(`User: ${user}\nRoles:${roles.map((role) => ` ${role}`).join("")}\n`),
    userChangePassword: () => "Password updated\n",
    userGrantRole: (user, role) => byteStringOf(`Role ${role} is granted to user ${user}\n`),
    userRevokeRole: (user, role) => byteStringOf(`Role ${role} is revoked from user ${user}\n`),
    userDelete: (user) => byteStringOf(`User ${user} deleted\n`),
    userList: ({ users }) => lines(users),
  };
}

function lines(names: readonly string[]): ByteString {
  return byteStringOf(names.map((name) => `${name}\n`).join(""));
}

function revokedRange(key: ByteString, end: ByteString): ByteString {
  if (end === "") return `key ${key}`;
  return end === "\0" ? `range [${key}, <open ended>` : `range [${key}, ${end})`;
}

function roleText(role: string, permissions: readonly Permission[]): ByteString {
  const may = (type: "READ" | "WRITE") =>
    permissions
      .filter((one) => one.permType === type || one.permType === "READWRITE")
      .map(permissionLine)
      .join("");
  return `${byteStringOf(`Role ${role}\n`)}KV Read:\n${may("READ")}KV Write:\n${may("WRITE")}`;
}

function permissionLine({ key, rangeEnd }: Permission): ByteString {
  if (rangeEnd === "") return `\t${key}\n`;
  const range = rangeEnd === "\0" ? `[${key}, <open ended>` : `[${key}, ${rangeEnd})`;
  return `\t${range}${key !== "" && prefixEnd(key) === rangeEnd ? ` (prefix ${key})` : ""}\n`;
}
