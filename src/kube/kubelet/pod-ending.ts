import { timeOrZero } from "../api/time.ts";
import type { Container, Pod } from "../api/types.generated.ts";

/** How a pod is to end. */
export interface Ending {
  readonly graceMs: number;
  /** True: the API has no such pod any more, so nobody waits to hear. */
  readonly gone: boolean;
}

/** When a pod that is being deleted must be gone, as milliseconds of grace from now on. */
export function graceOf(pod: Pod, nowMs: number): number {
  const seconds = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  const left = timeOrZero(pod.metadata.deletionTimestamp) - nowMs;
  return pod.metadata.deletionTimestamp === undefined ? seconds * 1000 : Math.max(1000, Math.min(seconds * 1000, left));
}

/** How long a container whose probe failed has to end, in milliseconds. */
export function probeGraceMs(pod: Pod, container: Container): number {
  const seconds = container.livenessProbe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds;
  return (seconds ?? 30) * 1000;
}
