import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Signal } from "../../../sim/signal.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import type { Pod, PodCondition, PodStatus } from "../../api/types.generated.ts";
import type { PodContext } from "../pod-context.ts";
import { PodKiller } from "../pod-killer.ts";
import type { PodView } from "../pod-view.ts";

/** Nobody can wait longer when a hard threshold is met. */
const GRACE_MS = 1000;

/** Stops the containers of a pod that has to leave; returns when the runtime's next report has told of their end. */
export function* stopEvicted(
  context: PodContext,
  pod: Pod,
  view: PodView,
  changed: Signal,
  relistMs: number,
): Task<void> {
  yield* new PodKiller(context).stopAll(pod, view.running, () => GRACE_MS, changed);
  for (const info of view.running) context.prober.unwatch(info.id);
  if (view.running.length > 0) yield* sleep(context.tasks.clock, relistMs);
}

/** The status of a pod that was evicted. */
export function evictedStatus(pod: Pod, status: PodStatus, message: string, nowMs: number): PodStatus {
  const target = {
    type: "DisruptionTarget",
    observedGeneration: pod.metadata.generation ?? 1,
    status: "True",
    lastProbeTime: null,
    lastTransitionTime: rfc3339(nowMs),
    reason: "TerminationByKubelet",
    message,
  } as unknown as PodCondition;
  const known = status.conditions ?? [];
  const had = known.some(({ type }) => type === target.type);
  return { ...status, phase: "Failed", reason: "Evicted", message, conditions: had ? known : [target, ...known] };
}
