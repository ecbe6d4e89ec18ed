import type { RandomStream } from "../../sim/random.ts";
import type { Pod } from "../api/types.generated.ts";
import { matchesTerm, tolerates } from "../client/node-affinity.ts";
import { controllerOf } from "../client/owner.ts";
import type { NodeInfo } from "./node-info.ts";
import { preferredAffinity } from "./pod-affinity.ts";
import { podRequests } from "./pod-requests.ts";
import { countByDomain } from "./topology-spread.ts";

/** What an unset request counts as when nodes are compared (GetNonzeroRequests). */
const DEFAULT_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;
const MIN_IMAGE_BYTES = 23 * 1024 * 1024;
const MAX_IMAGE_BYTES = 1000 * 1024 * 1024;

type Scorer = (pod: Pod, info: NodeInfo, nodes: readonly NodeInfo[]) => number;

function usedShare(pod: Pod, info: NodeInfo, resource: "cpu" | "memory"): number {
  const all = info.allocatable[resource] ?? 0;
  if (all === 0) return 1;
  const fallback = resource === "cpu" ? DEFAULT_CPU : DEFAULT_MEMORY;
  let used = podRequests(pod)[resource] || fallback;
  for (const other of info.pods) used += podRequests(other)[resource] || fallback;
  return Math.min(1, used / all);
}

const leastAllocated: Scorer = (pod, info) =>
  ((1 - usedShare(pod, info, "cpu")) * 100 + (1 - usedShare(pod, info, "memory")) * 100) / 2;

const balanced: Scorer = (pod, info) => {
  const cpu = usedShare(pod, info, "cpu");
  const memory = usedShare(pod, info, "memory");
  return (1 - Math.abs(cpu - memory) / 2) * 100;
};

const preferNoTaint: Scorer = (pod, { node }) => {
  const taints = (node?.spec?.taints ?? []).filter((taint) => taint.effect === "PreferNoSchedule");
  return -taints.filter((taint) => !(pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint)))
    .length;
};

const preferredNode: Scorer = (pod, { node }) => {
  const preferences = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferences.reduce(
    (sum, { weight, preference }) => sum + (node !== undefined && matchesTerm(preference, node) ? weight : 0),
    0,
  );
};

/** Fewer siblings are better: by the pod's own constraints, else the system's default over nodes. */
const spread: Scorer = (pod, info, nodes) => {
  const own = (pod.spec.topologySpreadConstraints ?? []).filter(
    (constraint) => constraint.whenUnsatisfiable === "ScheduleAnyway",
  );
  if (own.length > 0) {
    return -own.reduce((sum, constraint) => {
      const domain = info.node?.metadata.labels?.[constraint.topologyKey] ?? "";
      return sum + (countByDomain(pod, constraint, nodes).get(domain) ?? 0);
    }, 0);
  }
  const owner = controllerOf(pod)?.uid;
  if (owner === undefined) return 0;
  let siblings = 0;
  for (const other of info.pods) if (controllerOf(other)?.uid === owner) siblings++;
  return -siblings;
};

const images: Scorer = (pod, { node }) => {
  let bytes = 0;
  for (const container of pod.spec.containers) {
    const name = container.image ?? "";
    const found = node?.status?.images?.find((image) =>
      image.names?.some((known) => known === name || known.endsWith(`/${name}`) || known.endsWith(`/${name}:latest`)),
    );
    bytes += found?.sizeBytes ?? 0;
  }
  const most = MAX_IMAGE_BYTES * pod.spec.containers.length;
  return (Math.max(0, Math.min(bytes, most) - MIN_IMAGE_BYTES) / (most - MIN_IMAGE_BYTES)) * 100;
};

/** Scorers with their weights; `normalise` stretches the raw numbers to 0..100 over the candidates. */
const SCORERS: readonly { readonly score: Scorer; readonly weight: number; readonly normalise: boolean }[] = [
  { score: leastAllocated, weight: 1, normalise: false },
  { score: balanced, weight: 1, normalise: false },
  { score: preferNoTaint, weight: 3, normalise: true },
  { score: preferredNode, weight: 2, normalise: true },
  { score: spread, weight: 2, normalise: true },
  { score: preferredAffinity, weight: 2, normalise: true },
  { score: images, weight: 1, normalise: false },
];

/** The best of the candidates; a random one of equals. */
export function best(
  pod: Pod,
  candidates: readonly NodeInfo[],
  nodes: readonly NodeInfo[],
  random: RandomStream,
): NodeInfo | undefined {
  if (candidates.length <= 1) return candidates[0];
  const totals = new Map<NodeInfo, number>(candidates.map((info) => [info, 0]));
  for (const { score, weight, normalise } of SCORERS) {
    const raw = candidates.map((info) => score(pod, info, nodes));
    const low = Math.min(...raw);
    const high = Math.max(...raw);
    candidates.forEach((info, index) => {
      const value = raw[index] ?? 0;
      const scaled = !normalise ? value : high === low ? 100 : ((value - low) / (high - low)) * 100;
      totals.set(info, (totals.get(info) ?? 0) + Math.floor(scaled) * weight);
    });
  }
  const top = Math.max(...totals.values());
  return random.pick(candidates.filter((info) => totals.get(info) === top));
}
