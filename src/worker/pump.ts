import type { Clock } from "../sim/clock.ts";
import { NextTurn } from "./next-turn.ts";

/** How long the pump may hold the thread in one go, in milliseconds. */
const SLICE_MS = 8;
/** A world that cannot keep up loses time rather than falling behind by more than this. */
const BACKLOG_MS = 250;
/** Steps between two looks at the host's clock: a look is cheap, a step may cost a millisecond. */
const STEPS_PER_LOOK = 8;
/** World milliseconds per real one while it hurries. */
const HURRY = 60;
/** The longest sleep of an idle pump. */
const IDLE_MS = 250;

/** What the pump needs of its surroundings; tests hand it a clock of their own. */
export interface PumpOptions {
  readonly clock: Clock;
  /** Called after each slice: what is ready goes out. */
  afterSlice(): void;
  /** A defect that came out of a step. The world goes on without that step. */
  onFault(error: unknown): void;
  /** Milliseconds left for the page between two busy slices; 0 in a worker, which has nothing else to do. */
  readonly breathMs?: number;
}

/**
 * Hands the world slices of real time. Outside the core: here the host's clock and timers are allowed.
 *
 *     real time  ──┬── slice ──┬─ page ─┬── slice ──
 *     world time   └ runs what is due   └ runs on, or sleeps until the next thing is due
 */
export class Pump {
  private readonly options: PumpOptions;
  private lastReal = performance.now();
  private backlog = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly soon: NextTurn;
  private stopped = false;
  private held = false;
  /** World milliseconds per real one; at 0 time stands still, and what is due at this very moment is still done. */
  private speed = 1;
  private hurried = false;

  constructor(options: PumpOptions) {
    this.options = options;
    this.soon = new NextTurn(() => this.slice(), options.breathMs ?? 0);
  }

  start(): void {
    this.lastReal = performance.now();
    this.slice();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.soon.dispose();
  }

  /** Stops the world's time while code that a program needs is on its way. */
  hold(held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    if (!held) this.start();
  }

  /** The time until now passes at the old speed. */
  setSpeed(speed: number): void {
    this.slice();
    this.speed = speed;
    this.lastReal = performance.now();
    this.backlog = 0;
    this.slice();
  }

  /** Goes on many times faster than told while `hurried`: commands are typed that nobody has to follow. */
  hurry(hurried: boolean): void {
    this.slice();
    this.hurried = hurried;
    this.slice();
  }

  /** Runs a slice at once: something was typed. */
  kick(): void {
    this.slice();
  }

  /** Runs the world as fast as it goes until its clock shows `until`: a resumed cluster comes to rest before anybody looks. */
  rush(until: number): void {
    this.rushUntil = until;
    this.slice();
  }

  /** Whether it is on its way there. */
  get rushing(): boolean {
    return this.rushUntil > 0;
  }

  private rushUntil = 0;

  private get pace(): number {
    return this.hurried ? Math.max(this.speed, HURRY) : this.speed;
  }

  private slice(): void {
    if (this.stopped || this.held) return;
    clearTimeout(this.timer);
    const began = performance.now();
    const pace = this.pace;
    this.backlog = Math.min(this.backlog + (began - this.lastReal) * pace, BACKLOG_MS * Math.max(1, pace));
    this.lastReal = began;
    const { clock } = this.options;
    const before = clock.uptime;
    const caughtUp = this.runTo(Math.max(clock.uptime + this.backlog, this.rushUntil), began + SLICE_MS);
    if (clock.uptime >= this.rushUntil) this.rushUntil = 0;
    this.backlog = caughtUp ? 0 : Math.max(0, this.backlog - Math.max(0, clock.uptime - before));
    this.options.afterSlice();
    this.schedule(caughtUp);
  }

  /** Runs what is due until `target`, or until the host's `deadline`; says whether the target was reached. */
  private runTo(target: number, deadline: number): boolean {
    const { clock } = this.options;
    for (;;) {
      try {
        for (let steps = 0; steps < STEPS_PER_LOOK; steps++) {
          if (!clock.step(target)) {
            clock.runUntil(target);
            return true;
          }
        }
      } catch (error) {
        this.options.onFault(error);
      }
      if (performance.now() >= deadline) return false;
    }
  }

  private schedule(caughtUp: boolean): void {
    if (this.stopped) return;
    if (!caughtUp) {
      this.soon.ask();
      return;
    }
    const { clock } = this.options;
    const due = clock.nextDueAt();
    const wait = due === undefined ? IDLE_MS : Math.min(IDLE_MS, Math.max(1, (due - clock.uptime) / this.pace));
    this.timer = setTimeout(() => this.slice(), wait);
  }
}
