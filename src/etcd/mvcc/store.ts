import { BTree } from "../../base/b-tree.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Event, KeyValue } from "../rpc/messages.ts";
import { crc32c, HASH_SEED, hashVersion } from "./hash.ts";
import { KeyIndex } from "./key-index.ts";
import { MvccError } from "./mvcc-error.ts";
import { firstAtOrAfter, tombstone, type Version } from "./version.ts";

/** Where the store's changes go to be kept; the store itself knows no disk. */
export interface StoreSink {
  put(version: Version): void;
  remove(versions: readonly Version[]): void;
}

/** Leases whose keys the store's puts and deletions attach and detach. */
export interface LeaseKeys {
  attach(lease: bigint, key: ByteString): void;
  detach(lease: bigint, key: ByteString): void;
}

/** One change of a transaction: the event that watchers see, with the version it replaced. */
export interface Change {
  readonly version: Version;
  readonly previous: KeyValue | undefined;
}

export interface RangeResult {
  readonly kvs: readonly KeyValue[];
  /** All keys in the range, whatever the limit. */
  readonly count: number;
}

/** The end of a range that means "all keys from here on". */
export const FROM_KEY = "\0";

/** Called after a transaction that changed something, with its revision. */
export type CommitListener = (revision: number, changes: readonly Change[]) => void;

const byBytes = (a: ByteString, b: ByteString): number => (a < b ? -1 : a > b ? 1 : 0);
const NOBODY: StoreSink = { put: () => undefined, remove: () => undefined };
const NO_LEASES: LeaseKeys = { attach: () => undefined, detach: () => undefined };

/**
 * The multi-version store: an index of keys over a history of versions.
 *
 *     index (sorted by key)          history (sorted by revision)
 *       "a" -> { 2, 5t } { }           2 "a"   3 "b"   4.0 "b"  4.1 "c"   5 "a" t
 *       "b" -> { 3, 4.0 }
 *       "c" -> { 4.1 }               revision = 5, compacted = -1
 *
 * The laws are numbered in SPEC.md. Mirrors etcd server/storage/mvcc/kvstore.go.
 */
export class Store {
  private readonly index = new BTree<ByteString, KeyIndex>(undefined, byBytes);
  private history: Version[] = [];
  private currentRevision = 1;
  private compactedRevision = -1;
  /** The hash at the latest compaction's revision, taken before it removed anything. */
  private compactionHash: { hash: number; revision: number; compacted: number } | undefined;
  private readonly sink: StoreSink;
  private readonly leases: LeaseKeys;
  private readonly listeners: CommitListener[] = [];

  constructor(sink: StoreSink = NOBODY, leases: LeaseKeys = NO_LEASES) {
    this.sink = sink;
    this.leases = leases;
  }

  /** The revision of the latest change; 1 for a store that never changed. */
  get revision(): number {
    return this.currentRevision;
  }

  /** The revision of the latest compaction, -1 if there was none. */
  get compacted(): number {
    return this.compactedRevision;
  }

  /** Keys that are known, living or not. */
  get keyCount(): number {
    return this.index.size;
  }

  /** Every version that is kept, ordered by revision. */
  get versions(): readonly Version[] {
    return this.history;
  }

  onCommit(listener: CommitListener): void {
    this.listeners.push(listener);
  }

  /** Forgets everything, for what another member kept. */
  clear(): void {
    this.index.clear();
    this.history = [];
    this.currentRevision = 1;
    this.compactedRevision = -1;
    this.compactionHash = undefined;
  }

  /** Fills an empty store from what was kept, in order of revision. */
  restore(versions: Iterable<Version>, revision: number, compacted: number): void {
    for (const version of versions) {
      this.history.push(version);
      this.keyIndex(version.kv.key).add(version);
    }
    this.index.forEachPair((key, known) => {
      const lease = living(known.latest)?.kv.lease ?? 0n;
      if (lease !== 0n) this.leases.attach(lease, key);
    });
    this.currentRevision = Math.max(1, this.history.at(-1)?.kv.modRevision ?? 0, revision, compacted);
    this.compactedRevision = compacted;
    if (compacted > 0) this.dropTombstones(compacted);
  }

