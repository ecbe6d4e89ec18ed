import { goJson } from "../../base/go-json.ts";
import { goQuote } from "../../base/go-quote.ts";
import type { ContainerRuntime } from "../../machine/container-runtime.ts";
import type { RandomStream } from "../../sim/random.ts";
import { sleep, type Task, type TaskGroup } from "../../sim/task.ts";
import type { Node, NodeStatus, ObjectReference } from "../api/types.generated.ts";
import type { EventRecorder } from "../client/event-recorder.ts";
import { sameJson } from "../client/json-value.ts";
import type { Klog } from "../client/klog.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { NODES } from "../client/resources.ts";
import { isAlreadyExists } from "../client/status-error.ts";
import type { KubeletConfig } from "./kubelet-config.ts";
import { NodeLease } from "./node-lease.ts";
import { type MachineFacts, nodeStatus } from "./node-status.ts";
import { RuntimeHealth } from "./runtime-health.ts";

const REGISTER_FIRST_MS = 100;
const REGISTER_MAX_MS = 7000;
const STATUS_TRIES = 5;

export interface NodeAgentOptions {
  readonly client: KubeClient;
  readonly config: KubeletConfig;
  readonly facts: MachineFacts;
  readonly runtime: ContainerRuntime;
  readonly address: string;
  readonly tasks: TaskGroup;
  readonly random: RandomStream;
  readonly recorder: EventRecorder;
  readonly log: Klog;
  readonly hasDiskPressure: () => boolean;
  /** False: it ran all the time as far as anybody can tell. */
  readonly begins: boolean;
}

/** Registers the node once, then keeps its status and its lease. Mirrors pkg/kubelet kubelet_node_status.go. */
export class NodeAgent {
  private readonly options: NodeAgentOptions;
  private node: Node | undefined;
  private reportedAt = 0;
  private readonly health: RuntimeHealth;
  private hasAnnounced = false;

  constructor(options: NodeAgentOptions) {
    this.options = options;
    this.health = new RuntimeHealth(options.runtime, options.tasks, options.log);
  }

  /** The node as last seen. */
  get current(): Node | undefined {
    return this.node;
  }

  /** Why pods that have no share in the host's network can't be started. */
  get networkProblem(): string | undefined {
    return this.health.networkProblem;
  }

  get about(): ObjectReference {
    const { nodeName } = this.options.config;
    return { kind: "Node", name: nodeName, uid: nodeName };
  }

