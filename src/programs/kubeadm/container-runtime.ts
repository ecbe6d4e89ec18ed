import {
  type ContainerRuntime,
  ImagePullError,
  type PodSandbox,
  RuntimeUnavailable,
} from "../../machine/container-runtime.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { KubeadmError } from "./context.ts";

const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** How often a pull is tried before it has failed (constants.PullImageRetry). */
const PULL_TRIES = 5;

/** The host's container runtime as kubeadm speaks to it through a socket (util/runtime). */
export class NodeRuntime {
  private readonly runtime: ContainerRuntime;
  private readonly socket: string;

  private constructor(runtime: ContainerRuntime, socket: string) {
    this.runtime = runtime;
    this.socket = socket;
  }

  /** Throws `KubeadmError` when nothing answers at the socket. */
  static connect(process: Process, criSocket: string): NodeRuntime {
    const socket = criSocket.replace(/^unix:\/\//, "");
    const runtime = process.machine.service<ContainerRuntime>("containerd");
    if (!isContainerd(process, socket)) throw unreachable(socket, "no such file or directory");
    if (runtime?.available !== true) throw unreachable(socket, "connection refused");
    return new NodeRuntime(runtime, socket);
  }

  has(image: string): boolean {
    return this.during(() => this.runtime.imageStatus(image) !== undefined);
  }

  /** Throws `KubeadmError` when it has failed often enough. */
  *pull(image: string): Task<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        yield* this.runtime.pullImage(image);
        return;
      } catch (error) {
        if (error instanceof RuntimeUnavailable) throw unreachable(this.socket, "connection refused");
        if (!(error instanceof ImagePullError)) throw error;
        if (attempt === PULL_TRIES)
          throw new KubeadmError(
            `failed to pull image ${image}: rpc error: code = ${error.code} desc = ${error.message}`,
          );
      }
    }
  }

  pods(): readonly PodSandbox[] {
    return this.during(() => this.runtime.podSandboxes());
  }

  /** Stops and removes a pod with all its containers. Throws `KubeadmError` when the runtime goes away meanwhile. */
  *remove(pod: PodSandbox): Task<void> {
    try {
      yield* this.runtime.stopPodSandbox(pod.id);
      yield* this.runtime.removePodSandbox(pod.id);
    } catch (error) {
      if (!(error instanceof RuntimeUnavailable)) throw error;
      throw new KubeadmError(
        `failed to stop running pod ${pod.id}: rpc error: code = Unavailable desc = ${error.message}`,
      );
    }
  }

  private during<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      if (error instanceof RuntimeUnavailable) throw unreachable(this.socket, "connection refused");
      throw error;
    }
  }
}

function isContainerd({ fs }: Process, socket: string): boolean {
  try {
    return fs.realpath(socket) === CONTAINERD_SOCKET;
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}

function unreachable(socket: string, why: string): KubeadmError {
  return new KubeadmError(
    `failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "unix://${socket}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${socket}: connect: ${why}"`,
  );
}
