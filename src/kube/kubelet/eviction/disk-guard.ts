import type { ContainerRuntime } from "../../../machine/container-runtime.ts";
import type { TaskGroup } from "../../../sim/task.ts";
import type { FileSystem } from "../../../vfs/file-system.ts";
import type { ObjectReference, Pod } from "../../api/types.generated.ts";
import type { EventRecorder } from "../../client/event-recorder.ts";
import type { Klog } from "../../client/klog.ts";
import { isPodTerminal } from "../../client/pod-state.ts";
import type { KubeletConfig } from "../kubelet-config.ts";
import { podView } from "../pod-view.ts";
import { EvictionManager } from "./eviction-manager.ts";
import { ImageCollector } from "./image-collector.ts";
import { readThresholds } from "./threshold.ts";

/** What a kubelet lends to those who watch its disk. */
export interface DiskGuardOptions {
  readonly tasks: TaskGroup;
  readonly fs: FileSystem;
  readonly runtime: ContainerRuntime;
  readonly config: KubeletConfig;
  readonly log: Klog;
  readonly recorder: EventRecorder;
  readonly node: ObjectReference;
  readonly pods: () => readonly Pod[];
  readonly evict: (pod: Pod, message: string) => void;
}

/** Makes what keeps a node's disk from filling. */
export function diskGuard(options: DiskGuardOptions): { eviction: EvictionManager; images: ImageCollector } {
  const { fs, runtime, config } = options;
  const { clock } = options.tasks;
  const space = () => fs.space("/var/lib");
  const images = new ImageCollector({ ...options, clock, space, ...config.imageCollection });
  const eviction = new EvictionManager({
    ...options,
    clock,
    space,
    images,
    thresholds: readThresholds(config.evictionHard),
    transitionMs: config.evictionTransitionMs,
    isOver: ({ metadata }) => {
      const now = options.pods().find((pod) => pod.metadata.uid === metadata.uid);
      return (now === undefined || isPodTerminal(now)) && podView(runtime, metadata.uid ?? "").running.length === 0;
    },
  });
  return { eviction, images };
}
