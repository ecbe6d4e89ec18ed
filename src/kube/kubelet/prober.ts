import type { RandomStream } from "../../sim/random.ts";
import { Signal } from "../../sim/signal.ts";
import { type RunningTask, sleep, type Task, type TaskGroup, waitFor } from "../../sim/task.ts";
import type { Container, Probe } from "../api/types.generated.ts";
import type { ProbeVerdicts } from "./container-status.ts";
import type { ProbeActions, ProbeTarget } from "./probe-actions.ts";

/** A container's first probe comes in a tick of its own, which has nothing to do with when it started. */
const FIRST_PROBE_MS = 900;

export type ProbeKind = "Liveness" | "Readiness" | "Startup";

/** What came out of the probes of one running container. */
interface Probed {
  readonly target: ProbeTarget;
  started: boolean;
  /** Woken when `started` becomes true: the other probes begin at once (prober manager's manual trigger). */
  readonly whenStarted: Signal;
  ready: boolean;
  /** The kind whose failures call for a restart, once they are enough. */
  failed: ProbeKind | undefined;
  readonly tasks: RunningTask<void>[];
}

/** Tells of a failed probe (for an event) and of a changed verdict (for the pod's worker). */
export interface ProbeListener {
  onFailure(kind: ProbeKind, text: string): void;
  onVerdict(): void;
}

/**
 * Probes running containers: a task for each probe, which sleeps its period away. Mirrors pkg/kubelet/prober.
 */
export class Prober implements ProbeVerdicts {
  private readonly probed = new Map<string, Probed>();
  private readonly actions: ProbeActions;
  private readonly tasks: TaskGroup;
  private readonly random: RandomStream;

  constructor(actions: ProbeActions, tasks: TaskGroup, random: RandomStream) {
    this.actions = actions;
    this.tasks = tasks;
    this.random = random;
  }

  isReady(containerId: string, container: Container): boolean {
    if (container.readinessProbe === undefined) return true;
    return this.probed.get(containerId)?.ready === true;
  }

  isStarted(containerId: string, container: Container): boolean {
    if (container.startupProbe === undefined) return true;
    return this.probed.get(containerId)?.started === true;
  }

  /** The kind of probe for which the container should be restarted, or undefined. */
  failure(containerId: string): ProbeKind | undefined {
    return this.probed.get(containerId)?.failed;
  }

  /**
   * Begins to probe a running container; again does nothing. `adopted`: it ran before this kubelet did, and its pod was
   * ready, so it counts as ready until a probe says otherwise.
   */
  watch(target: ProbeTarget, listener: ProbeListener, adopted: boolean): void {
    if (this.probed.has(target.containerId)) return;
    const { startupProbe, readinessProbe, livenessProbe } = target.container;
    const probed: Probed = {
      target,
      started: startupProbe === undefined || adopted,
      whenStarted: new Signal(),
      ready: adopted,
      failed: undefined,
      tasks: [],
    };
    this.probed.set(target.containerId, probed);
    if (startupProbe !== undefined && !adopted) this.begin(probed, "Startup", startupProbe, listener);
    if (readinessProbe !== undefined) this.begin(probed, "Readiness", readinessProbe, listener);
    if (livenessProbe !== undefined) this.begin(probed, "Liveness", livenessProbe, listener);
  }

  /** The container has ended. */
  unwatch(containerId: string): void {
    const probed = this.probed.get(containerId);
    if (probed === undefined) return;
    this.probed.delete(containerId);
    for (const task of probed.tasks) task.cancel();
    this.actions.forget(containerId);
  }

  private begin(probed: Probed, kind: ProbeKind, probe: Probe, listener: ProbeListener): void {
    const body = this.loop(probed, kind, probe, listener);
    probed.tasks.push(this.tasks.spawn(`probe/${kind}/${probed.target.container.name}`, body));
  }

  private *loop(probed: Probed, kind: ProbeKind, probe: Probe, listener: ProbeListener): Task<void> {
    const periodMs = (probe.periodSeconds ?? 10) * 1000;
    const initialMs = (probe.initialDelaySeconds ?? 0) * 1000;
    yield* sleep(this.tasks.clock, initialMs + this.random.below(Math.min(periodMs, FIRST_PROBE_MS)));
    let due = this.tasks.clock.uptime;
    let run = 0;
    let last: boolean | undefined;
    for (;;) {
      while (kind !== "Startup" && !probed.started) {
        yield* waitFor(probed.whenStarted);
        due = this.tasks.clock.uptime;
      }
      const outcome = yield* this.actions.run(probed.target, probe);
      if (!outcome.ok) listener.onFailure(kind, outcome.text);
      run = last === outcome.ok ? run + 1 : 1;
      last = outcome.ok;
      const enough = outcome.ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
      if (run >= enough && this.settle(probed, kind, outcome.ok)) listener.onVerdict();
      if (kind === "Startup" && probed.started) return;
      // A ticker: a slow probe does not put off the next one, but ticks that it overslept are lost.
      due += Math.max(1, Math.ceil((this.tasks.clock.uptime - due) / periodMs)) * periodMs;
      yield* sleep(this.tasks.clock, due - this.tasks.clock.uptime);
    }
  }

  /** Takes a verdict over; true when it changed something. */
  private settle(probed: Probed, kind: ProbeKind, ok: boolean): boolean {
    if (kind === "Readiness") {
      if (probed.ready === ok) return false;
      probed.ready = ok;
      return true;
    }
    if (ok) {
      const changed = kind === "Startup" && !probed.started;
      if (kind === "Startup") {
        probed.started = true;
        probed.whenStarted.notify();
      }
      return changed;
    }
    if (probed.failed !== undefined) return false;
    probed.failed = kind;
    return true;
  }
}
