import type { KeyValue } from "../../../etcd/rpc/messages.ts";
import type { Task } from "../../../sim/task.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { internalError, plainError } from "../status.ts";
import type { Deadline, EtcdStore } from "../storage/etcd-store.ts";
import type { ResourceCache } from "../storage/resource-cache.ts";
import { revisionOf, withoutResourceVersion, withResourceVersion } from "../storage/resource-version.ts";
import { UndecodableValue, type ValueCodec } from "../storage/value-codec.ts";

/** What a change of an object comes to. */
export type Change =
  | { readonly put: KubeObject; readonly ttlSeconds?: number }
  | { readonly delete: true }
  | { readonly keep: true };

/** Objects in etcd: reads, creations, conditional changes (apiserver registry/generic/registry store.go's storage part). */
export class ObjectStore {
  private readonly etcd: EtcdStore;
  private readonly codec: ValueCodec;

  constructor(etcd: EtcdStore, codec: ValueCodec) {
    this.etcd = etcd;
    this.codec = codec;
  }

  /** What etcd holds now, with its resourceVersion; undefined when nothing. */
  *read(cache: ResourceCache, key: string, deadline: Deadline): Task<KubeObject | undefined> {
    const { kv } = yield* this.etcd.get(key, deadline);
    return kv === undefined ? undefined : this.decode(cache, kv);
  }

  /** Reads a stored value; throws ApiError with the decoder's text. */
  decode(cache: ResourceCache, kv: KeyValue): KubeObject {
    try {
      return withResourceVersion(this.codec.decode(cache.type, kv.value), kv.modRevision);
    } catch (error) {
      if (!(error instanceof UndecodableValue)) throw error;
      const internal = "Internal error occurred: ";
      if (error.message.startsWith(internal)) throw internalError(error.message.slice(internal.length));
      throw plainError(error.message);
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
    const stored = withoutResourceVersion(object);
    const result = yield* this.etcd.put(key, this.codec.encode(cache.type, stored), 0, ttlSeconds, deadline);
    return result.ok ? withResourceVersion(stored, result.revision) : undefined;
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
    let current = cache.broken === undefined ? cache.get(key)?.object : undefined;
    let fresh = false;
    if (current === undefined) {
      current = yield* this.read(cache, key, deadline);
      fresh = true;
    }
    for (;;) {
      const outcome = attempt(() => change(current));
      if (!outcome.ok || "keep" in outcome.value) {
        if (fresh) return finish(outcome, current);
        const newest: KubeObject | undefined = yield* this.read(cache, key, deadline);
        fresh = true;
        if (newest !== undefined && current !== undefined && revisionOf(newest) === revisionOf(current))
          return finish(outcome, current);
        current = newest;
        continue;
      }
      const result: { done: KubeObject | undefined } | { retry: KubeObject | undefined } = yield* this.write(
        cache,
        key,
        outcome.value,
        current,
        deadline,
      );
      if ("done" in result) return result.done;
      current = result.retry;
      fresh = true;
    }
  }

  private *write(
    cache: ResourceCache,
    key: string,
    change: Change,
    current: KubeObject | undefined,
    deadline: Deadline,
  ): Task<{ done: KubeObject | undefined } | { retry: KubeObject | undefined }> {
    const expected = current === undefined ? 0 : revisionOf(current);
    if ("put" in change) {
      const stored = withoutResourceVersion(change.put);
      const result = yield* this.etcd.put(
        key,
        this.codec.encode(cache.type, stored),
        expected,
        change.ttlSeconds ?? 0,
        deadline,
      );
      if (result.ok) return { done: withResourceVersion(stored, result.revision) };
      return { retry: result.current === undefined ? undefined : this.decode(cache, result.current) };
    }
    const result = yield* this.etcd.delete(key, expected, deadline);
    if (result.ok) return { done: current === undefined ? undefined : withResourceVersion(current, result.revision) };
    return { retry: result.current === undefined ? undefined : this.decode(cache, result.current) };
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
