import type { ByteString } from "../../base/bytes.ts";
import { KnownBeginning, type ReadItem } from "../../base/known-beginning.ts";
import { crc32c } from "../mvcc/hash.ts";
import { CodecError, Reader, Writer } from "./codec.ts";

/** etcd's buckets (server/storage/schema/bucket.go). The bucket `key` holds one record per revision. */
export const BUCKETS = [
  "alarm",
  "auth",
  "authRoles",
  "authUsers",
  "cluster",
  "key",
  "lease",
  "members",
  "members_removed",
  "meta",
] as const;

export type Bucket = (typeof BUCKETS)[number];

/** One change of a bucket; no value means a deletion. */
export interface DbChange {
  readonly bucket: Bucket;
  readonly key: ByteString;
  readonly value: Uint8Array | undefined;
}

/** What a db file holds: per bucket, values by key. */
export type DbContents = ReadonlyMap<Bucket, Map<ByteString, Uint8Array>>;

/** Not a db file, or one whose middle is damaged. The text is the one bbolt gives. */
export class DbFileError extends Error {}

export const PAGE_SIZE = 4096;
const MAGIC = "etcd sandbox db1";

/**
 * The file `member/snap/db`. Where etcd has bbolt's tree of pages, this is a log of committed batches, which a
 * power cut can only shorten:
 *
 *     magic (16)  { length u32, crc-32c u32, changes … }*  zeroes up to a whole page
 *
 * A batch that is cut off is as if it had never been committed.
 */
export function dbHeader(): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  for (let i = 0; i < MAGIC.length; i++) writer.byte(MAGIC.charCodeAt(i));
  return writer.take();
}

/** One committed batch. `writer` is lent, so that a busy backend does not make one for every commit. */
export function encodeBatch(changes: Iterable<DbChange>, writer = new Writer()): Uint8Array<ArrayBuffer> {
  writer.uint32(0);
  writer.uint32(0);
  for (const change of changes) {
    writer.byte(BUCKETS.indexOf(change.bucket) * 2 + (change.value === undefined ? 1 : 0));
    writer.byteString(change.key);
    if (change.value !== undefined) writer.bytes(change.value);
  }
  const payload = writer.written(8);
  writer.patchUint32(4, crc32c.of(payload));
  writer.patchUint32(0, payload.length);
  return writer.take();
}

/** Batches of the latest file that was read: forks and undone worlds read much the same one again. */
const known = new KnownBeginning<readonly DbChange[]>();

/**
 * Reads a db file. `usedBytes` is where the next batch goes. Neither the bytes nor the values may be changed afterwards.
 * Throws `DbFileError`.
 */
export function decodeDb(bytes: Uint8Array): { contents: DbContents; usedBytes: number } {
  for (let i = 0; i < MAGIC.length; i++)
    if (bytes[i] !== MAGIC.charCodeAt(i))
      throw new DbFileError(bytes.length === 0 ? "file size too small" : "invalid database");
  const batches = known.itemsOf(bytes);
  readBatches(bytes, batches);
  known.keep(bytes, batches);
  const contents = emptyContents();
  for (const { item: changes } of batches) for (const change of changes) apply(contents, change);
  return { contents, usedBytes: batches.at(-1)?.end ?? MAGIC.length };
}

/** Adds the batches behind those that are known. */
function readBatches(bytes: Uint8Array, batches: ReadItem<readonly DbChange[]>[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = batches.at(-1)?.end ?? MAGIC.length;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at);
    if (length === 0 || at + 8 + length > bytes.length) break;
    const payload = bytes.subarray(at + 8, at + 8 + length);
    if (crc32c.of(payload) !== view.getUint32(at + 4)) throw new DbFileError("checksum error");
    at += 8 + length;
    batches.push({ end: at, item: decodeBatch(payload) });
  }
}

export function emptyContents(): Map<Bucket, Map<ByteString, Uint8Array>> {
  return new Map(BUCKETS.map((bucket) => [bucket, new Map<ByteString, Uint8Array>()]));
}

/** A whole file of one state, filled with zeroes up to `size` (or to a whole page if that is more). */
export function encodeDb(contents: DbContents, size: number): Uint8Array<ArrayBuffer> {
  const batch = encodeBatch(changesOf(contents));
  const header = dbHeader();
  const used = header.length + batch.length;
  const whole = new Uint8Array(Math.max(size, Math.ceil(used / PAGE_SIZE) * PAGE_SIZE));
  whole.set(header);
  whole.set(batch, header.length);
  return whole;
}

/** All records in bucket order, keys in byte order. */
export function* changesOf(contents: DbContents): Generator<DbChange> {
  for (const bucket of BUCKETS) {
    const records = contents.get(bucket);
    if (records === undefined) continue;
    for (const key of [...records.keys()].sort((a, b) => (a < b ? -1 : 1)))
      yield { bucket, key, value: records.get(key) ?? new Uint8Array(0) };
  }
}

function apply(contents: DbContents, { bucket, key, value }: DbChange): void {
  const records = contents.get(bucket);
  if (value === undefined) records?.delete(key);
  else records?.set(key, value);
}

function decodeBatch(payload: Uint8Array): DbChange[] {
  const reader = new Reader(payload);
  const changes: DbChange[] = [];
  try {
    while (!reader.atEnd) {
      const tag = reader.byte();
      const bucket = BUCKETS[tag >> 1];
      const key = reader.byteString();
      if (bucket === undefined) throw new DbFileError("invalid database");
      changes.push({ bucket, key, value: (tag & 1) === 1 ? undefined : reader.bytes() });
    }
    return changes;
  } catch (error) {
    if (error instanceof CodecError) throw new DbFileError("invalid database");
    throw error;
  }
}
