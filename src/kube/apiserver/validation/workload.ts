import { fromLabelSelector, matchesLabels } from "../../api/labels.ts";
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import { validateLabels } from "./metadata.ts";
import { forbiddenField, invalidValue, notSupported, required } from "./names.ts";
import { validatePodSpec } from "./pod-spec.ts";
import { amountOrPercent } from "./policy.ts";

const NEGATIVE = "must be greater than or equal to 0";

/** The spec of any kind with a selector and a template. */
type Templated = Pick<Deployment["spec"], "selector" | "template" | "replicas">;

/** ValidateDeployment. */
export function validateDeployment({ spec }: Deployment): FieldError[] {
  const errors = templateErrors(spec, "deployment");
  errors.push(...strategyErrors(spec.strategy));
  errors.push(...negativeErrors(spec, ["minReadySeconds", "revisionHistoryLimit"]));
  const deadline = spec.progressDeadlineSeconds;
  if (deadline != null) {
    if (deadline < 0) errors.push(invalidValue("spec.progressDeadlineSeconds", deadline, NEGATIVE));
    if (deadline <= (spec.minReadySeconds ?? 0))
      errors.push(invalidValue("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"));
  }
  return errors;
}

function strategyErrors(strategy: Deployment["spec"]["strategy"]): FieldError[] {
  const field = "spec.strategy";
  if (strategy?.type === "Recreate") {
    if (strategy.rollingUpdate == null) return [];
    return [forbiddenField(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (strategy?.type !== "RollingUpdate")
    return [notSupported(`${field}.type`, strategy?.type ?? "", ["Recreate", "RollingUpdate"])];
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {};
  const errors = amountOrPercent(maxUnavailable, `${field}.rollingUpdate.maxUnavailable`);
  errors.push(
    ...amountOrPercent(maxSurge, `${field}.rollingUpdate.maxSurge`).filter(({ detail }) => !detail.includes("100%")),
  );
  if (isNothing(maxUnavailable) && isNothing(maxSurge)) {
    const detail = "may not be 0 when `maxSurge` is 0";
    errors.push(invalidValue(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable ?? 0, detail));
  }
  return errors;
}

function isNothing(amount: number | string | null | undefined): boolean {
  return amount === 0 || amount === "0" || amount === "0%";
}

/** ValidateReplicaSet. */
export function validateReplicaSet({ spec }: ReplicaSet): FieldError[] {
  return [...templateErrors(spec, "deployment"), ...negativeErrors(spec, ["minReadySeconds"])];
}

/** ValidateDaemonSet. */
export function validateDaemonSet({ spec }: DaemonSet): FieldError[] {
  const errors = templateErrors(spec, "daemonset");
  const { type } = spec.updateStrategy ?? {};
  if (type !== "OnDelete" && type !== "RollingUpdate")
    errors.push(notSupported("spec.updateStrategy.type", type ?? "", ["OnDelete", "RollingUpdate"]));
  return [...errors, ...negativeErrors(spec, ["minReadySeconds", "revisionHistoryLimit"])];
}

/** ValidateStatefulSet. */
export function validateStatefulSet({ spec }: StatefulSet): FieldError[] {
  const errors: FieldError[] = [];
  const policy = spec.podManagementPolicy;
  if (!policy) errors.push(required("spec.podManagementPolicy"));
  else if (policy !== "OrderedReady" && policy !== "Parallel") {
    const detail = `must be 'OrderedReady' or 'Parallel'`;
    errors.push(invalidValue("spec.podManagementPolicy", policy, detail));
  }
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  if (!type) errors.push(required("spec.updateStrategy"));
  else if (type === "OnDelete" && rollingUpdate != null) {
    const detail = `only allowed for updateStrategy 'RollingUpdate'`;
    errors.push(invalidValue("spec.updateStrategy.rollingUpdate", rollingUpdate, detail));
  } else if (type !== "OnDelete" && type !== "RollingUpdate") {
    errors.push(invalidValue("spec.updateStrategy", spec.updateStrategy, "must be 'RollingUpdate' or 'OnDelete'"));
  }
  return [...errors, ...templateErrors(spec, "statefulset")];
}

function negativeErrors<T extends object>(spec: T, keys: readonly (keyof T & string)[]): FieldError[] {
  return keys.flatMap((key) => {
    const value = spec[key];
    return typeof value === "number" && value < 0 ? [invalidValue(`spec.${key}`, value, NEGATIVE)] : [];
  });
}

/** What all of them ask of selector and template. */
function templateErrors(spec: Templated, kind: string): FieldError[] {
  const errors = negativeErrors(spec, ["replicas"]);
  const labels = spec.template?.metadata?.labels ?? undefined;
  const requirements = fromLabelSelector(spec.selector);
  if (requirements === "nothing") errors.push(required("spec.selector"));
  else if (requirements.length === 0)
    errors.push(invalidValue("spec.selector", {}, `empty selector is invalid for ${kind}`));
  if (requirements === "nothing" || !matchesLabels(requirements, labels)) {
    const detail = "`selector` does not match template `labels`";
    if (requirements !== "nothing") errors.push(invalidValue("spec.template.metadata.labels", labels ?? {}, detail));
  }
  if (!spec.template) return errors;
  errors.push(...validateLabels(labels, "spec.template.labels"));
  // Its claims are volumes too: upstream does not look at the pods that a StatefulSet would make.
  if (kind !== "statefulset") errors.push(...validatePodSpec(spec.template.spec, "spec.template.spec"));
  const policy = spec.template.spec.restartPolicy;
  if (policy && policy !== "Always") errors.push(notSupported("spec.template.spec.restartPolicy", policy, ["Always"]));
  if (spec.template.spec.activeDeadlineSeconds != null) {
    const detail = `activeDeadlineSeconds in ${KINDS[kind] ?? kind} is not Supported`;
    errors.push(forbiddenField("spec.template.spec.activeDeadlineSeconds", detail));
  }
  return errors;
}

const KINDS: Readonly<Record<string, string>> = {
  deployment: "ReplicaSet",
  daemonset: "DaemonSet",
  statefulset: "StatefulSet",
};
