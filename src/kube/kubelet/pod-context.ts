import type { ContainerRuntime } from "../../machine/container-runtime.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { Task, TaskGroup } from "../../sim/task.ts";
import type { FileSystem } from "../../vfs/file-system.ts";
import type { Pod, PodStatus } from "../api/types.generated.ts";
import type { BackOff } from "../client/back-off.ts";
import type { EventRecorder } from "../client/event-recorder.ts";
import type { Klog } from "../client/klog.ts";
import type { EnvironmentSources } from "./container-environment.ts";
import type { ImagePuller } from "./image-puller.ts";
import type { KubeletConfig } from "./kubelet-config.ts";
import type { Prober } from "./prober.ts";
import type { VolumeSources } from "./volumes.ts";

/** What the workers of one kubelet share. */
export interface PodContext {
  readonly runtime: ContainerRuntime;
  readonly fs: FileSystem;
  readonly tasks: TaskGroup;
  readonly random: RandomStream;
  readonly log: Klog;
  readonly recorder: EventRecorder;
  readonly config: KubeletConfig;
  readonly hostIp: string;
  readonly puller: ImagePuller;
  /** Restart back-off by pod uid, container and its hash: 10 s to 5 min. */
  readonly restarts: BackOff;
  readonly prober: Prober;
  readonly environment: EnvironmentSources;
  readonly volumes: VolumeSources;
  /** Waits until the kubelet knows what containers of this pod may need to know. */
  ready(pod: Pod): Task<void>;
  /** Why pods that have no share in the host's network can't be looked after now. */
  readonly networkProblem: () => string | undefined;
  /** The pod's status as of now, to be told to the API. */
  report(pod: Pod, status: PodStatus): void;
  /** The pod has ended on this node: the API may forget it. */
  terminated(pod: Pod): void;
}
