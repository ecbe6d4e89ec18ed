import type { Pod } from "../api/types.generated.ts";
import { sameJson } from "../client/json-value.ts";

/** Whether the pod differs in more than what the kubelet itself wrote. */
export function isChange(known: Pod, pod: Pod): boolean {
  return (
    known.metadata.generation !== pod.metadata.generation ||
    known.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    !sameJson(known.metadata.labels, pod.metadata.labels) ||
    !sameJson(known.metadata.annotations, pod.metadata.annotations) ||
    !sameJson(known.spec, pod.spec)
  );
}
