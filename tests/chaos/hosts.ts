import { CLUSTER_HOSTS } from "../../src/sandbox/kubeadm/cluster-hosts.ts";

export const HOSTS: readonly string[] = CLUSTER_HOSTS.map((host) => host.name);
export const WORKERS: readonly string[] = CLUSTER_HOSTS.filter((host) => host.role === "worker").map((h) => h.name);
export const CONTROL_PLANE = HOSTS[0] ?? "";
