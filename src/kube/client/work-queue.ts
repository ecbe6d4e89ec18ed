import type { Disposable } from "../../base/disposable.ts";
import type { Clock } from "../../sim/clock.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";

/** How long a failing key waits before its next turn: 5 ms, doubled each time, at most 1000 s. */
const DEFAULT_BASE_DELAY_MS = 5;
const DEFAULT_MAX_DELAY_MS = 1_000_000;

/**
 * Keys that wait for a controller. A key is queued once however often it is added; a key added while it is being
 * worked on is queued again when that work is done, so no two workers hold one key.
 *
 *     add(k) --> waiting --take()--> processing --done(k)--> (added meanwhile? waiting : out)
 *     addAfter / addRateLimited --timer--> add(k)
 *
 * Mirrors client-go util/workqueue: Type, delaying queue, ItemExponentialFailureRateLimiter.
 */
export class WorkQueue implements Disposable {
  private readonly waiting: string[] = [];
  private head = 0;
  private readonly dirty = new Set<string>();
  private readonly processing = new Set<string>();
  private readonly failures = new Map<string, number>();
  private readonly timers = new Map<string, { readonly dueAt: number; readonly timer: Disposable }>();
  private readonly changed = new Signal();
  private closed = false;

  private readonly clock: Clock;
  private readonly baseDelayMs: number;
  private readonly maxDelayMs: number;

  constructor(clock: Clock, baseDelayMs = DEFAULT_BASE_DELAY_MS, maxDelayMs = DEFAULT_MAX_DELAY_MS) {
    this.clock = clock;
    this.baseDelayMs = baseDelayMs;
    this.maxDelayMs = maxDelayMs;
  }

  /** Keys waiting for a worker. */
  get size(): number {
    return this.waiting.length - this.head;
  }

  add(key: string): void {
    if (this.closed || this.dirty.has(key)) return;
    this.dirty.add(key);
    if (this.processing.has(key)) return;
    this.waiting.push(key);
    this.changed.notify();
  }

  /** Adds the key after `delayMs`; an earlier moment already asked for wins. */
  addAfter(key: string, delayMs: number): void {
    if (this.closed) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueAt = this.clock.uptime + delayMs;
    const known = this.timers.get(key);
    if (known !== undefined && known.dueAt <= dueAt) return;
    known?.timer.dispose();
    const timer = this.clock.at(dueAt, () => {
      this.timers.delete(key);
      this.add(key);
    });
    this.timers.set(key, { dueAt, timer });
  }

  /** Adds a key that failed, later each time. */
  addRateLimited(key: string): void {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    this.addAfter(key, Math.min(this.baseDelayMs * 2 ** failures, this.maxDelayMs));
  }

  /** How often the key has failed since it was last forgotten. */
  requeues(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  /** The key has succeeded: its next failure starts at the shortest delay. */
  forget(key: string): void {
    this.failures.delete(key);
  }

  /** The next key; undefined once the queue is closed. The worker must call `done`. */
  *take(): Task<string | undefined> {
    while (this.size === 0) {
      if (this.closed) return undefined;
      yield* waitFor(this.changed);
    }
    const key = this.waiting[this.head++] ?? "";
    if (this.head > 64 && this.head * 2 > this.waiting.length) {
      this.waiting.splice(0, this.head);
      this.head = 0;
    }
    this.dirty.delete(key);
    this.processing.add(key);
    return key;
  }

  /** The work on a key has ended, well or not. */
  done(key: string): void {
    this.processing.delete(key);
    if (!this.dirty.has(key)) return;
    this.waiting.push(key);
    this.changed.notify();
  }

  dispose(): void {
    this.closed = true;
    for (const { timer } of this.timers.values()) timer.dispose();
    this.timers.clear();
    this.changed.notify();
  }
}
