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

/**
 * A db file that ends before what a disk had already taken: someone has cut it. bbolt reads on in its map of the file,
 * and Go ends the program with this text.
 */
export class DbCutError extends DbFileError {}

export const PAGE_SIZE = 4096;
const MAGIC = "etcd sandbox";
/** The magic, then how much of the file the disk holds for sure. */
const HEAD_BYTES = MAGIC.length + 4;
/** Older heads end with " db1" and do not say. */
const UNTOLD = 0x20646231;

/**
 * The file `member/snap/db`. Where etcd has bbolt's tree of pages, this is a log of committed batches, which a
 * power cut can only shorten:
 *
 *     magic (12), synced u32  { length u32, crc-32c u32, changes … }*  zeroes up to a whole page
 *
 * A batch that is cut off is as if it had never been committed, unless it ends before `synced`: that far an fsync had
 * come before the head was written.
 */
export function dbHeader(synced = HEAD_BYTES): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  for (let i = 0; i < MAGIC.length; i++) writer.byte(MAGIC.charCodeAt(i));
  writer.uint32(synced);
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
  const synced = syncedOf(bytes);
  const body = bytes.subarray(HEAD_BYTES);
  const batches = known.itemsOf(body);
  readBatches(body, batches);
  known.keep(body, batches);
  const usedBytes = HEAD_BYTES + (batches.at(-1)?.end ?? 0);
  if (usedBytes < synced) throw cutError(bytes.length);
  const contents = emptyContents();
  for (const { item: changes } of batches) for (const change of changes) apply(contents, change);
  return { contents, usedBytes };
}

/** How much of the file must be there, as its head tells. */
function syncedOf(bytes: Uint8Array): number {
  for (let i = 0; i < MAGIC.length; i++)
    if (bytes[i] !== MAGIC.charCodeAt(i)) throw new DbFileError("invalid database");
  if (bytes.length < HEAD_BYTES) throw new DbFileError("invalid database");
  const synced = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length);
  return synced === UNTOLD ? 0 : synced;
}

/** bbolt looks at the first page, then whether there are two, and reads the others as it needs them. */
function cutError(length: number): DbFileError {
  if (length < PAGE_SIZE) return new DbFileError("invalid database");
  if (length < 2 * PAGE_SIZE) return new DbFileError(`file size too small ${length}`);
  const address = `0x${(MAP_START + Math.ceil(length / PAGE_SIZE) * PAGE_SIZE).toString(16)}`;
  const signal = `[signal SIGBUS: bus error code=0x2 addr=${address} pc=0x9d3c47]`;
  return new DbCutError(
    `unexpected fault address ${address}\nfatal error: fault\n${signal}\n\ngoroutine 1 [running]:\nmain.main()\n`,
  );
}

/** Where a file is mapped; any address of Linux's area for that would do. */
const MAP_START = 0x7f6a40000000;

/** Adds the batches behind those that are known. */
function readBatches(bytes: Uint8Array, batches: ReadItem<readonly DbChange[]>[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = batches.at(-1)?.end ?? 0;
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
  const used = HEAD_BYTES + batch.length;
  const header = dbHeader(used);
  const whole = new Uint8Array(Math.max(size, Math.ceil(used / PAGE_SIZE) * PAGE_SIZE));
  whole.set(header);
  whole.set(batch, header.length);
  return whole;
}

/** All records in bucket order, keys in byte order. */
function* changesOf(contents: DbContents): Generator<DbChange> {
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
