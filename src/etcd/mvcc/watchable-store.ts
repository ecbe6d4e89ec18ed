import type { ByteString } from "../../base/bytes.ts";
import type { Event, KeyValue } from "../rpc/messages.ts";
import { type Change, eventOf, FROM_KEY, type Store } from "./store.ts";
import type { Version } from "./version.ts";

/** What a watcher wants to hear. */
export interface WatchSpec {
  readonly key: ByteString;
  /** `""`: the key alone; `\0`: all keys from it on. */
  readonly end: ByteString;
  /** The first revision to report; 0: only what comes. */
  readonly startRevision: number;
  readonly filters: readonly ("NOPUT" | "NODELETE")[];
  readonly prevKv: boolean;
}

/** News for a watcher: events of one or more whole revisions, or the compaction that overtook it. */
export interface WatchNews {
  /** The store's revision when the news was made. */
  readonly revision: number;
  readonly events: readonly Event[];
  /** Not 0: the watcher wanted revisions that are gone; it gets nothing more. */
  readonly compactRevision: number;
}

/** At most so many revisions are put into one answer while a watcher catches up. */
const BATCH_REVISIONS_MAX = 1000;

/** One watch. `minRevision` is the next revision that it has not heard of. */
export class Watcher {
  readonly spec: WatchSpec;
  readonly deliver: (news: WatchNews) => void;
  minRevision: number;

  constructor(spec: WatchSpec, minRevision: number, deliver: (news: WatchNews) => void) {
    this.spec = spec;
    this.minRevision = minRevision;
    this.deliver = deliver;
  }

  wants(version: Version): boolean {
    const { key, end, filters } = this.spec;
    const at = version.kv.key;
    if (end === "" ? at !== key : at < key || (end !== FROM_KEY && at >= end)) return false;
    return filters.length === 0 || !filters.includes(version.tombstone ? "NODELETE" : "NOPUT");
  }
}

/**
 * A store with watchers, in two groups:
 *
 *     watch from the past --> unsynced --sync()--> synced <-- watch from now on
 *                                                    ^
 *                                    every commit tells these, and only these
 *
 * etcd has a third group, victims, whose channels are full; here a channel is a queue and never full. Synced watchers
 * of single keys are found by key, so a change costs what it concerns. Mirrors mvcc/watchable_store.go.
 */
export class WatchableStore {
  private readonly store: Store;
  private readonly unsynced = new Set<Watcher>();
  private readonly syncedKeys = new Map<ByteString, Set<Watcher>>();
  private readonly syncedRanges = new Set<Watcher>();

  constructor(store: Store) {
    this.store = store;
    store.onCommit((revision, changes) => this.notify(revision, changes));
  }

  /** Watches that are open. */
  get size(): number {
    let count = this.unsynced.size + this.syncedRanges.size;
    for (const watchers of this.syncedKeys.values()) count += watchers.size;
    return count;
  }

  /** Adds a watcher. One from the past hears of it at the next `sync`. */
  watch(spec: WatchSpec, deliver: (news: WatchNews) => void): Watcher {
    const next = this.store.revision + 1;
    const watcher = new Watcher(spec, spec.startRevision === 0 ? next : spec.startRevision, deliver);
    if (watcher.minRevision < next) this.unsynced.add(watcher);
    else this.addSynced(watcher);
    return watcher;
  }

  cancel(watcher: Watcher): void {
    this.unsynced.delete(watcher);
    this.syncedRanges.delete(watcher);
    const others = this.syncedKeys.get(watcher.spec.key);
    if (others?.delete(watcher) === true && others.size === 0) this.syncedKeys.delete(watcher.spec.key);
  }

  /** Whether the watcher has heard of everything up to now. */
  isSynced(watcher: Watcher): boolean {
    return !this.unsynced.has(watcher);
  }

  /** The store was filled anew, and was at `revision` before: what came meanwhile is still to be heard. */
  restored(revision: number): void {
    const synced = [...this.syncedRanges, ...[...this.syncedKeys.values()].flatMap((watchers) => [...watchers])];
    this.syncedRanges.clear();
    this.syncedKeys.clear();
    for (const watcher of synced) {
      watcher.minRevision = Math.max(watcher.minRevision, revision + 1);
      this.unsynced.add(watcher);
    }
    this.sync();
  }

  /** Brings every unsynced watcher up to now. */
  sync(): void {
    for (const watcher of [...this.unsynced]) this.catchUp(watcher);
  }

  private catchUp(watcher: Watcher): void {
    if (watcher.minRevision < this.store.compacted) {
      this.unsynced.delete(watcher);
      watcher.deliver({ revision: this.store.revision, events: [], compactRevision: this.store.compacted });
      return;
    }
    while (this.unsynced.has(watcher) && watcher.minRevision <= this.store.revision) {
      const from = watcher.minRevision;
      const to = Math.min(this.store.revision, this.lastOfBatch(from));
      watcher.minRevision = to + 1;
      const events = this.store.changesBetween(from, to).filter((version) => watcher.wants(version));
      if (events.length > 0) this.send(watcher, events);
    }
    if (this.unsynced.delete(watcher)) this.addSynced(watcher);
  }

  private lastOfBatch(from: number): number {
    return from + BATCH_REVISIONS_MAX - 1;
  }

  private send(watcher: Watcher, versions: readonly Version[]): void {
    const events = versions.map((version) => eventOf(version, watcher.spec.prevKv ? this.before(version) : undefined));
    watcher.deliver({ revision: this.store.revision, events, compactRevision: 0 });
  }

  /** What the key held before; unknown once compacted. */
  private before(version: Version): KeyValue | undefined {
    const revision = version.kv.modRevision - 1;
    if (revision < this.store.compacted) return undefined;
    return this.store.get(version.kv.key, revision)?.kv;
  }

  private addSynced(watcher: Watcher): void {
    if (watcher.spec.end !== "") {
      this.syncedRanges.add(watcher);
      return;
    }
    const others = this.syncedKeys.get(watcher.spec.key);
    if (others === undefined) this.syncedKeys.set(watcher.spec.key, new Set([watcher]));
    else others.add(watcher);
  }

  private notify(revision: number, changes: readonly Change[]): void {
    if (this.syncedRanges.size === 0 && this.syncedKeys.size === 0) return;
    const news = new Map<Watcher, Event[]>();
    for (const change of changes) {
      const plain = eventOf(change.version, undefined);
      for (const watcher of this.syncedKeys.get(change.version.kv.key) ?? [])
        this.collect(news, watcher, change, plain);
      for (const watcher of this.syncedRanges) this.collect(news, watcher, change, plain);
    }
    for (const [watcher, events] of news) watcher.deliver({ revision, events, compactRevision: 0 });
  }

  private collect(news: Map<Watcher, Event[]>, watcher: Watcher, change: Change, plain: Event): void {
    if (change.version.kv.modRevision < watcher.minRevision || !watcher.wants(change.version)) return;
    const event = watcher.spec.prevKv ? eventOf(change.version, change.previous) : plain;
    const events = news.get(watcher);
    if (events === undefined) news.set(watcher, [event]);
    else events.push(event);
    watcher.minRevision = change.version.kv.modRevision;
  }
}
