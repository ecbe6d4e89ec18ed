import { rfc3339 } from "../../../base/rfc3339.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import { timeOrZero } from "../../api/time.ts";
import type { Lease, Node, NodeCondition, PodCondition, Taint } from "../../api/types.generated.ts";
import { referenceTo } from "../../client/event-recorder.ts";
import { sameJson } from "../../client/json-value.ts";
import { LEASES, NODES, PODS } from "../../client/resources.ts";
import { hasReason, isNotFound } from "../../client/status-error.ts";
import type { ControllerContext, ControllerDefinition } from "../controller.ts";

const MONITOR_MS = 5000;
const STARTUP_GRACE_MS = 60_000;
const BY_NODE = "node";
const WATCHED = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];
const NOT_READY = "node.kubernetes.io/not-ready";
const UNREACHABLE = "node.kubernetes.io/unreachable";
/** NoSchedule taints that follow conditions: type, status, key. */
const CONDITION_TAINTS: readonly (readonly [type: string, status: string, key: string])[] = [
  ["Ready", "False", NOT_READY],
  ["Ready", "Unknown", UNREACHABLE],
  ["MemoryPressure", "True", "node.kubernetes.io/memory-pressure"],
  ["DiskPressure", "True", "node.kubernetes.io/disk-pressure"],
  ["PIDPressure", "True", "node.kubernetes.io/pid-pressure"],
  ["NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"],
];
const OWN_KEYS = new Set([...CONDITION_TAINTS.map(([, , key]) => key), "node.kubernetes.io/unschedulable"]);

/** Watches whether nodes still report, marks those that do not, and taints them. */
export const nodeLifecycleController: ControllerDefinition = {
  name: "node-lifecycle-controller",
  serviceAccount: "node-controller",
  eventSource: "node-controller",
  start: (context) => new NodeLifecycle(context).start(),
};

interface Health {
  /** When, by our clock, the node last gave a sign of life. */
  seenAt: number;
  ready: NodeCondition | undefined;
  renewTime: string | undefined;
}

/** Mirrors pkg/controller/nodelifecycle. */
class NodeLifecycle {
  private readonly context: ControllerContext;
  private readonly nodes;
  private readonly leases;
  private readonly pods;
  private readonly health = new Map<string, Health>();
  private readonly known = new Map<string, Node>();

  constructor(context: ControllerContext) {
    this.context = context;
    this.nodes = context.informer(NODES);
    this.leases = context.informer(LEASES);
    this.pods = context.informer(PODS);
    this.pods.addIndex(BY_NODE, (pod) => [pod.spec.nodeName ?? ""]);
  }

  start(): void {
    this.context.tasks.spawn("controller/node-lifecycle", this.run());
  }

  private *run(): Task<void> {
    for (const informer of [this.nodes, this.leases, this.pods]) yield* informer.waitForSync();
    this.nodes.onChange(({ object }) => {
      if (object !== undefined)
        this.context.tasks.spawn(
          "controller/node-taints",
          this.guarded(object, (node) => this.reconcileTaints(node)),
        );
    });
    for (;;) {
      this.noticeComings();
      for (const node of [...this.nodes.values()]) yield* this.guarded(node, (one) => this.monitor(one));
      yield* sleep(this.context.clock, MONITOR_MS);
    }
  }

