import type { TraceEvent } from "../../sim/trace.ts";

/** When containers of a pod first ended, and when one was started after that. */
export interface PodContainers {
  readonly diedAt: number;
  restartedAt: number | undefined;
}

/** What happens to the containers of pods, by the trace. */
export class ContainerLog {
  private readonly pods = new Map<string, PodContainers>();

  /** Takes in a hop; says whether it was about a container. */
  note({ kind, data }: TraceEvent, at: number): boolean {
    if (kind !== "container.exit" && kind !== "container.start") return false;
    const pod = `${data["namespace"]}/${data["pod"]}`;
    const known = this.pods.get(pod);
    if (kind === "container.exit" && known === undefined) this.pods.set(pod, { diedAt: at, restartedAt: undefined });
    if (kind === "container.start" && known !== undefined) known.restartedAt ??= at;
    return true;
  }

  /** Undefined: all containers of the pod went on. */
  of(namespace: string, name: string): PodContainers | undefined {
    return this.pods.get(`${namespace}/${name}`);
  }
}
