import type { Disposable } from "../../base/disposable.ts";
import { KeyObserver } from "../key-observer.ts";
import type { Sandbox } from "../sandbox.ts";
import { wakingMs } from "../waking.ts";
import { EndpointWatch } from "./endpoint-watch.ts";
import { StoreDiary } from "./store-diary.ts";

/** What whoever looks at the store needs at least to find it. */
const FIRST_LOOK_MS = 1000;
/** Between two looks at the store while it wakes. */
const LOOK_MS = 250;
/** Steps of the fork's clock in one go. A step may cost a millisecond. */
const STEPS_MAX = 8;

/**
 * A fork of a world on its way to be at rest, with someone who looks at its store. Daemons start anew in a fork, as after
 * every boot of an image; what a command does shows only once they are all there.
 */
export class WarmFork implements Disposable {
  readonly sandbox: Sandbox;
  readonly diary: StoreDiary;
  readonly endpoints = new EndpointWatch();
  private readonly observer: KeyObserver;
  private readonly restsAt: number;
  private looksAt: number;

  constructor(of: Sandbox) {
    this.sandbox = of.fork();
    this.observer = new KeyObserver(this.sandbox);
    this.diary = new StoreDiary(this.observer);
    this.looksAt = this.sandbox.clock.uptime + LOOK_MS;
    this.restsAt = this.sandbox.clock.uptime + Math.max(wakingMs(of.options), FIRST_LOOK_MS);
  }

  get isAtRest(): boolean {
    return this.sandbox.clock.uptime >= this.restsAt;
  }

  /** Wakes it a little more. */
  step(): void {
    if (!this.passTo(this.looksAt)) return;
    this.looksAt += LOOK_MS;
    const touched = this.diary.look(0);
    this.endpoints.update(touched, (key) => this.diary.keys.get(key)?.value, undefined);
  }

  /** Lets a few steps of the fork's clock happen; says whether it has come to `until` (of its uptime). */
  passTo(until: number): boolean {
    const { sandbox } = this;
    let left = STEPS_MAX;
    sandbox.runUntil(() => left-- <= 0, until - sandbox.clock.uptime);
    if (left < 0) return false;
    sandbox.run(until - sandbox.clock.uptime);
    return true;
  }

  dispose(): void {
    this.observer.dispose();
    this.sandbox.dispose();
  }
}
