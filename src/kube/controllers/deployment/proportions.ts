import type { Deployment, ReplicaSet } from "../../api/types.generated.ts";
import { maxSurge, replicasOf } from "./replica-sets.ts";

const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";

/**
 * Sizes for the ReplicaSets of a Deployment that is scaled in the middle of a rollout: each gets its share of the
 * change, the largest what rounding leaves. Mirrors deployment/sync.go scale.
 */
export function proportions(deployment: Deployment, active: readonly ReplicaSet[]): ReadonlyMap<ReplicaSet, number> {
  const total = active.reduce((count, set) => count + (set.spec?.replicas ?? 0), 0);
  const allowed = replicasOf(deployment) > 0 ? replicasOf(deployment) + maxSurge(deployment) : 0;
  const toAdd = allowed - total;
  const ordered = [...active].sort((a, b) => (b.spec?.replicas ?? 0) - (a.spec?.replicas ?? 0));
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const set of ordered) {
    const size = set.spec?.replicas ?? 0;
    const share = toAdd === 0 ? 0 : fraction(set, size, allowed, toAdd, added);
    sizes.set(set, size + share);
    added += share;
  }
  const first = ordered[0];
  if (first !== undefined) sizes.set(first, Math.max(0, (sizes.get(first) ?? 0) + toAdd - added));
  return sizes;
}

function fraction(set: ReplicaSet, size: number, allowed: number, toAdd: number, added: number): number {
  const most = Number(set.metadata.annotations?.[MAX_REPLICAS] ?? 0) || allowed;
  const share = Math.round((size * allowed) / most) - size;
  const left = toAdd - added;
  return toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
}
