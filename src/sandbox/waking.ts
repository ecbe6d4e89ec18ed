import type { TopologyName } from "./topology.ts";

/**
 * How long a world that goes on from an image mostly takes until all of it is at rest again, in its milliseconds, by
 * topology. Of a cluster the static pods' startup probes come last: they are asked for the first time ten seconds after the
 * kubelet found their containers (`initialDelaySeconds` in kubeadm's manifests), each at a moment of its own within the next
 * second, and the kubelet then writes their states.
 */
const WAKING_MS: Readonly<Record<TopologyName, number>> = { kubeadm: 11_000, bare: 0 };

/** The latest of those moments, the kubelet's write and a start that was held up may take a little longer. */
const SPREAD_MS = 1000;

/** How long a world of a known seed takes until all of it is at rest again, in its time. */
export function wakingMs({ topology }: { readonly topology: TopologyName }): number {
  return WAKING_MS[topology];
}

/** The same for a world at any moment of its life. */
export function restMs({ topology }: { readonly topology: TopologyName }): number {
  return topology === "kubeadm" ? WAKING_MS[topology] + SPREAD_MS : WAKING_MS[topology];
}
