import type { ObservedKey } from "./key-observer.ts";

/** One key's change at a revision. */
export interface RevisionChange<Row = ObservedKey> {
  readonly revision: number;
  /** When the observer saw it: milliseconds since the epoch, in the world's time. */
  readonly at: number;
  readonly key: string;
  /** Undefined: the key was deleted. */
  readonly after: Row | undefined;
}

interface Version {
  readonly revision: number;
  readonly row: ObservedKey | undefined;
}

/** Changes that are kept; with them every state since the oldest one can be told. */
const CHANGES_MAX = 5000;
/** Bytes of values that are kept for the past's sake. */
const BYTES_MAX = 8 * 1024 * 1024;

/**
 * What each key was at each revision that is remembered. The log is what is forgotten in order; the versions of a key
 * are what is looked up:
 *
 *     log       [ 612 a ][ 613 b ][ 613 c ][ 614 a ]     oldest first
 *     versions  a: 580 612 614    b: 613    c: 90 613†   († deleted)
 *
 * A look costs a binary search, a change and a forgotten change cost a step each.
 */
export class RevisionLog {
  private log: RevisionChange[] = [];
  private forgotten = 0;
  private bytes = 0;
  private readonly versions = new Map<string, Version[]>();
  private horizon = 0;
  private readonly changesMax: number;
  private readonly bytesMax: number;

  constructor(changesMax = CHANGES_MAX, bytesMax = BYTES_MAX) {
    this.changesMax = changesMax;
    this.bytesMax = bytesMax;
  }

  /** The oldest revision whose state can be told. */
  get oldest(): number {
    return this.horizon;
  }

  /** Begins anew with all keys as they are at a revision. */
  begin(revision: number, keys: Iterable<ObservedKey>): void {
    this.log = [];
    this.forgotten = 0;
    this.bytes = 0;
    this.versions.clear();
    this.horizon = revision;
    for (const row of keys) this.versions.set(row.key, [{ revision: row.modRevision, row }]);
  }

  add(change: RevisionChange): void {
    const version = { revision: change.revision, row: change.after };
    const versions = this.versions.get(change.key);
    if (versions === undefined) this.versions.set(change.key, [version]);
    else versions.push(version);
    this.log.push(change);
    this.bytes += change.after?.size ?? 0;
    while (this.log.length - this.forgotten > this.changesMax || this.bytes > this.bytesMax) this.forgetOldest();
    if (this.forgotten > this.changesMax) this.compact();
  }

  /** The key as it was at a revision; undefined when it was not there, or that is not known any more. */
  at(key: string, revision: number): ObservedKey | undefined {
    const versions = this.versions.get(key) ?? [];
    let low = 0;
    let high = versions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((versions[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return versions[low - 1]?.row;
  }

  private forgetOldest(): void {
    const change = this.log[this.forgotten++];
    if (change === undefined) return;
    this.bytes -= change.after?.size ?? 0;
    this.horizon = Math.max(this.horizon, change.revision);
    const versions = this.versions.get(change.key) ?? [];
    while (versions.length > 1 && (versions[1]?.revision ?? 0) <= this.horizon) versions.shift();
    if (versions.length === 1 && versions[0]?.row === undefined) this.versions.delete(change.key);
  }

  private compact(): void {
    this.log = this.log.slice(this.forgotten);
    this.forgotten = 0;
  }
}

/** A state of the store that can be asked for: stores that begin anew (a restore, etcd back from away) count revisions anew. */
export interface StoreMoment {
  readonly epoch: number;
  readonly revision: number;
}

const EPOCHS_MAX = 8;

/** The logs of a world's stores, one an epoch; the oldest are forgotten. */
export class RevisionLogs {
  private readonly logs = new Map<number, RevisionLog>();
  private newest = 0;

  get epoch(): number {
    return this.newest;
  }

  /** Begins an epoch. */
  begin(revision: number, keys: Iterable<ObservedKey>): void {
    const log = new RevisionLog();
    log.begin(revision, keys);
    this.logs.set(++this.newest, log);
    this.logs.delete(this.newest - EPOCHS_MAX);
  }

  add(change: RevisionChange): void {
    this.logs.get(this.newest)?.add(change);
  }

  at(key: string, { epoch, revision }: StoreMoment): ObservedKey | undefined {
    return this.logs.get(epoch)?.at(key, revision);
  }
}
