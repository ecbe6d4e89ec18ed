import type { Disposable } from "../../base/disposable.ts";
import { Emitter } from "../../base/event.ts";
import type { Clock } from "../../sim/clock.ts";
import type { RandomStream } from "../../sim/random.ts";
import { Signal } from "../../sim/signal.ts";
import { sleep, type Task, type TaskGroup, waitFor } from "../../sim/task.ts";
import type { KubeObject } from "../api/kube-object.ts";
import type { ObjectMeta } from "../api/types.generated.ts";
import { BackOff, jitter } from "./back-off.ts";

/** One event of a watch, as the API server streams it. */
export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T;
}

/** Where a reflector reads: a collection of the API, already narrowed by namespace and selectors. */
export interface ObjectSource<T> {
  list(): Task<{ readonly items: readonly T[]; readonly resourceVersion: string }>;
  watch(resourceVersion: string, timeoutSeconds: number): Task<EventStream<T>>;
}

/** An open watch. */
export interface EventStream<T> {
  /** The next event, undefined when the server ended the watch. Throws when the connection breaks. */
  next(): Task<WatchEvent<T> | undefined>;
  stop(): void;
}

/** What changed in an informer's store; `old` and `object` are the objects before and after. */
export interface StoreChange<T> {
  readonly key: string;
  readonly old: T | undefined;
  readonly object: T | undefined;
}

const FIRST_BACK_OFF_MS = 800;
const MAX_BACK_OFF_MS = 30_000;
const MIN_WATCH_SECONDS = 300;
const SHORT_WATCH_MS = 1000;

/** `namespace/name`, or the name alone for objects of the cluster. */
export function objectKey(meta: ObjectMeta): string {
  return meta.namespace ? `${meta.namespace}/${meta.name ?? ""}` : (meta.name ?? "");
}

/** Splits what `objectKey` joined. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf("/");
  return slash < 0 ? { namespace: "", name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/**
 * A local copy of a collection, kept up to date by LIST and then WATCH, with listeners. Objects are shared with
 * everyone: never change them.
 *
 *     start -> list -> replace store (added, changed, gone) -> watch from the list's version -> apply events
 *                ^                                                |  end of watch: watch again from the last version
 *                '------- any error: wait 0.8 s doubled to 30 s --'
 *
 * Mirrors client-go tools/cache Reflector and sharedIndexInformer, without resyncs.
 */
export class Informer<T extends KubeObject> implements Disposable {
  private readonly store = new Map<string, T>();
  private readonly indexes = new Map<string, Index<T>>();
  private readonly emitter = new Emitter<StoreChange<T>>();
  private readonly synced = new Signal();
  private listed = false;
  private resourceVersion = "";
  private stream: EventStream<T> | undefined;
  private started = false;

  readonly name: string;
  private readonly source: ObjectSource<T>;
  private readonly tasks: TaskGroup;
  private readonly clock: Clock;
  private readonly random: RandomStream;
  private readonly backOff = new BackOff(FIRST_BACK_OFF_MS, MAX_BACK_OFF_MS);
  private readonly onError: (error: unknown) => void;

  constructor(options: InformerOptions<T>) {
    this.name = options.name;
    this.source = options.source;
    this.tasks = options.tasks;
    this.clock = options.tasks.clock;
    this.random = options.random;
    this.onError = options.onError ?? (() => undefined);
  }

  /** True once the first list is in the store. */
  get hasSynced(): boolean {
    return this.listed;
  }

  /** Begins to list and watch; again does nothing. */
  start(): this {
    if (this.started) return this;
    this.started = true;
    this.tasks.spawn(`informer/${this.name}`, this.run());
    return this;
  }

  *waitForSync(): Task<void> {
    while (!this.listed) yield* waitFor(this.synced);
  }

  /** Runs on every change from now on, and once for each object that is there already. */
  onChange(listener: (change: StoreChange<T>) => void): Disposable {
    for (const [key, object] of this.store) listener({ key, old: undefined, object });
    return this.emitter.event(listener);
  }

  get(key: string): T | undefined {
    return this.store.get(key);
  }

  get size(): number {
    return this.store.size;
  }

  values(): IterableIterator<T> {
    return this.store.values();
  }

  /** Keeps objects findable by what `keysOf` says of each; to be asked for before it is used. */
  addIndex(name: string, keysOf: (object: T) => readonly string[]): void {
    if (this.indexes.has(name)) return;
    const index = new Index(keysOf);
    for (const object of this.store.values()) index.put(object);
    this.indexes.set(name, index);
  }

