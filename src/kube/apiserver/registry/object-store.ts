import { textOfByteString } from "../../../base/bytes.ts";
import type { KeyValue } from "../../../etcd/rpc/messages.ts";
import type { Task } from "../../../sim/task.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { internalError, plainError } from "../status.ts";
import { type CorruptList, corruptObject, corruptText } from "../storage/corrupt-objects.ts";
import type { Deadline, EtcdStore } from "../storage/etcd-store.ts";
import type { ResourceCache } from "../storage/resource-cache.ts";
import { revisionOf, withoutResourceVersion, withResourceVersion } from "../storage/resource-version.ts";
import { listedText, UndecodableValue, UntransformableValue, type ValueCodec } from "../storage/value-codec.ts";

/** What a change of an object comes to. */
export type Change =
  | { readonly put: KubeObject; readonly ttlSeconds?: number }
  | { readonly delete: true }
  /** Nothing to write. */
  | { readonly keep: true }
  /** Nothing changes; written all the same when what is stored is out of date (another key or encoding by now). */
  | { readonly unchanged: true; readonly ttlSeconds?: number };

/** An object as it was read; `kv` is missing when it comes from the cache. */
interface StoredState {
  readonly kv?: KeyValue;
  readonly object: KubeObject | undefined;
}

const NOTHING: StoredState = { object: undefined };

/** What became of a write: the object afterwards, or what somebody else wrote meanwhile. */
type Written = { readonly done: KubeObject | undefined } | { readonly retry: StoredState };

/** Objects in etcd: reads, creations, conditional changes (apiserver registry/generic/registry store.go's storage part). */
export class ObjectStore {
  private readonly etcd: EtcdStore;
  private readonly codec: ValueCodec;
  private readonly root: string;

  /** `root` begins all keys, and is left out where a corrupt object's key is told. */
  constructor(etcd: EtcdStore, codec: ValueCodec, root: string) {
    this.etcd = etcd;
    this.codec = codec;
    this.root = root;
  }

  /** What etcd holds now, with its resourceVersion; undefined when nothing. */
  *read(cache: ResourceCache, key: string, deadline: Deadline): Task<KubeObject | undefined> {
    const { kv } = yield* this.etcd.get(key, deadline);
    if (kv === undefined) return undefined;
    const why = this.codec.unsafeDeletion ? this.corruption(cache, kv) : undefined;
    if (why !== undefined) throw corruptObject(key.slice(this.root.length), why);
    return this.decode(cache, kv);
  }

  /** Removes an object that can't be read; false when there is none, or one that can be read. */
  *deleteCorrupt(cache: ResourceCache, key: string, deadline: Deadline): Task<boolean> {
    for (;;) {
      const { kv } = yield* this.etcd.get(key, deadline);
      if (kv === undefined || this.corruption(cache, kv) === undefined) return false;
      if ((yield* this.etcd.delete(key, kv.modRevision, deadline)).ok) return true;
    }
  }

  /** Reads a value of a list; undefined when it is corrupt, and noted as such. */
  decodeListed(cache: ResourceCache, kv: KeyValue, corrupt: CorruptList): KubeObject | undefined {
    const why = this.codec.unsafeDeletion ? this.corruption(cache, kv) : undefined;
    if (why === undefined) return this.decode(cache, kv, true);
    corrupt.add(textOfByteString(kv.key), why);
    return undefined;
  }

  private corruption(cache: ResourceCache, kv: KeyValue): string | undefined {
    try {
      this.codec.decode(cache.type, kv.value, textOfByteString(kv.key));
      return undefined;
    } catch (error) {
      if (error instanceof UndecodableValue) return corruptText(error, kv.modRevision);
      throw error;
    }
  }

  private *state(cache: ResourceCache, key: string, deadline: Deadline): Task<StoredState> {
    const { kv } = yield* this.etcd.get(key, deadline);
    return this.stateOf(cache, kv);
  }

