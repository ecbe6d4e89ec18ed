import type { ContainerRuntime } from "../../../machine/container-runtime.ts";
import type { Clock } from "../../../sim/clock.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import type { FileSystem } from "../../../vfs/file-system.ts";
import type { ObjectReference, Pod } from "../../api/types.generated.ts";
import { type EventRecorder, referenceTo } from "../../client/event-recorder.ts";
import type { Klog } from "../../client/klog.ts";
import { isPodTerminal } from "../../client/pod-state.ts";
import { isStatic } from "../static-pods.ts";
import { evictionMessage, RESOURCE } from "./eviction-message.ts";
import type { ImageCollector } from "./image-collector.ts";
import { type PodDiskUsage, podDiskUsage, storageRequest } from "./pod-disk-usage.ts";
import { type DiskSpace, type Threshold, thresholdsMet } from "./threshold.ts";

const MONITORING_MS = 10_000;
/** How long the next round waits for the evicted pod to be gone. */
const CLEANUP_MAX_MS = 30_000;
const CLEANUP_POLL_MS = 1000;
/** Pods of this priority and above keep the node alive. */
const CRITICAL_PRIORITY = 2_000_000_000;

/** What the manager sees and does. */
export interface EvictionOptions {
  readonly clock: Clock;
  readonly fs: FileSystem;
  readonly runtime: ContainerRuntime;
  readonly thresholds: readonly Threshold[];
  /** How long a condition stays after it was last seen. */
  readonly transitionMs: number;
  readonly space: () => DiskSpace;
  readonly images: ImageCollector;
  readonly log: Klog;
  readonly recorder: EventRecorder;
  readonly node: ObjectReference;
  readonly pods: () => readonly Pod[];
  /** Ends a pod for good with this message. */
  readonly evict: (pod: Pod, message: string) => void;
  /** Whether an evicted pod's containers are gone. */
  readonly isOver: (pod: Pod) => boolean;
}

/**
 * Keeps the node's disk from filling: first dead containers and unused images go, then pods, one after the other.
 * Mirrors pkg/kubelet/eviction eviction_manager.go for hard thresholds on a disk that holds everything.
 *
 *     every 10 s: free space < threshold --> condition DiskPressure (5 min longer than it is so)
 *                                        --> garbage --> still too little --> evict the first of the ranked pods
 */
export class EvictionManager {
  private readonly options: EvictionOptions;
  private lastSeen = Number.NEGATIVE_INFINITY;
  /** Whether the node is under pressure, or was until a while ago. As of the last round. */
  hasPressure = false;

  constructor(options: EvictionOptions) {
    this.options = options;
  }

  *run(): Task<void> {
    const { clock, runtime } = this.options;
    for (;;) {
      const evicted = runtime.available ? yield* this.synchronize() : undefined;
      if (evicted === undefined) yield* sleep(clock, MONITORING_MS);
      else yield* this.waitForCleanup(evicted);
    }
  }

  /** Why a new pod can't be taken now, or undefined. */
  refusal(pod: Pod): string | undefined {
    return this.hasPressure && !isCritical(pod) ? "The node had condition: [DiskPressure]. " : undefined;
  }

  private *synchronize(): Task<Pod | undefined> {
    const { clock, log, recorder, node, thresholds, space, transitionMs } = this.options;
    const met = thresholdsMet(thresholds, space());
    if (met.length > 0) this.lastSeen = clock.uptime;
    this.hasPressure = clock.uptime - this.lastSeen <= transitionMs;
    const [threshold] = met;
    if (threshold === undefined) return undefined;
    log.warning("eviction_manager.go:368", "Eviction manager: attempting to reclaim", { resourceName: RESOURCE });
    recorder.event(node, "Warning", "EvictionThresholdMet", `Attempting to reclaim ${RESOURCE}`);
    if (yield* this.reclaimNode()) return undefined;
    log.info("eviction_manager.go:379", "Eviction manager: must evict pod(s) to reclaim", { resourceName: RESOURCE });
    return this.evictOne(threshold);
  }

  /** Dead containers, then images; true when that was enough. */
  private *reclaimNode(): Task<boolean> {
    const { runtime, images, log } = this.options;
    const steps = [() => this.deleteDeadContainers(runtime), () => images.deleteUnused()];
    for (const step of steps) {
      const result = step();
      if (typeof result !== "number") yield* result;
      if (thresholdsMet(this.options.thresholds, this.options.space()).length > 0) continue;
      const text = "Eviction manager: able to reduce resource pressure without evicting pods.";
      log.info("eviction_manager.go:374", text, { resourceName: RESOURCE });
      return true;
    }
    return false;
  }

  private *deleteDeadContainers(runtime: ContainerRuntime): Task<void> {
    const wanted = new Set(this.options.pods().map((pod) => pod.metadata.uid));
    const sandboxes = new Map(runtime.podSandboxes().map((sandbox) => [sandbox.id, sandbox.config.uid]));
    for (const info of runtime.containers())
      if (info.state === "exited" && !wanted.has(sandboxes.get(info.sandboxId)))
        yield* runtime.removeContainer(info.id);
  }

  private evictOne(threshold: Threshold): Pod | undefined {
    const { log, recorder } = this.options;
    const ranked = this.ranked();
    log.info("eviction_manager.go:397", "Eviction manager: pods ranked for eviction", {
      pods: ranked.map(({ pod }) => `${pod.metadata.namespace}/${pod.metadata.name}`).join(" "),
    });
    for (const { pod, usage } of ranked) {
      const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
      if (isCritical(pod)) {
        log.error("eviction_manager.go:621", "Eviction manager: cannot evict a critical pod", undefined, { pod: name });
        continue;
      }
      const message = evictionMessage(pod, usage, threshold, this.options.space());
      recorder.event(referenceTo("Pod", "v1", pod), "Warning", "Evicted", message);
      this.options.evict(pod, message);
      log.info("eviction_manager.go:641", "Eviction manager: pod is evicted successfully", { pod: name });
      return pod;
    }
    log.info("eviction_manager.go:433", "Eviction manager: unable to evict any pods from the node");
    return undefined;
  }

  /** First those that use more than they asked for, then by priority, then by how much they use beyond that. */
  private ranked(): { readonly pod: Pod; readonly usage: PodDiskUsage }[] {
    const { fs, runtime, pods } = this.options;
    const rows = pods()
      .filter((pod) => !isPodTerminal(pod))
      .map((pod) => {
        const usage = podDiskUsage(fs, runtime, pod);
        const over = usage.total - pod.spec.containers.reduce((sum, container) => sum + storageRequest(container), 0);
        return { pod, usage, over };
      });
    return rows.sort(
      (a, b) =>
        Number(b.over > 0) - Number(a.over > 0) ||
        (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0) ||
        b.over - a.over,
    );
  }

  private *waitForCleanup(pod: Pod): Task<void> {
    for (let waited = 0; waited < CLEANUP_MAX_MS; waited += CLEANUP_POLL_MS) {
      yield* sleep(this.options.clock, CLEANUP_POLL_MS);
      if (this.options.isOver(pod)) return;
    }
  }
}

/** Pods of manifests, and those that the cluster can't do without. */
function isCritical(pod: Pod): boolean {
  return isStatic(pod) || (pod.spec.priority ?? 0) >= CRITICAL_PRIORITY;
}
