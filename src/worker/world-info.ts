import type { Sandbox, SandboxOptions } from "../sandbox/sandbox.ts";
import { ETCD_HOST_VERSIONS, ETCD_IMAGE_VERSION, KUBERNETES_VERSION, WORLD_BEGINS } from "../sandbox/versions.ts";
import type { WorldInfo, WorldKind } from "./protocol.ts";

/** What a world of a kind is made from. */
export function optionsOf({ topology, etcd, seed }: WorldKind): SandboxOptions {
  return { topology, etcd, seed, now: WORLD_BEGINS };
}

/** What the page is told of a world that has been opened. */
export function worldInfo(
  sandbox: Sandbox,
  inWorker: boolean,
  { resumed, unreadable }: Pick<WorldInfo, "resumed" | "unreadable">,
): WorldInfo {
  const { topology, etcd, seed } = sandbox.options;
  return {
    hosts: [...sandbox.machines.keys()],
    kubernetesVersion: topology === "kubeadm" ? KUBERNETES_VERSION : undefined,
    etcdVersion: topology === "kubeadm" ? ETCD_IMAGE_VERSION : ETCD_HOST_VERSIONS[etcd],
    markKey: sandbox.kernel.marks.key,
    inWorker,
    kind: { topology, etcd, seed },
    resumed,
    unreadable,
  };
}
