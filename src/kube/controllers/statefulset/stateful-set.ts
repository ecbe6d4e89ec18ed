import type { Task } from "../../../sim/task.ts";
import type { PersistentVolumeClaim, Pod, StatefulSet, StatefulSetStatus } from "../../api/types.generated.ts";
import { referenceTo } from "../../client/event-recorder.ts";
import { sameJson } from "../../client/json-value.ts";
import { isPodAvailable, isPodReady, isPodTerminal } from "../../client/pod-state.ts";
import { CONTROLLER_REVISIONS, PERSISTENT_VOLUME_CLAIMS, PODS, STATEFUL_SETS } from "../../client/resources.ts";
import { isAlreadyExists, isNotFound, StatusError } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { podFromTemplate } from "../pod-control.ts";
import { claim, followOwned, indexByOwner } from "../pod-ownership.ts";
import { type History, nameOf, REVISION_HASH, RevisionHistory } from "../revisions.ts";
import { WrittenObjects } from "../written-objects.ts";

const POD_NAME = "statefulset.kubernetes.io/pod-name";
const POD_INDEX = "apps.kubernetes.io/pod-index";

/** Keeps StatefulSets' pods, one by one, each under its own name. */
export const statefulSetController: ControllerDefinition = {
  name: "statefulset-controller",
  serviceAccount: "statefulset-controller",
  eventSource: "statefulset-controller",
  start: (context) => new StatefulSetController(context).start(),
};

/** Mirrors pkg/controller/statefulset. */
class StatefulSetController {
  private readonly context: ControllerContext;
  private readonly sets;
  private readonly pods;
  private readonly revisions;
  private readonly claims;
  private readonly history: RevisionHistory;
  private readonly written: WrittenObjects<Pod>;
  private readonly queue;

  constructor(context: ControllerContext) {
    this.context = context;
    this.sets = indexByOwner(context.informer(STATEFUL_SETS));
    this.pods = indexByOwner(context.informer(PODS));
    this.revisions = indexByOwner(context.informer(CONTROLLER_REVISIONS));
    this.claims = context.informer(PERSISTENT_VOLUME_CLAIMS);
    this.history = new RevisionHistory(context, this.revisions);
    this.written = new WrittenObjects(this.pods);
    this.queue = newQueue(context);
  }

  start(): void {
    this.sets.onChange(({ key }) => this.queue.add(key));
    followOwned(this.pods, "StatefulSet", (key) => this.queue.add(key));
    const informers = [this.sets, this.pods, this.revisions, this.claims];
    runWorkers(this.context, "statefulset", this.queue, (key) => this.reconcile(key), informers, 1);
  }

  private *reconcile(key: string): Task<void> {
    const set = this.sets.get(key);
    if (set === undefined) return;
    const { selector, template, revisionHistoryLimit: limit = 10 } = set.spec ?? {};
    const owner = { of: STATEFUL_SETS, object: set, selector, template, limit, annotations: {} };
    const history = yield* this.history.sync(owner);
    const seen = yield* claim(this.context, STATEFUL_SETS, set, selector, PODS, this.pods);
    const uid = set.metadata.uid;
    const pods = this.written.newest(
      seen,
      (pod) => pod.metadata.ownerReferences?.some((other) => other.uid === uid) === true,
    );
    const before = this.currentHash(set, history);
    if (set.metadata.deletionTimestamp === undefined) yield* this.converge(set, pods, before, nameOf(history.current));
    yield* this.writeStatus(set, pods, history, before);
    yield* this.history.trim(owner, history, new Set(pods.map((pod) => pod.metadata.labels?.[REVISION_HASH] ?? "")));
  }

  /** The hash of the revision that the set is rolling away from. */
  private currentHash(set: StatefulSet, history: History): string {
    const name = set.status?.currentRevision;
    const known = history.all.find((revision) => revision.metadata.name === name);
    return nameOf(known ?? history.current);
  }

  private *converge(set: StatefulSet, pods: readonly Pod[], current: string, update: string): Task<void> {
    const start = set.spec?.ordinals?.start ?? 0;
    const end = start + (set.spec?.replicas ?? 1);
    const parallel = set.spec?.podManagementPolicy === "Parallel";
    const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
    const partition = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (let ordinal = start; ordinal < end; ordinal++) {
      const pod = byOrdinal.get(ordinal);
      if (pod === undefined) {
        yield* this.create(set, ordinal, ordinal >= partition ? update : current);
        if (!parallel) return;
        continue;
      }
      if (isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined) {
        yield* this.remove(set, pod);
        return;
      }
      if (!parallel && (pod.metadata.deletionTimestamp !== undefined || !isPodReady(pod))) return;
    }
    const condemned = pods
      .filter((pod) => ordinalOf(pod) < start || ordinalOf(pod) >= end)
      .sort((a, b) => ordinalOf(b) - ordinalOf(a));
    for (const pod of condemned) {
      if (pod.metadata.deletionTimestamp === undefined) yield* this.remove(set, pod);
      if (!parallel) return;
    }
    if (set.spec?.updateStrategy?.type !== "OnDelete")
      yield* this.update(set, byOrdinal, Math.max(start, partition), end, update);
  }

