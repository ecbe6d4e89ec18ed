import { type Disposable, disposable } from "../base/disposable.ts";

/**
 * The world's only time: milliseconds since the Unix epoch, with fractions. It moves when due work is run and
 * never by itself.
 *
 * Work is a heap ordered by (dueAt, seq), so what is due at one moment runs in the order in which it was asked for:
 *
 *     at(5, A)  at(3, B)  at(5, C)   runs   B | A C
 */
export class Clock {
  private time: number;
  private seq = 0;
  private readonly heap: DueTask[] = [];
  private cancelled = 0;

  constructor(startMs: number) {
    this.time = startMs;
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.time;
  }

  /** Tasks that have not run and were not cancelled. */
  get pending(): number {
    return this.heap.length - this.cancelled;
  }

  /** Runs `run` when the time has come; a moment in the past means as soon as possible. */
  at(dueAt: number, run: () => void): Disposable {
    const task: DueTask = { dueAt: Math.max(dueAt, this.time), seq: this.seq++, run };
    push(this.heap, task);
    return disposable(() => {
      if (task.run === undefined) return;
      task.run = undefined;
      this.cancelled++;
      if (this.cancelled > 64 && this.cancelled > this.heap.length / 2) this.sweep();
    });
  }

  /** Runs `run` after `delayMs`. */
  after(delayMs: number, run: () => void): Disposable {
    return this.at(this.time + delayMs, run);
  }

  /** The moment of the next due task, or undefined when nothing is due ever. */
  nextDueAt(): number | undefined {
    this.dropCancelled();
    return this.heap[0]?.dueAt;
  }

  /** Runs the next task if it is due at or before `untilMs`; says whether one ran. */
  step(untilMs: number = Number.POSITIVE_INFINITY): boolean {
    this.dropCancelled();
    const next = this.heap[0];
    if (next === undefined || next.dueAt > untilMs) return false;
    pop(this.heap);
    this.time = next.dueAt;
    const run = next.run;
    next.run = undefined;
    run?.();
    return true;
  }

  /** Runs all that is due up to and including `untilMs`, then stands at `untilMs`. */
  runUntil(untilMs: number): void {
    while (this.step(untilMs));
    this.time = Math.max(this.time, untilMs);
  }

  /**
   * Sets the clock, as an operator does with `date -s`. Work already asked for keeps its distance from now, since
   * waits are counted on a monotonic clock.
   */
  set(nowMs: number): void {
    const shift = nowMs - this.time;
    for (const task of this.heap) task.dueAt += shift;
    this.time = nowMs;
  }

  private dropCancelled(): void {
    while (this.heap[0] !== undefined && this.heap[0].run === undefined) {
      pop(this.heap);
      this.cancelled--;
    }
  }

  private sweep(): void {
    const live = this.heap.filter((task) => task.run !== undefined);
    this.heap.length = 0;
    for (const task of live) push(this.heap, task);
    this.cancelled = 0;
  }
}

interface DueTask {
  dueAt: number;
  readonly seq: number;
  run: (() => void) | undefined;
}

function before(a: DueTask, b: DueTask): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.seq < b.seq);
}

function push(heap: DueTask[], task: DueTask): void {
  let index = heap.length;
  heap.push(task);
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || !before(task, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = task;
}

function pop(heap: DueTask[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    if (left === undefined) break;
    const right = heap[2 * index + 2];
    const goRight = right !== undefined && before(right, left);
    const child = goRight ? right : left;
    if (!before(child, last)) break;
    heap[index] = child;
    index = 2 * index + (goRight ? 2 : 1);
  }
  heap[index] = last;
}
