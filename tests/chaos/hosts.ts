import { CLUSTER_HOSTS } from "../../src/sandbox/kubeadm/cluster-hosts.ts";

export const HOSTS: readonly string[] = CLUSTER_HOSTS.map((host) => host.name);
export const WORKERS: readonly string[] = CLUSTER_HOSTS.filter((host) => host.role === "worker").map((h) => h.name);
export const CONTROL_PLANE = HOSTS[0] ?? "";
/** The station of the clients that harm nothing and look on. */
export const CLIENT = "chaos-client";

/** The wires that may be cut or slow: between the hosts, and between the clients and the etcd they watch. */
export const WIRES: readonly (readonly [a: string, b: string])[] = [
  ...HOSTS.flatMap((a, index) => HOSTS.slice(index + 1).map((b) => [a, b] as const)),
  [CLIENT, CONTROL_PLANE],
];
