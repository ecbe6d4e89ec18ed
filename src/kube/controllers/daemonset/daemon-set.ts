import type { Task } from "../../../sim/task.ts";
import type { DaemonSet, DaemonSetStatus, Pod } from "../../api/types.generated.ts";
import { referenceTo } from "../../client/event-recorder.ts";
import type { StoreChange } from "../../client/informer.ts";
import { sameJson } from "../../client/json-value.ts";
import { controllerOf } from "../../client/owner.ts";
import { isPodAvailable, isPodReady } from "../../client/pod-state.ts";
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from "../../client/resources.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { Expectations } from "../expectations.ts";
import { scaled } from "../int-or-percent.ts";
import { createPod, deletePod, isTerminating } from "../pod-control.ts";
import { claim, followOwned, indexByOwner } from "../pod-ownership.ts";
import { hashOf, REVISION_HASH, RevisionHistory } from "../revisions.ts";
import { daemonPod, nodeOf, verdict } from "./daemon-pods.ts";

const GENERATION = "deprecated.daemonset.template.generation";

/** Keeps one pod of each DaemonSet on every node that fits. */
export const daemonSetController: ControllerDefinition = {
  name: "daemonset-controller",
  serviceAccount: "daemon-set-controller",
  eventSource: "daemonset-controller",
  start: (context) => new DaemonSetController(context).start(),
};

/** Mirrors pkg/controller/daemon. */
class DaemonSetController {
  private readonly context: ControllerContext;
  private readonly sets;
  private readonly pods;
  private readonly nodes;
  private readonly revisions;
  private readonly history: RevisionHistory;
  private readonly queue;
  private readonly expectations;

  constructor(context: ControllerContext) {
    this.context = context;
    this.sets = indexByOwner(context.informer(DAEMON_SETS));
    this.pods = indexByOwner(context.informer(PODS));
    this.nodes = context.informer(NODES);
    this.revisions = indexByOwner(context.informer(CONTROLLER_REVISIONS));
    this.history = new RevisionHistory(context, this.revisions);
    this.queue = newQueue(context);
    this.expectations = new Expectations(context.clock);
  }

  start(): void {
    this.sets.onChange(({ key, object }) => {
      if (object === undefined) this.expectations.forget(key);
      this.queue.add(key);
    });
    this.pods.onChange((change) => this.observe(change));
    followOwned(this.pods, "DaemonSet", (key) => this.queue.add(key));
    this.nodes.onChange(({ old, object }) => {
      const same = sameJson(old?.metadata.labels, object?.metadata.labels) && sameJson(old?.spec, object?.spec);
      if (old === undefined || object === undefined || !same)
        for (const set of this.sets.values()) this.queue.add(`${set.metadata.namespace}/${set.metadata.name}`);
    });
    const informers = [this.sets, this.pods, this.nodes, this.revisions];
    runWorkers(this.context, "daemonset", this.queue, (key) => this.reconcile(key), informers);
  }

