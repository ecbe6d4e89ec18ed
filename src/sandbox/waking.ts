import type { TopologyName } from "./topology.ts";

/**
 * How long a world that goes on from an image takes until all of it is at rest again, in its milliseconds, by topology. Of a
 * cluster the static pods' startup probes come last: they are asked for the first time ten seconds after the kubelet found
 * their containers (`initialDelaySeconds` in kubeadm's manifests), and the kubelet writes their states within another second.
 */
const WAKING_MS: Readonly<Record<TopologyName, number>> = { kubeadm: 11_000, bare: 0 };

/** How long a world that goes on takes until all of it is at rest again, in its time. */
export function wakingMs({ topology }: { readonly topology: TopologyName }): number {
  return WAKING_MS[topology];
}