  /** Replaces outdated pods from the highest ordinal down, each once the one above is healthy. */
  private *update(
    set: StatefulSet,
    byOrdinal: ReadonlyMap<number, Pod>,
    from: number,
    end: number,
    hash: string,
  ): Task<void> {
    for (let ordinal = end - 1; ordinal >= from; ordinal--) {
      const pod = byOrdinal.get(ordinal);
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
      if (pod.metadata.labels?.[REVISION_HASH] !== hash) {
        yield* this.remove(set, pod);
        return;
      }
      if (!isPodReady(pod)) return;
    }
  }

  private *create(set: StatefulSet, ordinal: number, hash: string): Task<void> {
    const name = `${set.metadata.name}-${ordinal}`;
    const about = referenceTo("StatefulSet", "apps/v1", set);
    try {
      yield* this.ensureClaims(set, ordinal);
      this.written.remember(yield* this.context.client.create(PODS, statefulPod(set, ordinal, hash)));
      this.context.recorder.event(
        about,
        "Normal",
        "SuccessfulCreate",
        `Create Pod ${name} in StatefulSet ${set.metadata.name} successful`,
      );
    } catch (error) {
      if (isAlreadyExists(error)) return;
      if (error instanceof StatusError) {
        const message = `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`;
        this.context.recorder.event(about, "Warning", "FailedCreate", message);
      }
      throw error;
    }
  }

  private *ensureClaims(set: StatefulSet, ordinal: number): Task<void> {
    for (const template of set.spec?.volumeClaimTemplates ?? []) {
      const name = `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
      if (this.claims.get(`${set.metadata.namespace}/${name}`) !== undefined) continue;
      const labels = { ...template.metadata.labels, ...set.spec?.selector?.matchLabels };
      const metadata = { ...template.metadata, name, namespace: set.metadata.namespace, labels };
      try {
        yield* this.context.client.create(PERSISTENT_VOLUME_CLAIMS, {
          metadata,
          spec: template.spec,
        } as PersistentVolumeClaim);
        const message = `create Claim ${name} Pod ${set.metadata.name}-${ordinal} in StatefulSet ${set.metadata.name} success`;
        this.context.recorder.event(referenceTo("StatefulSet", "apps/v1", set), "Normal", "SuccessfulCreate", message);
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
    }
  }

  private *remove(set: StatefulSet, pod: Pod): Task<void> {
    const { namespace = "", name = "" } = pod.metadata;
    this.written.forget(pod);
    try {
      yield* this.context.client.delete(
        PODS,
        namespace,
        name,
        pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid },
      );
      const message = `Delete Pod ${name} in StatefulSet ${set.metadata.name} successful`;
      this.context.recorder.event(referenceTo("StatefulSet", "apps/v1", set), "Normal", "SuccessfulDelete", message);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  private *writeStatus(set: StatefulSet, pods: readonly Pod[], history: History, before: string): Task<void> {
    const update = nameOf(history.current);
    const count = (test: (pod: Pod) => boolean) => pods.filter(test).length;
    const updated = count((pod) => pod.metadata.labels?.[REVISION_HASH] === update);
    const ready = count(isPodReady);
    const rolled =
      updated === pods.length && ready === (set.spec?.replicas ?? 1) && updated === (set.spec?.replicas ?? 1);
    const current = rolled ? update : before;
    const name = (hash: string) => history.all.find((revision) => nameOf(revision) === hash)?.metadata.name ?? "";
    const positive = (key: string, value: number) => (value === 0 ? {} : { [key]: value });
    const status = {
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      ...positive("readyReplicas", ready),
      ...positive(
        "currentReplicas",
        count((pod) => pod.metadata.labels?.[REVISION_HASH] === current),
      ),
      ...positive("updatedReplicas", updated),
      currentRevision: name(current),
      updateRevision: name(update),
      collisionCount: set.status?.collisionCount ?? 0,
      availableReplicas: count((pod) => isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, this.context.clock.now)),
    } as StatefulSetStatus;
    if (!sameJson(status, set.status)) yield* this.context.client.update(STATEFUL_SETS, { ...set, status }, "status");
  }
}

function ordinalOf(pod: Pod): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name ?? "")?.[1] ?? -1);
}

function statefulPod(set: StatefulSet, ordinal: number, hash: string): Pod {
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podFromTemplate(STATEFUL_SETS, set, set.spec?.template, name);
  const labels = { ...pod.metadata.labels, [POD_INDEX]: String(ordinal), [REVISION_HASH]: hash, [POD_NAME]: name };
  const volumes = (set.spec?.volumeClaimTemplates ?? []).map((template) => ({
    name: template.metadata.name ?? "",
    persistentVolumeClaim: { claimName: `${template.metadata.name}-${name}` },
  }));
  const own = new Set(volumes.map((volume) => volume.name));
  const others = (pod.spec.volumes ?? []).filter((volume) => !own.has(volume.name));
  const all = [...volumes, ...others];
  const subdomain = set.spec?.serviceName ? { subdomain: set.spec.serviceName } : {};
  const spec = { ...pod.spec, ...(all.length === 0 ? {} : { volumes: all }), hostname: name, ...subdomain };
  return { ...pod, metadata: { ...pod.metadata, labels }, spec };
}