  /** Begins a transaction that may change. Nothing else may touch the store until `end`. */
  write(): WriteTxn {
    return new WriteTxn(this, {
      revision: this.currentRevision + 1,
      leases: this.leases,
      keyIndex: (key) => this.keyIndex(key),
      finish: (changes) => this.finish(changes),
    });
  }

  /** The living version of a key as of `revision` (default: now). */
  get(key: ByteString, revision?: number): Version | undefined {
    const known = this.index.get(key);
    if (known === undefined) return undefined;
    return revision === undefined ? living(known.latest) : known.at(revision);
  }

  /**
   * Keys from `key` up to `end` (`""`: the key alone, `\0`: all from it on) as of `revision` (0 or less: now), in key
   * order, at most `limit` (0: all) of them. Throws `MvccError`.
   */
  range(key: ByteString, end: ByteString, revision = 0, limit = 0): RangeResult {
    const at = this.checkRevision(revision);
    const kvs: KeyValue[] = [];
    let count = 0;
    this.scan(key, end, at, (version) => {
      count++;
      if (limit === 0 || kvs.length < limit) kvs.push(version.kv);
    });
    return { kvs, count };
  }

  /** How many keys `range` would find. */
  count(key: ByteString, end: ByteString, revision = 0): number {
    let count = 0;
    this.scan(key, end, this.checkRevision(revision), () => {
      count++;
    });
    return count;
  }

  /** Calls `visit` for every living version in the range as of `at`, in key order. */
  scan(key: ByteString, end: ByteString, at: number, visit: (version: Version) => void): void {
    if (end === "") {
      const version = this.index.get(key)?.at(at);
      if (version !== undefined) visit(version);
      return;
    }
    const high = end === FROM_KEY ? this.index.maxKey() : end;
    if (high === undefined || high < key) return;
    this.index.forRange(key, high, end === FROM_KEY, (_, known) => {
      const version = known.at(at);
      if (version !== undefined) visit(version);
    });
  }

  /** The changes from `from` on, up to `to`, for watchers that catch up. */
  changesBetween(from: number, to: number): readonly Version[] {
    return this.history.slice(firstAtOrAfter(this.history, from), firstAtOrAfter(this.history, to + 1));
  }

  /** Forgets what nobody can read above `revision`. Throws `MvccError`. */
  compact(revision: number): void {
    if (revision <= this.compactedRevision) throw new MvccError("compacted");
    if (revision > this.currentRevision) throw new MvccError("future");
    this.compactionHash = this.hash(revision);
    this.compactedRevision = revision;
    const kept = new Set<Version>();
    const gone: ByteString[] = [];
    this.index.forEachPair((key, known) => {
      known.compact(revision, kept);
      if (known.isEmpty) gone.push(key);
    });
    for (const key of gone) this.index.delete(key);
    const past = firstAtOrAfter(this.history, revision + 1);
    const removed = this.history.slice(0, past).filter((version) => !kept.has(version));
    this.history = [...this.history.slice(0, past).filter((version) => kept.has(version)), ...this.history.slice(past)];
    this.sink.remove(removed);
  }

  /** CRC-32C over the history up to `revision` (0: now), as `etcdctl endpoint hashkv` shows it. Throws `MvccError`. */
  hash(revision = 0): { hash: number; revision: number; compacted: number } {
    const at = revision === 0 ? this.currentRevision : revision;
    if (at > this.currentRevision) throw new MvccError("future");
    if (at < this.compactedRevision) throw new MvccError("compacted");
    if (revision === this.compactionHash?.revision) return this.compactionHash;
    const kept = new Set<Version>();
    if (this.compactedRevision > 0) this.index.forEachPair((_, known) => known.keep(at, kept));
    let crc = HASH_SEED;
    for (const version of this.history) {
      if (version.kv.modRevision > at) break;
      if (version.kv.modRevision <= this.compactedRevision && kept.size > 0 && !kept.has(version)) continue;
      crc = hashVersion(crc, version);
    }
    return { hash: crc32c.finish(crc), revision: at, compacted: this.compactedRevision };
  }

  /** The hash that the latest compaction took at its revision. */
  compactionHashValue(): { hash: number; revision: number; compacted: number } {
    return this.compactionHash ?? this.hash();
  }

