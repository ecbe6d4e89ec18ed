import type { Pod } from "../../api/types.generated.ts";
import { type PodDiskUsage, storageRequest } from "./pod-disk-usage.ts";
import { type DiskSpace, octetsText, type Threshold, thresholdBytes } from "./threshold.ts";

/** The resource that both disk signals are about. */
export const RESOURCE = "ephemeral-storage";

/** Why a pod had to go. Mirrors evictionMessage of pkg/kubelet/eviction. */
export function evictionMessage(pod: Pod, usage: PodDiskUsage, threshold: Threshold, space: DiskSpace): string {
  const limit = octetsText(thresholdBytes(threshold, space));
  let message = `The node was low on resource: ${RESOURCE}. Threshold quantity: ${limit}, available: ${octetsText(space.freeBytes)}. `;
  for (const container of pod.spec.containers) {
    const used = usage.containers.get(container.name) ?? 0;
    const request = storageRequest(container);
    if (used > request)
      message += `Container ${container.name} was using ${octetsText(used)}, request is ${octetsText(request)}, has larger consumption of ${RESOURCE}. `;
  }
  return message;
}