  /** Reads a stored value; throws ApiError with the decoder's text. `listed` says the key too, as lists do. */
  private decode(cache: ResourceCache, kv: KeyValue, listed = false): KubeObject {
    const key = textOfByteString(kv.key);
    try {
      return this.codec.decode(cache.type, kv.value, key).at(kv.modRevision);
    } catch (error) {
      if (!(error instanceof UndecodableValue)) throw error;
      const why = this.codec.unsafeDeletion ? corruptText(error, kv.modRevision) : error.message;
      if (!(error instanceof UntransformableValue)) throw plainError(why);
      throw internalError(listed ? listedText(key, error) : why);
    }
  }

  /** Creates; undefined when the key exists. Gives the object with its resourceVersion. */
  *insert(
    cache: ResourceCache,
    key: string,
    object: KubeObject,
    ttlSeconds: number,
    deadline: Deadline,
  ): Task<KubeObject | undefined> {
    const value = this.codec.encode(cache.type, withoutResourceVersion(object), key);
    const result = yield* this.etcd.put(key, value.bytes, 0, ttlSeconds, deadline);
    return result.ok ? value.at(result.revision) : undefined;
  }

  /**
   * Changes an object, again with its newest state when somebody else was faster. `change` is told the state, undefined
   * when there is none; what it throws counts only for the newest state. Gives the object as it is afterwards, or as
   * it was when it was deleted.
   */
  *modify(
    cache: ResourceCache,
    key: string,
    change: (current: KubeObject | undefined) => Change,
    deadline: Deadline,
  ): Task<KubeObject | undefined> {
    const cached = cache.broken === undefined ? cache.get(key)?.object : undefined;
    let state: StoredState = cached === undefined ? yield* this.state(cache, key, deadline) : { object: cached };
    let fresh = cached === undefined;
    for (;;) {
      const current = state.object;
      let outcome = attempt(() => change(current));
      if (fresh && outcome.ok && "unchanged" in outcome.value) outcome = this.rewrite(cache, key, outcome.value, state);
      if (!outcome.ok || "keep" in outcome.value || "unchanged" in outcome.value) {
        if (fresh) return finish(outcome, current);
        state = yield* this.state(cache, key, deadline);
        fresh = true;
        continue;
      }
      const result: Written = yield* this.write(cache, key, outcome.value, current, deadline);
      if ("done" in result) return result.done;
      state = result.retry;
      fresh = true;
    }
  }

  /** An unchanged object is put only when its value is stale. */
  private rewrite(
    cache: ResourceCache,
    key: string,
    { ttlSeconds = 0 }: { readonly ttlSeconds?: number },
    { kv, object }: StoredState,
  ): Attempt {
    const stale =
      kv !== undefined &&
      object !== undefined &&
      this.codec.isStale(cache.type, kv.value, key, withoutResourceVersion(object));
    return { ok: true, value: stale ? { put: object, ttlSeconds } : { keep: true } };
  }

  private *write(
    cache: ResourceCache,
    key: string,
    change: Extract<Change, { put: KubeObject } | { delete: true }>,
    current: KubeObject | undefined,
    deadline: Deadline,
  ): Task<Written> {
    const expected = current === undefined ? 0 : revisionOf(current);
    if ("put" in change) {
      const value = this.codec.encode(cache.type, withoutResourceVersion(change.put), key);
      const result = yield* this.etcd.put(key, value.bytes, expected, change.ttlSeconds ?? 0, deadline);
      if (result.ok) return { done: value.at(result.revision) };
      return { retry: this.stateOf(cache, result.current) };
    }
    const result = yield* this.etcd.delete(key, expected, deadline);
    if (result.ok) return { done: current === undefined ? undefined : withResourceVersion(current, result.revision) };
    return { retry: this.stateOf(cache, result.current) };
  }

  private stateOf(cache: ResourceCache, kv: KeyValue | undefined): StoredState {
    return kv === undefined ? NOTHING : { kv, object: this.decode(cache, kv) };
  }
}

type Attempt = { readonly ok: true; readonly value: Change } | { readonly ok: false; readonly error: unknown };

function attempt(run: () => Change): Attempt {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    return { ok: false, error };
  }
}

function finish(outcome: Attempt, current: KubeObject | undefined): KubeObject | undefined {
  if (!outcome.ok) throw outcome.error;
  return current;
}
