import type { KeyValue } from "../../src/etcd/rpc/messages.ts";

/** A write that a client was told is done, or may be done. */
export interface ChaosWrite {
  readonly key: string;
  /** Unique; undefined: a deletion. */
  readonly value: string | undefined;
  /** The revision that the answer named; undefined while no answer came (it may have happened, once). */
  revision: number | undefined;
  /** Of a compare-and-swap: the mod revision that the key had to have. */
  readonly expected: number | undefined;
}

/** What a watcher was told. */
export interface SeenEvent {
  readonly type: "PUT" | "DELETE";
  readonly kv: KeyValue;
}

interface Row {
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly value: string;
}

/**
 * An independent model of the store: a map of keys that a watch's events move on, revision by revision. It knows etcd's
 * promises and nothing of its code (what etcd's own robustness tests check):
 *
 *     events come by rising revision, none twice, none left out
 *     an acknowledged write is in the history at the revision it was told; an unacknowledged one at most once
 *     a compare-and-swap succeeds only on the revision it named
 *     versions count from 1, create and mod revisions follow from the events
 */
export class EtcdHistory {
  readonly faults: string[] = [];
  private rows = new Map<string, Row>();
  private writes: ChaosWrite[] = [];
  /** Where each of the clients' values was seen. */
  private readonly seenAt = new Map<string, number>();
  private readonly deletedAt = new Map<number, Set<string>>();
  /** What the store was when the model last began anew; history before it is not known. */
  private base = 0;
  private last = 0;
  private touched = new Set<string>();

  /** The revision up to which events are known. */
  get revision(): number {
    return this.last;
  }

  note(write: ChaosWrite): void {
    this.writes.push(write);
  }

  /** Begins anew from a whole reading of the store: at first, after a compaction that overtook, after a restore. */
  begin(kvs: readonly KeyValue[], revision: number, restored: boolean): void {
    if (!restored) this.checkOverGap(kvs, revision);
    this.rows = new Map(kvs.map((kv) => [kv.key, rowOf(kv)]));
    this.writes = this.writes.filter((write) => write.revision !== undefined && write.revision > revision);
    this.base = revision;
    this.last = revision;
    this.touched = new Set();
  }

  /** The store is put back to an older state: what was is not what will be. */
  forget(): void {
    this.rows.clear();
    this.writes = [];
    this.seenAt.clear();
    this.deletedAt.clear();
    this.base = 0;
    this.last = 0;
  }

  /** Takes one watch response's events. */
  take(events: readonly SeenEvent[]): void {
    for (const event of events) this.takeOne(event);
  }

  /** Compares the model with a reading at exactly the model's revision. */
  compare(kvs: readonly KeyValue[], revision: number): void {
    if (revision !== this.last) this.faults.push(`watch stands at ${this.last}, the store at ${revision}`);
    const found = new Map(kvs.map((kv) => [kv.key, rowOf(kv)]));
    for (const [key, row] of found) {
      const known = this.rows.get(key);
      if (known === undefined || !sameRow(known, row))
        this.faults.push(`key ${show(key)}: the store has ${showRow(row)}, its events lead to ${showRow(known)}`);
    }
    for (const key of this.rows.keys())
      if (!found.has(key)) this.faults.push(`key ${show(key)}: not in the store, though no event deleted it`);
    for (const write of this.writes) this.checkWrite(write);
  }

  private takeOne({ type, kv }: SeenEvent): void {
    const revision = kv.modRevision;
    if (revision < this.last) this.faults.push(`event of revision ${revision} after ${this.last}`);
    if (revision > this.last + 1) this.faults.push(`events from ${this.last + 1} to ${revision - 1} never came`);
    if (revision > this.last) this.touched = new Set();
    if (this.touched.has(kv.key)) this.faults.push(`two events of ${show(kv.key)} at revision ${revision}`);
    this.touched.add(kv.key);
    this.last = revision;
    const before = this.rows.get(kv.key);
    if (type === "DELETE") this.takeDeletion(kv, before);
    else this.takePut(kv, before);
  }

  private takeDeletion(kv: KeyValue, before: Row | undefined): void {
    if (before === undefined) this.faults.push(`deletion of ${show(kv.key)}, which is not there, at ${kv.modRevision}`);
    this.rows.delete(kv.key);
    const deleted = this.deletedAt.get(kv.modRevision) ?? new Set();
    this.deletedAt.set(kv.modRevision, deleted.add(kv.key));
  }

  private takePut(kv: KeyValue, before: Row | undefined): void {
    const row = rowOf(kv);
    const version = (before?.version ?? 0) + 1;
    const createRevision = before?.createRevision ?? kv.modRevision;
    if (row.version !== version || row.createRevision !== createRevision)
      this.faults.push(`put of ${show(kv.key)}: ${showRow(row)} after ${showRow(before)}`);
    this.rows.set(kv.key, row);
    const write = this.writes.find((each) => each.value === row.value && each.key === kv.key);
    if (write === undefined) return;
    const earlier = this.seenAt.get(row.value);
    if (earlier !== undefined)
      this.faults.push(`${show(kv.key)}=${row.value} written at ${earlier} and ${kv.modRevision}`);
    this.seenAt.set(row.value, kv.modRevision);
    if (write.expected !== undefined && write.expected !== (before?.modRevision ?? 0))
      this.faults.push(`swap of ${show(kv.key)} for ${write.expected} won over ${showRow(before)}`);
  }

  private checkWrite(write: ChaosWrite): void {
    if (write.revision === undefined || write.revision <= this.base) return;
    const at =
      write.value === undefined
        ? this.deletedAt.get(write.revision)?.has(write.key) === true
          ? write.revision
          : undefined
        : this.seenAt.get(write.value);
    if (at === write.revision) return;
    const what = write.value === undefined ? "deletion" : `put of ${write.value}`;
    this.faults.push(`acknowledged ${what} of ${show(write.key)} at ${write.revision}: seen at ${at ?? "no revision"}`);
  }

  /** Events were compacted before they were read: what is left shows at least the last write to each key. */
  private checkOverGap(kvs: readonly KeyValue[], revision: number): void {
    if (revision < this.last) this.faults.push(`the store went back from revision ${this.last} to ${revision}`);
    const found = new Map(kvs.map((kv) => [kv.key, kv]));
    for (const write of this.writes) {
      if (write.revision === undefined || write.revision > revision) continue;
      const kv = found.get(write.key);
      if (kv !== undefined && kv.modRevision < write.revision)
        this.faults.push(`acknowledged write of ${show(write.key)} at ${write.revision} is gone after a gap`);
    }
  }
}

function rowOf(kv: KeyValue): Row {
  const { createRevision, modRevision, version } = kv;
  return { createRevision, modRevision, version, value: digest(kv.value) };
}

/** The clients' values are short and kept as they are; of the API server's a digest is enough. */
function digest(value: Uint8Array): string {
  if (value.length <= 32) return String.fromCharCode(...value);
  let hash = 0x811c9dc5;
  for (const byte of value) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${value.length}:${hash >>> 0}`;
}

function sameRow(a: Row, b: Row): boolean {
  return (
    a.modRevision === b.modRevision &&
    a.createRevision === b.createRevision &&
    a.version === b.version &&
    a.value === b.value
  );
}

function show(key: string): string {
  return JSON.stringify(key);
}

function showRow(row: Row | undefined): string {
  if (row === undefined) return "nothing";
  return `${row.value} (create ${row.createRevision}, mod ${row.modRevision}, version ${row.version})`;
}
