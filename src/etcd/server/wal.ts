import { KnownBeginning, type ReadItem } from "../../base/known-beginning.ts";
import type { Task } from "../../sim/task.ts";
import type { FileSystem, OpenFile } from "../../vfs/file-system.ts";
import { crc32c } from "../mvcc/hash.ts";
import type { HardState, LogEntry } from "../raft/consensus.ts";
import { Reader, Writer } from "../snapshot/codec.ts";

const METADATA = 1;
const ENTRY = 2;
const STATE = 3;
const SNAPSHOT = 4;
const HEAD_BYTES = 8;
/** A segment is closed once it is this long, as in etcd. */
const SEGMENT_BYTES = 64 * 1024 * 1024;

/** Everything that a write-ahead log says. */
export interface WalRecords {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly hardState: HardState;
  /** Behind the latest snapshot mark, in order, none twice. */
  readonly entries: readonly LogEntry[];
  readonly snapshot: { readonly term: number; readonly index: number };
}

/** The log is damaged in a way that no crash can cause; `message` is etcd's. */
export class WalError extends Error {}

/**
 * The write-ahead log: files `<sequence>-<first index>.wal`, each a list of records
 *
 *     length u32   crc-32c u32   type u8   body
 *
 * A record counts once its fsync returned. A crash leaves at most a cut record at the very end, which the next start
 * cuts off; a wrong checksum before the end is damage and stops the member.
 */
export class Wal {
  private readonly fs: FileSystem;
  private readonly folder: string;
  private file: OpenFile;
  private sequence: number;
  private readonly writer = new Writer();
  private readonly head: { memberId: bigint; clusterId: bigint };

  private constructor(fs: FileSystem, folder: string, file: OpenFile, sequence: number, head: Wal["head"]) {
    this.fs = fs;
    this.folder = folder;
    this.file = file;
    this.sequence = sequence;
    this.head = head;
  }

  /** Makes a new log. `snapshot` is the place from which it continues, after a restore. */
  static *create(
    fs: FileSystem,
    folder: string,
    head: { memberId: bigint; clusterId: bigint },
    snapshot = { term: 0, index: 0 },
  ): Task<Wal> {
    fs.mkdir(folder, { parents: true, mode: 0o700 });
    fs.writeFile(`${folder}/0.tmp`, "", 0o600);
    const wal = new Wal(fs, folder, openSegment(fs, folder, 0, 0), 0, head);
    wal.begin(snapshot);
    yield* wal.sync();
    return wal;
  }

  static exists(fs: FileSystem, folder: string): boolean {
    return fs.exists(folder) && segments(fs, folder).length > 0;
  }

  /**
   * Reads a log and opens it for writing behind its last whole record. Undefined for a log that the power left before
   * its first entries were on the disk: nothing was agreed on yet, and the member is born again. Throws `WalError`.
   */
  static open(fs: FileSystem, folder: string): { wal: Wal; records: WalRecords } | undefined {
    const names = segments(fs, folder);
    const collected = new Collected();
    let end = 0;
    for (const [i, name] of names.entries())
      end = collected.read(fs.readFile(`${folder}/${name}`), i === names.length - 1);
    const last = names.at(-1);
    if (collected.isUnborn && names.length === 1) return undefined;
    if (last === undefined || collected.head === undefined) throw new WalError("wal: file not found");
    const file = fs.open(`${folder}/${last}`, { write: true, read: true });
    file.truncate(end);
    const wal = new Wal(fs, folder, file, Number.parseInt(last.slice(0, 16), 16), collected.head);
    return { wal, records: collected.records(collected.head) };
  }

  /** Hands records to the page cache; `sync` makes them last. */
  save(hardState: HardState | undefined, entries: readonly LogEntry[]): void {
    for (const entry of entries) this.record(ENTRY, (writer) => writeEntry(writer, entry));
    if (hardState !== undefined) this.record(STATE, (writer) => writeState(writer, hardState));
    this.flush();
  }

