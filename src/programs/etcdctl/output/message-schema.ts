/** How a field of a message is written in JSON and protobuf. */
export type FieldKind = "integer" | "bool" | "text" | "key" | "bytes" | "enum" | "message" | "responseOp";

/** A field: our name, its JSON name, its protobuf number. */
export interface Field {
  readonly name: string;
  readonly json: string;
  readonly number: number;
  readonly kind: FieldKind;
  readonly repeated?: boolean;
  /** Names of the enum's values, in order. */
  readonly values?: readonly string[];
  readonly message?: Schema;
}

/** A message's fields in the order of api/etcdserverpb/rpc.proto, which is the order of its JSON. */
export type Schema = readonly Field[];

function field(name: string, json: string, number: number, kind: FieldKind, more: Partial<Field> = {}): Field {
  return { name, json, number, kind, ...more };
}

function message(name: string, json: string, number: number, schema: Schema): Field {
  return field(name, json, number, "message", { message: schema });
}

function messages(name: string, json: string, number: number, schema: Schema): Field {
  return field(name, json, number, "message", { message: schema, repeated: true });
}

function enumeration(name: string, json: string, number: number, values: readonly string[]): Field {
  return field(name, json, number, "enum", { values });
}

export const HEADER: Schema = [
  field("clusterId", "cluster_id", 1, "integer"),
  field("memberId", "member_id", 2, "integer"),
  field("revision", "revision", 3, "integer"),
  field("raftTerm", "raft_term", 4, "integer"),
];

const header = message("header", "header", 1, HEADER);

const KEY_VALUE: Schema = [
  field("key", "key", 1, "key"),
  field("createRevision", "create_revision", 2, "integer"),
  field("modRevision", "mod_revision", 3, "integer"),
  field("version", "version", 4, "integer"),
  field("value", "value", 5, "bytes"),
  field("lease", "lease", 6, "integer"),
];

export const HEADER_ONLY: Schema = [header];

export const RANGE: Schema = [
  header,
  messages("kvs", "kvs", 2, KEY_VALUE),
  field("more", "more", 3, "bool"),
  field("count", "count", 4, "integer"),
];

export const PUT: Schema = [header, message("prevKv", "prev_kv", 2, KEY_VALUE)];

export const DELETE_RANGE: Schema = [
  header,
  field("deleted", "deleted", 2, "integer"),
  messages("prevKvs", "prev_kvs", 3, KEY_VALUE),
];

export const TXN: Schema = [
  header,
  field("succeeded", "succeeded", 2, "bool"),
  field("responses", "responses", 3, "responseOp", { repeated: true }),
];

export const EVENT: Schema = [
  enumeration("type", "type", 1, ["PUT", "DELETE"]),
  message("kv", "kv", 2, KEY_VALUE),
  message("prevKv", "prev_kv", 3, KEY_VALUE),
];

export const WATCH: Schema = [
  header,
  field("created", "created", 3, "bool"),
  field("canceled", "canceled", 4, "bool"),
  field("compactRevision", "compact_revision", 5, "integer"),
  messages("events", "events", 11, EVENT),
];

const MEMBER: Schema = [
  field("id", "ID", 1, "integer"),
  field("name", "name", 2, "text"),
  field("peerUrls", "peerURLs", 3, "text", { repeated: true }),
  field("clientUrls", "clientURLs", 4, "text", { repeated: true }),
  field("isLearner", "isLearner", 5, "bool"),
];

export const MEMBER_ADD: Schema = [
  header,
  message("member", "member", 2, MEMBER),
  messages("members", "members", 3, MEMBER),
];

export const MEMBERS: Schema = [header, messages("members", "members", 2, MEMBER)];

export const ALARM: Schema = [
  header,
  messages("alarms", "alarms", 2, [
    field("memberId", "memberID", 1, "integer"),
    enumeration("alarm", "alarm", 2, ["NONE", "NOSPACE", "CORRUPT"]),
  ]),
];

const STATUS_35: Schema = [
  header,
  field("version", "version", 2, "text"),
  field("dbSize", "dbSize", 3, "integer"),
  field("leader", "leader", 4, "integer"),
  field("raftIndex", "raftIndex", 5, "integer"),
  field("raftTerm", "raftTerm", 6, "integer"),
  field("raftAppliedIndex", "raftAppliedIndex", 7, "integer"),
  field("errors", "errors", 8, "text", { repeated: true }),
  field("dbSizeInUse", "dbSizeInUse", 9, "integer"),
  field("isLearner", "isLearner", 10, "bool"),
];

const STATUS_36: Schema = [
  ...STATUS_35,
  field("storageVersion", "storageVersion", 11, "text"),
  field("dbSizeQuota", "dbSizeQuota", 12, "integer"),
  message("downgradeInfo", "downgradeInfo", 13, [
    field("enabled", "enabled", 1, "bool"),
    field("targetVersion", "targetVersion", 2, "text"),
  ]),
];

/** StatusResponse as the client of that release knows it. */
export function statusSchema(old: boolean): Schema {
  return old ? STATUS_35 : STATUS_36;
}

const HASH_KV_35: Schema = [
  header,
  field("hash", "hash", 2, "integer"),
  field("compactRevision", "compact_revision", 3, "integer"),
];

/** HashKVResponse as the client of that release knows it. */
export function hashKvSchema(old: boolean): Schema {
  return old ? HASH_KV_35 : [...HASH_KV_35, field("hashRevision", "hash_revision", 4, "integer")];
}

export const DOWNGRADE: Schema = [header, field("version", "version", 2, "text")];

export const AUTH_STATUS: Schema = [
  header,
  field("enabled", "enabled", 2, "bool"),
  field("authRevision", "authRevision", 3, "integer"),
];

export const ROLE_GET: Schema = [
  header,
  messages("perm", "perm", 2, [
    enumeration("permType", "permType", 1, ["READ", "WRITE", "READWRITE"]),
    field("key", "key", 2, "key"),
    field("rangeEnd", "range_end", 3, "key"),
  ]),
];

export const ROLES: Schema = [header, field("roles", "roles", 2, "text", { repeated: true })];

export const USERS: Schema = [header, field("users", "users", 2, "text", { repeated: true })];

/** The members of ResponseOp's oneof: by our `op`, the JSON name, the number and the message. */
export const RESPONSE_OPS: Readonly<
  Record<string, { readonly json: string; readonly number: number; readonly schema: Schema }>
> = {
  range: { json: "response_range", number: 1, schema: RANGE },
  put: { json: "response_put", number: 2, schema: PUT },
  deleteRange: { json: "response_delete_range", number: 3, schema: DELETE_RANGE },
  txn: { json: "response_txn", number: 4, schema: TXN },
};
