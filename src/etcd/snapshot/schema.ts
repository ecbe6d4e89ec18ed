import { type ByteString, fromByteString, text, toByteString, utf8 } from "../../base/bytes.ts";
import { crc32c } from "../mvcc/hash.ts";
import { Store } from "../mvcc/store.ts";
import type { Version } from "../mvcc/version.ts";
import type { AlarmMember, Member } from "../rpc/messages.ts";
import { BUCKETS, type DbContents } from "./db-file.ts";
import { revisionKey, revisionOfKey, uint64, uint64String, versionOf } from "./key-record.ts";

/** The largest state that JSON numbers cannot hold, so ids stand in JSON as bare digits of any length. */
export function memberRecord(member: Member): Uint8Array {
  const learner = member.isLearner ? ',"isLearner":true' : "";
  const name = member.name === "" ? "" : `,"name":${JSON.stringify(member.name)}`;
  const clients = member.clientUrls.length === 0 ? "" : `,"clientURLs":${JSON.stringify(member.clientUrls)}`;
  return utf8(`{"id":${member.id},"peerURLs":${JSON.stringify(member.peerUrls)}${learner}${name}${clients}}`);
}

export function memberOfRecord(key: ByteString, value: Uint8Array): Member {
  const parsed: unknown = JSON.parse(text(value).replace(/^\{"id":\d+/, '{"id":0'));
  const fields = (typeof parsed === "object" && parsed !== null ? parsed : {}) as Record<string, unknown>;
  return {
    id: BigInt(`0x${key}`),
    name: typeof fields["name"] === "string" ? fields["name"] : "",
    peerUrls: strings(fields["peerURLs"]),
    clientUrls: strings(fields["clientURLs"]),
    isLearner: fields["isLearner"] === true,
  };
}

export function memberKey(id: bigint): ByteString {
  return id.toString(16);
}

/** A record of the bucket `meta` or `cluster` as text. */
export function textRecord(contents: DbContents, bucket: "meta" | "cluster", key: string): string | undefined {
  const value = contents.get(bucket)?.get(key);
  return value === undefined ? undefined : text(value);
}

export function numberRecord(contents: DbContents, key: string): number {
  const value = contents.get("meta")?.get(key);
  return value === undefined ? 0 : uint64(toByteString(value), 0);
}

export function numberBytes(value: number): Uint8Array {
  return fromByteString(uint64String(value));
}

export function revisionBytes(revision: number): Uint8Array {
  return fromByteString(revisionKey(revision, 0));
}

/** Revision of the latest finished compaction, -1 if there was none. */
export function compactedOf(contents: DbContents): number {
  const value = contents.get("meta")?.get("finishedCompactRev");
  return value === undefined ? -1 : revisionOfKey(toByteString(value));
}

/** All versions in order of revision. Throws `CodecError`. */
export function versionsOf(contents: DbContents): Version[] {
  const records = contents.get("key") ?? new Map<ByteString, Uint8Array>();
  return [...records]
    .map(([key, value]) => versionOf(key, value))
    .sort((a, b) => a.kv.modRevision - b.kv.modRevision || a.sub - b.sub);
}

/** Alarm records: the key is `<member hex>/<alarm>`. */
export function alarmKey(alarm: AlarmMember): ByteString {
  return `${alarm.memberId.toString(16)}/${alarm.alarm}`;
}

export function alarmOfKey(key: ByteString): AlarmMember {
  const [id = "0", alarm] = key.split("/");
  return { memberId: BigInt(`0x${id}`), alarm: alarm === "CORRUPT" ? "CORRUPT" : "NOSPACE" };
}

/** A store that holds a db's keys, for whoever reads a db without a server. */
export function storeOf(contents: DbContents): Store {
  const store = new Store();
  store.restore(versionsOf(contents), 1, compactedOf(contents));
  return store;
}

/** What `etcdutl snapshot status` says of a db. */
export interface DbStatus {
  /** CRC-32C over every bucket's name, and every key and value in it. */
  readonly hash: number;
  readonly revision: number;
  /** Living keys, as 3.6 counts. */
  readonly totalKeys: number;
  /** All revisions and records of all buckets, as 3.5 counts. */
  readonly totalRecords: number;
  /** `3.6.0`; empty when the db was never written by 3.6. */
  readonly storageVersion: string;
}

export function dbStatus(contents: DbContents): DbStatus {
  let crc = crc32c.start;
  let totalRecords = 0;
  for (const bucket of BUCKETS) {
    crc = crc32c.string(crc, bucket);
    const records = contents.get(bucket) ?? new Map<ByteString, Uint8Array>();
    for (const key of [...records.keys()].sort((a, b) => (a < b ? -1 : 1))) {
      crc = crc32c.bytes(crc32c.string(crc, key), records.get(key) ?? new Uint8Array(0));
      totalRecords++;
    }
  }
  const store = storeOf(contents);
  return {
    hash: crc32c.finish(crc),
    revision: store.revision,
    totalKeys: store.count("", "\0"),
    totalRecords,
    storageVersion: textRecord(contents, "meta", "storageVersion") ?? "",
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