  *sync(): Task<void> {
    this.flush();
    yield* this.file.fsync();
  }

  /** Marks that the state up to `index` is on disk, and begins a new segment, so that older ones may go. */
  *mark(snapshot: { term: number; index: number }, hardState: HardState): Task<void> {
    this.record(SNAPSHOT, (writer) => writePlace(writer, snapshot));
    yield* this.sync();
    this.cut(snapshot, hardState);
    yield* this.sync();
  }

  /** The entries behind the latest mark, read from the disk again. */
  recall(): Pick<WalRecords, "entries" | "snapshot"> {
    this.flush();
    const names = segments(this.fs, this.folder);
    const collected = new Collected();
    for (const [i, name] of names.entries())
      collected.read(this.fs.readFile(`${this.folder}/${name}`), i === names.length - 1);
    return collected.records(this.head);
  }

  /** Removes all segments but the newest `kept`. */
  purge(kept: number): readonly string[] {
    const old = segments(this.fs, this.folder).slice(0, -kept);
    for (const name of old) this.fs.unlink(`${this.folder}/${name}`);
    return old;
  }

  close(): void {
    this.flush();
    this.file.close();
  }

  get full(): boolean {
    return this.file.size > SEGMENT_BYTES;
  }

  private cut(place: { term: number; index: number }, hardState: HardState): void {
    this.file.close();
    this.sequence++;
    this.file = openSegment(this.fs, this.folder, this.sequence, place.index + 1);
    this.begin(place);
    this.record(STATE, (writer) => writeState(writer, hardState));
  }

  private begin(snapshot: { term: number; index: number }): void {
    this.record(METADATA, (writer) => {
      writer.value(this.head.memberId);
      writer.value(this.head.clusterId);
    });
    this.record(SNAPSHOT, (writer) => writePlace(writer, snapshot));
  }

  private record(type: number, body: (writer: Writer) => void): void {
    const { writer } = this;
    const start = writer.size;
    writer.uint32(0);
    writer.uint32(0);
    writer.byte(type);
    body(writer);
    const content = writer.written(start + HEAD_BYTES);
    writer.patchUint32(start + 4, crc32c.of(content));
    writer.patchUint32(start, content.length);
  }

  private flush(): void {
    if (this.writer.size > 0) this.file.write(this.file.size, this.writer.take());
  }
}

/**
 * The entries of a segment behind `index`, for whoever looks at a log without a member. Stops before the first record
 * that is not whole.
 */
export function* walEntriesAfter(segment: Uint8Array, index: number): Generator<LogEntry> {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  for (let at = 0; at + HEAD_BYTES <= segment.length; ) {
    const length = view.getUint32(at);
    const end = at + HEAD_BYTES + length;
    if (length === 0 || end > segment.length) return;
    const reader = new Reader(segment.subarray(at + HEAD_BYTES, end));
    at = end;
    if (reader.byte() !== ENTRY) continue;
    const entry = readEntry(reader);
    if (entry.index > index) yield entry;
  }
}

/** One record; of a type that nobody knows it says nothing. */
interface WalRecord {
  readonly head?: { readonly memberId: bigint; readonly clusterId: bigint };
  readonly hardState?: HardState;
  readonly snapshot?: { readonly term: number; readonly index: number };
  readonly entry?: LogEntry;
}

/** Records of the latest segment that was read: forks and undone worlds read much the same one again. */
const known = new KnownBeginning<WalRecord>();

/** Adds a segment's records behind those that are known, up to the first that is not whole. Throws `WalError`. */
function readRecords(bytes: Uint8Array, records: ReadItem<WalRecord>[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = records.at(-1)?.end ?? 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const length = view.getUint32(at);
    const end = at + HEAD_BYTES + length;
    if (length === 0 || end > bytes.length) break;
    const body = bytes.subarray(at + HEAD_BYTES, end);
    if (crc32c.of(body) !== view.getUint32(at + 4)) throw new WalError("walpb: crc mismatch");
    records.push({ end, item: readRecord(new Reader(body)) });
    at = end;
  }
}

