import { timeOrZero } from "../api/time.ts";
import type { Pod, PodDisruptionBudget } from "../api/types.generated.ts";
import { selects } from "../client/label-selector.ts";
import { type Rejection, rejection, type Snapshot } from "./filters.ts";
import type { PreemptionVerdict } from "./fit-error.ts";
import type { NodeInfo } from "./node-info.ts";

/** A node on which the pod would fit without these pods. */
export interface Candidate {
  readonly info: NodeInfo;
  readonly victims: readonly Pod[];
  readonly violations: number;
}

/** What preemption found: the best candidate, or why each node is none. */
export interface PreemptionResult {
  readonly candidate: Candidate | undefined;
  readonly verdicts: readonly PreemptionVerdict[];
}

/**
 * Looks for the node where evicting lower priorities hurts least: fewest broken budgets, lowest highest priority,
 * lowest sum, fewest victims, latest start. Mirrors scheduler framework/preemption.
 */
export function preempt(
  pod: Pod,
  rejections: ReadonlyMap<NodeInfo, Rejection>,
  snapshot: Snapshot,
  budgets: readonly PodDisruptionBudget[],
): PreemptionResult {
  const candidates: Candidate[] = [];
  const verdicts: PreemptionVerdict[] = [];
  for (const [info, why] of rejections) {
    if (why.final || pod.spec.preemptionPolicy === "Never") {
      verdicts.push("Preemption is not helpful for scheduling");
      continue;
    }
    const candidate = victimsOn(pod, info, snapshot, budgets);
    if (candidate === undefined) verdicts.push("No preemption victims found for incoming pod");
    else candidates.push(candidate);
  }
  return { candidate: candidates.sort(byHarm)[0], verdicts };
}

function victimsOn(
  pod: Pod,
  info: NodeInfo,
  snapshot: Snapshot,
  budgets: readonly PodDisruptionBudget[],
): Candidate | undefined {
  const priority = pod.spec.priority ?? 0;
  const lower = [...info.pods].filter((other) => (other.spec.priority ?? 0) < priority);
  if (lower.length === 0 || !fits(pod, info, lower, snapshot)) return undefined;
  const protectedPods = lower.filter((other) => isProtected(other, budgets));
  const ordered = [
    ...protectedPods.sort(byImportance),
    ...lower.filter((other) => !protectedPods.includes(other)).sort(byImportance),
  ];
  let victims = ordered;
  for (const spared of ordered) {
    const without = victims.filter((other) => other !== spared);
    if (fits(pod, info, without, snapshot)) victims = without;
  }
  if (victims.length === 0) return undefined;
  return { info, victims, violations: victims.filter((other) => protectedPods.includes(other)).length };
}

function fits(pod: Pod, info: NodeInfo, gone: readonly Pod[], snapshot: Snapshot): boolean {
  const emptied = info.without(gone);
  const nodes = snapshot.nodes.map((other) => (other === info ? emptied : other));
  return rejection(pod, emptied, { ...snapshot, nodes }) === undefined;
}

function isProtected(pod: Pod, budgets: readonly PodDisruptionBudget[]): boolean {
  return budgets.some(
    (budget) =>
      budget.metadata.namespace === pod.metadata.namespace &&
      selects(budget.spec?.selector, pod.metadata.labels) &&
      (budget.status?.disruptionsAllowed ?? 0) <= 0,
  );
}

/** More important first: higher priority, then longer running. */
function byImportance(a: Pod, b: Pod): number {
  return (b.spec.priority ?? 0) - (a.spec.priority ?? 0) || startOf(a) - startOf(b);
}

function startOf(pod: Pod): number {
  return timeOrZero(pod.status?.startTime) || timeOrZero(pod.metadata.creationTimestamp);
}

function byHarm(a: Candidate, b: Candidate): number {
  const highest = (candidate: Candidate) => Math.max(...candidate.victims.map((pod) => pod.spec.priority ?? 0));
  const sum = (candidate: Candidate) =>
    candidate.victims.reduce((total, pod) => total + (pod.spec.priority ?? 0) + 2 ** 31, 0);
  const start = (candidate: Candidate) => Math.min(...candidate.victims.map(startOf));
  return (
    a.violations - b.violations ||
    highest(a) - highest(b) ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    start(b) - start(a)
  );
}
