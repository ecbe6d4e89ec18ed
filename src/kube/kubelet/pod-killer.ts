import { ContainerError, type ContainerInfo, RuntimeUnavailable } from "../../machine/container-runtime.ts";
import { nullDescriptor } from "../../machine/descriptor.ts";
import { Signal } from "../../sim/signal.ts";
import { sleep, type Task, waitAtMost, waitFor } from "../../sim/task.ts";
import type { Container, Pod } from "../api/types.generated.ts";
import { sayer } from "./container-starter.ts";
import type { PodContext } from "./pod-context.ts";

const RETRY_MS = 1000;

/** Stops the containers of a pod together. The grace may be cut short while they are stopping. */
export class PodKiller {
  private readonly context: PodContext;
  private readonly done = new Signal();
  private outstanding = 0;

  constructor(context: PodContext) {
    this.context = context;
  }

  /** Returns when all have ended. `graceMs` is asked again whenever `changed` is notified. */
  *stopAll(pod: Pod, running: readonly ContainerInfo[], graceMs: () => number, changed: Signal): Task<void> {
    let grace = graceMs();
    for (const info of running) this.begin(pod, info, grace, true);
    while (this.outstanding > 0) {
      yield* waitFor({
        begin: (resume) => {
          const stops = [this.done.begin(resume), changed.begin(resume)];
          return () => {
            for (const stop of stops) stop();
          };
        },
      });
      if (graceMs() >= grace) continue;
      grace = graceMs();
      for (const info of running) this.begin(pod, info, grace, false);
    }
  }

  private begin(pod: Pod, info: ContainerInfo, graceMs: number, first: boolean): void {
    this.outstanding++;
    const task = this.context.tasks.spawn(`kubelet/stop/${info.config.name}`, this.stop(pod, info, graceMs, first));
    task.onEnd(() => {
      this.outstanding--;
      this.done.notify();
    });
  }

  private *stop(pod: Pod, info: ContainerInfo, graceMs: number, first: boolean): Task<void> {
    const container = containerOf(pod, info.config.name);
    if (first && container !== undefined)
      sayer(this.context, pod, container)("Normal", "Killing", `Stopping container ${info.config.name}`);
    const startedAt = this.context.tasks.clock.uptime;
    if (first && container !== undefined && graceMs > 0) yield* runPreStop(this.context, info, container, graceMs);
    for (;;) {
      const left = Math.max(0, graceMs - (this.context.tasks.clock.uptime - startedAt));
      try {
        yield* this.context.runtime.stopContainer(info.id, left);
        return;
      } catch (error) {
        if (error instanceof ContainerError) return;
        if (!(error instanceof RuntimeUnavailable)) throw error;
        yield* sleep(this.context.tasks.clock, RETRY_MS);
      }
    }
  }
}

function containerOf(pod: Pod, name: string): Container | undefined {
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((container) => container.name === name);
}

/** The container's preStop hook, for as long as the grace lasts. */
function* runPreStop(context: PodContext, info: ContainerInfo, container: Container, graceMs: number): Task<void> {
  const hook = container.lifecycle?.preStop;
  if (hook?.sleep !== undefined) yield* sleep(context.tasks.clock, Math.min(hook.sleep.seconds * 1000, graceMs));
  const argv = hook?.exec?.command;
  if (argv === undefined) return;
  try {
    const io = nullDescriptor();
    const child = context.runtime.exec(info.id, { argv, stdin: io, stdout: io, stderr: io });
    yield* waitAtMost(context.tasks.clock, child.exited, graceMs);
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
  }
}