  private *guarded(node: Node, act: (node: Node) => Task<void>): Task<void> {
    try {
      yield* act(node);
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError) throw error;
      if (!isNotFound(error) && !hasReason(error, "Conflict")) {
        this.context.log.error("node_lifecycle_controller.go:973", "Error updating node", error, {
          node: node.metadata.name ?? "",
        });
      }
    }
  }

  private noticeComings(): void {
    for (const node of this.nodes.values()) {
      const name = node.metadata.name ?? "";
      if (!this.known.has(name))
        this.say(node, "RegisteredNode", `Node ${name} event: Registered Node ${name} in Controller`);
      this.known.set(name, node);
    }
    for (const [name, node] of this.known) {
      if (this.nodes.get(name) !== undefined) continue;
      this.known.delete(name);
      this.health.delete(name);
      this.say(node, "RemovingNode", `Node ${name} event: Removing Node ${name} from Controller`);
    }
  }

  private say(node: Node, reason: string, message: string): void {
    const { name, uid } = node.metadata;
    this.context.recorder.event({ kind: "Node", name, uid, apiVersion: "v1" }, "Normal", reason, message);
  }

  private *monitor(node: Node): Task<void> {
    const name = node.metadata.name ?? "";
    const now = this.context.clock.uptime;
    const ready = condition(node, "Ready");
    const health = this.noteLife(node, ready, this.leases.get(`kube-node-lease/${name}`));
    const grace = ready === undefined ? STARTUP_GRACE_MS : this.context.options.nodeMonitorGraceMs;
    // Upstream's rounds take a moment each, so that a round begun when the grace is just over finds it over.
    if (now < health.seenAt + grace) {
      if (ready !== undefined && ready.status !== "True") yield* this.markPods(node);
      return;
    }
    if (ready?.status !== "Unknown") yield* this.markUnknown(node, ready?.status === "True");
  }

  /** Takes down whether the node has reported since we last looked. */
  private noteLife(node: Node, ready: NodeCondition | undefined, lease: Lease | undefined): Health {
    const name = node.metadata.name ?? "";
    const { uptime, now } = this.context.clock;
    const renewTime = lease?.spec?.renewTime;
    let health = this.health.get(name);
    if (health === undefined) {
      const born = ready === undefined ? uptime - (now - timeOrZero(node.metadata.creationTimestamp)) : uptime;
      health = { seenAt: born, ready, renewTime };
      this.health.set(name, health);
      return health;
    }
    const spoke = ready?.lastHeartbeatTime !== health.ready?.lastHeartbeatTime && ready?.status !== "Unknown";
    if (spoke || renewTime !== health.renewTime) health.seenAt = uptime;
    health.ready = ready;
    health.renewTime = renewTime;
    return health;
  }

  private *markUnknown(node: Node, wasReady: boolean): Task<void> {
    const now = rfc3339(this.context.clock.now);
    const old = node.status?.conditions ?? [];
    const marked = WATCHED.map((type): NodeCondition => {
      const known = old.find((other) => other.type === type);
      if (known === undefined) {
        const message = "Kubelet never posted node status.";
        return {
          type,
          status: "Unknown",
          lastHeartbeatTime: node.metadata.creationTimestamp,
          lastTransitionTime: now,
          reason: "NodeStatusNeverUpdated",
          message,
        };
      }
      if (known.status === "Unknown") return known;
      return {
        ...known,
        status: "Unknown",
        reason: "NodeStatusUnknown",
        message: "Kubelet stopped posting node status.",
        lastTransitionTime: now,
      };
    });
    const conditions = [...marked, ...old.filter((other) => !WATCHED.includes(other.type))];
    const order = old.map((other) => other.type);
    conditions.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
    const updated = yield* this.context.client.update(
      NODES,
      { ...node, status: { ...node.status, conditions } } as Node,
      "status",
    );
    if (wasReady) {
      const name = node.metadata.name ?? "";
      this.say(node, "NodeNotReady", `Node ${name} status is now: NodeNotReady`);
    }
    yield* this.reconcileTaints(updated);
    yield* this.markPods(updated);
  }

  /** The node's pods can no longer be called ready. */
  private *markPods(node: Node): Task<void> {
    for (const pod of this.pods.byIndex(BY_NODE, node.metadata.name ?? "")) {
      const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
      if (ready?.status !== "True") continue;
      const { namespace = "", name = "" } = pod.metadata;
      const lastTransitionTime = rfc3339(this.context.clock.now);
      const changed: PodCondition = { ...ready, status: "False", lastTransitionTime };
      this.context.recorder.event(referenceTo("Pod", "v1", pod), "Warning", "NodeNotReady", "Node is not ready");
      yield* this.context.client.patch(
        PODS,
        namespace,
        name,
        "strategic",
        { status: { conditions: [changed] } },
        "status",
      );
    }
  }

  /** Brings the node's taints in line with its conditions and its being cordoned. */
  private *reconcileTaints(node: Node): Task<void> {
    const old = node.spec?.taints ?? [];
    const wanted = this.wantedTaints(node);
    const others = old.filter((taint) => !OWN_KEYS.has(taint.key));
    const own = wanted.map(
      (taint) => old.find((known) => known.key === taint.key && known.effect === taint.effect) ?? taint,
    );
    const taints = [...others, ...own];
    const same = taints.length === old.length && taints.every((taint) => old.some((known) => sameJson(known, taint)));
    if (same) return;
    yield* this.context.client.patch(NODES, "", node.metadata.name ?? "", "merge", {
      metadata: { resourceVersion: node.metadata.resourceVersion },
      spec: { taints: taints.length === 0 ? null : taints },
    });
  }

  private wantedTaints(node: Node): Taint[] {
    const now = rfc3339(this.context.clock.now);
    const wanted: Taint[] = [];
    for (const [type, status, key] of CONDITION_TAINTS) {
      if (condition(node, type)?.status !== status) continue;
      wanted.push({ key, effect: "NoSchedule", timeAdded: now });
      if (type === "Ready") wanted.push({ key, effect: "NoExecute", timeAdded: now });
    }
    if (node.spec?.unschedulable === true)
      wanted.push({ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule", timeAdded: now });
    return wanted;
  }
}

function condition(node: Node, type: string): NodeCondition | undefined {
  return node.status?.conditions?.find((other) => other.type === type);
}
