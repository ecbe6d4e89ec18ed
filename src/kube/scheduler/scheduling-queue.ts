import type { Disposable } from "../../base/disposable.ts";
import type { Clock } from "../../sim/clock.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import type { Pod } from "../api/types.generated.ts";

const FIRST_BACK_OFF_MS = 1000;
const MAX_BACK_OFF_MS = 10_000;
/** How long a pod may lie unschedulable before it is tried again although nothing happened. */
const UNSCHEDULABLE_MAX_MS = 300_000;

interface Entry {
  pod: Pod;
  attempts: number;
  /** When the pod last failed. */
  failedAt: number;
  readonly addedAt: number;
  readonly seq: number;
  place: "active" | "back-off" | "unschedulable" | "in flight";
  /** Something happened while the pod was being tried. */
  retryAtOnce: boolean;
}

/**
 * Pods without a node.
 *
 *     add --> active --take()--> in flight --failed()--> unschedulable --something happened--> back-off --timer--> active
 *
 * Active pods go by priority, then by age. Mirrors scheduler backend/queue PriorityQueue.
 */
export class SchedulingQueue implements Disposable {
  private readonly entries = new Map<string, Entry>();
  private readonly changed = new Signal();
  private readonly clock: Clock;
  private timer: Disposable | undefined;
  private seq = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get size(): number {
    return this.entries.size;
  }

  /** A pod wants a node, or has changed while it waits. */
  put(pod: Pod): void {
    const key = pod.metadata.uid ?? "";
    const entry = this.entries.get(key);
    if (entry === undefined) {
      this.entries.set(key, {
        pod,
        attempts: 0,
        failedAt: 0,
        addedAt: this.clock.uptime,
        seq: this.seq++,
        place: "active",
        retryAtOnce: false,
      });
      this.changed.notify();
      return;
    }
    const same = entry.pod.metadata.generation === pod.metadata.generation;
    const gatesGone = (entry.pod.spec.schedulingGates?.length ?? 0) > (pod.spec.schedulingGates?.length ?? 0);
    entry.pod = pod;
    if (!same || gatesGone) this.wake(entry);
  }

  drop(uid: string): void {
    this.entries.delete(uid);
  }

  /** Something happened that may make room: unschedulable pods that it concerns get another turn after their back-off. */
  wakeAll(concerned: (pod: Pod) => boolean = () => true): void {
    for (const entry of this.entries.values()) if (concerned(entry.pod)) this.wake(entry);
  }

  /** The next pod to place. */
  *take(): Task<Pod> {
    for (;;) {
      const entry = this.first();
      if (entry !== undefined) {
        entry.place = "in flight";
        entry.retryAtOnce = false;
        entry.attempts++;
        return entry.pod;
      }
      yield* waitFor(this.changed);
    }
  }

  /** The pod could not be placed; `retry`: not for its own fault, so it need not wait for something to happen. */
  failed(uid: string, retry: boolean): void {
    const entry = this.entries.get(uid);
    if (entry === undefined) return;
    entry.failedAt = this.clock.uptime;
    entry.place = retry || entry.retryAtOnce ? "back-off" : "unschedulable";
    this.arm();
  }

  dispose(): void {
    this.timer?.dispose();
  }

  private wake(entry: Entry): void {
    if (entry.place === "in flight") entry.retryAtOnce = true;
    if (entry.place !== "unschedulable") return;
    entry.place = "back-off";
    this.arm();
  }

  private first(): Entry | undefined {
    let best: Entry | undefined;
    for (const entry of this.entries.values()) {
      if (entry.place !== "active" || (entry.pod.spec.schedulingGates?.length ?? 0) > 0) continue;
      if (best === undefined || before(entry, best)) best = entry;
    }
    return best;
  }

  private dueAt(entry: Entry): number {
    if (entry.place === "unschedulable") return entry.failedAt + UNSCHEDULABLE_MAX_MS;
    return entry.failedAt + Math.min(FIRST_BACK_OFF_MS * 2 ** Math.max(0, entry.attempts - 1), MAX_BACK_OFF_MS);
  }

  /** Sets the one timer to the first moment at which a waiting pod becomes active. */
  private arm(): void {
    this.timer?.dispose();
    let next = Number.POSITIVE_INFINITY;
    for (const entry of this.entries.values()) {
      if (entry.place === "back-off" || entry.place === "unschedulable") next = Math.min(next, this.dueAt(entry));
    }
    if (next === Number.POSITIVE_INFINITY) return;
    this.timer = this.clock.at(next, () => this.activateDue());
  }

  private activateDue(): void {
    for (const entry of this.entries.values()) {
      const waiting = entry.place === "back-off" || entry.place === "unschedulable";
      if (waiting && this.dueAt(entry) <= this.clock.uptime) entry.place = "active";
    }
    this.changed.notify();
    this.arm();
  }
}

function before(a: Entry, b: Entry): boolean {
  const difference = (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0);
  return difference === 0 ? a.addedAt < b.addedAt || (a.addedAt === b.addedAt && a.seq < b.seq) : difference > 0;
}
