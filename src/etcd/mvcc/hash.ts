import type { KeyValue } from "../rpc/messages.ts";
import type { Version } from "./version.ts";

/**
 * CRC-32C (Castagnoli), reflected, table driven. A running value begins with `start` and ends with `finish`. The tables
 * are signed: `^` gives signed numbers, and larger ones would be kept as doubles. A start reads the whole db file and
 * log, so eight octets are taken in a step ("slicing by 8"): row k of the tables says what an octet comes to when k more
 * octets have passed.
 */
const TABLES = tables();
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES;

function tables(): Rows {
  const rows = Array.from({ length: 8 }, () => new Int32Array(256)) as unknown as Rows;
  for (let n = 0; n < 256; n++) {
    let value = n;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    rows[0][n] = value;
  }
  for (const [k, row] of rows.entries()) {
    const shorter = rows[k - 1];
    if (shorter === undefined) continue;
    for (let n = 0; n < 256; n++)
      row[n] = ((shorter[n] as number) >>> 8) ^ (rows[0][(shorter[n] as number) & 255] as number);
  }
  return rows;
}

type Rows = readonly [Row, Row, Row, Row, Row, Row, Row, Row];
type Row = Int32Array;

export const crc32c = {
  start: 0xffffffff,

  byte(crc: number, byte: number): number {
    return (crc >>> 8) ^ (T0[(crc ^ byte) & 255] as number);
  },

  bytes(crc: number, bytes: Uint8Array): number {
    let value = crc | 0;
    let i = 0;
    for (const eights = bytes.length - 7; i < eights; i += 8) {
      value =
        (T7[(value ^ (bytes[i] as number)) & 255] as number) ^
        (T6[((value >>> 8) ^ (bytes[i + 1] as number)) & 255] as number) ^
        (T5[((value >>> 16) ^ (bytes[i + 2] as number)) & 255] as number) ^
        (T4[(value >>> 24) ^ (bytes[i + 3] as number)] as number) ^
        (T3[bytes[i + 4] as number] as number) ^
        (T2[bytes[i + 5] as number] as number) ^
        (T1[bytes[i + 6] as number] as number) ^
        (T0[bytes[i + 7] as number] as number);
    }
    for (; i < bytes.length; i++) value = (value >>> 8) ^ (T0[(value ^ (bytes[i] as number)) & 255] as number);
    return value;
  },

  /** Bytes of a byte string. */
  string(crc: number, string: string): number {
    let value = crc | 0;
    for (let i = 0; i < string.length; i++)
      value = (value >>> 8) ^ (T0[(value ^ string.charCodeAt(i)) & 255] as number);
    return value;
  },

  finish(crc: number): number {
    return (crc ^ 0xffffffff) >>> 0;
  },

  of(bytes: Uint8Array): number {
    return crc32c.finish(crc32c.bytes(crc32c.start, bytes));
  },
};

/** Every hash begins with the bucket's name. */
export const HASH_SEED: number = crc32c.string(crc32c.start, "key");

/** Adds one version: its bucket key, then its record. */
export function hashVersion(crc: number, version: Version): number {
  return crc32c.bytes(crc32c.bytes(crc, bucketKey(version)), encodeKeyValue(version));
}

/** The key in etcd's bucket: main revision, `_`, sub-revision, and `t` for a tombstone. */
export function bucketKey(version: Version): Uint8Array {
  const key = new Uint8Array(version.tombstone ? 18 : 17);
  const view = new DataView(key.buffer);
  setUint64(view, 0, version.kv.modRevision);
  key[8] = 0x5f;
  setUint64(view, 9, version.sub);
  if (version.tombstone) key[17] = 0x74;
  return key;
}

/** mvccpb.KeyValue in protobuf; of a tombstone only the key. */
export function encodeKeyValue(version: Version): Uint8Array {
  const { kv, tombstone } = version;
  const bytes = new Uint8Array(keyValueSize(kv, tombstone));
  let at = 0;
  const varint = (value: number) => {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
    bytes[at++] = rest;
  };
  if (kv.key.length > 0) {
    bytes[at++] = 0x0a;
    varint(kv.key.length);
    for (let i = 0; i < kv.key.length; i++) bytes[at++] = kv.key.charCodeAt(i);
  }
  if (tombstone) return bytes;
  bytes[at++] = 0x10;
  varint(kv.createRevision);
  bytes[at++] = 0x18;
  varint(kv.modRevision);
  bytes[at++] = 0x20;
  varint(kv.version);
  if (kv.value.length > 0) {
    bytes[at++] = 0x2a;
    varint(kv.value.length);
    bytes.set(kv.value, at);
    at += kv.value.length;
  }
  if (kv.lease !== 0n) writeLease(bytes, at, kv.lease);
  return bytes;
}

/** Octets of `encodeKeyValue`. */
export function keyValueSize(kv: KeyValue, isTombstone: boolean): number {
  const key = kv.key.length > 0 ? 1 + varintSize(kv.key.length) + kv.key.length : 0;
  if (isTombstone) return key;
  const numbers = 3 + varintSize(kv.createRevision) + varintSize(kv.modRevision) + varintSize(kv.version);
  const value = kv.value.length > 0 ? 1 + varintSize(kv.value.length) + kv.value.length : 0;
  return key + numbers + value + (kv.lease === 0n ? 0 : 1 + bigVarintSize(kv.lease));
}

function writeLease(bytes: Uint8Array, from: number, lease: bigint): void {
  let at = from;
  bytes[at++] = 0x30;
  let rest = BigInt.asUintN(64, lease);
  for (; rest >= 128n; rest >>= 7n) bytes[at++] = Number(rest & 127n) | 128;
  bytes[at] = Number(rest);
}

function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 0x1_0000_0000));
  view.setUint32(at + 4, value >>> 0);
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

function bigVarintSize(value: bigint): number {
  let size = 1;
  for (let rest = BigInt.asUintN(64, value); rest >= 128n; rest >>= 7n) size++;
  return size;
}
