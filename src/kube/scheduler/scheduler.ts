import { rfc3339 } from "../../base/rfc3339.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { Task, TaskGroup } from "../../sim/task.ts";
import type { KubeObject } from "../api/kube-object.ts";
import type { Node, Pod, PodCondition } from "../api/types.generated.ts";
import { type EventRecorder, referenceTo } from "../client/event-recorder.ts";
import { Informer, type StoreChange } from "../client/informer.ts";
import { sameJson } from "../client/json-value.ts";
import type { Klog } from "../client/klog.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { isPodTerminal } from "../client/pod-state.ts";
import {
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Resource,
  STORAGE_CLASSES,
} from "../client/resources.ts";
import { isNotFound } from "../client/status-error.ts";
import { type Rejection, rejection, type Snapshot } from "./filters.ts";
import { fitMessage, NO_NODES_MESSAGE, prefilterMessage } from "./fit-error.ts";
import { NodeInfo } from "./node-info.ts";
import { type Candidate, preempt } from "./preemption.ts";
import { SchedulingQueue } from "./scheduling-queue.ts";
import { best } from "./scores.ts";
import { VolumeView } from "./volumes.ts";

/** What a scheduler is given. */
export interface SchedulerOptions {
  readonly client: KubeClient;
  readonly tasks: TaskGroup;
  readonly random: RandomStream;
  readonly log: Klog;
  readonly recorder: EventRecorder;
  readonly schedulerName: string;
}

/** Why a pod was not placed. */
interface Failure {
  readonly message: string;
  readonly reason: "Unschedulable" | "SchedulerError";
  readonly nominated?: string;
}

/**
 * Gives pods a node: filter, score, assume, bind. Mirrors pkg/scheduler with its default profile.
 *
 *     queue.take -> snapshot -> filters -> (none left: preemption, FailedScheduling) -> scores -> assume -> binding
 */
