import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import type { Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from "../../api/types.generated.ts";
import { objectKey } from "../../client/informer.ts";
import { sameJson } from "../../client/json-value.ts";
import { selects } from "../../client/label-selector.ts";
import { controllerOf } from "../../client/owner.ts";
import { isPodReady, isPodTerminal } from "../../client/pod-state.ts";
import { POD_DISRUPTION_BUDGETS, PODS, REPLICA_SETS, STATEFUL_SETS } from "../../client/resources.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { scaled } from "../int-or-percent.ts";
import { BY_NAMESPACE } from "../pod-ownership.ts";

/** Says how many pods of each budget may be evicted. */
export const disruptionController: ControllerDefinition = {
  name: "disruption-controller",
  serviceAccount: "disruption-controller",
  eventSource: "controllermanager",
  start(context) {
    const budgets = context.informer(POD_DISRUPTION_BUDGETS);
    const pods = context.informer(PODS);
    for (const informer of [budgets, pods])
      informer.addIndex(BY_NAMESPACE, (object) => [object.metadata.namespace ?? ""]);
    const queue = newQueue(context);
    budgets.onChange(({ key, object }) => {
      if (object !== undefined) queue.add(key);
    });
    pods.onChange(({ old, object }) => {
      if (
        old !== undefined &&
        object !== undefined &&
        isPodReady(old) === isPodReady(object) &&
        isPodTerminal(old) === isPodTerminal(object)
      )
        return;
      const pod = object ?? old;
      for (const budget of budgets.byIndex(BY_NAMESPACE, pod?.metadata.namespace ?? "")) {
        if (selects(budget.spec?.selector, pod?.metadata.labels)) queue.add(objectKey(budget.metadata));
      }
    });
    const reconcile = function* (key: string): Task<void> {
      const budget = budgets.get(key);
      if (budget === undefined) return;
      const own = pods
        .byIndex(BY_NAMESPACE, budget.metadata.namespace ?? "")
        .filter((pod) => selects(budget.spec?.selector, pod.metadata.labels) && !isPodTerminal(pod));
      const status = statusOf(context, budget, own);
      if (!sameJson(status, budget.status))
        yield* context.client.update(POD_DISRUPTION_BUDGETS, { ...budget, status }, "status");
    };
    runWorkers(context, "disruption", queue, reconcile, [budgets, pods], 1);
  },
};

function statusOf(
  context: ControllerContext,
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
): PodDisruptionBudgetStatus {
  const expected = expectedPods(context, pods);
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  const desired =
    maxUnavailable === undefined
      ? scaled(minAvailable as number | string | undefined, expected, true)
      : Math.max(0, expected - scaled(maxUnavailable as number | string, expected, true));
  const healthy = pods.filter((pod) => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined).length;
  const allowed = expected === 0 ? 0 : Math.max(0, healthy - desired);
  const known = budget.status?.conditions?.find(({ type }) => type === "DisruptionAllowed");
  const value = allowed > 0 ? "True" : "False";
  const condition = {
    type: "DisruptionAllowed",
    status: value,
    observedGeneration: budget.metadata.generation,
    lastTransitionTime: known?.status === value ? known.lastTransitionTime : rfc3339(context.clock.now),
    reason: allowed > 0 ? "SufficientPods" : "InsufficientPods",
    message: "",
  };
  return {
    observedGeneration: budget.metadata.generation,
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: [condition],
  } as PodDisruptionBudgetStatus;
}

/** As many as the pods' controllers want, or as there are. */
function expectedPods(context: ControllerContext, pods: readonly Pod[]): number {
  const owners = new Map<string, number>();
  let loose = 0;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const key = `${pod.metadata.namespace}/${owner?.name}`;
    if (owner?.kind === "ReplicaSet")
      owners.set(owner.uid, context.informer(REPLICA_SETS).get(key)?.spec?.replicas ?? 0);
    else if (owner?.kind === "StatefulSet")
      owners.set(owner.uid, context.informer(STATEFUL_SETS).get(key)?.spec?.replicas ?? 0);
    else loose++;
  }
  return [...owners.values()].reduce((sum, count) => sum + count, loose);
}
