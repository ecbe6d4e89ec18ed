import type { Clock } from "../../../sim/clock.ts";
import type { RandomStream } from "../../../sim/random.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import type { ObjectStore } from "../registry/object-store.ts";
import { AdmissionChain } from "./admission.ts";
import { limitRanger } from "./limit-ranger.ts";
import { namespaceLifecycle } from "./namespace-lifecycle.ts";
import {
  DEFAULT_TOLERATION_SECONDS,
  defaultStorageClass,
  NODE_RESTRICTION,
  priority,
  STORAGE_OBJECT_IN_USE_PROTECTION,
  TAINT_NODES_BY_CONDITION,
} from "./pod-defaults.ts";
import { resourceQuota } from "./resource-quota.ts";
import { serviceAccount } from "./service-account.ts";

/** The default plugins and NodeRestriction, in upstream's order. */
export function admissionChain(
  index: KindIndex,
  objects: ObjectStore,
  clock: Clock,
  random: RandomStream,
): AdmissionChain {
  return new AdmissionChain([
    namespaceLifecycle(index, objects, clock),
    limitRanger(index),
    serviceAccount(index, clock, random),
    NODE_RESTRICTION,
    TAINT_NODES_BY_CONDITION,
    priority(index),
    DEFAULT_TOLERATION_SECONDS,
    STORAGE_OBJECT_IN_USE_PROTECTION,
    defaultStorageClass(index),
    resourceQuota(index, objects, clock),
  ]);
}
