import type { Pod, TopologySpreadConstraint } from "../api/types.generated.ts";
import { selects } from "../client/label-selector.ts";
import { matchesNode } from "../client/node-affinity.ts";
import type { NodeInfo } from "./node-info.ts";

/** Matching pods per value of a topology key, over the nodes that the pod may go to. */
export function countByDomain(
  pod: Pod,
  constraint: TopologySpreadConstraint,
  nodes: readonly NodeInfo[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const info of nodes) {
    const domain = info.node?.metadata.labels?.[constraint.topologyKey];
    if (info.node === undefined || domain === undefined || !matchesNode(pod, info.node)) continue;
    counts.set(domain, (counts.get(domain) ?? 0) + matching(pod, constraint, info));
  }
  return counts;
}

function matching(pod: Pod, constraint: TopologySpreadConstraint, info: NodeInfo): number {
  let count = 0;
  for (const other of info.pods) {
    if (other.metadata.namespace !== pod.metadata.namespace || other.metadata.deletionTimestamp !== undefined) continue;
    if (selects(constraint.labelSelector, other.metadata.labels)) count++;
  }
  return count;
}

/** Whether putting the pod here would skew a spread that must hold. */
export function spreadProblem(
  pod: Pod,
  info: NodeInfo,
  nodes: readonly NodeInfo[],
): { readonly reason: string; readonly final: boolean } | undefined {
  for (const constraint of pod.spec.topologySpreadConstraints ?? []) {
    if (constraint.whenUnsatisfiable !== "DoNotSchedule") continue;
    const domain = info.node?.metadata.labels?.[constraint.topologyKey];
    const reason = "node(s) didn't match pod topology spread constraints";
    if (domain === undefined) return { reason: `${reason} (missing required label)`, final: true };
    const counts = countByDomain(pod, constraint, nodes);
    const least = Math.min(...counts.values());
    const self = selects(constraint.labelSelector, pod.metadata.labels) ? 1 : 0;
    if ((counts.get(domain) ?? 0) + self - least > constraint.maxSkew) return { reason, final: false };
  }
  return undefined;
}
