import { textOfByteString } from "../../../base/bytes.ts";
import type { KeyValue } from "../../../etcd/rpc/messages.ts";
import { Signal } from "../../../sim/signal.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { corruptText, unreadList } from "./corrupt-objects.ts";
import { withResourceVersion } from "./resource-version.ts";
import { listedText, type StoredType, UndecodableValue, type ValueCodec } from "./value-codec.ts";

/** An object as the cache holds it. Shared by all readers, never changed. */
export interface CacheEntry {
  /** The whole etcd key that an object of this namespace and name has; where somebody put it may be elsewhere. */
  readonly key: string;
  /** With its resourceVersion. */
  readonly object: KubeObject;
  readonly revision: number;
}

/** A change of one object. Of a deletion, `entry` is the last state with the deletion's revision. */
export interface CacheEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  readonly entry: CacheEntry;
  readonly previous: CacheEntry | undefined;
}

/** Somebody who is told of changes as they come. */
export interface CacheSubscriber {
  onEvent(event: CacheEvent): void;
  /** The cache starts anew; the watch must end so that the client lists again. */
  onEnd(): void;
}

/**
 * What became of a change: taken over; its value can't be read, so the cache is broken now; or it has no name to be kept
 * by, so that the cache goes on with what it had.
 */
export type Applied = "taken" | "broken" | "nameless";

/** What upstream says of an object without a name. */
export const NAMELESS = "couldn't compute key: Namespace parameter required.";

/** Changes kept for watches that begin at an older revision. */
const HISTORY_MAX = 1000;

/**
 * The watch cache of one resource (apiserver storage/cacher): all its objects in key order, the latest changes, and
 * whoever watches.
 *
 *     load(kvs at R) ──▶ entries ──▶ list, get
 *     apply(event) ─────▶ entries, history ──▶ subscribers
 *                    a value that can't be read: broken until a reload succeeds
 *
 * Objects are kept by their own names, as upstream's cache does: one that somebody put at another's key stands beside
 * what the cache had there.
 */
export class ResourceCache {
  readonly type: StoredType;
  /** `/registry/pods/`. */
  readonly prefix: string;
  /** Woken when a broken cache is well again. */
  readonly recovered = new Signal();
  private readonly codec: ValueCodec;
  private readonly entries = new Map<string, CacheEntry>();
  /** etcd keys whose value names another object than the key does, with the key that the object would have. */
  private readonly misplaced = new Map<string, string>();
  private keys: string[] = [];
  private history: CacheEvent[] = [];
  private readonly subscribers = new Set<CacheSubscriber>();
  private pending: readonly KeyValue[] | undefined = [];
  /** Watches from before this revision can't be served. */
  private oldest = 0;
  private trouble: string | undefined;
  private seen = 0;

  constructor(type: StoredType, prefix: string, codec: ValueCodec) {
    this.type = type;
    this.prefix = prefix;
    this.codec = codec;
  }

  /** Why the cache can't be used, or undefined when it can. */
  get broken(): string | undefined {
    this.decodePending();
    return this.trouble;
  }

  /** What listing again says of that. */
  get listFailure(): string | undefined {
    const why = this.broken;
    return why === undefined || why === NAMELESS || !this.codec.unsafeDeletion ? why : unreadList(this.type);
  }

  get size(): number {
    this.decodePending();
    return this.keys.length;
  }

  get watcherCount(): number {
    return this.subscribers.size;
  }

  /** Starts anew from a listing at `revision`; whoever watches is sent away. Values are read when first asked for. */
  load(kvs: readonly KeyValue[], revision: number): void {
    this.sendAway();
    this.entries.clear();
    this.misplaced.clear();
    this.keys = [];
    this.history = [];
    this.oldest = revision;
    this.seen = revision;
    this.pending = kvs;
    this.trouble = undefined;
  }

  /** The revision up to which this resource's changes are taken over: a watch of it goes on after that. */
  get seenRevision(): number {
    return this.seen;
  }

  /** All that changed up to `revision` was applied (several keys may change in one revision). */
  caughtUp(revision: number): void {
    this.seen = Math.max(this.seen, revision);
  }

  get(key: string): CacheEntry | undefined {
    this.decodePending();
    return this.entries.get(key);
  }

