import type { Disposable } from "../../base/disposable.ts";
import type { KeyEvent, KeyObserver } from "../key-observer.ts";
import { isPassing } from "../restless-keys.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Ticks } from "./ticks.ts";

export interface TimedKeyEvent extends KeyEvent {
  readonly tick: number;
  /** In the world's time. */
  readonly at: number;
}

const KEPT = 5000;

/** What happened to etcd's keys, with the world's time; without leases and events, which never rest. */
export class KeyHistory implements Disposable {
  private events: TimedKeyEvent[] = [];
  private readonly sandbox: Sandbox;
  private readonly ticks: Ticks;
  private subscription: Disposable | undefined;

  constructor(sandbox: Sandbox, ticks: Ticks) {
    this.sandbox = sandbox;
    this.ticks = ticks;
  }

  /** Listens to an observer from now on, in place of the one before. */
  follow(observer: KeyObserver, onEvent: () => void): void {
    this.dispose();
    this.subscription = observer.onKeyEvent((event) => {
      if (isPassing(event.key)) return;
      this.events.push({ ...event, tick: this.ticks.next(), at: this.sandbox.clock.now });
      if (this.events.length > KEPT * 2) this.events = this.events.slice(-KEPT);
      onEvent();
    });
  }

  /** What happened at `at` or later, as far back as the world's time has only risen. */
  since(at: number): readonly TimedKeyEvent[] {
    const before = this.events.findLastIndex((event) => event.at < at);
    return this.events.slice(before + 1);
  }

  dispose(): void {
    this.subscription?.dispose();
  }
}
