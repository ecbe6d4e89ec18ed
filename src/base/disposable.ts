/** Something that was started and can be ended; ending twice is the same as once. */
export interface Disposable {
  dispose(): void;
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
