import type { Task } from "../../../sim/task.ts";
import { timeOrZero } from "../../api/time.ts";
import type { Deployment, DeploymentStatus, Pod, ReplicaSet } from "../../api/types.generated.ts";
import { referenceTo } from "../../client/event-recorder.ts";
import { objectKey } from "../../client/informer.ts";
import { sameJson } from "../../client/json-value.ts";
import { selects } from "../../client/label-selector.ts";
import { controllerOf } from "../../client/owner.ts";
import { isPodActive } from "../../client/pod-state.ts";
import { DEPLOYMENTS, PODS, REPLICA_SETS } from "../../client/resources.ts";
import { isAlreadyExists, isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { BY_NAMESPACE, BY_OWNER, claim, indexByOwner } from "../pod-ownership.ts";
import { isComplete, isTimedOut, rolloutStatus, statusOf, withProgress } from "./conditions.ts";
import { proportions } from "./proportions.ts";
import {
  byAge,
  DESIRED,
  maxUnavailable,
  newReplicaCount,
  newReplicaSet,
  nextRevision,
  REVISION,
  type ReplicaSets,
  replicasOf,
  sizeAnnotations,
  sortReplicaSets,
  updatedAnnotations,
} from "./replica-sets.ts";

/** Rolls Deployments out over ReplicaSets. */
export const deploymentController: ControllerDefinition = {
  name: "deployment-controller",
  serviceAccount: "deployment-controller",
  eventSource: "deployment-controller",
  start: (context) => new DeploymentController(context).start(),
};

/** Mirrors pkg/controller/deployment. */
class DeploymentController {
  private readonly context: ControllerContext;
  private readonly deployments;
  private readonly sets;
  private readonly pods;
  private readonly queue;
  private readonly written = new Map<string, Deployment>();

  constructor(context: ControllerContext) {
    this.context = context;
    this.deployments = indexByOwner(context.informer(DEPLOYMENTS));
    this.sets = indexByOwner(context.informer(REPLICA_SETS));
    this.pods = indexByOwner(context.informer(PODS));
    this.queue = newQueue(context);
  }

  start(): void {
    this.deployments.onChange(({ key }) => this.queue.add(key));
    this.sets.onChange(({ old, object }) => this.follow(old, object));
    this.pods.onChange(({ object, old }) => {
      if (object === undefined && old !== undefined) this.podGone(old);
    });
    const informers = [this.deployments, this.sets, this.pods];
    runWorkers(this.context, "deployment", this.queue, (key) => this.reconcile(key), informers, 5);
  }

  private follow(old: ReplicaSet | undefined, set: ReplicaSet | undefined): void {
    const some = set ?? old;
    if (some === undefined) return;
    const owner = controllerOf(some);
    if (owner?.kind === "Deployment") this.queue.add(`${some.metadata.namespace}/${owner.name}`);
    if (owner !== undefined || set === undefined) return;
    for (const deployment of this.deployments.byIndex(BY_NAMESPACE, some.metadata.namespace ?? "")) {
      if (selects(deployment.spec?.selector, some.metadata.labels)) this.queue.add(objectKey(deployment.metadata));
    }
  }

  /** A Deployment that recreates may go on once its last old pod is gone. */
  private podGone(pod: Pod): void {
    const owner = controllerOf(pod);
    if (owner?.kind !== "ReplicaSet") return;
    const set = this.sets.get(`${pod.metadata.namespace}/${owner.name}`);
    const deployment = set === undefined ? undefined : controllerOf(set);
    if (deployment === undefined) return;
    const key = `${pod.metadata.namespace}/${deployment.name}`;
    if (this.deployments.get(key)?.spec?.strategy?.type === "Recreate") this.queue.add(key);
  }

  private *reconcile(key: string): Task<void> {
    const known = this.deployments.get(key);
    if (known === undefined) {
      this.written.delete(key);
      return;
    }
    const deployment = this.latest(known);
    const owned = yield* claim(
      this.context,
      DEPLOYMENTS,
      deployment,
      deployment.spec?.selector,
      REPLICA_SETS,
      this.sets,
    );
    const sets = sortReplicaSets(deployment, owned);
    if (deployment.metadata.deletionTimestamp !== undefined) {
      yield* this.writeStatus(deployment, statusOf(deployment, sets, this.context.clock.now));
      return;
    }
    const noted = yield* this.notePause(deployment);
    if (noted) return;
    if (deployment.spec?.paused === true || this.isScaling(deployment, sets)) {
      yield* this.syncSize(deployment, sets);
      return;
    }
    if (deployment.spec?.strategy?.type === "Recreate") yield* this.recreate(deployment, sets);
    else yield* this.roll(deployment, sets);
  }

  /** Says in a condition that the rollout is paused or resumed; true when that was written and comes back to us. */
  private *notePause(deployment: Deployment): Task<boolean> {
    if (deployment.spec?.progressDeadlineSeconds === undefined) return false;
    const conditions = deployment.status?.conditions ?? [];
    const progressing = conditions.find((condition) => condition.type === "Progressing");
    if (progressing?.reason === "ProgressDeadlineExceeded") return false;
    const paused = progressing?.reason === "DeploymentPaused";
    if (deployment.spec.paused === true && !paused) {
      return yield* this.writeProgress(deployment, "DeploymentPaused", "Deployment is paused");
    }
    if (deployment.spec.paused !== true && paused) {
      return yield* this.writeProgress(deployment, "DeploymentResumed", "Deployment is resumed");
    }
    return false;
  }

  private *writeProgress(
    deployment: Deployment,
    reason: "DeploymentPaused" | "DeploymentResumed",
    message: string,
  ): Task<boolean> {
    const conditions = withProgress(deployment.status?.conditions ?? [], reason, message, this.context.clock.now);
    yield* this.context.client.update(
      DEPLOYMENTS,
      { ...deployment, status: { ...deployment.status, conditions } } as Deployment,
      "status",
    );
    return true;
  }

  private isScaling(deployment: Deployment, sets: ReplicaSets): boolean {
    return sets.all.some((set) => {
      if ((set.spec?.replicas ?? 0) === 0) return false;
      const desired = set.metadata.annotations?.[DESIRED];
      return desired !== undefined && Number(desired) !== replicasOf(deployment);
    });
  }

  private *syncSize(deployment: Deployment, found: ReplicaSets): Task<void> {
    const sets = yield* this.syncRevision(deployment, found, false);
    const sized = yield* this.scaleAll(deployment, sets);
    if (deployment.spec?.paused === true) yield* this.cleanUp(deployment, sized);
    yield* this.writeStatus(deployment, statusOf(deployment, sized, this.context.clock.now));
  }

  /** Spreads a new size over the ReplicaSets that have pods. */
  private *scaleAll(deployment: Deployment, sets: ReplicaSets): Task<ReplicaSets> {
    const active = sets.all.filter((set) => (set.spec?.replicas ?? 0) > 0);
    const only = active.length <= 1 ? (active[0] ?? [...sets.all].sort(byAge).pop()) : undefined;
    if (only !== undefined) return yield* this.resize(deployment, sets, new Map([[only, replicasOf(deployment)]]));
    const saturated = sets.current !== undefined && isSaturated(deployment, sets.current);
    if (saturated)
      return yield* this.resize(
        deployment,
        sets,
        new Map(active.filter((set) => set !== sets.current).map((set) => [set, 0])),
      );
    if (deployment.spec?.strategy?.type === "Recreate") return sets;
    return yield* this.resize(deployment, sets, proportions(deployment, active));
  }

  private *resize(
    deployment: Deployment,
    sets: ReplicaSets,
    sizes: ReadonlyMap<ReplicaSet, number>,
  ): Task<ReplicaSets> {
    let all = sets.all;
    for (const [set, size] of sizes) {
      const updated = yield* this.scale(deployment, set, size);
      all = all.map((other) => (other === set ? updated : other));
    }
    return sortReplicaSets(deployment, all);
  }

  /** Sets a ReplicaSet's size and its memory of the Deployment's, with an event when the size changes. */
  private *scale(deployment: Deployment, set: ReplicaSet, size: number): Task<ReplicaSet> {
    const before = set.spec?.replicas ?? 0;
    const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) };
    if (before === size && sameJson(annotations, set.metadata.annotations)) return set;
    const wanted = {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...set.spec, replicas: size },
    } as ReplicaSet;
    const updated = yield* this.context.client.update(REPLICA_SETS, wanted);
    if (before !== size) this.sayScaled(deployment, set.metadata.name ?? "", before, size);
    return updated;
  }

  private sayScaled(deployment: Deployment, name: string, before: number, size: number): void {
    const way = before < size ? "up" : "down";
    const about = referenceTo("Deployment", "apps/v1", deployment);
    const message = `Scaled ${way} replica set ${name} from ${before} to ${size}`;
    this.context.recorder.event(about, "Normal", "ScalingReplicaSet", message);
  }

  /** Makes sure that the present template has a ReplicaSet (when `create`) with its revision, and the Deployment too. */
  private *syncRevision(deployment: Deployment, sets: ReplicaSets, create: boolean): Task<ReplicaSets> {
    const revision = nextRevision(sets.old);
    if (sets.current !== undefined) return yield* this.touchCurrent(deployment, sets, sets.current, revision);
    if (!create) return sets;
    const replicas = newReplicaCount(deployment, sets.old, 0);
    const current = yield* this.createSet(deployment, newReplicaSet(deployment, revision, replicas));
    if (replicas > 0) this.sayScaled(deployment, current.metadata.name ?? "", 0, replicas);
    yield* this.setRevision(deployment, revision, `Created new replica set "${current.metadata.name}"`);
    return sortReplicaSets(deployment, [...sets.all, current]);
  }

  private *touchCurrent(
    deployment: Deployment,
    sets: ReplicaSets,
    current: ReplicaSet,
    revision: string,
  ): Task<ReplicaSets> {
    const annotations = updatedAnnotations(deployment, current, revision);
    const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
    if (annotations !== undefined || (current.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
      const metadata = { ...current.metadata, annotations: annotations ?? current.metadata.annotations };
      const wanted = { ...current, metadata, spec: { ...current.spec, minReadySeconds } } as ReplicaSet;
      const updated = yield* this.context.client.update(REPLICA_SETS, wanted);
      return sortReplicaSets(
        deployment,
        sets.all.map((set) => (set === current ? updated : set)),
      );
    }
    const own = current.metadata.annotations?.[REVISION] ?? revision;
    const progressing = deployment.status?.conditions?.some((condition) => condition.type === "Progressing");
    const message = progressing ? undefined : `Found new replica set "${current.metadata.name}"`;
    yield* this.setRevision(deployment, own, message, "FoundNewReplicaSet");
    return sets;
  }

  private *createSet(deployment: Deployment, wanted: ReplicaSet): Task<ReplicaSet> {
    const { namespace = "", name = "" } = wanted.metadata;
    try {
      return yield* this.context.client.create(REPLICA_SETS, wanted);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const existing = yield* this.context.client.get(REPLICA_SETS, namespace, name);
      if (controllerOf(existing)?.uid === deployment.metadata.uid) return existing;
      const status = { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 };
      yield* this.context.client.update(DEPLOYMENTS, { ...deployment, status } as Deployment, "status");
      throw error;
    }
  }

  private *setRevision(
    deployment: Deployment,
    revision: string,
    message: string | undefined,
    reason: "NewReplicaSetCreated" | "FoundNewReplicaSet" = "NewReplicaSetCreated",
  ): Task<void> {
    let latest = this.latest(deployment);
    if (latest.metadata.annotations?.[REVISION] !== revision) {
      const annotations = { ...latest.metadata.annotations, [REVISION]: revision };
      const wanted = { ...latest, metadata: { ...latest.metadata, annotations } };
      latest = this.remember(yield* this.context.client.update(DEPLOYMENTS, wanted));
    }
    if (message === undefined || deployment.spec?.progressDeadlineSeconds === undefined) return;
    const conditions = withProgress(latest.status?.conditions ?? [], reason, message, this.context.clock.now);
    if (conditions === latest.status?.conditions) return;
    const wanted = { ...latest, status: { ...latest.status, conditions } } as Deployment;
    this.remember(yield* this.context.client.update(DEPLOYMENTS, wanted, "status"));
  }

  /** The newest we know: what we wrote last, until the informer has caught up. */
  private latest(deployment: Deployment): Deployment {
    const key = objectKey(deployment.metadata);
    const written = this.written.get(key);
    if (written?.metadata.uid !== deployment.metadata.uid) return deployment;
    return written === undefined || version(written) < version(deployment) ? deployment : written;
  }

  private remember(deployment: Deployment): Deployment {
    this.written.set(objectKey(deployment.metadata), deployment);
    return deployment;
  }

  /** One step of a rolling update: up if allowed, else down, else done. Mirrors deployment/rolling.go. */
  private *roll(deployment: Deployment, found: ReplicaSets): Task<void> {
    const sets = yield* this.syncRevision(deployment, found, true);
    const current = sets.current;
    if (current === undefined) return;
    const size = current.spec?.replicas ?? 0;
    const next = size > replicasOf(deployment) ? replicasOf(deployment) : newReplicaCount(deployment, sets.all, size);
    if (next !== size) {
      const sized = yield* this.resize(deployment, sets, new Map([[current, next]]));
      yield* this.finish(deployment, sized);
      return;
    }
    const shrunk = yield* this.shrinkOld(deployment, sets, current);
    if (shrunk === sets && isComplete(deployment, statusOf(deployment, sets, this.context.clock.now))) {
      yield* this.cleanUp(deployment, sets);
    }
    yield* this.finish(deployment, shrunk);
  }

  /** Takes pods from old ReplicaSets, unhealthy ones first, as far as availability allows. */
  private *shrinkOld(deployment: Deployment, sets: ReplicaSets, current: ReplicaSet): Task<ReplicaSets> {
    const old = sets.old.filter((set) => (set.spec?.replicas ?? 0) > 0);
    if (old.length === 0) return sets;
    const total = sets.all.reduce((count, set) => count + (set.spec?.replicas ?? 0), 0);
    const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
    const newUnavailable = (current.spec?.replicas ?? 0) - (current.status?.availableReplicas ?? 0);
    let budget = total - minAvailable - newUnavailable;
    if (budget <= 0) return sets;
    const sizes = new Map<ReplicaSet, number>();
    for (const set of old) {
      const size = set.spec?.replicas ?? 0;
      const unhealthy = Math.min(budget, size - (set.status?.availableReplicas ?? 0));
      if (unhealthy <= 0) continue;
      sizes.set(set, size - unhealthy);
      budget -= unhealthy;
    }
    const available = sets.all.reduce((count, set) => count + (set.status?.availableReplicas ?? 0), 0);
    let spare = available - minAvailable;
    for (const set of old) {
      const size = sizes.get(set) ?? set.spec?.replicas ?? 0;
      const take = Math.min(size, Math.max(0, spare));
      if (take === 0) continue;
      sizes.set(set, size - take);
      spare -= take;
    }
    return sizes.size === 0 ? sets : yield* this.resize(deployment, sets, sizes);
  }

  /** All old pods go before the first new one comes. */
  private *recreate(deployment: Deployment, found: ReplicaSets): Task<void> {
    const before = yield* this.syncRevision(deployment, found, false);
    const old = before.old.filter((set) => (set.spec?.replicas ?? 0) > 0);
    if (old.length > 0) {
      const shrunk = yield* this.resize(deployment, before, new Map(old.map((set) => [set, 0])));
      yield* this.finish(deployment, shrunk);
      return;
    }
    if (before.old.some((set) => this.hasPods(set))) {
      yield* this.finish(deployment, before);
      return;
    }
    const sets = yield* this.syncRevision(deployment, before, true);
    if (sets.current === undefined) return;
    const sized = yield* this.resize(deployment, sets, new Map([[sets.current, replicasOf(deployment)]]));
    if (isComplete(deployment, statusOf(deployment, sized, this.context.clock.now)))
      yield* this.cleanUp(deployment, sized);
    yield* this.finish(deployment, sized);
  }

  private hasPods(set: ReplicaSet): boolean {
    return this.pods
      .byIndex(BY_OWNER, set.metadata.uid ?? "")
      .some((pod) => isPodActive(pod) || pod.metadata.deletionTimestamp !== undefined);
  }

  /** Forgets ReplicaSets beyond the history limit. */
  private *cleanUp(deployment: Deployment, sets: ReplicaSets): Task<void> {
    const limit = deployment.spec?.revisionHistoryLimit;
    if (limit === undefined) return;
    const idle = sets.old.filter((set) => set.metadata.deletionTimestamp === undefined);
    const surplus = [...idle].sort(
      (a, b) => Number(a.metadata.annotations?.[REVISION] ?? 0) - Number(b.metadata.annotations?.[REVISION] ?? 0),
    );
    for (const set of surplus.slice(0, Math.max(0, idle.length - limit))) {
      if ((set.status?.replicas ?? 0) !== 0 || (set.spec?.replicas ?? 0) !== 0) continue;
      if ((set.metadata.generation ?? 0) > (set.status?.observedGeneration ?? 0)) continue;
      yield* this.dropSet(set);
    }
  }

  private *dropSet(set: ReplicaSet): Task<void> {
    try {
      yield* this.context.client.delete(REPLICA_SETS, set.metadata.namespace ?? "", set.metadata.name ?? "");
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  private *finish(deployment: Deployment, sets: ReplicaSets): Task<void> {
    const latest = this.latest(deployment);
    const now = this.context.clock.now;
    const status = rolloutStatus(latest, sets, now);
    yield* this.writeStatus(latest, status);
    this.lookAgainAtDeadline(latest, status);
  }

  /** Nothing will happen when a rollout hangs, so wake up when its time is over. */
  private lookAgainAtDeadline(deployment: Deployment, status: DeploymentStatus): void {
    const seconds = deployment.spec?.progressDeadlineSeconds;
    const condition = status.conditions?.find((other) => other.type === "Progressing");
    if (seconds === undefined || condition === undefined || isComplete(deployment, status)) return;
    const now = this.context.clock.now;
    if (condition.reason === "NewReplicaSetAvailable" || isTimedOut(deployment, status.conditions ?? [], now)) return;
    const left = timeOrZero(condition.lastUpdateTime) + seconds * 1000 - now;
    this.queue.addAfter(objectKey(deployment.metadata), left + 1000);
  }

  private *writeStatus(deployment: Deployment, status: DeploymentStatus): Task<void> {
    const latest = this.latest(deployment);
    if (sameJson(status, latest.status)) return;
    this.remember(yield* this.context.client.update(DEPLOYMENTS, { ...latest, status }, "status"));
  }
}

function version(deployment: Deployment): number {
  return Number(deployment.metadata.resourceVersion ?? 0);
}

function isSaturated(deployment: Deployment, set: ReplicaSet): boolean {
  const wanted = replicasOf(deployment);
  const desired = Number(set.metadata.annotations?.[DESIRED] ?? -1);
  return set.spec?.replicas === wanted && desired === wanted && set.status?.availableReplicas === wanted;
}
