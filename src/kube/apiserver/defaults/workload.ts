import type { Fields } from "../../api/decode.ts";
import type {
  CronJob,
  DaemonSet,
  Deployment,
  HorizontalPodAutoscaler,
  Job,
  PodTemplate,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from "../../api/types.generated.ts";
import { type Draft, setDefault, setText, typed } from "./draft.ts";
import { defaultPodSpec } from "./pod-spec.ts";

/** Defaults of what runs pods, by kind (pkg/apis/{apps,batch,autoscaling,core}/v1/defaults.go). */
export const WORKLOAD_DEFAULTS: Readonly<Record<string, (draft: Fields) => void>> = {
  Deployment: typed<Deployment>(deployment),
  ReplicaSet: typed<ReplicaSet>(replicaSet),
  ReplicationController: typed<ReplicationController>(replicationController),
  StatefulSet: typed<StatefulSet>(statefulSet),
  DaemonSet: typed<DaemonSet>(daemonSet),
  Job: typed<Job>(job),
  CronJob: typed<CronJob>(cronJob),
  PodTemplate: typed<PodTemplate>(({ template }) => defaultPodSpec(template?.spec ?? { containers: [] })),
  HorizontalPodAutoscaler: typed<HorizontalPodAutoscaler>(horizontalPodAutoscaler),
};

function deployment({ spec }: Draft<Deployment>): void {
  setDefault(spec, "replicas", 1);
  setDefault(spec, "revisionHistoryLimit", 10);
  setDefault(spec, "progressDeadlineSeconds", 600);
  spec.strategy ??= {};
  setText(spec.strategy, "type", "RollingUpdate");
  if (spec.strategy.type === "RollingUpdate") {
    spec.strategy.rollingUpdate ??= {};
    setDefault(spec.strategy.rollingUpdate, "maxUnavailable", "25%");
    setDefault(spec.strategy.rollingUpdate, "maxSurge", "25%");
  }
  if (spec.template) defaultPodSpec(spec.template.spec);
}

function replicaSet({ spec }: Draft<ReplicaSet>): void {
  setDefault(spec, "replicas", 1);
  if (spec.template) defaultPodSpec(spec.template.spec);
}

function replicationController(draft: Draft<ReplicationController>): void {
  const { spec } = draft;
  const labels = spec.template?.metadata?.labels;
  setDefault(spec, "replicas", 1);
  if (labels) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = labels;
    if (Object.keys(draft.metadata.labels ?? {}).length === 0) draft.metadata.labels = labels;
  }
  if (spec.template) defaultPodSpec(spec.template.spec);
}

function statefulSet({ spec }: Draft<StatefulSet>): void {
  setDefault(spec, "replicas", 1);
  setDefault(spec, "revisionHistoryLimit", 10);
  setText(spec, "podManagementPolicy", "OrderedReady");
  spec.updateStrategy ??= {};
  setText(spec.updateStrategy, "type", "RollingUpdate");
  if (spec.updateStrategy.type === "RollingUpdate") {
    spec.updateStrategy.rollingUpdate ??= {};
    setDefault(spec.updateStrategy.rollingUpdate, "partition", 0);
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  setText(spec.persistentVolumeClaimRetentionPolicy, "whenDeleted", "Retain");
  setText(spec.persistentVolumeClaimRetentionPolicy, "whenScaled", "Retain");
  if (spec.template) defaultPodSpec(spec.template.spec);
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.kind = "PersistentVolumeClaim";
    claim.apiVersion = "v1";
    setDefault(claim.spec, "volumeMode", "Filesystem");
    claim.status ??= {};
    setText(claim.status, "phase", "Pending");
  }
}

function daemonSet({ spec }: Draft<DaemonSet>): void {
  setDefault(spec, "revisionHistoryLimit", 10);
  spec.updateStrategy ??= {};
  setText(spec.updateStrategy, "type", "RollingUpdate");
  if (spec.updateStrategy.type === "RollingUpdate") {
    spec.updateStrategy.rollingUpdate ??= {};
    setDefault(spec.updateStrategy.rollingUpdate, "maxUnavailable", 1);
    setDefault(spec.updateStrategy.rollingUpdate, "maxSurge", 0);
  }
  if (spec.template) defaultPodSpec(spec.template.spec);
}

function job({ spec }: Draft<Job>): void {
  if (spec.completions == null && spec.parallelism == null) {
    spec.completions = 1;
    spec.parallelism = 1;
  }
  setDefault(spec, "parallelism", 1);
  setDefault(spec, "backoffLimit", spec.backoffLimitPerIndex == null ? 6 : 2_147_483_647);
  setDefault(spec, "completionMode", "NonIndexed");
  setDefault(spec, "suspend", false);
  setDefault(spec, "podReplacementPolicy", spec.podFailurePolicy == null ? "TerminatingOrFailed" : "Failed");
  if (spec.template) defaultPodSpec(spec.template.spec);
}

function cronJob({ spec }: Draft<CronJob>): void {
  setText(spec, "concurrencyPolicy", "Allow");
  setDefault(spec, "suspend", false);
  setDefault(spec, "successfulJobsHistoryLimit", 3);
  setDefault(spec, "failedJobsHistoryLimit", 1);
  if (spec.jobTemplate?.spec.template) defaultPodSpec(spec.jobTemplate.spec.template.spec);
}

function horizontalPodAutoscaler({ spec }: Draft<HorizontalPodAutoscaler>): void {
  setDefault(spec, "minReplicas", 1);
  if ((spec.metrics ?? []).length === 0) {
    spec.metrics = [
      { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
    ];
  }
}
