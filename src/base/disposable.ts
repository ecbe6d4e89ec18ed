/** Something that was started and can be ended; ending twice is the same as once. */
export interface Disposable {
  dispose(): void;
}

/** Owns what a component started, so that its end is one call. */
export class DisposableStore implements Disposable {
  private readonly items = new Set<Disposable>();
  private disposed = false;

  /** Adds `item`; if the store has already been disposed, ends it at once. */
  add<T extends Disposable>(item: T): T {
    if (this.disposed) item.dispose();
    else this.items.add(item);
    return item;
  }

  /** Ends everything, last added first. */
  dispose(): void {
    this.disposed = true;
    for (const item of [...this.items].reverse()) item.dispose();
    this.items.clear();
  }
}

/** Wraps a function as a `Disposable` that runs it at most once. */
export function disposable(end: () => void): Disposable {
  let ended = false;
  return {
    dispose() {
      if (ended) return;
      ended = true;
      end();
    },
  };
}
