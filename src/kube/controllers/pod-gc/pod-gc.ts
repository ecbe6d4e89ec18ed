import { rfc3339 } from "../../../base/rfc3339.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import { timeOrZero } from "../../api/time.ts";
import type { Pod, PodCondition } from "../../api/types.generated.ts";
import { isPodTerminal } from "../../client/pod-state.ts";
import { NODES, PODS } from "../../client/resources.ts";
import { isNotFound } from "../../client/status-error.ts";
import type { ControllerContext, ControllerDefinition } from "../controller.ts";

const PERIOD_MS = 20_000;
const QUARANTINE_MS = 40_000;
const TERMINATED_MAX = 12_500;

/** Deletes pods that nobody else can: on nodes that are no more, or too many that have ended. */
export const podGarbageCollector: ControllerDefinition = {
  name: "pod-garbage-collector-controller",
  serviceAccount: "pod-garbage-collector",
  start: (context) => new PodGarbageCollector(context).start(),
};

/** Mirrors pkg/controller/podgc. */
class PodGarbageCollector {
  private readonly context: ControllerContext;
  private readonly pods;
  private readonly nodes;
  private readonly missingSince = new Map<string, number>();

  constructor(context: ControllerContext) {
    this.context = context;
    this.pods = context.informer(PODS);
    this.nodes = context.informer(NODES);
  }

  start(): void {
    this.context.tasks.spawn("controller/pod-gc", this.run());
  }

  private *run(): Task<void> {
    for (const informer of [this.pods, this.nodes]) yield* informer.waitForSync();
    for (;;) {
      yield* sleep(this.context.clock, PERIOD_MS);
      yield* this.collect();
    }
  }

  private *collect(): Task<void> {
    const ended: Pod[] = [];
    const orphaned: Pod[] = [];
    for (const pod of this.pods.values()) {
      if (isPodTerminal(pod)) ended.push(pod);
      const node = pod.spec.nodeName;
      if (node) {
        if (this.nodes.get(node) === undefined) orphaned.push(pod);
        else this.missingSince.delete(node);
      } else if (pod.metadata.deletionTimestamp !== undefined) yield* this.remove(pod, undefined);
    }
    for (const pod of orphaned)
      if (yield* this.isLongGone(pod.spec.nodeName ?? "")) yield* this.remove(pod, pod.spec.nodeName);
    ended.sort((a, b) => timeOrZero(a.metadata.creationTimestamp) - timeOrZero(b.metadata.creationTimestamp));
    for (const pod of ended.slice(0, Math.max(0, ended.length - TERMINATED_MAX))) yield* this.remove(pod, undefined);
  }

  /** A node counts as gone after 40 s of absence, if the server says so too. */
  private *isLongGone(node: string): Task<boolean> {
    const now = this.context.clock.uptime;
    const since = this.missingSince.get(node);
    if (since === undefined) {
      this.missingSince.set(node, now);
      return false;
    }
    if (now - since < QUARANTINE_MS) return false;
    try {
      yield* this.context.client.get(NODES, "", node);
      return false;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return isNotFound(error);
    }
  }

  private *remove(pod: Pod, lostNode: string | undefined): Task<void> {
    const { namespace = "", name = "" } = pod.metadata;
    try {
      if (lostNode !== undefined && !isPodTerminal(pod)) {
        const status = { phase: "Failed", conditions: [this.disruption(pod)] };
        yield* this.context.client.patch(PODS, namespace, name, "strategic", { status }, "status");
      }
      yield* this.context.client.delete(PODS, namespace, name, { gracePeriodSeconds: 0 });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!isNotFound(error))
        this.context.log.error("gc_controller.go:262", "Failed to delete pod", error, { pod: `${namespace}/${name}` });
    }
  }

  private disruption(pod: Pod): PodCondition {
    return {
      type: "DisruptionTarget",
      observedGeneration: pod.metadata.generation,
      status: "True",
      lastTransitionTime: rfc3339(this.context.clock.now),
      reason: "DeletionByPodGC",
      message: "PodGC: node no longer exists",
    } as PodCondition;
  }
}