export class Scheduler {
  private readonly options: SchedulerOptions;
  private readonly queue: SchedulingQueue;
  private readonly infos = new Map<string, NodeInfo>();
  private readonly placed = new Map<string, string>();
  private readonly nodes;
  private readonly pods;
  private readonly budgets;
  private readonly volumes: VolumeView;
  private readonly informers: readonly { start(): unknown; waitForSync(): Task<void> }[];

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.queue = new SchedulingQueue(options.tasks.clock);
    this.nodes = this.informer(NODES);
    this.pods = this.informer(PODS, "status.phase!=Succeeded,status.phase!=Failed");
    this.budgets = this.informer(POD_DISRUPTION_BUDGETS);
    const claims = this.informer(PERSISTENT_VOLUME_CLAIMS);
    const volumes = this.informer(PERSISTENT_VOLUMES);
    const classes = this.informer(STORAGE_CLASSES);
    this.volumes = new VolumeView(claims, volumes, classes);
    this.informers = [this.nodes, this.pods, this.budgets, claims, volumes, classes];
    this.nodes.onChange((change) => this.onNode(change));
    this.pods.onChange((change) => this.onPod(change));
    for (const informer of [claims, volumes, classes]) informer.onChange(() => this.queue.wakeAll());
  }

  private informer<T extends KubeObject>(of: Resource<T>, fieldSelector?: string): Informer<T> {
    const { client, tasks, random, log } = this.options;
    const source = client.source(of, fieldSelector === undefined ? {} : { fieldSelector });
    const onError = (error: unknown) =>
      log.error("reflector.go:204", "Failed to watch", error, { type: `*v1.${of.kind}` });
    return new Informer({ name: of.resource, source, tasks, random, onError });
  }

  /** Schedules for ever; to be cancelled. The queue's timer ends with it. */
  *run(): Task<void> {
    for (const informer of this.informers) informer.start();
    for (const informer of this.informers) yield* informer.waitForSync();
    try {
      for (;;) yield* this.scheduleOne(yield* this.queue.take());
    } finally {
      this.queue.dispose();
    }
  }

  private onNode({ old, object }: StoreChange<Node>): void {
    const name = (object ?? old)?.metadata.name ?? "";
    if (object === undefined) {
      const info = this.infos.get(name);
      if (info !== undefined && info.podCount === 0) this.infos.delete(name);
      else if (info !== undefined) info.node = undefined;
      return;
    }
    this.info(name).node = object;
    if (old === undefined || mayHelp(old, object)) this.queue.wakeAll();
  }

  private onPod({ old, object }: StoreChange<Pod>): void {
    const pod = object ?? old;
    if (pod === undefined) return;
    const uid = pod.metadata.uid ?? "";
    if (old !== undefined && object !== undefined && old.metadata.uid !== uid) this.forget(old.metadata.uid ?? "");
    if (object === undefined || isPodTerminal(object)) {
      this.forget(uid);
      return;
    }
    if (object.spec.nodeName) {
      this.queue.drop(uid);
      this.place(object, object.spec.nodeName);
      if (old === undefined || !sameJson(old.metadata.labels, object.metadata.labels)) this.queue.wakeAll(looksAtPods);
    } else if (object.metadata.deletionTimestamp !== undefined) this.queue.drop(uid);
    else if (
      (object.spec.schedulerName ?? "default-scheduler") === this.options.schedulerName &&
      !this.placed.has(uid)
    ) {
      this.queue.put(object);
    }
  }

  private forget(uid: string): void {
    this.queue.drop(uid);
    const node = this.placed.get(uid);
    if (node === undefined) return;
    this.placed.delete(uid);
    this.infos.get(node)?.drop(uid);
    this.queue.wakeAll();
  }

  private place(pod: Pod, node: string): void {
    const uid = pod.metadata.uid ?? "";
    const before = this.placed.get(uid);
    if (before !== undefined && before !== node) this.infos.get(before)?.drop(uid);
    this.placed.set(uid, node);
    this.info(node).put(pod);
  }

  private info(name: string): NodeInfo {
    let info = this.infos.get(name);
    if (info === undefined) {
      info = new NodeInfo(name);
      this.infos.set(name, info);
    }
    return info;
  }

  private *scheduleOne(pod: Pod): Task<void> {
    const uid = pod.metadata.uid ?? "";
    const nodes = [...this.infos.values()].filter((info) => info.node !== undefined);
    const outcome = this.findNode(pod, nodes);
    if (typeof outcome === "string") yield* this.bind(pod, outcome);
    else yield* this.reportFailure(pod, uid, outcome.failure, outcome.candidate);
  }

  private findNode(
    pod: Pod,
    nodes: readonly NodeInfo[],
  ): string | { failure: Failure; candidate: Candidate | undefined } {
    const none = { candidate: undefined };
    if (nodes.length === 0) return { ...none, failure: { message: NO_NODES_MESSAGE, reason: "Unschedulable" } };
    const problem = this.volumes.podProblem(pod);
    if (problem !== undefined) {
      return { ...none, failure: { message: prefilterMessage(nodes.length, problem), reason: "Unschedulable" } };
    }
    const snapshot: Snapshot = { nodes, volumes: this.volumes };
    const rejections = new Map<NodeInfo, Rejection>();
    const feasible: NodeInfo[] = [];
    for (const info of nodes) {
      const why = rejection(pod, info, snapshot);
      if (why === undefined) feasible.push(info);
      else rejections.set(info, why);
    }
    const chosen = best(pod, feasible, nodes, this.options.random);
    if (chosen !== undefined) return chosen.name;
    const { candidate, verdicts } = preempt(pod, rejections, snapshot, [...this.budgets.values()]);
    const message = fitMessage(nodes.length, [...rejections.values()], candidate === undefined ? verdicts : undefined);
    const nominated = candidate === undefined ? {} : { nominated: candidate.info.name };
    return { candidate, failure: { message, reason: "Unschedulable", ...nominated } };
  }

  private *bind(pod: Pod, node: string): Task<void> {
    const { client, recorder, log } = this.options;
    const { namespace = "", name = "", uid = "" } = pod.metadata;
    this.place(pod, node);
    const body = {
      kind: "Binding",
      apiVersion: "v1",
      metadata: { name, namespace, uid },
      target: { kind: "Node", name: node },
    };
    try {
      yield* client.createSub(PODS, namespace, name, "binding", body);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.infos.get(node)?.drop(uid);
      this.placed.delete(uid);
      if (isNotFound(error)) {
        this.queue.drop(uid);
        return;
      }
      log.error("schedule_one.go:1048", "Error scheduling pod; retrying", error, { pod: `${namespace}/${name}` });
      this.queue.failed(uid, true);
      return;
    }
    this.queue.drop(uid);
    const about = referenceTo("Pod", "v1", pod);
    recorder.eventWithAction(
      about,
      "Normal",
      "Scheduled",
      "Binding",
      `Successfully assigned ${namespace}/${name} to ${node}`,
    );
  }

  private *reportFailure(pod: Pod, uid: string, failure: Failure, candidate: Candidate | undefined): Task<void> {
    const about = referenceTo("Pod", "v1", pod);
    this.options.recorder.eventWithAction(about, "Warning", "FailedScheduling", "Scheduling", failure.message);
    if (candidate !== undefined) yield* this.evict(pod, candidate);
    yield* this.noteUnscheduled(pod, failure);
    this.queue.failed(uid, false);
  }

  /** Says in the pod's status why it has no node. */
  private *noteUnscheduled(pod: Pod, failure: Failure): Task<void> {
    const { namespace = "", name = "" } = pod.metadata;
    const old = pod.status?.conditions?.find((condition) => condition.type === "PodScheduled");
    const same = old?.status === "False" && old.reason === failure.reason && old.message === failure.message;
    if (same && failure.nominated === undefined) return;
    const now = rfc3339(this.options.tasks.clock.now);
    const condition = {
      type: "PodScheduled",
      observedGeneration: pod.metadata.generation,
      status: "False",
      lastProbeTime: null,
      lastTransitionTime: old?.status === "False" ? old.lastTransitionTime : now,
      reason: failure.reason,
      message: failure.message,
    } as unknown as PodCondition;
    const nominated = failure.nominated === undefined ? {} : { nominatedNodeName: failure.nominated };
    try {
      yield* this.options.client.patch(
        PODS,
        namespace,
        name,
        "strategic",
        { status: { conditions: [condition], ...nominated } },
        "status",
      );
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (isNotFound(error)) this.queue.drop(pod.metadata.uid ?? "");
    }
  }

  private *evict(pod: Pod, candidate: Candidate): Task<void> {
    const { client, recorder, log } = this.options;
    for (const victim of candidate.victims) {
      const { namespace = "", name = "", uid } = victim.metadata;
      if (victim.metadata.deletionTimestamp !== undefined) continue;
      try {
        yield* client.patch(
          PODS,
          namespace,
          name,
          "strategic",
          { status: { conditions: [this.disruption(victim)] } },
          "status",
        );
        yield* client.delete(PODS, namespace, name, uid === undefined ? {} : { uid });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (!isNotFound(error)) log.error("executor.go:97", "Preemption of pod failed", error, { pod: name });
        continue;
      }
      const message = `Preempted by pod ${pod.metadata.uid} on node ${candidate.info.name}`;
      recorder.eventWithAction(referenceTo("Pod", "v1", victim), "Normal", "Preempted", "Preempting", message);
    }
  }

  private disruption(victim: Pod): PodCondition {
    const schedulerName = this.options.schedulerName;
    return {
      type: "DisruptionTarget",
      observedGeneration: victim.metadata.generation,
      status: "True",
      lastTransitionTime: rfc3339(this.options.tasks.clock.now),
      reason: "PreemptionByScheduler",
      message: `${schedulerName}: preempting to accommodate a higher priority pod`,
    } as PodCondition;
  }
}

/** Whether where other pods are decides where this one may go: only then is a new one of interest (queueing hints). */
function looksAtPods({ spec }: Pod): boolean {
  return spec.affinity?.podAffinity !== undefined || (spec.topologySpreadConstraints ?? []).length > 0;
}

/** Whether a change of a node may let a pod in that it kept out. */
function mayHelp(old: Node, node: Node): boolean {
  return (
    old.spec?.unschedulable !== node.spec?.unschedulable ||
    !sameJson(old.spec?.taints, node.spec?.taints) ||
    !sameJson(old.metadata.labels, node.metadata.labels) ||
    !sameJson(old.status?.allocatable, node.status?.allocatable)
  );
}