  private observe({ old, object }: StoreChange<Pod>): void {
    const pod = object ?? old;
    const owner = pod === undefined ? undefined : controllerOf(pod);
    if (pod === undefined || owner?.kind !== "DaemonSet") return;
    const key = `${pod.metadata.namespace}/${owner.name}`;
    if (old === undefined) this.expectations.created(key);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined)
      this.expectations.deleted(key, pod.metadata.uid ?? "");
  }

  private *reconcile(key: string): Task<void> {
    const set = this.sets.get(key);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const owner = {
      of: DAEMON_SETS,
      object: set,
      selector: set.spec?.selector,
      template: set.spec?.template,
      limit: set.spec?.revisionHistoryLimit ?? 10,
      annotations: { [GENERATION]: set.metadata.annotations?.[GENERATION] ?? String(set.metadata.generation ?? 1) },
    };
    const history = yield* this.history.sync(owner);
    const hash = hashOf(history.current);
    const pods = yield* claim(this.context, DAEMON_SETS, set, set.spec?.selector, PODS, this.pods);
    if (this.expectations.satisfied(key)) {
      yield* this.manage(key, set, pods, hash);
      if (this.expectations.satisfied(key) && set.spec?.updateStrategy?.type !== "OnDelete")
        yield* this.update(key, set, pods, hash);
    }
    yield* this.writeStatus(set, pods, hash);
    yield* this.history.trim(owner, history, new Set(pods.map((pod) => pod.metadata.labels?.[REVISION_HASH] ?? "")));
  }

  private byNode(pods: readonly Pod[]): Map<string, Pod[]> {
    const result = new Map<string, Pod[]>();
    for (const pod of pods) result.set(nodeOf(pod), [...(result.get(nodeOf(pod)) ?? []), pod]);
    return result;
  }

  /** Starts pods where they are missing, deletes those that are too many, misplaced or have failed. */
  private *manage(key: string, set: DaemonSet, pods: readonly Pod[], hash: string): Task<void> {
    const present = this.byNode(pods);
    const missing: string[] = [];
    const surplus: Pod[] = [];
    for (const node of this.nodes.values()) {
      const name = node.metadata.name ?? "";
      const { run, keep } = verdict(set, node);
      const own = (present.get(name) ?? []).filter((pod) => pod.metadata.deletionTimestamp === undefined);
      const deleting = (present.get(name)?.length ?? 0) > own.length;
      for (const pod of own)
        if (pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded") surplus.push(this.sayFailed(set, pod));
      const alive = own.filter((pod) => !surplus.includes(pod));
      if (run && alive.length === 0 && !deleting) missing.push(name);
      if (!keep) surplus.push(...alive);
      else if (alive.length > 1)
        surplus.push(
          ...alive
            .sort((a, b) => ((a.metadata.creationTimestamp ?? "") < (b.metadata.creationTimestamp ?? "") ? -1 : 1))
            .slice(1),
        );
    }
    yield* this.apply(key, set, missing, surplus, hash);
  }

  private sayFailed(set: DaemonSet, pod: Pod): Pod {
    const failed = pod.status?.phase === "Failed";
    const what = failed ? "failed" : "succeeded";
    const message = `Found ${what} daemon pod ${pod.metadata.namespace}/${pod.metadata.name} on node ${pod.spec.nodeName}, will try to ${failed ? "kill" : "delete"} it`;
    this.context.recorder.event(
      referenceTo("DaemonSet", "apps/v1", set),
      failed ? "Warning" : "Normal",
      failed ? "FailedDaemonPod" : "SucceededDaemonPod",
      message,
    );
    return pod;
  }

  private *apply(
    key: string,
    set: DaemonSet,
    missing: readonly string[],
    surplus: readonly Pod[],
    hash: string,
  ): Task<void> {
    if (missing.length + surplus.length === 0) return;
    this.expectations.expect(
      key,
      missing.length,
      surplus.map((pod) => pod.metadata.uid ?? ""),
    );
    for (const node of missing) {
      try {
        yield* createPod(this.context, DAEMON_SETS, set, daemonPod(set, node, hash));
      } catch (error) {
        this.expectations.forget(key);
        if (isTerminating(error)) return;
        throw error;
      }
    }
    for (const pod of surplus) yield* deletePod(this.context, DAEMON_SETS, set, pod);
  }

  /** Replaces outdated pods, as many at once as may be unavailable. */
  private *update(key: string, set: DaemonSet, pods: readonly Pod[], hash: string): Task<void> {
    const wanted = [...this.nodes.values()].filter((node) => verdict(set, node).run);
    const rolling = set.spec?.updateStrategy?.rollingUpdate;
    let budget = Math.max(1, scaled(rolling?.maxUnavailable as number | string | undefined, wanted.length, true));
    const outdated: Pod[] = [];
    const present = this.byNode(pods);
    for (const node of wanted) {
      const own = present.get(node.metadata.name ?? "") ?? [];
      const alive = own.filter((pod) => pod.metadata.deletionTimestamp === undefined);
      const available = alive.some((pod) =>
        isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, this.context.clock.now),
      );
      const old = alive.filter((pod) => pod.metadata.labels?.[REVISION_HASH] !== hash);
      if (!available) {
        budget--;
        if (old.length > 0) outdated.unshift(...old);
      } else outdated.push(...old);
    }
    const victims: Pod[] = [];
    for (const pod of outdated) {
      const counted = !isPodReady(pod);
      if (!counted && budget <= 0) continue;
      if (!counted) budget--;
      victims.push(pod);
    }
    yield* this.apply(key, set, [], victims, hash);
  }

  private *writeStatus(set: DaemonSet, pods: readonly Pod[], hash: string): Task<void> {
    const present = this.byNode(pods.filter((pod) => pod.metadata.deletionTimestamp === undefined));
    const now = this.context.clock.now;
    const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
    for (const node of this.nodes.values()) {
      const own = present.get(node.metadata.name ?? "") ?? [];
      const pod = own[0];
      if (!verdict(set, node).run) {
        if (own.length > 0) count.misscheduled++;
        continue;
      }
      count.desired++;
      if (pod === undefined) continue;
      count.current++;
      if (isPodReady(pod)) count.ready++;
      if (isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, now)) count.available++;
      if (pod.metadata.labels?.[REVISION_HASH] === hash) count.updated++;
    }
    const unavailable = count.desired - count.available;
    const status = {
      currentNumberScheduled: count.current,
      numberMisscheduled: count.misscheduled,
      desiredNumberScheduled: count.desired,
      numberReady: count.ready,
      observedGeneration: set.metadata.generation,
      ...(count.updated > 0 ? { updatedNumberScheduled: count.updated } : {}),
      ...(count.available > 0 ? { numberAvailable: count.available } : {}),
      ...(unavailable > 0 ? { numberUnavailable: unavailable } : {}),
    } as DaemonSetStatus;
    if (!sameJson(status, set.status)) yield* this.context.client.update(DAEMON_SETS, { ...set, status }, "status");
  }
}
