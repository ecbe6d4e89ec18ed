import type { RandomStream } from "../../sim/random.ts";

/**
 * Growing waits per key, as client-go util/flowcontrol.Backoff: doubled at each failure, started anew when the key has
 * been quiet for twice the longest wait.
 */
export class BackOff {
  private readonly entries = new Map<string, { delayMs: number; lastAt: number }>();
  private readonly baseMs: number;
  private readonly maxMs: number;

  constructor(baseMs: number, maxMs: number) {
    this.baseMs = baseMs;
    this.maxMs = maxMs;
  }

  /** Records a failure at `nowMs` and gives the wait from then on. */
  next(key: string, nowMs: number): number {
    const entry = this.entries.get(key);
    const delayMs =
      entry === undefined || nowMs - entry.lastAt > this.maxMs * 2
        ? this.baseMs
        : Math.min(entry.delayMs * 2, this.maxMs);
    this.entries.set(key, { delayMs, lastAt: nowMs });
    return delayMs;
  }

  /** The wait that the key's last failure asked for, 0 when none. */
  current(key: string): number {
    return this.entries.get(key)?.delayMs ?? 0;
  }

  /** How much longer the key must wait, counted from `sinceMs`; 0 when it may go on. */
  remaining(key: string, sinceMs: number, nowMs: number): number {
    const entry = this.entries.get(key);
    if (entry === undefined || nowMs - entry.lastAt > this.maxMs * 2) return 0;
    return Math.max(0, sinceMs + entry.delayMs - nowMs);
  }

  reset(key: string): void {
    this.entries.delete(key);
  }
}

/** `periodMs` lengthened by up to `factor` of itself (apimachinery util/wait.Jitter). */
export function jitter(random: RandomStream, periodMs: number, factor: number): number {
  return periodMs * (1 + (random.below(1000) / 1000) * factor);
}
