import type { Disposable } from "../../base/disposable.ts";
import type { KeyEvent, KeyObserver } from "../key-observer.ts";
import { isPassing } from "../restless-keys.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Ticks } from "./ticks.ts";
import { TimedLog } from "./timed-log.ts";

export interface TimedKeyEvent extends KeyEvent {
  readonly tick: number;
  /** In the world's time. */
  readonly at: number;
}

const KEPT = 5000;
/** Of values that are kept with the world, in octets. */
const NOTED_MAX = 2_000_000;

/** What happened to etcd's keys, with the world's time; without leases and events, which never rest. */
export class KeyHistory implements Disposable {
  private readonly log: TimedLog<TimedKeyEvent>;
  private readonly sandbox: Sandbox;
  private readonly ticks: Ticks;
  private subscription: Disposable | undefined;

  constructor(sandbox: Sandbox, ticks: Ticks, events: readonly TimedKeyEvent[] = []) {
    this.log = new TimedLog(KEPT, events);
    this.sandbox = sandbox;
    this.ticks = ticks;
  }

  /** Listens to an observer from now on, in place of the one before. */
  follow(observer: KeyObserver, onEvent: () => void): void {
    this.dispose();
    this.subscription = observer.onKeyEvent((event) => {
      if (isPassing(event.key)) return;
      this.log.push({ ...event, tick: this.ticks.next(), at: this.sandbox.clock.now });
      onEvent();
    });
  }

  /** What happened at `at` or later, as far back as the world's time has only risen. */
  since(at: number): readonly TimedKeyEvent[] {
    return this.log.since(at);
  }

  /** The newest makings and deletions, as far as their values are not too much to keep. */
  notes(): readonly TimedKeyEvent[] {
    const noted: TimedKeyEvent[] = [];
    let octets = 0;
    for (const event of this.log.all.toReversed()) {
      if (event.before !== undefined && event.after !== undefined) continue;
      octets += (event.before ?? event.after)?.size ?? 0;
      if (octets > NOTED_MAX) break;
      noted.push(event);
    }
    return noted.reverse();
  }

  /** The last change of a key that is as described. */
  lastOf(key: string, is: (event: TimedKeyEvent) => boolean): TimedKeyEvent | undefined {
    return this.log.all.findLast((event) => event.key === key && is(event));
  }

  dispose(): void {
    this.subscription?.dispose();
  }
}
