import { goSort } from "../../../base/go-sort.ts";
import { timeOrZero } from "../../../kube/api/time.ts";
import { type Fields, listAt, numberAt, textAt } from "../core/fields.ts";

/** Whether one pod comes before another; undefined when a criterion does not tell them apart. */
type Criterion = (a: Fields, b: Fields) => boolean | undefined;

/** Where logs look first (podutils.ByLogging): of pods that restart, the one that does so most. */
export function inLoggingOrder(pods: readonly Fields[]): Fields[] {
  return ordered(pods, { Running: 0, Unknown: 1, Pending: 2 }, (a, b) => moreOf(restarts(a), restarts(b)));
}

/** Where exec, attach and port-forward go first (podutils.ActivePods, reversed). */
export function inAttachingOrder(pods: readonly Fields[]): Fields[] {
  return ordered(pods, { Running: 0, Unknown: 1, Pending: 2, Succeeded: 2, Failed: 2 }, (a, b) =>
    moreOf(restarts(b), restarts(a)),
  );
}

function ordered(pods: readonly Fields[], phases: Readonly<Record<string, number>>, byRestarts: Criterion): Fields[] {
  // A phase that is not among them counts as the first: upstream looks it up in a map of numbers.
  const phase = (pod: Fields) => phases[textAt(pod, "status", "phase")] ?? 0;
  const criteria: readonly Criterion[] = [
    (a, b) => moreOf(Number(isAssigned(a)), Number(isAssigned(b))),
    (a, b) => moreOf(phase(b), phase(a)),
    (a, b) => moreOf(Number(readySince(a) > 0), Number(readySince(b) > 0)),
    (a, b) => moreOf(readySince(b), readySince(a)),
    byRestarts,
    (a, b) => moreOf(createdAt(b), createdAt(a)),
  ];
  return goSort(pods, (a, b) => {
    for (const criterion of criteria) {
      const answer = criterion(a, b);
      if (answer !== undefined) return answer;
    }
    return false;
  });
}

function moreOf(a: number, b: number): boolean | undefined {
  return a === b ? undefined : a > b;
}

function isAssigned(pod: Fields): boolean {
  return textAt(pod, "spec", "nodeName") !== "";
}

/** 0: it is not ready. */
function readySince(pod: Fields): number {
  const ready = listAt(pod, "status", "conditions").find(
    (one) => textAt(one, "type") === "Ready" && textAt(one, "status") === "True",
  );
  return ready === undefined ? 0 : timeOrZero(textAt(ready, "lastTransitionTime"));
}

function restarts(pod: Fields): number {
  return Math.max(0, ...listAt(pod, "status", "containerStatuses").map((one) => numberAt(one, "restartCount") ?? 0));
}

function createdAt(pod: Fields): number {
  return timeOrZero(textAt(pod, "metadata", "creationTimestamp"));
}
