import type { ByteString } from "../../base/bytes.ts";
import type { Task } from "../../sim/task.ts";
import type { FileSystem, OpenFile } from "../../vfs/file-system.ts";
import { keyValueSize } from "../mvcc/hash.ts";
import type { StoreSink } from "../mvcc/store.ts";
import type { Version } from "../mvcc/version.ts";
import { Writer } from "../snapshot/codec.ts";
import {
  type Bucket,
  type DbChange,
  type DbContents,
  dbHeader,
  decodeDb,
  emptyContents,
  encodeBatch,
  encodeDb,
  PAGE_SIZE,
} from "../snapshot/db-file.ts";
import { recordOf } from "../snapshot/key-record.ts";
import { DbPages } from "./db-pages.ts";

/** The file is rewritten when it is this much longer than what it holds. */
const GARBAGE_BYTES_MAX = 8 * 1024 * 1024;

type PendingChange = { readonly version: Version; readonly removed: boolean } | DbChange;

/**
 * The member's state on disk: small buckets are kept here, the bucket `key` in the store, whose changes arrive by
 * `sink`. Changes gather until `commit` writes them as one batch, as etcd's backend does every 100 ms.
 */
export class Backend {
  readonly sink: StoreSink;
  pages = new DbPages();
  /** Called when the first change after a commit arrives. */
  onDirty: () => void = () => undefined;
  private readonly fs: FileSystem;
  private readonly path: string;
  private readonly records = emptyContents();
  private readonly writer = new Writer();
  private pending: PendingChange[] = [];
  private file: OpenFile;
  private usedBytes: number;
  /** How much of the file has been through an fsync. */
  private syncedBytes: number;
  /** How often another db was put in this one's place. */
  private replacements = 0;
  /** How much of that the file's head tells of. */
  private toldBytes = 0;

  private constructor(fs: FileSystem, path: string, file: OpenFile, usedBytes: number) {
    this.fs = fs;
    this.path = path;
    this.file = file;
    this.usedBytes = usedBytes;
    this.syncedBytes = usedBytes;
    this.sink = {
      put: (version) => this.changeKey(version, false),
      remove: (versions) => {
        for (const version of versions) this.changeKey(version, true);
      },
    };
  }

  /** Opens or makes the db file. Undefined while another process holds its lock. Throws `DbFileError`. */
  static open(fs: FileSystem, path: string): { backend: Backend; contents: DbContents; isNew: boolean } | undefined {
    const isNew = !fs.exists(path);
    const file = fs.open(path, { read: true, write: true, create: true, mode: 0o600 });
    if (!file.tryLock()) {
      file.close();
      return undefined;
    }
    if (file.size === 0) file.write(0, dbHeader());
    const { contents, usedBytes } = decodeDb(fs.readFile(path));
    file.truncate(usedBytes); // a torn batch behind the last whole one must not be taken for data later
    const backend = new Backend(fs, path, file, usedBytes);
    backend.hold(contents);
    return { backend, contents, isNew };
  }

  /** Puts another db file, which the disk has for certain, in this one's place; gives what it holds. */
  replace(path: string): DbContents {
    this.replacements++;
    this.fs.rename(path, this.path);
    this.file.close();
    this.file = this.fs.open(this.path, { read: true, write: true, mode: 0o600 });
    this.file.tryLock();
    const { contents, usedBytes } = decodeDb(this.fs.readFile(this.path));
    this.usedBytes = usedBytes;
    this.syncedBytes = usedBytes;
    this.toldBytes = 0;
    this.pending = [];
    for (const records of this.records.values()) records.clear();
    this.pages = new DbPages();
    this.hold(contents);
    return contents;
  }

  private hold(contents: DbContents): void {
    for (const [bucket, records] of contents)
      if (bucket !== "key") for (const [key, value] of records) this.records.get(bucket)?.set(key, value);
    for (const [key, value] of contents.get("key") ?? []) this.pages.add(key.length + value.length);
    this.pages.opened();
  }

  get(bucket: Bucket, key: ByteString): Uint8Array | undefined {
    return this.records.get(bucket)?.get(key);
  }

