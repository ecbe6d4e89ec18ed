import type { ContainerInfo, ContainerRuntime, PodSandbox } from "../../machine/container-runtime.ts";

export const POD_UID = "io.kubernetes.pod.uid";
export const POD_NAME = "io.kubernetes.pod.name";
export const POD_NAMESPACE = "io.kubernetes.pod.namespace";
export const CONTAINER_NAME = "io.kubernetes.container.name";
/** What the container was made from; another hash means another container. */
export const CONTAINER_HASH = "io.kubernetes.container.hash";
export const GRACE_PERIOD = "io.kubernetes.pod.terminationGracePeriod";

/** What the runtime has of a pod: sandboxes oldest first, containers by name oldest first. */
export interface PodView {
  readonly sandboxes: readonly PodSandbox[];
  readonly sandbox: PodSandbox | undefined;
  readonly containers: ReadonlyMap<string, readonly ContainerInfo[]>;
  readonly running: readonly ContainerInfo[];
}

/** Looks at the runtime's record, which has the containers of all pods. Throws `RuntimeUnavailable`. */
export function podView(runtime: ContainerRuntime, uid: string): PodView {
  const sandboxes: PodSandbox[] = [];
  for (const sandbox of runtime.podSandboxes()) if (sandbox.config.uid === uid) sandboxes.push(sandbox);
  sandboxes.sort(byAge);
  const containers = new Map<string, ContainerInfo[]>();
  const running: ContainerInfo[] = [];
  for (const container of runtime.containers()) {
    if (!sandboxes.some(({ id }) => id === container.sandboxId)) continue;
    if (container.state === "running") running.push(container);
    const list = containers.get(container.config.name);
    if (list === undefined) containers.set(container.config.name, [container]);
    else list.push(container);
  }
  for (const list of containers.values()) list.sort(byAge);
  return { sandboxes, sandbox: sandboxes.findLast(({ state }) => state === "ready"), containers, running };
}

interface Attempt {
  readonly config: { readonly attempt: number };
  readonly createdAt: number;
}

function byAge(a: Attempt, b: Attempt): number {
  return a.config.attempt - b.config.attempt || a.createdAt - b.createdAt;
}

/** The newest container of a name. */
export function latest(view: PodView, name: string): ContainerInfo | undefined {
  return view.containers.get(name)?.at(-1);
}
