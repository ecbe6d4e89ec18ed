import type { Disposable } from "../../base/disposable.ts";
import type { KeyEvent, KeyObserver } from "../key-observer.ts";
import type { Sandbox } from "../sandbox.ts";
import { isRestless } from "./evaluate.ts";

export interface TimedKeyEvent extends KeyEvent {
  readonly at: number;
}

const KEPT = 5000;

/** What happened to etcd's keys, with the world's time; without leases and events, which never rest. */
export class KeyHistory implements Disposable {
  private events: TimedKeyEvent[] = [];
  private readonly subscription: Disposable;

  constructor(sandbox: Sandbox, observer: KeyObserver) {
    this.subscription = observer.onKeyEvent((event) => {
      if (isRestless(event.key)) return;
      this.events.push({ ...event, at: sandbox.clock.now });
      if (this.events.length > KEPT * 2) this.events = this.events.slice(-KEPT);
    });
  }

  since(at: number): readonly TimedKeyEvent[] {
    return this.events.filter((event) => event.at >= at);
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
