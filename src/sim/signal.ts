import type { Task, Wait } from "./task.ts";

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
export class Signal implements Wait<void> {
  /** Mostly one task waits, so that one needs no set; `others` came after it. */
  private first: Waiter | undefined;
  private others: Set<Waiter> | undefined;

  begin(resume: Waiter): () => void {
    if (this.first === undefined && this.others === undefined) this.first = resume;
    else {
      this.others ??= new Set();
      this.others.add(resume);
    }
    return () => this.leave(resume);
  }

  notify(): void {
    const { first, others } = this;
    this.first = undefined;
    this.others = undefined;
    first?.(undefined);
    if (others !== undefined) for (const resume of others) resume(undefined);
  }

  private leave(resume: Waiter): void {
    if (this.first === resume) this.first = undefined;
    else this.others?.delete(resume);
  }
}

type Waiter = (value: undefined) => void;

/** An unbounded queue between tasks. After `close`, what is queued can still be taken, then comes undefined. */
export class Queue<T> {
  private readonly items: T[] = [];
  private head = 0;
  private closed = false;
  private readonly changed = new Signal();

  get size(): number {
    return this.items.length - this.head;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  push(item: T): void {
    if (this.closed) return;
    this.items.push(item);
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
    if (this.size === 0) return undefined;
    const item = this.items[this.head];
    this.head++;
    if (this.head > 256 && this.head * 2 > this.items.length) {
      this.items.splice(0, this.head);
      this.head = 0;
    }
    return item;
  }

  /** Waits for the next item; undefined when the queue is closed and empty. */
  *take(): Task<T | undefined> {
    while (this.isDry) yield this.more;
    return this.poll();
  }

  /** Whether there is nothing to take, but may be later: `while (queue.isDry) yield queue.more` is `take` without a task. */
  get isDry(): boolean {
    return this.items.length === this.head && !this.closed;
  }

  /** Over when something came, or nothing will any more; others may have taken it meanwhile. */
  get more(): Wait<unknown> {
    return this.changed as Wait<unknown>;
  }

  /** Waits until an item is there or the queue is closed. */
  get ready(): Wait<void> {
    return {
      begin: (resume) => {
        if (this.size > 0 || this.closed) {
          resume(undefined);
          return undefined;
        }
        return this.changed.begin(resume);
      },
    };
  }
}
