import { textOfByteString } from "../../../base/bytes.ts";
import { type EtcdConnection, RpcError, type RpcStream } from "../../../etcd/rpc/client.ts";
import type { KeyValue, WatchRequest, WatchResponse } from "../../../etcd/rpc/messages.ts";
import type { Clock } from "../../../sim/clock.ts";
import { Signal } from "../../../sim/signal.ts";
import { sleep, type Task, type TaskGroup, waitAtMost } from "../../../sim/task.ts";
import { type Deadline, type EtcdStore, prefixEnd } from "./etcd-store.ts";
import { NAMELESS, ResourceCache } from "./resource-cache.ts";
import type { StoredType, ValueCodec } from "./value-codec.ts";

type Stream = RpcStream<WatchRequest, WatchResponse>;

const RETRY_MS = 1000;
/** How long a reader waits for the cache to catch up before etcd itself is asked (cacher blockTimeout). */
const CATCH_UP_MS = 3000;
const PROGRESS_MS = 100;
/** etcd's --watch-progress-notify-interval: each resource's own watch would be told of the revision so often. */
const NOTIFY_MS = 5000;

/** Writes an error line of the server's log; `source` is upstream's file and line. */
export type ErrorLog = (source: string, text: string) => void;

/**
 * Keeps the caches of all resources up to date with one etcd watch over everything the API server stores, and spreads
 * its events over the resources' caches.
 *
 *     etcd ── range /registry/ at R ──▶ load each cache
 *          ── watch from R+1 ────────▶ apply to the key's cache
 *          ── compacted, or a new member behind the old one ──▶ all over again
 */
export class WatchFeed {
  private readonly connection: EtcdConnection;
  private readonly store: EtcdStore;
  private readonly codec: ValueCodec;
  private readonly clock: Clock;
  private readonly tasks: TaskGroup;
  private readonly log: ErrorLog;
  private readonly root: string;
  private readonly caches = new Map<string, ResourceCache>();
  private readonly advanced = new Signal();
  private stream: Stream | undefined;
  private progress = 0;
  private notifiedAt = 0;
  private readonly healingCaches = new Set<ResourceCache>();

  constructor(options: {
    readonly connection: EtcdConnection;
    readonly store: EtcdStore;
    readonly codec: ValueCodec;
    readonly clock: Clock;
    readonly tasks: TaskGroup;
    readonly log: ErrorLog;
    /** `/registry`. */
    readonly root: string;
  }) {
    this.connection = options.connection;
    this.store = options.store;
    this.codec = options.codec;
    this.clock = options.clock;
    this.tasks = options.tasks;
    this.log = options.log;
    this.root = `${options.root}/`;
  }

  /** The revision up to which the caches are known to be complete. */
  get revision(): number {
    return this.progress;
  }

  /** Adds a resource before `start`; `prefix` is like `pods` or `services/specs`. */
  register(type: StoredType, prefix: string): ResourceCache {
    const whole = `${this.root}${prefix}/`;
    const known = this.caches.get(whole);
    if (known !== undefined) return known;
    const cache = new ResourceCache(type, whole, this.codec);
    this.caches.set(whole, cache);
    return cache;
  }

  /** Adds a resource while running and fills its cache. */
  *registerLate(type: StoredType, prefix: string): Task<ResourceCache> {
    const cache = this.register(type, prefix);
    yield* this.reload(cache);
    return cache;
  }

  /** Forgets a resource; its watches end. */
  unregister(cache: ResourceCache): void {
    this.caches.delete(cache.prefix);
    cache.sendAway();
  }

  /** Reads everything and begins to watch. Throws what the deadline says when etcd does not answer. */
  *start(deadline: Deadline): Task<void> {
    yield* this.loadAll(deadline);
    this.tasks.spawn("storage/watch-feed", this.run());
  }

  /** Waits until the caches hold all that etcd has now. False: they did not get there in time. */
  *catchUp(cache: ResourceCache, deadline: Deadline): Task<boolean> {
    const revision = yield* this.store.currentRevision(deadline);
    const until = this.clock.uptime + CATCH_UP_MS;
    while (this.progress < revision || cache.broken !== undefined) {
      if (this.clock.uptime >= until) return false;
      if (cache.broken !== undefined) this.heal(cache);
      if (this.progress < revision) this.stream?.send({ progress: true });
      yield* waitAtMost(this.clock, cache.broken === undefined ? this.advanced : cache.recovered, this.pause(until));
    }
    cache.caughtUp(this.progress);
    return true;
  }

  /** Waits until the caches are at `revision`. False: they did not get there in time. */
  *waitFor(revision: number): Task<boolean> {
    const until = this.clock.uptime + CATCH_UP_MS;
    while (this.progress < revision) {
      if (this.clock.uptime >= until) return false;
      this.stream?.send({ progress: true });
      yield* waitAtMost(this.clock, this.advanced, this.pause(until));
    }
    return true;
  }

  private pause(until: number): number {
    return Math.max(1, Math.min(PROGRESS_MS, until - this.clock.uptime));
  }

