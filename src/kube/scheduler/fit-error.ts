import type { Rejection } from "./filters.ts";

/** Counts reasons as the scheduler prints them: `1 node(s) had untolerated taint(s), 2 Insufficient cpu`. */
function histogram(reasons: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(", ");
}

/** Why preemption did not help on each node. */
export type PreemptionVerdict =
  | "Preemption is not helpful for scheduling"
  | "No preemption victims found for incoming pod";

/** The message when every node was rejected. Mirrors scheduler framework FitError. */
export function fitMessage(
  nodeCount: number,
  rejections: readonly Rejection[],
  verdicts: readonly PreemptionVerdict[] | undefined,
): string {
  const nodes = `0/${nodeCount} nodes are available:`;
  const why = histogram(rejections.flatMap((rejection) => rejection.reasons));
  if (verdicts === undefined) return `${nodes} ${why}.`;
  return `${nodes} ${why}. no new claims to deallocate, preemption: ${nodes} ${histogram(verdicts)}.`;
}

/** The message when the pod can go nowhere for a reason of its own. */
export function prefilterMessage(nodeCount: number, problem: string): string {
  return `0/${nodeCount} nodes are available: ${problem}. not found`;
}

export const NO_NODES_MESSAGE = "no nodes available to schedule pods";
