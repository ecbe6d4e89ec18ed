import { formatGoDuration } from "../../base/cli/go-duration.ts";
import { rfc3339Micro } from "../../base/rfc3339.ts";
import type { RandomStream } from "../../sim/random.ts";
import { sleep, type Task, type TaskGroup } from "../../sim/task.ts";
import type { Lease } from "../api/types.generated.ts";
import { jitter } from "../client/back-off.ts";
import type { Klog } from "../client/klog.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { LEASES, NODES } from "../client/resources.ts";
import { hasReason, isNotFound } from "../client/status-error.ts";
import type { KubeletConfig } from "./kubelet-config.ts";

const RENEW_SHARE = 0.25;
const JITTER = 0.04;
const UPDATE_TRIES = 5;
const ENSURE_FIRST_MS = 200;
const ENSURE_MAX_MS = 7000;

export interface NodeLeaseOptions {
  readonly client: KubeClient;
  readonly config: KubeletConfig;
  readonly tasks: TaskGroup;
  readonly random: RandomStream;
  readonly log: Klog;
}

/** Keeps the node's lease renewed. Mirrors k8s.io/component-helpers/apimachinery/lease controller.go. */
export class NodeLease {
  private readonly options: NodeLeaseOptions;
  private readonly periodMs: number;
  /** As it was last written: nobody else is expected to change it. */
  private latest: Lease | undefined;

  constructor(options: NodeLeaseOptions) {
    this.options = options;
    this.periodMs = options.config.leaseDurationSeconds * 1000 * RENEW_SHARE;
  }

  *run(): Task<void> {
    const { tasks, random } = this.options;
    for (;;) {
      yield* this.sync();
      yield* sleep(tasks.clock, jitter(random, this.periodMs, JITTER));
    }
  }

  private *sync(): Task<void> {
    const { log } = this.options;
    if (this.latest !== undefined) {
      const problem = yield* this.update(this.latest);
      if (problem === undefined) return;
      const message = "failed to update lease using latest lease, fallback to ensure lease";
      log.info("controller.go:115", message, { err: problem });
    }
    const { lease, created } = yield* this.ensureAtLast();
    this.latest = lease;
    if (created || lease === undefined) return;
    const problem = yield* this.update(lease);
    if (problem === undefined) return;
    const interval = formatGoDuration(this.periodMs);
    log.error("controller.go:127", "Will retry updating lease", problem, { interval });
  }

  /** Renews the lease, again at once after a failure; gives what came of it when that does not help. */
  private *update(base: Lease): Task<string | undefined> {
    const { client, log } = this.options;
    let known: Lease | undefined = base;
    for (let attempt = 0; attempt < UPDATE_TRIES && known !== undefined; attempt++) {
      try {
        this.latest = yield* client.update(LEASES, { ...known, spec: { ...known.spec, ...this.holder() } });
        return undefined;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        log.error("controller.go:195", "Failed to update lease", error);
        if (hasReason(error, "Conflict")) known = (yield* this.ensureAtLast()).lease;
      }
    }
    return `failed ${UPDATE_TRIES} attempts to update lease`;
  }

  private holder() {
    const { config, tasks } = this.options;
    const renewTime = rfc3339Micro(tasks.clock.now);
    return { holderIdentity: config.nodeName, leaseDurationSeconds: config.leaseDurationSeconds, renewTime };
  }

  private *ensureAtLast(): Task<{ lease: Lease | undefined; created: boolean }> {
    const { tasks, log } = this.options;
    for (let wait = ENSURE_FIRST_MS; ; wait = Math.min(wait * 2, ENSURE_MAX_MS)) {
      try {
        return yield* this.ensure();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        const interval = formatGoDuration(wait);
        log.error("controller.go:145", "Failed to ensure lease exists, will retry", error, { interval });
        yield* sleep(tasks.clock, wait);
      }
    }
  }

  private *ensure(): Task<{ lease: Lease | undefined; created: boolean }> {
    const { client, config } = this.options;
    try {
      return { lease: yield* client.get(LEASES, "kube-node-lease", config.nodeName), created: false };
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    const owner = yield* this.owner();
    if (owner === undefined) return { lease: undefined, created: false };
    const metadata = { name: config.nodeName, namespace: "kube-node-lease", ownerReferences: [owner] };
    return { lease: yield* client.create(LEASES, { metadata, spec: this.holder() } as Lease), created: true };
  }

  /** The node that is to own the lease; without it none is made for now. */
  private *owner() {
    const { client, config, log } = this.options;
    try {
      const node = yield* client.get(NODES, "", config.nodeName);
      return { apiVersion: "v1", kind: "Node", name: config.nodeName, uid: node.metadata.uid ?? "" };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const message = "Failed to get node when trying to set owner ref to the node lease";
      log.error("nodelease.go:49", message, error, { node: config.nodeName });
      return undefined;
    }
  }
}
