import type { Task } from "../../../sim/task.ts";
import type { Fields } from "../../api/decode.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type { Deadline } from "../storage/etcd-store.ts";

/** Undoes what a hook did when the write behind it failed. */
export type Rollback = (() => Task<void>) | undefined;

/** What a kind does around its writes beyond its own object: a Service allocates addresses, a CRD serves new paths. */
export interface KindHooks {
  /** Before a creation or update is stored; may change the draft. `old` is undefined for a creation. */
  readonly beforeWrite?: (
    draft: Fields,
    old: KubeObject | undefined,
    deadline: Deadline,
    dryRun: boolean,
  ) => Task<Rollback>;
  readonly afterDelete?: (object: KubeObject, deadline: Deadline) => Task<void>;
}

/** Hooks by `group/kind`. */
export type RegistryHooks = ReadonlyMap<string, KindHooks>;