  private *loadAll(deadline: Deadline): Task<void> {
    const response = yield* this.store.range(this.root, prefixEnd(this.root), 0, 0, deadline);
    const groups = new Map<ResourceCache, KeyValue[]>();
    for (const kv of response.kvs) {
      const cache = this.cacheOf(textOfByteString(kv.key));
      if (cache === undefined) continue;
      const group = groups.get(cache);
      if (group === undefined) groups.set(cache, [kv]);
      else group.push(kv);
    }
    for (const cache of this.caches.values()) cache.load(groups.get(cache) ?? [], response.header.revision);
    this.progress = response.header.revision;
    this.advanced.notify();
  }

  private *reload(cache: ResourceCache): Task<void> {
    const deadline = { at: this.clock.uptime + 60_000, error: () => new Error("context deadline exceeded") };
    const response = yield* this.store.range(cache.prefix, prefixEnd(cache.prefix), 0, 0, deadline);
    cache.load(response.kvs, response.header.revision);
  }

  private *run(): Task<void> {
    for (;;) {
      try {
        yield* this.follow();
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        this.log("watcher.go:342", `watch chan error: ${error.message}`);
      }
      this.stream = undefined;
      yield* sleep(this.clock, RETRY_MS);
    }
  }

  private *follow(): Task<void> {
    const stream = yield* this.connection.stream("etcdserverpb.Watch/Watch");
    this.stream = stream;
    try {
      const create = { key: this.root, rangeEnd: prefixEnd(this.root), startRevision: this.oldestSeen() + 1 };
      stream.send({ create: { ...create, progressNotify: true } });
      for (let response = yield* stream.receive(); response !== undefined; response = yield* stream.receive()) {
        if (response.canceled) {
          yield* this.startAnew(response);
          return;
        }
        this.take(response);
      }
    } finally {
      stream.cancel();
    }
  }

  /**
   * Where to go on so that no resource misses anything. With an etcd that was set back this matters: each resource sees
   * what is written past the revision that it had seen itself.
   */
  private oldestSeen(): number {
    let oldest = this.progress;
    for (const cache of this.caches.values()) oldest = Math.min(oldest, cache.seenRevision);
    return oldest;
  }

  private *startAnew(response: WatchResponse): Task<void> {
    const why =
      response.compactRevision > 0 ? "etcdserver: mvcc: required revision has been compacted" : response.cancelReason;
    this.log("watcher.go:342", `watch chan error: ${why}`);
    yield* this.loadAll({
      at: this.clock.uptime + 60_000,
      error: () => new RpcError("DeadlineExceeded", "context deadline exceeded"),
    });
  }

  private take(response: WatchResponse): void {
    let revision = response.events.length === 0 && !response.created ? response.header.revision : 0;
    const touched = new Set<ResourceCache>();
    for (const event of response.events) {
      revision = Math.max(revision, event.kv.modRevision);
      const cache = this.cacheOf(textOfByteString(event.kv.key));
      if (cache === undefined) continue;
      touched.add(cache);
      const applied = cache.apply(event.type, event.kv);
      if (applied === "broken") {
        this.log("watcher.go:574", `failed to prepare current and previous objects: ${cache.broken}`);
        this.heal(cache);
      } else if (applied === "nameless")
        this.log("reflector.go:1006", `"Unable to update watch event object to store" err=${JSON.stringify(NAMELESS)}`);
    }
    if (response.fragment) return;
    for (const cache of touched) cache.caughtUp(revision);
    this.advance(revision);
    if (this.clock.uptime - this.notifiedAt < NOTIFY_MS) return;
    this.notifiedAt = this.clock.uptime;
    for (const cache of this.caches.values()) cache.caughtUp(this.progress);
  }

  private heal(cache: ResourceCache): void {
    if (this.healingCaches.has(cache)) return;
    this.healingCaches.add(cache);
    this.tasks.spawn(`storage/heal ${cache.prefix}`, this.healing(cache));
  }

  private *healing(cache: ResourceCache): Task<void> {
    while (cache.broken !== undefined && this.caches.get(cache.prefix) === cache) {
      yield* sleep(this.clock, RETRY_MS);
      try {
        yield* this.reload(cache);
        const why = cache.listFailure;
        if (why !== undefined) this.complain(cache, `failed to list *${cache.type.internalName}: ${why}`);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.complain(cache, error.message);
      }
    }
    this.healingCaches.delete(cache);
    cache.recovered.notify();
  }

  private complain(cache: ResourceCache, why: string): void {
    const name = cache.prefix.slice(this.root.length, -1);
    this.log("cacher.go:498", `cacher (${name}): unexpected ListAndWatch error: ${why}; reinitializing...`);
  }

  private advance(revision: number): void {
    if (revision <= this.progress) return;
    this.progress = revision;
    this.advanced.notify();
  }

  private cacheOf(key: string): ResourceCache | undefined {
    const first = key.indexOf("/", this.root.length);
    const found = this.caches.get(key.slice(0, first + 1));
    if (found !== undefined || first < 0) return found;
    return this.caches.get(key.slice(0, key.indexOf("/", first + 1) + 1));
  }
}
