import { timeOrZero } from "../../api/time.ts";
import type { Deployment, PodTemplateSpec, ReplicaSet } from "../../api/types.generated.ts";
import { canonicalJson, safeHash, sameJson } from "../../client/json-value.ts";
import { controllerReference } from "../../client/owner.ts";
import { DEPLOYMENTS } from "../../client/resources.ts";
import { scaled } from "../int-or-percent.ts";

export const REVISION = "deployment.kubernetes.io/revision";
const REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
export const DESIRED = "deployment.kubernetes.io/desired-replicas";
const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";
const HASH_LABEL = "pod-template-hash";
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const NOT_COPIED = new Set([
  LAST_APPLIED,
  REVISION,
  REVISION_HISTORY,
  DESIRED,
  MAX_REPLICAS,
  "deprecated.deployment.rollback.to",
]);

/** A Deployment's ReplicaSets: the one of its present template, if there is one, and the others, oldest first. */
export interface ReplicaSets {
  readonly current: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  readonly all: readonly ReplicaSet[];
}

export function replicasOf(deployment: Deployment): number {
  return deployment.spec?.replicas ?? 1;
}

/** How many pods a rolling update may be short of. */
export function maxUnavailable(deployment: Deployment): number {
  if (deployment.spec?.strategy?.type === "Recreate" || replicasOf(deployment) === 0) return 0;
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  const total = replicasOf(deployment);
  const short = scaled(rolling?.maxUnavailable as number | string | undefined, total, false);
  const surge = scaled(rolling?.maxSurge as number | string | undefined, total, true);
  return Math.min(short === 0 && surge === 0 ? 1 : short, total);
}

/** How many pods a rolling update may have beyond the wanted number. */
export function maxSurge(deployment: Deployment): number {
  if (deployment.spec?.strategy?.type === "Recreate") return 0;
  return scaled(
    deployment.spec?.strategy?.rollingUpdate?.maxSurge as number | string | undefined,
    replicasOf(deployment),
    true,
  );
}

/** Tells the ReplicaSet of the present template from the others. */
export function sortReplicaSets(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSets {
  const ordered = [...sets].sort(byAge);
  const current = ordered.find((set) => sameTemplate(set.spec?.template, deployment.spec?.template));
  return { current, old: ordered.filter((set) => set !== current), all: ordered };
}

/** Oldest first, then by name. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const difference = timeOrZero(a.metadata.creationTimestamp) - timeOrZero(b.metadata.creationTimestamp);
  if (difference !== 0) return difference;
  return (a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1;
}

function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return sameJson(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec | undefined): unknown {
  const { [HASH_LABEL]: _hash, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

/** The name of the present template. */
function templateHash(deployment: Deployment): string {
  return safeHash(canonicalJson(deployment.spec?.template) + (deployment.status?.collisionCount ?? ""));
}

function revisionOf(object: {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> | undefined };
}): number {
  return Number.parseInt(object.metadata.annotations?.[REVISION] ?? "0", 10) || 0;
}

/** The revision that a new template gets. */
export function nextRevision(old: readonly ReplicaSet[]): string {
  return String(old.reduce((most, set) => Math.max(most, revisionOf(set)), 0) + 1);
}

/** The annotations that its ReplicaSet takes over from the Deployment. */
function copiedAnnotations(deployment: Deployment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !NOT_COPIED.has(name)),
  );
}

/** What a ReplicaSet remembers of the Deployment's size, to tell scaling from rolling. */
export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  return {
    [DESIRED]: String(replicasOf(deployment)),
    [MAX_REPLICAS]: String(replicasOf(deployment) + maxSurge(deployment)),
  };
}

/** A ReplicaSet for the present template. */
export function newReplicaSet(deployment: Deployment, revision: string, replicas: number): ReplicaSet {
  const hash = templateHash(deployment);
  const template = deployment.spec?.template;
  const labels = { ...template?.metadata?.labels, [HASH_LABEL]: hash };
  const selector = deployment.spec?.selector;
  const minReadySeconds = deployment.spec?.minReadySeconds;
  return {
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: { ...copiedAnnotations(deployment), ...sizeAnnotations(deployment), [REVISION]: revision },
      ownerReferences: [controllerReference(DEPLOYMENTS, deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  } as ReplicaSet;
}

/** The annotations that `set` ought to have; undefined when it has them. */
export function updatedAnnotations(
  deployment: Deployment,
  set: ReplicaSet,
  revision: string,
): Record<string, string> | undefined {
  const old = set.metadata.annotations ?? {};
  const wanted: Record<string, string> = { ...old, ...copiedAnnotations(deployment), ...sizeAnnotations(deployment) };
  const oldRevision = old[REVISION];
  if (Number(oldRevision ?? 0) < Number(revision)) {
    wanted[REVISION] = revision;
    if (oldRevision !== undefined)
      wanted[REVISION_HISTORY] = [old[REVISION_HISTORY], oldRevision].filter(Boolean).join(",");
  }
  return sameJson(old, wanted) ? undefined : wanted;
}

/** How many replicas the new ReplicaSet should have next in a rolling update. */
export function newReplicaCount(deployment: Deployment, sets: readonly ReplicaSet[], current: number): number {
  const wanted = replicasOf(deployment);
  if (deployment.spec?.strategy?.type === "Recreate") return wanted;
  const total = sets.reduce((count, set) => count + (set.spec?.replicas ?? 0), 0);
  const limit = wanted + maxSurge(deployment);
  if (total >= limit) return current;
  return current + Math.min(limit - total, wanted - current);
}
