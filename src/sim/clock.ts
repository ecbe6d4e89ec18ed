import type { Disposable } from "../base/disposable.ts";

/**
 * The world's only time, in milliseconds with fractions. It moves when due work is run and never by itself.
 *
 * It is read in two ways, as on Linux. `now` is the calendar's time, which an operator may set (CLOCK_REALTIME);
 * `uptime` only ever counts on (CLOCK_MONOTONIC). What waits, times out or measures goes by `uptime`; what is written
 * down for others goes by `now`. Both are the same number until somebody sets the clock.
 *
 * Work is a heap ordered by (dueAt, seq), so what is due at one moment runs in the order in which it was asked for:
 *
 *     at(5, A)  at(3, B)  at(5, C)   runs   B | A C
 *
 * Half of all work is due at once (a task that goes on). It needs no heap: it is asked for in the order of its seq, so
 * a queue beside the heap keeps it sorted, and `step` takes the earlier of the two heads.
 */
export class Clock {
  private time: number;
  /** What was added by setting the calendar; zero until somebody does. */
  private shift: number;
  private seq = 0;
  private readonly heap: DueTask[] = [];
  /** Both ends of the queue, which is a chain: an array that is empty again and again would be made anew each time. */
  private firstReady: DueTask | undefined;
  private lastReady: DueTask | undefined;
  private readyCount = 0;
  private cancelled = 0;
  /** Told before the clock is set. */
  beforeSet: (() => void) | undefined;

  /** Begins at `startMs` of the calendar; `setBy` is what an operator has added to that. */
  constructor(startMs: number, setBy = 0) {
    this.time = startMs - setBy;
    this.shift = setBy;
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.time + this.shift;
  }

  /** Milliseconds that never jump; deadlines and `at` are on this scale. */
  get uptime(): number {
    return this.time;
  }

  /** Milliseconds by which the calendar is ahead of what it was before anybody set it. */
  get setBy(): number {
    return this.shift;
  }

  /** Tasks that have not run and were not cancelled. */
  get pending(): number {
    return this.heap.length + this.readyCount - this.cancelled;
  }

  /** Runs `run` when `uptime` has come so far; a moment in the past means as soon as possible. */
  at(dueAt: number, run: () => void): Disposable {
    if (dueAt > this.time) {
      const task = new DueTask(this, dueAt, this.seq++, run);
      push(this.heap, task);
      return task;
    }
    const task = new DueTask(this, this.time, this.seq++, run);
    this.enqueue(task);
    return task;
  }

  /** Runs `run` after `delayMs`. */
  after(delayMs: number, run: () => void): Disposable {
    return this.at(this.time + delayMs, run);
  }

  /** The moment (of `uptime`) of the next due task, or undefined when nothing is due ever. */
  nextDueAt(): number | undefined {
    return this.next()?.dueAt;
  }

  /** Runs the next task if it is due at or before `untilMs` of `uptime`; says whether one ran. */
  step(untilMs: number = Number.POSITIVE_INFINITY): boolean {
    const next = this.next();
    if (next === undefined || next.dueAt > untilMs) return false;
    this.take(next);
    this.time = next.dueAt;
    const run = next.run;
    next.run = undefined;
    run?.();
    return true;
  }

  /** Runs all that is due up to and including `untilMs` of `uptime`, then stands at `untilMs`. */
  runUntil(untilMs: number): void {
    while (this.step(untilMs));
    this.time = Math.max(this.time, untilMs);
  }

  /** Sets the calendar, as an operator does with `date -s`. No wait becomes shorter or longer by it. */
  set(nowMs: number): void {
    this.beforeSet?.();
    this.shift = nowMs - this.time;
  }

  /** For DueTask only: one of the tasks will not run. */
  noteCancelled(): void {
    this.cancelled++;
    if (this.cancelled > 64 && this.cancelled > (this.heap.length + this.readyCount) / 2) this.sweep();
  }

  /** The earlier of both heads, after what was cancelled before them is gone. */
  private next(): DueTask | undefined {
    for (;;) {
      const waiting = this.heap[0];
      const ready = this.firstReady;
      const next = ready === undefined || (waiting !== undefined && before(waiting, ready)) ? waiting : ready;
      if (next === undefined || next.run !== undefined) return next;
      this.take(next);
      this.cancelled--;
    }
  }

  /** Takes a head off its queue. */
  private take(head: DueTask): void {
    if (this.heap[0] === head) {
      pop(this.heap);
      return;
    }
    this.firstReady = head.behind;
    if (head.behind === undefined) this.lastReady = undefined;
    // An old task that is done with would keep all that came after it alive: collectors look at the old ones seldom.
    head.behind = undefined;
    this.readyCount--;
  }

  private enqueue(task: DueTask): void {
    if (this.lastReady === undefined) this.firstReady = task;
    else this.lastReady.behind = task;
    this.lastReady = task;
    this.readyCount++;
  }

  private sweep(): void {
    const live = this.heap.filter((task) => task.run !== undefined);
    this.heap.length = 0;
    for (const task of live) push(this.heap, task);
    let ready = this.firstReady;
    this.firstReady = undefined;
    this.lastReady = undefined;
    this.readyCount = 0;
    while (ready !== undefined) {
      const { behind } = ready;
      ready.behind = undefined;
      if (ready.run !== undefined) this.enqueue(ready);
      ready = behind;
    }
    this.cancelled = 0;
  }
}

/** Work with its moment; disposing of it before that moment cancels it. */
class DueTask implements Disposable {
  dueAt: number;
  readonly seq: number;
  run: (() => void) | undefined;
  /** The next one in the queue of what is due at once. */
  behind: DueTask | undefined = undefined;
  private readonly clock: Clock;

  constructor(clock: Clock, dueAt: number, seq: number, run: () => void) {
    this.clock = clock;
    this.dueAt = dueAt;
    this.seq = seq;
    this.run = run;
  }

  dispose(): void {
    if (this.run === undefined) return;
    this.run = undefined;
    this.clock.noteCancelled();
  }
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
