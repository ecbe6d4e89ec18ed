import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
  MetricSpec,
  Scale,
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
import { StatusError } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";

const PERIOD_MS = 15_000;
const TARGETS: Readonly<Record<string, Resource>> = {
  Deployment: DEPLOYMENTS,
  ReplicaSet: REPLICA_SETS,
  StatefulSet: STATEFUL_SETS,
};
const NO_METRICS = "the server could not find the requested resource (get pods.metrics.k8s.io)";

/** Autoscalers, in a cluster without a metrics server: they keep to their limits and say what is missing. */
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
  const scale = yield* scaleOf(context, autoscaler);
  if (typeof scale === "string") {
    event(context, autoscaler, "FailedGetScale", scale);
    const message = `the HPA controller was unable to get the target's current scale: ${scale}`;
    const unable = condition(context, autoscaler, "AbleToScale", "False", "FailedGetScale", message);
    yield* write(context, autoscaler, {}, [unable]);
    return;
  }
  const { minReplicas = 1, maxReplicas } = autoscaler.spec ?? { maxReplicas: 0 };
  const current = scale.spec?.replicas ?? 0;
  if (current === 0 && minReplicas !== 0) {
    const message = "scaling is disabled since the replica count of the target is zero";
    const disabled = condition(context, autoscaler, "ScalingActive", "False", "ScalingDisabled", message);
    yield* write(context, autoscaler, { current, desired: 0 }, [able(context, autoscaler), disabled]);
  } else if (current > maxReplicas)
    yield* rescale(context, autoscaler, scale, maxReplicas, "Current number of replicas above Spec.MaxReplicas");
  else if (current < minReplicas)
    yield* rescale(context, autoscaler, scale, minReplicas, "Current number of replicas below Spec.MinReplicas");
  else yield* missMetrics(context, autoscaler, current);
}

/** The target's scale, or why there is none. */
function* scaleOf(context: ControllerContext, autoscaler: HorizontalPodAutoscaler): Task<Scale | string> {
  const { kind = "", name = "", apiVersion = "" } = autoscaler.spec?.scaleTargetRef ?? {};
  const of = TARGETS[kind];
  if (of === undefined) {
    const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
    return `unable to determine resource for scale target reference: no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}`;
  }
  try {
    return yield* context.client.getSub<Scale>(of, autoscaler.metadata.namespace ?? "", name, "scale");
  } catch (error) {
    if (error instanceof StatusError) return error.message;
    throw error;
  }
}

/** The limits need no metrics. */
function* rescale(
  context: ControllerContext,
  autoscaler: HorizontalPodAutoscaler,
  scale: Scale,
  desired: number,
  why: string,
): Task<void> {
  const of = TARGETS[autoscaler.spec?.scaleTargetRef?.kind ?? ""];
  if (of === undefined) return;
  const current = scale.spec?.replicas ?? 0;
  yield* context.client.update(of, { ...scale, spec: { replicas: desired } } as KubeObject, "scale");
  const about = referenceTo("HorizontalPodAutoscaler", "autoscaling/v2", autoscaler);
  context.recorder.event(about, "Normal", "SuccessfulRescale", `New size: ${desired}; reason: ${why}`);
  const message = `the HPA controller was able to update the target scale to ${desired}`;
  const done = condition(context, autoscaler, "AbleToScale", "True", "SucceededRescale", message);
  const lastScaleTime = rfc3339(context.clock.now);
  yield* write(context, autoscaler, { current, desired, lastScaleTime }, [done, ...kept(autoscaler, "ScalingActive")]);
}

/** Nobody measures anything here. */
function* missMetrics(context: ControllerContext, autoscaler: HorizontalPodAutoscaler, current: number): Task<void> {
  const failures = (autoscaler.spec?.metrics ?? []).map(failureOf);
  for (const { reason, why } of failures) event(context, autoscaler, reason, why);
  const [first] = failures;
  if (first === undefined) return;
  const counts = `${failures.length} invalid out of ${failures.length}`;
  event(
    context,
    autoscaler,
    "FailedComputeMetricsReplicas",
    `invalid metrics (${counts}), first error is: ${first.summary}`,
  );
  const message = `the HPA was unable to compute the replica count: ${first.why}`;
  const inactive = condition(context, autoscaler, "ScalingActive", "False", first.reason, message);
  yield* write(context, autoscaler, { current }, [able(context, autoscaler), inactive]);
}

/** Why a metric can't be had: as an event, and within the summary of all. */
interface MetricFailure {
  readonly reason: string;
  readonly why: string;
  readonly summary: string;
}

function failureOf({ type, resource, containerResource, pods, object, external }: MetricSpec): MetricFailure {
  const measured = type === "ContainerResource" ? containerResource : resource;
  if (type === "Resource" || type === "ContainerResource") {
    const name = measured?.name ?? "";
    const what = measured?.target?.averageValue === undefined ? "utilization" : "usage";
    const why = `failed to get ${name} ${what}: unable to get metrics for resource ${name}: unable to fetch metrics from resource metrics API: ${NO_METRICS}`;
    const metric = type === "Resource" ? "resource metric" : "container metric";
    return { reason: `FailedGet${type}Metric`, why, summary: `failed to get ${name} ${metric} value: ${why}` };
  }
  const name = (pods ?? object ?? external)?.metric?.name ?? "";
  const api = type === "External" ? "external" : "custom";
  const why = `unable to get ${type === "External" ? "external " : ""}metric ${name}: unable to fetch metrics from ${api} metrics API: no ${api} metrics API (${api}.metrics.k8s.io) registered`;
  return { reason: `FailedGet${type}Metric`, why, summary: `failed to get ${type.toLowerCase()} metric value: ${why}` };
}

function event(context: ControllerContext, autoscaler: HorizontalPodAutoscaler, reason: string, message: string): void {
  const about = referenceTo("HorizontalPodAutoscaler", "autoscaling/v2", autoscaler);
  context.recorder.event(about, "Warning", reason, message);
}

function able(context: ControllerContext, autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscalerCondition {
  const message = "the HPA controller was able to get the target's current scale";
  return condition(context, autoscaler, "AbleToScale", "True", "SucceededGetScale", message);
}

function kept(autoscaler: HorizontalPodAutoscaler, type: string): readonly HorizontalPodAutoscalerCondition[] {
  return (autoscaler.status?.conditions ?? []).filter((known) => known.type === type);
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

interface Counts {
  readonly current?: number;
  readonly desired?: number;
  readonly lastScaleTime?: string;
}

/** What is not counted anew stays. */
function* write(
  context: ControllerContext,
  autoscaler: HorizontalPodAutoscaler,
  counts: Counts,
  conditions: readonly HorizontalPodAutoscalerCondition[],
): Task<void> {
  const known = autoscaler.status;
  const lastScaleTime = counts.lastScaleTime ?? known?.lastScaleTime;
  const status = {
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    currentReplicas: counts.current ?? known?.currentReplicas ?? 0,
    desiredReplicas: counts.desired ?? known?.desiredReplicas ?? 0,
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
