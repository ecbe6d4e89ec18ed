import { type ByteString, byteStringOf, toByteString } from "../../../base/bytes.ts";
import { GoPanic } from "../../../base/cli/exit.ts";
import { goQuote, goQuoteByteString } from "../../../base/go-quote.ts";
import type {
  AlarmResponse,
  DeleteRangeResponse,
  KeyValue,
  Member,
  MembersResponse,
  Permission,
  PutResponse,
  RangeResponse,
  ResponseHeader,
  TxnResponse,
} from "../../../etcd/rpc/messages.ts";
import { type EtcdctlProfile, is35 } from "../profile.ts";
import type { EndpointHash, EndpointHealth, EndpointStatus, Renderings, WatchNews } from "./renderings.ts";

/** `-w fields`: a line a field, `"Name" : value`. */
export function fieldRenderings(profile: EtcdctlProfile, hex: boolean): Partial<Renderings> {
  const fields = new FieldPrinter(is35(profile), hex && !is35(profile));
  const headerOnly = (response: { readonly header: ResponseHeader }) => fields.header(response.header);
  return {
    get: (response) => fields.range(response),
    put: (response) => fields.put(response),
    del: (response) => fields.deleteRange(response),
    txn: (response) => fields.txn(response),
    watch: (news) => fields.watch(news),
    leaseGrant: ({ header, id, ttl }) => fields.header(header) + row("ID", fields.lease(id)) + row("TTL", ttl),
    leaseRevoke: (_id, response) => headerOnly(response),
    leaseKeepAlive: ({ header, id, ttl }) => fields.header(header) + row("ID", fields.lease(id)) + row("TTL", ttl),
    leaseTimeToLive: ({ response }) =>
      fields.header(response.header) +
      row("ID", fields.lease(response.id)) +
      row("TTL", response.ttl) +
      row("GrantedTTL", response.grantedTtl) +
      response.keys.map((key) => row("Key", quoted(key))).join(""),
    leaseList: ({ header, leases }) => fields.header(header) + leases.map((id) => row("ID", fields.lease(id))).join(""),
    memberList: (response) => fields.memberList(response),
    endpointHealth: (list) => list.map(healthFields).join(""),
    endpointStatus: (list) => list.map((one) => fields.status(one)).join(""),
    endpointHashKv: (list) => list.map((one) => fields.hash(one)).join(""),
    alarm: (response) => fields.alarm(response),
    roleAdd: (_role, response) => headerOnly(response),
    roleGet: (_role, response) => fields.header(response.header) + response.perm.map(permissionFields).join(""),
    roleDelete: (_role, response) => headerOnly(response),
    roleList: ({ header, roles }) =>
      `${fields.header(header)}"Roles" :${roles.map((role) => ` ${byteStringOf(goQuote(role))}`).join("")}\n`,
    roleGrantPermission: (_role, response) => headerOnly(response),
    roleRevokePermission: (_role, _key, _end, response) => headerOnly(response),
    userAdd: (_user, response) => headerOnly(response),
    userChangePassword: headerOnly,
    userGrantRole: (_user, _role, response) => headerOnly(response),
    userRevokeRole: (_user, _role, response) => headerOnly(response),
    userDelete: (_user, response) => headerOnly(response),
  };
}

function row(name: string, value: string | number | bigint | boolean): ByteString {
  return `"${name}" : ${value}\n`;
}

function quoted(bytes: ByteString): ByteString {
  return byteStringOf(goQuoteByteString(bytes));
}

function quotedText(text: string): ByteString {
  return byteStringOf(goQuote(text));
}

function permissionFields({ permType, key, rangeEnd }: Permission): ByteString {
  return row("PermType", ` ${permType}`) + row("Key", quoted(key)) + row("RangeEnd", quoted(rangeEnd));
}

function healthFields(one: EndpointHealth): ByteString {
  const { endpoint, health, took, error } = one;
  return `${row("Endpoint", quotedText(endpoint))}${row("Health", health)}${row("Took", byteStringOf(took))}${row("Error", byteStringOf(error))}\n`;
}

class FieldPrinter {
  private readonly old: boolean;
  private readonly hex: boolean;

  constructor(old: boolean, hex: boolean) {
    this.old = old;
    this.hex = hex;
  }

  private id(id: bigint): string {
    return this.hex ? id.toString(16) : id.toString();
  }

  lease(id: bigint): string {
    return this.hex ? id.toString(16).padStart(16, "0") : id.toString();
  }

