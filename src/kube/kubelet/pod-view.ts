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

/** Looks at the runtime's record. Throws `RuntimeUnavailable`. */
export function podView(runtime: ContainerRuntime, uid: string): PodView {
  const sandboxes = runtime
    .podSandboxes()
    .filter((sandbox) => sandbox.config.uid === uid)
    .sort((a, b) => a.config.attempt - b.config.attempt || a.createdAt - b.createdAt);
  const ids = new Set(sandboxes.map((sandbox) => sandbox.id));
  const own = runtime.containers().filter((container) => ids.has(container.sandboxId));
  const containers = new Map<string, ContainerInfo[]>();
  for (const container of own) {
    const list = containers.get(container.config.name) ?? [];
    list.push(container);
    containers.set(container.config.name, list);
  }
  for (const list of containers.values())
    list.sort((a, b) => a.config.attempt - b.config.attempt || a.createdAt - b.createdAt);
  return {
    sandboxes,
    sandbox: sandboxes.filter((sandbox) => sandbox.state === "ready").at(-1),
    containers,
    running: own.filter((container) => container.state === "running"),
  };
}

/** The newest container of a name. */
export function latest(view: PodView, name: string): ContainerInfo | undefined {
  return view.containers.get(name)?.at(-1);
}