function readRecord(reader: Reader): WalRecord {
  switch (reader.byte()) {
    case METADATA:
      return { head: { memberId: bigintOf(reader), clusterId: bigintOf(reader) } };
    case STATE:
      return { hardState: { term: reader.varint(), vote: bigintOf(reader), commit: reader.varint() } };
    case SNAPSHOT:
      return { snapshot: { term: reader.varint(), index: reader.varint() } };
    case ENTRY:
      return { entry: readEntry(reader) };
    default:
      return {};
  }
}

/** What reading gathers, segment by segment. */
class Collected {
  head: { memberId: bigint; clusterId: bigint } | undefined;
  private hardState: HardState = { term: 0, vote: 0n, commit: 0 };
  private entries: LogEntry[] = [];
  private snapshot = { term: 0, index: 0 };

  /** Nothing was promised to anybody yet: no term was entered, no vote given. */
  get isUnborn(): boolean {
    return this.head === undefined || (this.hardState.term === 0 && this.snapshot.index === 0);
  }

  records(head: { memberId: bigint; clusterId: bigint }): WalRecords {
    const entries = this.entries.filter((entry) => entry.index > this.snapshot.index);
    return { ...head, hardState: this.hardState, entries, snapshot: this.snapshot };
  }

  /** Reads a segment; says where its last whole record ends. */
  read(bytes: Uint8Array, isLast: boolean): number {
    const records = known.itemsOf(bytes);
    readRecords(bytes, records);
    known.keep(bytes, records);
    for (const { item } of records) this.take(item);
    const end = records.at(-1)?.end ?? 0;
    if (end < bytes.length && !isLast) throw new WalError("walpb: crc mismatch");
    return end;
  }

  private take({ head, hardState, snapshot, entry }: WalRecord): void {
    if (head !== undefined) this.head = head;
    if (hardState !== undefined) this.hardState = hardState;
    if (snapshot !== undefined) this.mark(snapshot);
    if (entry !== undefined) this.add(entry);
  }

  /** What follows another entry at that place was replaced by a leader's snapshot. */
  private mark(snapshot: { readonly term: number; readonly index: number }): void {
    this.snapshot = snapshot;
    const at = this.entries.find(({ index }) => index === snapshot.index);
    if (at !== undefined && at.term !== snapshot.term) this.entries = [];
  }

  /** A later entry replaces those from its index on. */
  private add(entry: LogEntry): void {
    while ((this.entries.at(-1)?.index ?? 0) >= entry.index) this.entries.pop();
    this.entries.push(entry);
  }
}

function openSegment(fs: FileSystem, folder: string, sequence: number, index: number): OpenFile {
  const name = `${sequence.toString(16).padStart(16, "0")}-${index.toString(16).padStart(16, "0")}.wal`;
  return fs.open(`${folder}/${name}`, { write: true, read: true, create: true, truncate: true, mode: 0o600 });
}

function segments(fs: FileSystem, folder: string): string[] {
  return fs.readdir(folder).filter((name) => name.endsWith(".wal"));
}

function writeEntry(writer: Writer, entry: LogEntry): void {
  writer.varint(entry.term);
  writer.varint(entry.index);
  writer.byte(entry.kind === "normal" ? 0 : 1);
  writer.bytes(entry.data);
}

function readEntry(reader: Reader): LogEntry {
  return {
    term: reader.varint(),
    index: reader.varint(),
    kind: reader.byte() === 0 ? "normal" : "conf-change",
    data: reader.bytes(),
  };
}

function writeState(writer: Writer, state: HardState): void {
  writer.varint(state.term);
  writer.value(state.vote);
  writer.varint(state.commit);
}

function writePlace(writer: Writer, place: { term: number; index: number }): void {
  writer.varint(place.term);
  writer.varint(place.index);
}

function bigintOf(reader: Reader): bigint {
  const value = reader.value();
  if (typeof value !== "bigint") throw new WalError("walpb: crc mismatch");
  return value;
}