  header(header: Partial<ResponseHeader>): ByteString {
    return (
      row("ClusterID", this.id(header.clusterId ?? 0n)) +
      row("MemberID", this.id(header.memberId ?? 0n)) +
      row("Revision", header.revision ?? 0) +
      row("RaftTerm", header.raftTerm ?? 0)
    );
  }

  private keyValue(prefix: string, kv: KeyValue): ByteString {
    return (
      row(`${prefix}Key`, quoted(kv.key)) +
      row(`${prefix}CreateRevision`, kv.createRevision) +
      row(`${prefix}ModRevision`, kv.modRevision) +
      row(`${prefix}Version`, kv.version) +
      row(`${prefix}Value`, quoted(toByteString(kv.value))) +
      row(`${prefix}Lease`, this.lease(kv.lease))
    );
  }

  range(response: RangeResponse): ByteString {
    const kvs = response.kvs.map((kv) => this.keyValue("", kv)).join("");
    return this.header(response.header) + kvs + row("More", response.more) + row("Count", response.count);
  }

  put(response: PutResponse): ByteString {
    const previous = response.prevKv === undefined ? "" : this.keyValue("Prev", response.prevKv);
    return this.header(response.header) + previous;
  }

  deleteRange(response: DeleteRangeResponse): ByteString {
    const previous = response.prevKvs.map((kv) => this.keyValue("Prev", kv)).join("");
    return this.header(response.header) + row("Deleted", response.deleted) + previous;
  }

  txn(response: TxnResponse): ByteString {
    let text = this.header(response.header) + row("Succeeded", response.succeeded);
    for (const one of response.responses) {
      if (one.op === "range") text += this.range(one.response);
      else if (one.op === "put") text += this.put(one.response);
      else if (one.op === "deleteRange") text += this.deleteRange(one.response);
      else text += this.txn(one.response);
    }
    return text;
  }

  watch(news: WatchNews): ByteString {
    let text = this.header(news.header ?? {});
    for (const event of news.events ?? []) {
      text += row("Type", event.type);
      if (event.prevKv !== undefined) text += this.keyValue("Prev", event.prevKv);
      text += this.keyValue("", event.kv);
    }
    return text;
  }

  memberList({ header, members }: MembersResponse): ByteString {
    const revision = this.old ? row("Revision", header.revision) : "";
    const head = row("ClusterID", this.id(header.clusterId)) + row("MemberID", this.id(header.memberId));
    return head + revision + row("RaftTerm", header.raftTerm) + members.map((one) => this.member(one)).join("");
  }

  private member(member: Member): ByteString {
    const urls = (name: string, list: readonly string[]) => list.map((url) => row(name, quotedText(url))).join("");
    return `${row("ID", this.id(member.id))}${row("Name", quotedText(member.name))}${urls("PeerURL", member.peerUrls)}${urls("ClientURL", member.clientUrls)}${row("IsLearner", member.isLearner)}\n`;
  }

  status({ endpoint, status }: EndpointStatus): ByteString {
    const recent = !this.old;
    const errors = byteStringOf(status.errors.join(" "));
    return [
      this.header(status.header),
      row("Version", quotedText(status.version)),
      recent ? row("StorageVersion", quotedText(status.storageVersion)) : "",
      row("DBSize", status.dbSize),
      recent ? row("DBSizeInUse", status.dbSizeInUse) + row("DBSizeQuota", status.dbSizeQuota) : "",
      row("Leader", status.leader),
      row("IsLearner", status.isLearner),
      row("RaftIndex", status.raftIndex),
      row("RaftTerm", status.raftTerm),
      row("RaftAppliedIndex", status.raftAppliedIndex),
      row("Errors", `[${errors}]`),
      row("Endpoint", quotedText(endpoint)),
      recent ? row("DowngradeTargetVersion", quotedText(status.downgradeInfo.targetVersion)) : "",
      recent ? row("DowngradeEnabled", status.downgradeInfo.enabled) : "",
      "\n",
    ].join("");
  }

  hash({ endpoint, hash }: EndpointHash): ByteString {
    const revision = this.old ? "" : row("HashRevision", hash.hashRevision);
    return `${this.header(hash.header)}${row("Endpoint", quotedText(endpoint))}${row("Hash", hash.hash)}${revision}\n`;
  }

  /** Disarming answers without a header, which upstream's printer does not expect. */
  alarm({ header, alarms }: Pick<AlarmResponse, "alarms"> & { readonly header?: ResponseHeader }): ByteString {
    if (header === undefined) {
      throw new GoPanic("runtime error: invalid memory address or nil pointer dereference");
    }
    const rows = alarms.map((one) => `${row("MemberID", this.id(one.memberId))}${row("AlarmType", one.alarm)}\n`);
    return this.header(header) + rows.join("");
  }
}
