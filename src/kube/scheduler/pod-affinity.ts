import type { Pod, PodAffinityTerm } from "../api/types.generated.ts";
import { selects } from "../client/label-selector.ts";
import type { NodeInfo } from "./node-info.ts";

/** Whether `other` is one that the term of `pod` speaks of. */
function termMatches(term: PodAffinityTerm | undefined, pod: Pod, other: Pod): boolean {
  if (term === undefined) return false;
  const namespaces = term.namespaces ?? [];
  const inNamespace =
    term.namespaceSelector !== undefined || namespaces.length > 0
      ? namespaces.includes(other.metadata.namespace ?? "") || term.namespaceSelector !== undefined
      : other.metadata.namespace === pod.metadata.namespace;
  return inNamespace && selects(term.labelSelector, other.metadata.labels);
}

/** Whether a pod that the term speaks of runs in the same domain as the node. */
function inDomain(term: PodAffinityTerm, pod: Pod, info: NodeInfo, nodes: readonly NodeInfo[]): boolean {
  const domain = info.node?.metadata.labels?.[term.topologyKey];
  if (domain === undefined) return false;
  return nodes.some(
    (other) =>
      other.node?.metadata.labels?.[term.topologyKey] === domain && some(other, (one) => termMatches(term, pod, one)),
  );
}

function some(info: NodeInfo, test: (pod: Pod) => boolean): boolean {
  for (const pod of info.pods) if (test(pod)) return true;
  return false;
}

/** Why required pod affinity, pod anti-affinity, or that of pods there, keeps the pod off this node. */
export function affinityProblem(
  pod: Pod,
  info: NodeInfo,
  nodes: readonly NodeInfo[],
): { readonly reason: string; readonly final: boolean } | undefined {
  for (const term of pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
    if (inDomain(term, pod, info, nodes)) continue;
    const first =
      termMatches(term, pod, pod) && !nodes.some((other) => some(other, (one) => termMatches(term, pod, one)));
    if (!first || info.node?.metadata.labels?.[term.topologyKey] === undefined) {
      return { reason: "node(s) didn't match pod affinity rules", final: true };
    }
  }
  for (const term of pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
    if (inDomain(term, pod, info, nodes))
      return { reason: "node(s) didn't match pod anti-affinity rules", final: false };
  }
  if (existingObjects(pod, info, nodes)) {
    return { reason: "node(s) didn't satisfy existing pods anti-affinity rules", final: false };
  }
  return undefined;
}

function existingObjects(pod: Pod, info: NodeInfo, nodes: readonly NodeInfo[]): boolean {
  return nodes.some((other) =>
    some(other, (existing) =>
      (existing.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some((term) => {
        const domain = other.node?.metadata.labels?.[term.topologyKey];
        const here = info.node?.metadata.labels?.[term.topologyKey];
        return domain !== undefined && domain === here && termMatches(term, existing, pod);
      }),
    ),
  );
}

/** Weighted sum over preferred terms: how much other pods in the node's domains attract or repel this one. */
export function preferredAffinity(pod: Pod, info: NodeInfo, nodes: readonly NodeInfo[]): number {
  let score = 0;
  for (const { weight, podAffinityTerm } of pod.spec.affinity?.podAffinity
    ?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
    score += weight * countInDomain(podAffinityTerm, pod, info, nodes);
  }
  for (const { weight, podAffinityTerm } of pod.spec.affinity?.podAntiAffinity
    ?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
    score -= weight * countInDomain(podAffinityTerm, pod, info, nodes);
  }
  return score;
}

function countInDomain(
  term: PodAffinityTerm | undefined,
  pod: Pod,
  info: NodeInfo,
  nodes: readonly NodeInfo[],
): number {
  if (term === undefined) return 0;
  const domain = info.node?.metadata.labels?.[term.topologyKey];
  if (domain === undefined) return 0;
  let count = 0;
  for (const other of nodes) {
    if (other.node?.metadata.labels?.[term.topologyKey] !== domain) continue;
    for (const one of other.pods) if (termMatches(term, pod, one)) count++;
  }
  return count;
}
