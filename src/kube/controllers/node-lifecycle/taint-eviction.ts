import type { Disposable } from "../../../base/disposable.ts";
import { rfc3339 } from "../../../base/rfc3339.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import type { Node, Pod, PodCondition, Taint } from "../../api/types.generated.ts";
import { referenceTo } from "../../client/event-recorder.ts";
import { splitKey } from "../../client/informer.ts";
import { sameJson } from "../../client/json-value.ts";
import { tolerates } from "../../client/node-affinity.ts";
import { NODES, PODS } from "../../client/resources.ts";
import { isNotFound } from "../../client/status-error.ts";
import type { ControllerContext, ControllerDefinition } from "../controller.ts";

const BY_NODE = "node";

/** Deletes pods from nodes whose NoExecute taints they do not tolerate, or no longer. */
export const taintEvictionController: ControllerDefinition = {
  name: "taint-eviction-controller",
  serviceAccount: "node-controller",
  eventSource: "taint-eviction-controller",
  start: (context) => new TaintEviction(context).start(),
};

/** Mirrors pkg/controller/tainteviction. */
class TaintEviction {
  private readonly context: ControllerContext;
  private readonly nodes;
  private readonly pods;
  private readonly timers = new Map<string, Disposable>();

  constructor(context: ControllerContext) {
    this.context = context;
    this.nodes = context.informer(NODES);
    this.pods = context.informer(PODS);
    this.pods.addIndex(BY_NODE, (pod) => [pod.spec.nodeName ?? ""]);
  }

  start(): void {
    this.nodes.onChange(({ old, object }) => {
      if (object === undefined || sameJson(executing(old), executing(object))) return;
      for (const pod of this.pods.byIndex(BY_NODE, object.metadata.name ?? "")) this.judge(pod, object);
    });
    this.pods.onChange(({ key, old, object }) => {
      if (object === undefined) this.cancelWithEvent(key);
      else if (
        old?.spec.nodeName !== object.spec.nodeName ||
        !sameJson(old?.spec.tolerations, object.spec.tolerations)
      ) {
        const node = this.nodes.get(object.spec.nodeName ?? "");
        if (node !== undefined) this.judge(object, node);
      }
    });
  }

  private judge(pod: Pod, node: Node): void {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const taints = executing(node);
    const seconds = toleratedSeconds(pod, taints);
    if (seconds === Number.POSITIVE_INFINITY) {
      this.cancelWithEvent(key);
      return;
    }
    if (this.timers.has(key)) return;
    this.timers.set(key, this.context.tasks.spawn(`controller/taint-eviction/${key}`, this.evictAfter(seconds, key)));
  }

  /** A task, not a mere timer, so that it ends with its controller. */
  private *evictAfter(seconds: number, key: string): Task<void> {
    yield* sleep(this.context.clock, seconds * 1000);
    this.timers.delete(key);
    yield* this.evict(key);
  }

  /** Also for a pod that is gone by now: upstream's reference knows only its name. */
  private cancelWithEvent(key: string): void {
    this.timers.get(key)?.dispose();
    if (!this.timers.delete(key)) return;
    const { namespace, name } = splitKey(key);
    const pod = { kind: "Pod", apiVersion: "v1", namespace, name };
    this.context.recorder.event(pod, "Normal", "TaintManagerEviction", `Cancelling deletion of Pod ${key}`);
  }

  private *evict(key: string): Task<void> {
    const pod = this.pods.get(key);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const { namespace = "", name = "" } = pod.metadata;
    this.context.recorder.event(
      referenceTo("Pod", "v1", pod),
      "Normal",
      "TaintManagerEviction",
      `Marking for deletion Pod ${key}`,
    );
    const condition = {
      type: "DisruptionTarget",
      observedGeneration: pod.metadata.generation,
      status: "True",
      lastTransitionTime: rfc3339(this.context.clock.now),
      reason: "DeletionByTaintManager",
      message: "Taint manager: deleting due to NoExecute taint",
    } as PodCondition;
    try {
      yield* this.context.client.patch(
        PODS,
        namespace,
        name,
        "strategic",
        { status: { conditions: [condition] } },
        "status",
      );
      yield* this.context.client.delete(PODS, namespace, name);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!isNotFound(error))
        this.context.log.error("taint_eviction.go:128", "Error deleting pod", error, { pod: key });
    }
  }
}

function executing(node: Node | undefined): readonly Taint[] {
  return (node?.spec?.taints ?? []).filter((taint) => taint.effect === "NoExecute");
}

/** For how long the pod puts up with all of the taints; 0 when with one it does not at all. */
function toleratedSeconds(pod: Pod, taints: readonly Taint[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const matching = (pod.spec.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds } of matching)
      if (tolerationSeconds !== undefined) least = Math.min(least, Math.max(0, tolerationSeconds));
  }
  return least;
}
