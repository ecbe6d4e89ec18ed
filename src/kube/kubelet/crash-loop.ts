import { formatGoDuration } from "../../base/cli/go-duration.ts";
import type { ContainerInfo } from "../../machine/container-runtime.ts";
import type { Container, Pod } from "../api/types.generated.ts";
import { sayer } from "./container-starter.ts";
import type { Waiting } from "./container-status.ts";
import type { PodContext } from "./pod-context.ts";
import { CONTAINER_HASH } from "./pod-view.ts";
import { logStartFailure } from "./start-failure.ts";

/** A container that must wait before it is started again. */
export interface CrashLoop {
  readonly waiting: Waiting;
  readonly leftMs: number;
}

/**
 * Whether an ended container must wait before its next start: not after its first end, then 10 s, doubled each time up
 * to 5 min, counted from its end. Says so in an event and the log. Mirrors kuberuntime doBackOff.
 */
export function crashLoop(
  context: PodContext,
  pod: Pod,
  container: Container,
  info: ContainerInfo,
): CrashLoop | undefined {
  const { restarts, tasks } = context;
  const { name, namespace, uid } = pod.metadata;
  const key = `${uid}/${container.name}/${info.config.annotations[CONTAINER_HASH] ?? ""}`;
  const finishedAt = info.finishedAt ?? tasks.clock.now;
  const leftMs = restarts.remaining(key, finishedAt, tasks.clock.now);
  if (leftMs <= 0) {
    restarts.next(key, finishedAt);
    return undefined;
  }
  const label = `${name}_${namespace}(${uid})`;
  const text = `Back-off restarting failed container ${container.name} in pod ${label}`;
  sayer(context, pod, container)("Warning", "BackOff", text);
  const message = `back-off ${formatGoDuration(restarts.current(key))} restarting failed container=${container.name} pod=${label}`;
  const waiting = { reason: "CrashLoopBackOff", message };
  logStartFailure(context, pod, container, waiting);
  return { waiting, leftMs };
}
