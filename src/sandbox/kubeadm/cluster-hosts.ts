/** A host of the cluster as the cloud gave it. */
export interface ClusterHost {
  readonly name: string;
  readonly ip: string;
  readonly role: "control-plane" | "worker";
}

export const CLUSTER_HOSTS: readonly ClusterHost[] = [
  { name: "ip-10-0-1-10", ip: "10.0.1.10", role: "control-plane" },
  { name: "ip-10-0-1-11", ip: "10.0.1.11", role: "worker" },
  { name: "ip-10-0-1-12", ip: "10.0.1.12", role: "worker" },
];

export const POD_CIDR = "10.244.0.0/16";
export const SERVICE_CIDR = "10.96.0.0/12";