  all(bucket: Bucket): ReadonlyMap<ByteString, Uint8Array> {
    return this.records.get(bucket) ?? new Map();
  }

  set(bucket: Bucket, key: ByteString, value: Uint8Array | undefined): void {
    const records = this.records.get(bucket);
    if (value === undefined) records?.delete(key);
    else records?.set(key, value);
    this.add({ bucket, key, value });
  }

  get isDirty(): boolean {
    return this.pending.length > 0;
  }

  /** Writes what gathered, then waits for the disk. */
  *commit(): Task<void> {
    if (this.pending.length === 0) return;
    const { file } = this;
    const batch = encodeBatch(this.takePending(), this.writer);
    file.write(this.usedBytes, batch);
    if (this.syncedBytes - this.toldBytes >= PAGE_SIZE) this.tell(file);
    this.usedBytes += batch.length;
    const end = this.usedBytes;
    yield* file.fsync();
    if (file === this.file) this.syncedBytes = Math.max(this.syncedBytes, end);
  }

  /** Not with every commit: that is one more block of the disk to write. */
  private tell(file: OpenFile): void {
    file.write(0, dbHeader(this.syncedBytes));
    this.toldBytes = this.syncedBytes;
  }

  /** Whether the file holds much more than the state. */
  get isBloated(): boolean {
    return this.usedBytes > 2 * this.pages.inUse + GARBAGE_BYTES_MAX;
  }

  /** The whole state in the form of a db file. */
  image(versions: Iterable<Version>): Uint8Array<ArrayBuffer> {
    return encodeDb(this.contents(versions), this.pages.size);
  }

  /** Rewrites the file without what is not needed any more; `shrink` also gives the pages back (defragmentation). */
  *rewrite(versions: Iterable<Version>, shrink: boolean): Task<void> {
    const header = dbHeader();
    const batch = encodeBatch(changes(this.contents(versions)));
    const path = `${this.path}.tmp`;
    const file = this.fs.open(path, { read: true, write: true, create: true, truncate: true, mode: 0o600 });
    try {
      file.write(0, header);
      file.write(header.length, batch);
    } catch (error) {
      file.close();
      this.fs.unlink(path);
      throw error;
    }
    // Only now: on a full disk the old file stays, and with it what is still to be written to it.
    this.pending = [];
    if (shrink) this.pages.shrink();
    file.tryLock();
    const { replacements } = this;
    yield* file.fsync();
    if (replacements !== this.replacements) {
      file.close();
      this.fs.unlink(path);
      return;
    }
    this.fs.rename(path, this.path);
    this.file.close();
    this.file = file;
    this.usedBytes = header.length + batch.length;
    this.syncedBytes = this.usedBytes;
    this.toldBytes = 0;
    yield* file.fsync();
  }

  close(): void {
    this.file.close();
  }

  private contents(versions: Iterable<Version>): DbContents {
    const contents = new Map(this.records);
    const keys = new Map<ByteString, Uint8Array>();
    for (const version of versions) {
      const { key, value } = recordOf(version);
      keys.set(key, value);
    }
    return contents.set("key", keys);
  }

  private changeKey(version: Version, removed: boolean): void {
    const octets = (version.tombstone ? 18 : 17) + keyValueSize(version.kv, version.tombstone);
    this.pages.add(removed ? -octets : octets);
    this.add({ version, removed });
  }

  private add(change: PendingChange): void {
    this.pending.push(change);
    this.pages.committed();
    if (this.pending.length === 1) this.onDirty();
  }

  private *takePending(): Generator<DbChange> {
    const pending = this.pending;
    this.pending = [];
    for (const change of pending) {
      if ("bucket" in change) {
        yield change;
        continue;
      }
      const { key, value } = recordOf(change.version);
      yield { bucket: "key", key, value: change.removed ? undefined : value };
    }
  }
}

function* changes(contents: DbContents): Generator<DbChange> {
  for (const [bucket, records] of contents) for (const [key, value] of records) yield { bucket, key, value };
}
