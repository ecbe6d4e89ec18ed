import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import type {
  Deployment,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
} from "../../api/types.generated.ts";
import { referenceTo } from "../../client/event-recorder.ts";
import { sameJson } from "../../client/json-value.ts";
import {
  DEPLOYMENTS,
  HORIZONTAL_POD_AUTOSCALERS,
  REPLICA_SETS,
  type Resource,
  STATEFUL_SETS,
} from "../../client/resources.ts";
import { isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";

const PERIOD_MS = 15_000;
const TARGETS: Readonly<Record<string, Resource>> = {
  Deployment: DEPLOYMENTS,
  ReplicaSet: REPLICA_SETS,
  StatefulSet: STATEFUL_SETS,
};
const NO_METRICS = "the server could not find the requested resource (get pods.metrics.k8s.io)";

/** Autoscalers, in a cluster without a metrics server: they find their target and say what is missing. */
export const horizontalPodAutoscaler: ControllerDefinition = {
  name: "horizontal-pod-autoscaler-controller",
  serviceAccount: "horizontal-pod-autoscaler",
  eventSource: "horizontal-pod-autoscaler",
  start(context) {
    const autoscalers = context.informer(HORIZONTAL_POD_AUTOSCALERS);
    const queue = newQueue(context);
    autoscalers.onChange(({ key, object }) => {
      if (object !== undefined) queue.addAfter(key, PERIOD_MS);
    });
    const reconcile = function* (key: string): Task<void> {
      const autoscaler = autoscalers.get(key);
      if (autoscaler === undefined) return;
      queue.addAfter(key, PERIOD_MS);
      yield* examine(context, autoscaler);
    };
    runWorkers(context, "horizontalpodautoscaler", queue, reconcile, [autoscalers], 1);
  },
};

function* examine(context: ControllerContext, autoscaler: HorizontalPodAutoscaler): Task<void> {
  const target = yield* findTarget(context, autoscaler);
  const about = referenceTo("HorizontalPodAutoscaler", "autoscaling/v2", autoscaler);
  const ref = autoscaler.spec?.scaleTargetRef;
  if (target === undefined) {
    const message = `${ref?.kind.toLowerCase()}s.apps ${JSON.stringify(ref?.name)} not found`;
    context.recorder.event(about, "Warning", "FailedGetScale", message);
    const scale = condition(
      context,
      autoscaler,
      "AbleToScale",
      "False",
      "FailedGetScale",
      `the HPA controller was unable to get the target's current scale: ${message}`,
    );
    yield* write(context, autoscaler, 0, [scale]);
    return;
  }
  const replicas = target.spec?.replicas ?? 1;
  const able = condition(
    context,
    autoscaler,
    "AbleToScale",
    "True",
    "SucceededGetScale",
    "the HPA controller was able to get the target's current scale",
  );
  const resource = autoscaler.spec?.metrics?.[0]?.resource?.name ?? "cpu";
  const why = `failed to get ${resource} utilization: unable to get metrics for resource ${resource}: unable to fetch metrics from resource metrics API: ${NO_METRICS}`;
  context.recorder.event(about, "Warning", "FailedGetResourceMetric", why);
  context.recorder.event(
    about,
    "Warning",
    "FailedComputeMetricsReplicas",
    `invalid metrics (1 invalid out of 1), first error is: failed to get ${resource} resource metric value: ${why}`,
  );
  const active = condition(
    context,
    autoscaler,
    "ScalingActive",
    "False",
    "FailedGetResourceMetric",
    `the HPA was unable to compute the replica count: ${why}`,
  );
  yield* write(context, autoscaler, replicas, [able, active]);
}

function* findTarget(context: ControllerContext, autoscaler: HorizontalPodAutoscaler): Task<Deployment | undefined> {
  const ref = autoscaler.spec?.scaleTargetRef;
  const of = TARGETS[ref?.kind ?? ""];
  if (of === undefined || ref === undefined) return undefined;
  try {
    return (yield* context.client.get(of, autoscaler.metadata.namespace ?? "", ref.name)) as Deployment;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function condition(
  context: ControllerContext,
  autoscaler: HorizontalPodAutoscaler,
  type: string,
  status: string,
  reason: string,
  message: string,
): HorizontalPodAutoscalerCondition {
  const known = autoscaler.status?.conditions?.find((other) => other.type === type);
  const lastTransitionTime = known?.status === status ? known.lastTransitionTime : rfc3339(context.clock.now);
  return { type, status, lastTransitionTime, reason, message };
}

function* write(
  context: ControllerContext,
  autoscaler: HorizontalPodAutoscaler,
  currentReplicas: number,
  conditions: readonly HorizontalPodAutoscalerCondition[],
): Task<void> {
  const status = {
    currentReplicas,
    desiredReplicas: autoscaler.status?.desiredReplicas ?? 0,
    currentMetrics: null,
    conditions,
  };
  if (sameJson(status, autoscaler.status)) return;
  yield* context.client.update(
    HORIZONTAL_POD_AUTOSCALERS,
    { ...autoscaler, status } as unknown as HorizontalPodAutoscaler,
    "status",
  );
}