  /** The objects that index `name` has under `value`, in order of arrival. */
  byIndex(name: string, value: string): readonly T[] {
    return this.indexes.get(name)?.get(value) ?? [];
  }

  dispose(): void {
    this.stream?.stop();
  }

  private *run(): Task<void> {
    for (;;) {
      try {
        if (this.resourceVersion === "") yield* this.relist();
        yield* this.watchOnce();
        this.backOff.reset("watch");
      } catch (error) {
        // That the server no longer knows our version is its way to say: list again.
        if (isExpired(error)) this.resourceVersion = "";
        else this.onError(error);
        yield* sleep(this.clock, jitter(this.random, this.backOff.next("watch", this.clock.uptime), 1));
      }
    }
  }

  private *relist(): Task<void> {
    const { items, resourceVersion } = yield* this.source.list();
    const gone = new Set(this.store.keys());
    for (const object of items) {
      gone.delete(objectKey(object.metadata));
      this.put(object);
    }
    for (const key of gone) this.remove(key, undefined);
    this.resourceVersion = resourceVersion;
    this.listed = true;
    this.synced.notify();
  }

  /** One watch until its end. The server may close it at once; then pause, lest we spin. */
  private *watchOnce(): Task<void> {
    const startedAt = this.clock.uptime;
    const seconds = Math.round(jitter(this.random, MIN_WATCH_SECONDS, 1));
    const stream = yield* this.source.watch(this.resourceVersion, seconds);
    this.stream = stream;
    try {
      for (;;) {
        const event = yield* stream.next();
        if (event === undefined) break;
        this.apply(event);
      }
    } finally {
      stream.stop();
      this.stream = undefined;
    }
    if (this.clock.uptime - startedAt < SHORT_WATCH_MS) yield* sleep(this.clock, FIRST_BACK_OFF_MS);
  }

  private apply(event: WatchEvent<T>): void {
    if (event.type === "ERROR") throw new WatchError(event.object as unknown as { code?: number; message?: string });
    if (event.type === "DELETED") this.remove(objectKey(event.object.metadata), event.object);
    else if (event.type !== "BOOKMARK") this.put(event.object);
    this.resourceVersion = event.object.metadata.resourceVersion ?? this.resourceVersion;
  }

  private put(object: T): void {
    const key = objectKey(object.metadata);
    const old = this.store.get(key);
    if (old !== undefined && sameVersion(old, object)) return;
    this.store.set(key, object);
    for (const index of this.indexes.values()) {
      if (old !== undefined) index.drop(old);
      index.put(object);
    }
    this.emitter.fire({ key, old, object });
  }

  private remove(key: string, last: T | undefined): void {
    const old = this.store.get(key);
    if (old === undefined) return;
    this.store.delete(key);
    for (const index of this.indexes.values()) index.drop(old);
    this.emitter.fire({ key, old: last ?? old, object: undefined });
  }
}

export interface InformerOptions<T> {
  readonly name: string;
  readonly source: ObjectSource<T>;
  readonly tasks: TaskGroup;
  readonly random: RandomStream;
  readonly onError?: (error: unknown) => void;
}

/** The server ended a watch with a Status. */
class WatchError extends Error {
  readonly code: number;

  constructor(status: { readonly code?: number; readonly message?: string }) {
    super(status.message ?? "watch failed");
    this.code = status.code ?? 500;
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === 410 || error.code === 504);
}

function sameVersion(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.resourceVersion === b.metadata.resourceVersion && a.metadata.uid === b.metadata.uid;
}

class Index<T extends KubeObject> {
  private readonly entries = new Map<string, Map<string, T>>();
  private readonly keysOf: (object: T) => readonly string[];

  constructor(keysOf: (object: T) => readonly string[]) {
    this.keysOf = keysOf;
  }

  get(value: string): readonly T[] {
    const entry = this.entries.get(value);
    return entry === undefined ? [] : [...entry.values()];
  }

  put(object: T): void {
    for (const value of this.keysOf(object)) {
      let entry = this.entries.get(value);
      if (entry === undefined) {
        entry = new Map();
        this.entries.set(value, entry);
      }
      entry.set(objectKey(object.metadata), object);
    }
  }

  drop(object: T): void {
    for (const value of this.keysOf(object)) {
      const entry = this.entries.get(value);
      entry?.delete(objectKey(object.metadata));
      if (entry?.size === 0) this.entries.delete(value);
    }
  }
}
