import { humanDuration } from "../../../base/duration.ts";
import { formatLabelSelector } from "../../api/labels.ts";
import { parseTime } from "../../api/time.ts";
import type {
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  HorizontalPodAutoscaler,
  Job,
  MetricSpec,
  MetricStatus,
  PodDisruptionBudget,
  PodTemplate,
  PodTemplateSpec,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from "../../api/types.generated.ts";
import { age, ageOf, labelsText, layout, type TableLayout } from "./layout.ts";

function containers(template: PodTemplateSpec | undefined | null): [names: string, images: string] {
  const list = template?.spec.containers ?? [];
  return [list.map(({ name }) => name).join(","), list.map(({ image }) => image ?? "").join(",")];
}

const deployment = layout<Deployment>(
  "Name Ready Up-to-date:int Available:int Age +Containers +Images +Selector",
  (object, now) => [
    object.metadata.name,
    `${object.status?.readyReplicas ?? 0}/${object.spec.replicas ?? 0}`,
    object.status?.updatedReplicas ?? 0,
    object.status?.availableReplicas ?? 0,
    ageOf(object, now),
    ...containers(object.spec.template),
    formatLabelSelector(object.spec.selector),
  ],
);

const replicaSet = layout<ReplicaSet>(
  "Name Desired:int Current:int Ready:int Age +Containers +Images +Selector",
  (object, now) => [
    object.metadata.name,
    object.spec.replicas ?? 0,
    object.status?.replicas ?? 0,
    object.status?.readyReplicas ?? 0,
    ageOf(object, now),
    ...containers(object.spec.template),
    formatLabelSelector(object.spec.selector),
  ],
);

const replicationController = layout<ReplicationController>(
  "Name Desired:int Current:int Ready:int Age +Containers +Images +Selector",
  (object, now) => [
    object.metadata.name,
    object.spec.replicas ?? 0,
    object.status?.replicas ?? 0,
    object.status?.readyReplicas ?? 0,
    ageOf(object, now),
    ...containers(object.spec.template),
    labelsText(object.spec.selector),
  ],
);

const statefulSet = layout<StatefulSet>("Name Ready Age +Containers +Images", (object, now) => [
  object.metadata.name,
  `${object.status?.readyReplicas ?? 0}/${object.spec.replicas ?? 0}`,
  ageOf(object, now),
  ...containers(object.spec.template),
]);

const daemonSet = layout<DaemonSet>(
  "Name Desired:int Current:int Ready:int Up-to-date:int Available:int Node_Selector Age +Containers +Images +Selector",
  (object, now) => [
    object.metadata.name,
    object.status?.desiredNumberScheduled ?? 0,
    object.status?.currentNumberScheduled ?? 0,
    object.status?.numberReady ?? 0,
    object.status?.updatedNumberScheduled ?? 0,
    object.status?.numberAvailable ?? 0,
    labelsText(object.spec.template?.spec.nodeSelector),
    ageOf(object, now),
    ...containers(object.spec.template),
    formatLabelSelector(object.spec.selector),
  ],
);

const JOB_STATES = [
  ["Complete", "Complete"],
  ["Failed", "Failed"],
  ["Terminating", "Terminating"],
  ["Suspended", "Suspended"],
  ["FailureTarget", "FailureTarget"],
  ["SuccessCriteriaMet", "SuccessCriteriaMet"],
] as const;

function jobStatus(job: Job): string {
  const holds = (wanted: string) =>
    job.status?.conditions?.some(({ type, status }) => type === wanted && status === "True");
  for (const [type, text] of JOB_STATES) {
    if (type === "Terminating" ? job.metadata.deletionTimestamp != null : holds(type)) return text;
  }
  return "Running";
}

function jobCompletions(job: Job): string {
  const succeeded = job.status?.succeeded ?? 0;
  if (job.spec.completions != null) return `${succeeded}/${job.spec.completions}`;
  const parallelism = job.spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: Job, now: number): string {
  const start = parseTime(job.status?.startTime);
  if (start === undefined) return "";
  return humanDuration((parseTime(job.status?.completionTime) ?? now) - start);
}

const job = layout<Job>("Name Status Completions Duration Age +Containers +Images +Selector", (object, now) => [
  object.metadata.name,
  jobStatus(object),
  jobCompletions(object),
  jobDuration(object, now),
  ageOf(object, now),
  ...containers(object.spec.template),
  formatLabelSelector(object.spec.selector),
]);

const cronJob = layout<CronJob>(
  "Name Schedule Timezone Suspend Active:int Last_Schedule Age +Containers +Images +Selector",
  (object, now) => [
    object.metadata.name,
    object.spec.schedule,
    object.spec.timeZone ?? "<none>",
    object.spec.suspend === true ? "True" : "False",
    object.status?.active?.length ?? 0,
    object.status?.lastScheduleTime == null ? "<none>" : age(object.status.lastScheduleTime, now),
    ageOf(object, now),
    ...containers(object.spec.jobTemplate?.spec.template),
    object.spec.jobTemplate?.spec.selector == null
      ? "<none>"
      : formatLabelSelector(object.spec.jobTemplate.spec.selector),
  ],
);

function controllerOf(object: ControllerRevision): string {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return "<none>";
  const group = owner.apiVersion.includes("/") ? `.${owner.apiVersion.split("/")[0]}` : "";
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
}

const controllerRevision = layout<ControllerRevision>("Name Controller Revision:int Age", (object, now) => [
  object.metadata.name,
  controllerOf(object),
  object.revision ?? 0,
  ageOf(object, now),
]);

const podTemplate = layout<PodTemplate>("Name Containers Images Pod_Labels Age", (object, now) => [
  object.metadata.name,
  ...containers(object.template),
  labelsText(object.template?.metadata?.labels),
  ageOf(object, now),
]);

const podDisruptionBudget = layout<PodDisruptionBudget>(
  "Name Min_Available Max_Unavailable Allowed_Disruptions:int Age",
  (object, now) => [
    object.metadata.name,
    String(object.spec.minAvailable ?? "N/A"),
    String(object.spec.maxUnavailable ?? "N/A"),
    object.status?.disruptionsAllowed ?? 0,
    ageOf(object, now),
  ],
);

function metricText(spec: MetricSpec, current: MetricStatus | undefined): string {
  const source = spec.resource ?? spec.containerResource;
  if (source === undefined) return otherMetric(spec, current);
  const value = (current?.resource ?? current?.containerResource)?.current;
  if (source.target?.averageValue != null) {
    return `${source.name}: ${value?.averageValue ?? "<unknown>"}/${source.target.averageValue}`;
  }
  const percent = value?.averageUtilization;
  const target = source.target?.averageUtilization;
  return `${source.name}: ${percent == null ? "<unknown>" : `${percent}%`}/${target == null ? "<auto>" : `${target}%`}`;
}

function otherMetric(spec: MetricSpec, current: MetricStatus | undefined): string {
  const target = (spec.pods ?? spec.object ?? spec.external)?.target;
  const value = (current?.pods ?? current?.object ?? current?.external)?.current;
  if (target?.averageValue != null)
    return `${value?.averageValue ?? "<unknown>"}/${target.averageValue}${spec.pods === undefined ? " (avg)" : ""}`;
  return `${value?.value ?? "<unknown>"}/${target?.value ?? "<auto>"}`;
}

function hpaTargets(hpa: HorizontalPodAutoscaler): string {
  const specs = hpa.spec.metrics ?? [];
  if (specs.length === 0) return "<none>";
  const texts = specs.map((spec, index) => metricText(spec, hpa.status?.currentMetrics?.[index]));
  return texts.length > 2 ? `${texts.slice(0, 2).join(", ")} + ${texts.length - 2} more...` : texts.join(", ");
}

const horizontalPodAutoscaler = layout<HorizontalPodAutoscaler>(
  "Name Reference Targets MinPods MaxPods:int Replicas:int Age",
  (object, now) => [
    object.metadata.name,
    `${object.spec.scaleTargetRef?.kind ?? ""}/${object.spec.scaleTargetRef?.name ?? ""}`,
    hpaTargets(object),
    object.spec.minReplicas == null ? "<unset>" : String(object.spec.minReplicas),
    object.spec.maxReplicas,
    object.status?.currentReplicas ?? 0,
    ageOf(object, now),
  ],
);

/** Layouts of what runs pods, by kind. */
export const WORKLOAD_LAYOUTS: Readonly<Record<string, TableLayout>> = {
  Deployment: deployment,
  ReplicaSet: replicaSet,
  ReplicationController: replicationController,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  Job: job,
  CronJob: cronJob,
  ControllerRevision: controllerRevision,
  PodTemplate: podTemplate,
  PodDisruptionBudget: podDisruptionBudget,
  HorizontalPodAutoscaler: horizontalPodAutoscaler,
};
