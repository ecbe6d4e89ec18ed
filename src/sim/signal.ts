import type { Parking, Sleeper, Task, Wait } from "./task.ts";

/** A value that arrives once; any number of tasks may wait for it. */
export class Future<T> implements Wait<T> {
  private result: { value: T } | undefined;
  private waiters = new Set<(value: T) => void>();

  get settled(): boolean {
    return this.result !== undefined;
  }

  /** Gives the value; later calls are ignored. */
  settle(value: T): void {
    if (this.result !== undefined) return;
    this.result = { value };
    const waiters = this.waiters;
    this.waiters = new Set();
    for (const resume of waiters) resume(value);
  }

  begin(resume: (value: T) => void): (() => void) | undefined {
    if (this.result !== undefined) {
      resume(this.result.value);
      return undefined;
    }
    this.waiters.add(resume);
    return () => this.waiters.delete(resume);
  }
}

/** Wakes all who wait when something may have changed; they look again for themselves (a condition variable). */
export class Signal implements Parking {
  /** Mostly one waits, so that one needs no set; `others` came after it. */
  private first: Sleeper | undefined;
  private others: Set<Sleeper> | undefined;

  park(sleeper: Sleeper): void {
    if (this.first === undefined && this.others === undefined) this.first = sleeper;
    else {
      this.others ??= new Set();
      this.others.add(sleeper);
    }
  }

  leave(sleeper: Sleeper): void {
    if (this.first === sleeper) this.first = undefined;
    else this.others?.delete(sleeper);
  }

  begin(resume: (value: undefined) => void): () => void {
    const sleeper: Sleeper = { wake: () => resume(undefined) };
    this.park(sleeper);
    return () => this.leave(sleeper);
  }

  notify(): void {
    const { first, others } = this;
    this.first = undefined;
    this.others = undefined;
    first?.wake();
    if (others !== undefined) for (const sleeper of others) sleeper.wake();
  }
}

interface Queued<T> {
  readonly item: T;
  behind: Queued<T> | undefined;
}

/**
 * An unbounded queue between tasks. After `close`, what is queued can still be taken, then comes undefined. It is a
 * chain, so that what has been taken is held by nobody: most queues are of connections, and what passed through them would
 * otherwise live on as long as they do.
 */
export class Queue<T> {
  private first: Queued<T> | undefined;
  private last: Queued<T> | undefined;
  private count = 0;
  private closed = false;
  private readonly changed = new Signal();

  get size(): number {
    return this.count;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  push(item: T): void {
    if (this.closed) return;
    const queued: Queued<T> = { item, behind: undefined };
    if (this.last === undefined) this.first = queued;
    else this.last.behind = queued;
    this.last = queued;
    this.count++;
    this.changed.notify();
  }

  close(): void {
    this.closed = true;
    this.changed.notify();
  }

  /** Lets who waits look again, though nothing came. */
  wake(): void {
    this.changed.notify();
  }

  /** The next item without waiting, or undefined. */
  poll(): T | undefined {
    const { first } = this;
    if (first === undefined) return undefined;
    this.first = first.behind;
    if (first.behind === undefined) this.last = undefined;
    first.behind = undefined;
    this.count--;
    return first.item;
  }

  /** Waits for the next item; undefined when the queue is closed and empty. */
  *take(): Task<T | undefined> {
    while (this.isDry) yield this.more;
    return this.poll();
  }

  /** Whether there is nothing to take, but may be later: `while (queue.isDry) yield queue.more` is `take` without a task. */
  get isDry(): boolean {
    return this.first === undefined && !this.closed;
  }

  /** Over when something came, or nothing will any more; others may have taken it meanwhile. */
  get more(): Wait<unknown> {
    return this.changed as Wait<unknown>;
  }

  /** Waits until an item is there or the queue is closed. */
  get ready(): Wait<void> {
    return {
      begin: (resume) => {
        if (this.count > 0 || this.closed) {
          resume(undefined);
          return undefined;
        }
        return this.changed.begin(resume);
      },
    };
  }
}
