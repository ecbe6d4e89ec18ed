import type { Sandbox } from "../sandbox/sandbox.ts";

/** How long the pump may hold the thread in one go, in milliseconds. */
const SLICE_MS = 8;
/** A world that cannot keep up loses time rather than falling behind by more than this. */
const BACKLOG_MS = 250;
const STEPS_PER_LOOK = 64;
const IDLE_MS = 50;

/**
 * Hands the world slices of real time. Outside the core: here the host's clock and timers are allowed.
 *
 *     real time  ──┬── slice ──┬─ page ─┬── slice ──
 *     world time   └ runs what is due   └ runs on, or sleeps until the next thing is due
 */
export class Pump {
  private readonly sandbox: Sandbox;
  private readonly afterSlice: () => void;
  private lastReal = performance.now();
  private backlog = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly soon = new MessageChannel();
  private soonPending = false;
  private stopped = false;
  private held = 0;
  /** World milliseconds per real one. */
  speed = 1;

  constructor(sandbox: Sandbox, afterSlice: () => void) {
    this.sandbox = sandbox;
    this.afterSlice = afterSlice;
    this.soon.port1.onmessage = () => {
      this.soonPending = false;
      this.slice();
    };
  }

  start(): void {
    this.lastReal = performance.now();
    this.slice();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.soon.port1.close();
  }

  /** Stops the world's time while code that a program needs is on its way. */
  hold(busy: boolean): void {
    this.held += busy ? 1 : -1;
    if (this.held === 0) this.start();
  }

  /** Runs a slice at once: something was typed. */
  kick(): void {
    if (!this.stopped) this.slice();
  }

  private slice(): void {
    if (this.stopped || this.held > 0) return;
    clearTimeout(this.timer);
    const began = performance.now();
    this.backlog = Math.min(this.backlog + (began - this.lastReal) * this.speed, BACKLOG_MS * Math.max(1, this.speed));
    this.lastReal = began;
    const { clock } = this.sandbox;
    const target = clock.now + this.backlog;
    const before = clock.now;
    const caughtUp = this.runTo(target, began + SLICE_MS);
    this.backlog = caughtUp ? 0 : Math.max(0, this.backlog - (clock.now - before));
    this.afterSlice();
    this.schedule(caughtUp);
  }

  private runTo(target: number, deadline: number): boolean {
    const { clock } = this.sandbox;
    for (;;) {
      for (let steps = 0; steps < STEPS_PER_LOOK; steps++) {
        if (clock.step(target)) continue;
        clock.runUntil(target);
        return true;
      }
      if (performance.now() >= deadline) return false;
    }
  }

  private schedule(caughtUp: boolean): void {
    if (!caughtUp) {
      if (!this.soonPending) this.soon.port2.postMessage(0);
      this.soonPending = true;
      return;
    }
    const due = this.sandbox.clock.nextDueAt();
    const wait =
      due === undefined ? IDLE_MS : Math.min(IDLE_MS, Math.max(1, (due - this.sandbox.clock.now) / this.speed));
    this.timer = setTimeout(() => this.slice(), wait);
  }
}