  private checkRevision(revision: number): number {
    if (revision <= 0) return this.currentRevision;
    if (revision > this.currentRevision) throw new MvccError("future");
    if (revision < this.compactedRevision) throw new MvccError("compacted");
    return revision;
  }

  private keyIndex(key: ByteString): KeyIndex {
    const known = this.index.get(key);
    if (known !== undefined) return known;
    const fresh = new KeyIndex(key);
    this.index.set(key, fresh);
    return fresh;
  }

  private finish(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.currentRevision++;
    for (const { version } of changes) {
      this.history.push(version);
      this.sink.put(version);
    }
    for (const listener of this.listeners) listener(this.currentRevision, changes);
  }

  /** After a restart, keys of which only a tombstone from before the compaction is left. */
  private dropTombstones(compacted: number): void {
    const gone: ByteString[] = [];
    this.index.forEachPair((key, known) => {
      known.compact(compacted, new Set());
      if (known.isEmpty) gone.push(key);
    });
    for (const key of gone) this.index.delete(key);
  }
}

interface TxnHooks {
  readonly revision: number;
  readonly leases: LeaseKeys;
  readonly keyIndex: (key: ByteString) => KeyIndex;
  readonly finish: (changes: readonly Change[]) => void;
}

/** A transaction under way: its own changes are visible to it, all of them share one revision. */
export class WriteTxn {
  readonly changes: Change[] = [];
  private readonly store: Store;
  private readonly hooks: TxnHooks;

  constructor(store: Store, hooks: TxnHooks) {
    this.store = store;
    this.hooks = hooks;
  }

  /** The store's revision as this transaction sees it. */
  get revision(): number {
    return this.changes.length > 0 ? this.hooks.revision : this.hooks.revision - 1;
  }

  /** As `Store.range`, seeing this transaction's changes; a revision of its own is not a future one. */
  range(key: ByteString, end: ByteString, revision: number, limit: number): RangeResult {
    if (revision > 0 && revision < this.hooks.revision) return this.store.range(key, end, revision, limit);
    if (revision > this.revision) throw new MvccError("future");
    const kvs: KeyValue[] = [];
    let count = 0;
    this.store.scan(key, end, this.hooks.revision, (version) => {
      count++;
      if (limit === 0 || kvs.length < limit) kvs.push(version.kv);
    });
    return { kvs, count };
  }

  put(key: ByteString, value: Uint8Array, lease: bigint): KeyValue | undefined {
    const known = this.hooks.keyIndex(key);
    const previous = living(known.latest)?.kv;
    const kv: KeyValue = {
      key,
      createRevision: previous?.createRevision ?? this.hooks.revision,
      modRevision: this.hooks.revision,
      version: (previous?.version ?? 0) + 1,
      value,
      lease,
    };
    this.record(known, { kv, sub: this.changes.length, tombstone: false }, previous);
    const before = previous?.lease ?? 0n;
    if (before !== lease && before !== 0n) this.hooks.leases.detach(before, key);
    if (lease !== 0n) this.hooks.leases.attach(lease, key);
    return previous;
  }

  /** Deletes the living keys of a range in key order; gives what they held. */
  deleteRange(key: ByteString, end: ByteString): readonly KeyValue[] {
    const doomed = this.range(key, end, 0, 0).kvs;
    for (const kv of doomed) {
      this.record(this.hooks.keyIndex(kv.key), tombstone(kv.key, this.hooks.revision, this.changes.length), kv);
      if (kv.lease !== 0n) this.hooks.leases.detach(kv.lease, kv.key);
    }
    return doomed;
  }

  /** Ends the transaction; watchers hear of it. Must be called exactly once. */
  end(): void {
    this.hooks.finish(this.changes);
  }

  private record(known: KeyIndex, version: Version, previous: KeyValue | undefined): void {
    known.add(version);
    this.changes.push({ version, previous });
  }
}

/** The event that a change is to a watcher. */
export function eventOf(version: Version, previous: KeyValue | undefined): Event {
  const type = version.tombstone ? "DELETE" : "PUT";
  return previous === undefined ? { type, kv: version.kv } : { type, kv: version.kv, prevKv: previous };
}

function living(version: Version | undefined): Version | undefined {
  return version === undefined || version.tombstone ? undefined : version;
}
