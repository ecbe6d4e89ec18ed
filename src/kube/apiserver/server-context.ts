import type { Clock } from "../../sim/clock.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { TaskGroup } from "../../sim/task.ts";
import type { AdmissionChain } from "./admission/admission.ts";
import type { Authorizer } from "./auth/authorize.ts";
import type { RegistryHooks } from "./registry/hooks.ts";
import type { KindIndex } from "./registry/kind-index.ts";
import type { ObjectStore } from "./registry/object-store.ts";
import type { EtcdStore } from "./storage/etcd-store.ts";
import type { WatchFeed } from "./storage/watch-feed.ts";

/** What all parts of one running API server share. */
export interface ServerContext {
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly tasks: TaskGroup;
  readonly index: KindIndex;
  readonly feed: WatchFeed;
  readonly etcd: EtcdStore;
  readonly objects: ObjectStore;
  readonly admission: AdmissionChain;
  readonly hooks: RegistryHooks;
  /** Who may delete objects that can't be read; undefined: nobody, as the feature gate is off. */
  readonly unsafeDeletion: Authorizer | undefined;
}