  /** Entries whose keys begin with `prefix`, in key order, from the first key that is not less than `start`. */
  list(prefix: string, start = prefix): CacheEntry[] {
    this.decodePending();
    const found: CacheEntry[] = [];
    for (let i = lowerBound(this.keys, start); i < this.keys.length; i++) {
      const key = this.keys[i];
      if (key === undefined || !key.startsWith(prefix)) break;
      const entry = this.entries.get(key);
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }

  /** Takes over a change that etcd reports. */
  apply(type: "PUT" | "DELETE", kv: KeyValue): Applied {
    this.decodePending();
    if (this.trouble !== undefined || kv.modRevision <= this.seen) return "taken";
    const at = textOfByteString(kv.key);
    if (type === "DELETE") {
      const key = this.misplaced.get(at) ?? at;
      this.misplaced.delete(at);
      const previous = this.entries.get(key);
      if (previous !== undefined) this.remove(key, previous, kv.modRevision);
      return "taken";
    }
    const entry = this.decode(at, kv);
    if (entry === undefined) {
      this.sendAway();
      return "broken";
    }
    if (entry === "nameless") return "nameless";
    const previous = this.entries.get(entry.key);
    this.put(entry);
    this.publish({ type: previous === undefined ? "ADDED" : "MODIFIED", revision: kv.modRevision, entry, previous });
    return "taken";
  }

  /** Subscribes; undefined when `after` lies before what is known. Changes after `after` are told at once. */
  subscribe(subscriber: CacheSubscriber, after: number | undefined): (() => void) | undefined {
    this.decodePending();
    if (after !== undefined) {
      if (after < this.oldest) return undefined;
      for (const event of this.history) if (event.revision > after) subscriber.onEvent(event);
    }
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  }

  /** The oldest revision that a watch may begin after. */
  get oldestRevision(): number {
    return this.oldest;
  }

  /** Ends all watches. */
  sendAway(): void {
    const leaving = [...this.subscribers];
    this.subscribers.clear();
    for (const subscriber of leaving) subscriber.onEnd();
  }

  private decodePending(): void {
    const kvs = this.pending;
    if (kvs === undefined) return;
    this.pending = undefined;
    for (const kv of kvs) {
      const entry = this.decode(textOfByteString(kv.key), kv);
      if (entry === "nameless") this.trouble = NAMELESS;
      if (entry === undefined || entry === "nameless") return;
      this.put(entry);
    }
  }

  private decode(at: string, kv: KeyValue): CacheEntry | "nameless" | undefined {
    try {
      const object = this.codec.decode(this.type, kv.value, at).at(kv.modRevision);
      const key = this.keyOf(at, object);
      if (key === undefined) return "nameless";
      return { key, object, revision: kv.modRevision };
    } catch (error) {
      if (!(error instanceof UndecodableValue)) throw error;
      this.trouble = this.codec.unsafeDeletion ? corruptText(error, kv.modRevision) : listedText(at, error);
      return undefined;
    }
  }

  /** The object's own key: caches go by names (registry Store's KeyFunc), whatever the etcd key says. */
  private keyOf(at: string, { metadata }: KubeObject): string | undefined {
    const { namespace = "", name = "" } = metadata;
    const { namespaced } = this.type;
    if (name === "" || (namespaced && namespace === "")) return undefined;
    const key = `${this.prefix}${namespaced ? `${namespace}/` : ""}${name}`;
    if (key === at) this.misplaced.delete(at);
    else this.misplaced.set(at, key);
    return key;
  }

  private put(entry: CacheEntry): void {
    if (!this.entries.has(entry.key)) {
      if ((this.keys.at(-1) ?? "") < entry.key) this.keys.push(entry.key);
      else this.keys.splice(lowerBound(this.keys, entry.key), 0, entry.key);
    }
    this.entries.set(entry.key, entry);
  }

  private remove(key: string, previous: CacheEntry, revision: number): void {
    this.entries.delete(key);
    const index = lowerBound(this.keys, key);
    if (this.keys[index] === key) this.keys.splice(index, 1);
    const entry = { key, object: withResourceVersion(previous.object, revision), revision };
    this.publish({ type: "DELETED", revision, entry, previous });
  }

  private publish(event: CacheEvent): void {
    this.history.push(event);
    if (this.history.length > HISTORY_MAX * 2) {
      const dropped = this.history.splice(0, HISTORY_MAX);
      this.oldest = dropped.at(-1)?.revision ?? this.oldest;
    }
    for (const subscriber of this.subscribers) subscriber.onEvent(event);
  }
}

/** The first index whose key is not less than `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
