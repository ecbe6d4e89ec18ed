/** The one place that pins what is imitated. */
export const KUBERNETES_VERSION = "v1.35.2";
/** The etcd that kubeadm v1.35 runs, and the tag of its image. */
export const ETCD_IMAGE_VERSION = "3.6.6";
export const ETCD_IMAGE_TAG = "3.6.6-0";
/** What stands on a host's disk, by the profile that the sandbox was opened with. */
export const ETCD_HOST_VERSIONS = { "3.6": "3.6.14", "3.5": "3.5.30" } as const;
export const COREDNS_TAG = "v1.13.1";
export const PAUSE_TAG = "3.10.1";

export type EtcdProfile = keyof typeof ETCD_HOST_VERSIONS;

/**
 * When every world begins, in milliseconds since the epoch, unless told otherwise: always at the same moment, so that a
 * world is the same for everyone and its certificates never run out on a page that was built long ago.
 */
export const WORLD_BEGINS = Date.UTC(2026, 10, 22, 10, 0, 0);
