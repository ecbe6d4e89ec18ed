import { type ByteString, NO_BYTES, toByteString } from "../../base/bytes.ts";
import { bucketKey, encodeKeyValue } from "../mvcc/hash.ts";
import { tombstone, type Version } from "../mvcc/version.ts";
import type { KeyValue } from "../rpc/messages.ts";
import { CodecError, Reader } from "./codec.ts";

/** The record of a version in the bucket `key`. */
export function recordOf(version: Version): { key: ByteString; value: Uint8Array } {
  return { key: toByteString(bucketKey(version)), value: encodeKeyValue(version) };
}

/** By the octets of their records, which worlds that go on from much the same db file have in common. */
const known = new WeakMap<Uint8Array, Version>();

/** The version of a record. Throws `CodecError`. */
export function versionOf(recordKey: ByteString, value: Uint8Array): Version {
  const main = uint64(recordKey, 0);
  const sub = uint64(recordKey, 9);
  const isTombstone = recordKey.length === 18;
  const before = known.get(value);
  if (before?.kv.modRevision === main && before.sub === sub && before.tombstone === isTombstone) return before;
  const kv = decodeKeyValue(value);
  const version = isTombstone ? tombstone(kv.key, main, sub) : { kv, sub, tombstone: false };
  known.set(value, version);
  return version;
}

/** The 17 octets that name a revision, as they stand in the bucket `meta` too. */
export function revisionKey(main: number, sub: number): ByteString {
  return `${uint64String(main)}_${uint64String(sub)}`;
}

export function revisionOfKey(key: ByteString): number {
  return uint64(key, 0);
}

/** Eight octets, most significant first. */
export function uint64String(value: number): ByteString {
  let result = "";
  let rest = value;
  for (let i = 0; i < 8; i++) {
    result = String.fromCharCode(rest % 256) + result;
    rest = Math.floor(rest / 256);
  }
  return result;
}

export function uint64(string: ByteString, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) value = value * 256 + (string.charCodeAt(at + i) || 0);
  return value;
}

/** mvccpb.KeyValue from protobuf; unknown fields are skipped. Throws `CodecError`. */
function decodeKeyValue(bytes: Uint8Array): KeyValue {
  const reader = new Reader(bytes);
  const kv = { key: "", createRevision: 0, modRevision: 0, version: 0, value: NO_BYTES, lease: 0n };
  while (!reader.atEnd) {
    const tag = reader.varint();
    if (tag === 0x0a) kv.key = reader.byteString();
    else if (tag === 0x10) kv.createRevision = reader.varint();
    else if (tag === 0x18) kv.modRevision = reader.varint();
    else if (tag === 0x20) kv.version = reader.varint();
    else if (tag === 0x2a) kv.value = reader.bytes();
    else if (tag === 0x30) kv.lease = bigVarint(reader);
    else throw new CodecError("unknown field");
  }
  return kv;
}

function bigVarint(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.byte();
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return BigInt.asIntN(64, value);
  }
  throw new CodecError("varint too long");
}
