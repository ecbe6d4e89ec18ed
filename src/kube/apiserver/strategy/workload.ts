import type { Fields } from "../../api/decode.ts";
import { equalValues } from "../../api/equal.ts";
import type {
  CronJob,
  DaemonSet,
  Deployment,
  Job,
  LabelSelector,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import { type Strategy, strategyOf } from "../registry/kind.ts";
import type { FieldError } from "../status.ts";
import { validateCronSchedule } from "../validation/cron.ts";
import { forbiddenField, invalidValue, notSupported, required } from "../validation/names.ts";
import { validatePodSpec } from "../validation/pod-spec.ts";
import {
  validateDaemonSet,
  validateDeployment,
  validateReplicaSet,
  validateStatefulSet,
} from "../validation/workload.ts";

/** Strategies of what runs pods, by kind (pkg/registry/{apps,batch,core}). */
export const WORKLOAD_STRATEGIES: Readonly<Record<string, Strategy>> = {
  Deployment: strategyOf<Deployment>({ validate: validateDeployment, validateUpdate: frozenSelector }),
  ReplicaSet: strategyOf<ReplicaSet>({ validate: validateReplicaSet, validateUpdate: frozenSelector }),
  DaemonSet: strategyOf<DaemonSet>({
    prepareForCreate: (draft) => {
      templateGeneration(draft, "1");
    },
    prepareForUpdate: (draft, old) => {
      const same = equalValues(draft.spec.template, old.spec.template);
      const before = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1);
      templateGeneration(draft, String(same ? before : before + 1));
    },
    validate: validateDaemonSet,
    validateUpdate: frozenSelector,
  }),
  StatefulSet: strategyOf<StatefulSet>({ validate: validateStatefulSet, validateUpdate: validateStatefulSetUpdate }),
  ReplicationController: strategyOf<ReplicationController>({ validate: validateReplicationController }),
  Job: strategyOf<Job>({
    prepareForCreate: prepareJob,
    validate: validateJob,
    validateUpdate: validateJobUpdate,
    orphanByDefault: true,
  }),
  CronJob: strategyOf<CronJob>({ validate: validateCronJob }),
};

const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

function templateGeneration(set: Draft<DaemonSet>, value: string): void {
  set.metadata.annotations = { ...set.metadata.annotations, [TEMPLATE_GENERATION]: value };
}

/** Any kind with a selector. */
type Selecting = { readonly spec: { readonly selector?: LabelSelector | undefined } };

function frozenSelector({ spec: after }: Selecting, { spec: before }: Selecting): FieldError[] {
  if (equalValues(after.selector, before.selector)) return [];
  return [invalidValue("spec.selector", after.selector, "field is immutable")];
}

const STATEFUL_SET_FREE = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];

function validateStatefulSetUpdate(object: StatefulSet, old: StatefulSet): FieldError[] {
  const after: Fields = { ...object.spec };
  const before: Fields = { ...old.spec };
  for (const key of STATEFUL_SET_FREE) {
    delete after[key];
    delete before[key];
  }
  if (equalValues(after, before)) return [];
  return [
    forbiddenField(
      "spec",
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  ];
}

function validateReplicationController({ spec }: ReplicationController): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.replicas ?? 0) < 0)
    errors.push(invalidValue("spec.replicas", spec.replicas, "must be greater than or equal to 0"));
  if (Object.keys(spec.selector ?? {}).length === 0) errors.push(required("spec.selector"));
  if (spec.template == null) errors.push(required("spec.template"));
  else errors.push(...validatePodSpec(spec.template.spec, "spec.template.spec"));
  return errors;
}

function prepareJob(job: Draft<Job>): void {
  if (job.spec.manualSelector === true || !job.spec.template) return;
  const labels = {
    "batch.kubernetes.io/controller-uid": job.metadata.uid ?? "",
    "batch.kubernetes.io/job-name": job.metadata.name ?? "",
    "controller-uid": job.metadata.uid ?? "",
    "job-name": job.metadata.name ?? "",
  };
  job.spec.template.metadata ??= {};
  job.spec.template.metadata.labels = { ...job.spec.template.metadata.labels, ...labels };
  job.spec.selector ??= {};
  job.spec.selector.matchLabels = {
    ...job.spec.selector.matchLabels,
    "batch.kubernetes.io/controller-uid": labels["batch.kubernetes.io/controller-uid"],
  };
}

function validateJob({ spec }: Job): FieldError[] {
  return jobSpecErrors(spec, "spec");
}

function jobSpecErrors(spec: Job["spec"], field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of [
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
  ] as const) {
    if ((spec[key] ?? 0) < 0)
      errors.push(invalidValue(`${field}.${key}`, spec[key], "must be greater than or equal to 0"));
  }
  if (!spec.template) return errors;
  errors.push(...validatePodSpec(spec.template.spec, `${field}.template.spec`));
  const policy = spec.template.spec.restartPolicy;
  if (policy !== "OnFailure" && policy !== "Never") {
    errors.push({
      type: "FieldValueRequired",
      field: `${field}.template.spec.restartPolicy`,
      detail: `valid values: "OnFailure", "Never"`,
    });
  }
  return errors;
}

function validateJobUpdate({ spec: after }: Job, { spec: before }: Job): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of ["completions", "selector", "template", "completionMode"] as const) {
    if (key === "completions" && after.completionMode === "Indexed") continue;
    if (!equalValues(after[key], before[key]))
      errors.push(invalidValue(`spec.${key}`, after[key], "field is immutable"));
  }
  return errors;
}

function validateCronJob({ spec, metadata }: CronJob): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.schedule) errors.push(required("spec.schedule"));
  else {
    const problem = validateCronSchedule(spec.schedule);
    if (problem !== undefined) errors.push(invalidValue("spec.schedule", spec.schedule, problem));
  }
  if (spec.concurrencyPolicy && !["Allow", "Forbid", "Replace"].includes(spec.concurrencyPolicy)) {
    errors.push(notSupported("spec.concurrencyPolicy", spec.concurrencyPolicy, ["Allow", "Forbid", "Replace"]));
  }
  if ((metadata.name?.length ?? 0) > 52)
    errors.push(invalidValue("metadata.name", metadata.name, "must be no more than 52 characters"));
  if (spec.jobTemplate) errors.push(...jobSpecErrors(spec.jobTemplate.spec, "spec.jobTemplate.spec"));
  return errors;
}
