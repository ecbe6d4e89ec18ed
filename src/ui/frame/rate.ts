/** So many at once, and so many a second in the long run. */
const BURST = 100;
const PER_SECOND = 50;

/** A bucket of tokens: how often somebody may ask. */
export class Rate {
  private tokens = BURST;
  private last: number;

  constructor(now: number) {
    this.last = now;
  }

  /** Takes a token if there is one. `now` in milliseconds, never going back. */
  take(now: number): boolean {
    this.tokens = Math.min(BURST, this.tokens + ((now - this.last) / 1000) * PER_SECOND);
    this.last = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