  start(): void {
    const { tasks, begins, recorder } = this.options;
    if (begins) {
      this.announce(["Starting"]);
      recorder.event(this.about, "Normal", "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
    }
    tasks.spawn("kubelet/node-status", this.keepStatus());
    tasks.spawn("kubelet/node-lease", new NodeLease(this.options).run());
    this.health.start();
  }

  private *keepStatus(): Task<void> {
    const { tasks, config } = this.options;
    if (config.registerNode) yield* this.register();
    for (;;) {
      yield* this.reportStatus();
      yield* sleep(tasks.clock, config.nodeStatusUpdateMs);
    }
  }

  /** Tries until the API server knows the node. */
  private *register(): Task<void> {
    const { tasks, log, config } = this.options;
    let wait = REGISTER_FIRST_MS;
    log.info("kubelet_node_status.go:74", "Attempting to register node", { node: config.nodeName });
    for (;;) {
      try {
        this.node = yield* this.createOrGet();
        log.info("kubelet_node_status.go:77", "Successfully registered node", { node: config.nodeName });
        return;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        log.error("kubelet_node_status.go:106", "Unable to register node with API server", error, {
          node: config.nodeName,
        });
        yield* sleep(tasks.clock, wait);
        wait = Math.min(wait * 2, REGISTER_MAX_MS);
      }
    }
  }

  private *createOrGet(): Task<Node> {
    const { client, config } = this.options;
    const status = this.currentStatus(undefined);
    // The status is made afresh whether or not the API knows the node, and each condition is new to it.
    if (this.options.begins && !this.hasAnnounced)
      this.announce(["NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID"]);
    this.hasAnnounced = true;
    try {
      return yield* client.create(NODES, { metadata: this.metadata(), spec: {}, status } as unknown as Node);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return yield* client.get(NODES, "", config.nodeName);
    }
  }

  private metadata() {
    const { nodeName } = this.options.config;
    return {
      name: nodeName,
      labels: {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": nodeName,
        "kubernetes.io/os": "linux",
      },
      annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    };
  }

  private currentStatus(node: Node | undefined): NodeStatus {
    const { facts, runtime, address, config, tasks, hasDiskPressure } = this.options;
    const trouble = { hasDiskPressure: hasDiskPressure(), runtime: this.health.problem };
    return nodeStatus(node, facts, runtime, address, config.nodeName, tasks.clock.now, trouble);
  }

  /** Sends the status when it changed or was not sent for five minutes. */
  private *reportStatus(): Task<void> {
    for (let attempt = 0; attempt < STATUS_TRIES; attempt++) {
      try {
        yield* this.tryReport();
        return;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.options.log.error("kubelet_node_status.go:549", "Error updating node status, will retry", error);
      }
    }
    this.options.log.error(
      "kubelet_node_status.go:536",
      "Unable to update node status",
      new Error("update node status exceeds retry count"),
    );
  }

  private *tryReport(): Task<void> {
    const { config, tasks, runtime } = this.options;
    const due = tasks.clock.uptime - this.reportedAt >= config.nodeStatusReportMs;
    const known = this.node;
    if (known === undefined || due) this.node = yield* this.ownNode();
    const node = this.node;
    if (node === undefined) return;
    this.applyPodCidr(node, runtime);
    const status = this.currentStatus(node);
    if (!due && sameJson(withoutHeartbeats(status), withoutHeartbeats(node.status))) return;
    const wasReady = isReady(node);
    const hadPressure = isTrue(node, "DiskPressure");
    this.node = yield* this.patchStatus(status);
    this.reportedAt = tasks.clock.uptime;
    if (!wasReady && isReady(this.node)) this.announce(["NodeReady"]);
    const hasPressure = isTrue(this.node, "DiskPressure");
    if (hasPressure !== hadPressure) this.announce([hasPressure ? "NodeHasDiskPressure" : "NodeHasNoDiskPressure"]);
  }

  private *ownNode(): Task<Node> {
    const { client, config } = this.options;
    try {
      return yield* client.get(NODES, "", config.nodeName);
    } catch (error) {
      if (error instanceof Error) throw new Error(`error getting node ${goQuote(config.nodeName)}: ${error.message}`);
      throw error;
    }
  }

  private *patchStatus(status: NodeStatus): Task<Node> {
    const { client, config } = this.options;
    try {
      return yield* client.patch(NODES, "", config.nodeName, "strategic", { status }, "status");
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const patch = goQuote(goJson({ status }, { sortKeys: true }));
      throw new Error(`failed to patch status ${patch} for node ${goQuote(config.nodeName)}: ${error.message}`);
    }
  }

  /** The informer of the own node tells of changes made by others; undefined: it is gone, and not made again. */
  observe(node: Node | undefined): void {
    this.node = node;
    if (node !== undefined) this.applyPodCidr(node, this.options.runtime);
  }

  private applyPodCidr(node: Node, runtime: ContainerRuntime): void {
    const cidr = node.spec?.podCIDR;
    if (cidr !== undefined && cidr !== this.podCidr) {
      this.podCidr = cidr;
      runtime.setPodCidr(cidr);
    }
  }

  private podCidr: string | undefined;

  private announce(reasons: readonly string[]): void {
    const { recorder, config } = this.options;
    for (const reason of reasons) {
      const text = reason === "Starting" ? "Starting kubelet." : `Node ${config.nodeName} status is now: ${reason}`;
      recorder.event(this.about, "Normal", reason, text);
    }
  }
}

function isReady(node: Node): boolean {
  return isTrue(node, "Ready");
}

function isTrue(node: Node, type: string): boolean {
  return node.status?.conditions?.some((condition) => condition.type === type && condition.status === "True") ?? false;
}

function withoutHeartbeats(status: NodeStatus | undefined): unknown {
  const conditions = status?.conditions?.map(({ lastHeartbeatTime: _beat, ...rest }) => rest);
  const {
    volumesAttached: _volumes,
    volumesInUse: _inUse,
    config: _config,
    ...rest
  } = (status ?? {}) as Record<string, unknown>;
  return { ...rest, conditions };
}
