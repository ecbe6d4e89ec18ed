import { Future } from "../../sim/signal.ts";
import type { VolumeImage } from "../../vfs/volume.ts";
import type { ContainerInfo } from "../container-runtime.ts";
import type { ContainerRoot } from "./container-root.ts";
import type { RunningContainer } from "./running-container.ts";

/** What containerd knows of a container: its record, and while it runs what runs. */
export interface Container {
  info: ContainerInfo;
  root: ContainerRoot | undefined;
  /** The root's files while it is not in use. */
  readonly rootImage: VolumeImage;
  running: RunningContainer | undefined;
  ended: Future<void>;
}

/** The record of a container that does not run. */
export function newContainer(info: ContainerInfo, rootImage: VolumeImage): Container {
  return { info, root: undefined, rootImage, running: undefined, ended: new Future() };
}

/** The CRI's name of a container's state. */
export function criState(info: ContainerInfo): string {
  return `CONTAINER_${info.state.toUpperCase()}`;
}
