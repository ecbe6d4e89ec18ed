import { type Disposable, disposable } from "./disposable.ts";

/** A public event: call it to subscribe. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** The private side of an event. Listeners run in order of subscription, synchronously. */
export class Emitter<T> {
  private listeners: ((value: T) => void)[] = [];

  readonly event: Event<T> = (listener) => {
    this.listeners = [...this.listeners, listener];
    return disposable(() => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    });
  };

  get size(): number {
    return this.listeners.length;
  }

  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
}
