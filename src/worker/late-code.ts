/** Code that is fetched when it is first needed. */
export interface LateCode<T> {
  readonly code: T | undefined;
  /** Begins loading if need be and calls back when it has ended: with the code, or with why there is none. */
  request(onReady: (code: T | undefined, problem: string) => void): void;
}

/**
 * `onBusy` tells when loading begins and ends, so that the pump can hold the world's time meanwhile: how long the host
 * takes must not show in the world. What failed is tried again the next time.
 */
export function lateCode<T>(load: () => Promise<T>, onBusy: (busy: boolean) => void = () => {}): LateCode<T> {
  let code: T | undefined;
  let waiting: ((code: T | undefined, problem: string) => void)[] = [];
  const finish = (result: T | undefined, problem: string) => {
    code = result;
    const callbacks = waiting;
    waiting = [];
    onBusy(false);
    for (const callback of callbacks) callback(result, problem);
  };
  return {
    get code() {
      return code;
    },
    request(onReady) {
      if (code !== undefined) return onReady(code, "");
      waiting.push(onReady);
      if (waiting.length > 1) return;
      onBusy(true);
      load().then(
        (loaded) => finish(loaded, ""),
        (error: unknown) => finish(undefined, error instanceof Error ? error.message : String(error)),
      );
    },
  };
}
