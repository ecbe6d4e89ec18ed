import { rfc3339 } from "../../../base/rfc3339.ts";
import { timeOrZero } from "../../api/time.ts";
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from "../../api/types.generated.ts";
import { maxUnavailable, type ReplicaSets, replicasOf } from "./replica-sets.ts";

/** What a Deployment's Progressing condition may say. */
export type ProgressReason =
  | "NewReplicaSetCreated"
  | "FoundNewReplicaSet"
  | "ReplicaSetUpdated"
  | "NewReplicaSetAvailable"
  | "ProgressDeadlineExceeded"
  | "DeploymentPaused"
  | "DeploymentResumed"
  | "ReplicaSetCreateError";

type Conditions = readonly DeploymentCondition[];

function newCondition(
  type: string,
  status: string,
  reason: string,
  message: string,
  nowMs: number,
): DeploymentCondition {
  const at = rfc3339(nowMs);
  return { type, status, lastUpdateTime: at, lastTransitionTime: at, reason, message };
}

/** Puts a condition in; the same status and reason again changes nothing, the same status keeps its transition time. */
function withCondition(conditions: Conditions, condition: DeploymentCondition): Conditions {
  const known = conditions.find((other) => other.type === condition.type);
  if (known?.status === condition.status && known?.reason === condition.reason) return conditions;
  const kept =
    known?.status === condition.status ? { ...condition, lastTransitionTime: known.lastTransitionTime } : condition;
  return [...conditions.filter((other) => other.type !== condition.type), kept];
}

/** The conditions with what the rollout has come to. */
export function withProgress(
  conditions: Conditions,
  reason: ProgressReason,
  message: string,
  nowMs: number,
): Conditions {
  const status = reason === "ProgressDeadlineExceeded" || reason === "ReplicaSetCreateError" ? "False" : "True";
  const unknown = reason === "DeploymentPaused" || reason === "DeploymentResumed";
  return withCondition(conditions, newCondition("Progressing", unknown ? "Unknown" : status, reason, message, nowMs));
}

/** Counts pods over all ReplicaSets and says whether enough are available. Mirrors deployment/sync.go calculateStatus. */
export function statusOf(deployment: Deployment, sets: ReplicaSets, nowMs: number): DeploymentStatus {
  const all = sets.all;
  const available = sum(all, (set) => set.status?.availableReplicas ?? 0);
  const total = sum(all, (set) => set.spec?.replicas ?? 0);
  const unavailable = Math.max(0, total - available);
  let conditions: Conditions = deployment.status?.conditions ?? [];
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment);
  conditions = withCondition(
    conditions,
    enough
      ? newCondition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", nowMs)
      : newCondition(
          "Available",
          "False",
          "MinimumReplicasUnavailable",
          "Deployment does not have minimum availability.",
          nowMs,
        ),
  );
  return {
    observedGeneration: deployment.metadata.generation,
    ...positive(
      "replicas",
      sum(all, (set) => set.status?.replicas ?? 0),
    ),
    ...positive("updatedReplicas", sets.current?.status?.replicas ?? 0),
    ...positive(
      "readyReplicas",
      sum(all, (set) => set.status?.readyReplicas ?? 0),
    ),
    ...positive("availableReplicas", available),
    ...positive("unavailableReplicas", unavailable),
    terminatingReplicas: sum(all, (set) => set.status?.terminatingReplicas ?? 0),
    conditions,
    ...(deployment.status?.collisionCount === undefined ? {} : { collisionCount: deployment.status.collisionCount }),
  } as DeploymentStatus;
}

function positive(name: string, count: number): Readonly<Record<string, number>> {
  return count === 0 ? {} : { [name]: count };
}

function sum(sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number {
  return sets.reduce((total, set) => total + count(set), 0);
}

/** Whether all pods are of the new template and available. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = replicasOf(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function isProgressing(old: DeploymentStatus | undefined, status: DeploymentStatus): boolean {
  const outdated = (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  const outdatedBefore = (old?.replicas ?? 0) - (old?.updatedReplicas ?? 0);
  return (
    (status.updatedReplicas ?? 0) > (old?.updatedReplicas ?? 0) ||
    outdated < outdatedBefore ||
    (status.readyReplicas ?? 0) > (old?.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (old?.availableReplicas ?? 0)
  );
}

/** Whether nothing has moved for longer than the deadline allows. */
export function isTimedOut(deployment: Deployment, conditions: Conditions, nowMs: number): boolean {
  const condition = conditions.find((other) => other.type === "Progressing");
  const seconds = deployment.spec?.progressDeadlineSeconds;
  if (condition === undefined || seconds === undefined || condition.reason === "NewReplicaSetAvailable") return false;
  if (condition.reason === "ProgressDeadlineExceeded") return true;
  return timeOrZero(condition.lastUpdateTime) + seconds * 1000 < nowMs;
}

/**
 * The status with the Progressing condition that follows from what moved. Mirrors deployment/progress.go
 * syncRolloutStatus.
 */
export function rolloutStatus(deployment: Deployment, sets: ReplicaSets, nowMs: number): DeploymentStatus {
  const status = statusOf(deployment, sets, nowMs);
  if (
    deployment.spec?.progressDeadlineSeconds === undefined ||
    deployment.spec.progressDeadlineSeconds >= 2 ** 31 - 1
  ) {
    return { ...status, conditions: (status.conditions ?? []).filter((condition) => condition.type !== "Progressing") };
  }
  let conditions = status.conditions ?? [];
  const known = conditions.find((condition) => condition.type === "Progressing");
  const settled = status.replicas === status.updatedReplicas && known?.reason === "NewReplicaSetAvailable";
  if (!settled) {
    const what =
      sets.current === undefined
        ? `Deployment "${deployment.metadata.name}"`
        : `ReplicaSet "${sets.current.metadata.name}"`;
    if (isComplete(deployment, status)) {
      conditions = withProgress(conditions, "NewReplicaSetAvailable", `${what} has successfully progressed.`, nowMs);
    } else if (isProgressing(deployment.status, status)) {
      conditions = progressed(conditions, `${what} is progressing.`, nowMs);
    } else if (isTimedOut(deployment, conditions, nowMs)) {
      conditions = withProgress(conditions, "ProgressDeadlineExceeded", `${what} has timed out progressing.`, nowMs);
    }
  }
  return { ...status, conditions: withReplicaFailure(conditions, sets) };
}

function progressed(conditions: Conditions, message: string, nowMs: number): Conditions {
  const condition = newCondition("Progressing", "True", "ReplicaSetUpdated", message, nowMs);
  const known = conditions.find((other) => other.type === "Progressing");
  const kept = known?.status === "True" ? { ...condition, lastTransitionTime: known.lastTransitionTime } : condition;
  return [...conditions.filter((other) => other.type !== "Progressing"), kept];
}

function withReplicaFailure(conditions: Conditions, sets: ReplicaSets): Conditions {
  const others = conditions.filter((condition) => condition.type !== "ReplicaFailure");
  for (const set of sets.current === undefined ? sets.old : [sets.current]) {
    const failure = set.status?.conditions?.find((condition) => condition.type === "ReplicaFailure");
    if (failure === undefined) continue;
    const { status, reason, message, lastTransitionTime } = failure;
    return [
      ...others,
      { type: "ReplicaFailure", status, lastUpdateTime: lastTransitionTime, lastTransitionTime, reason, message },
    ];
  }
  return others;
}
