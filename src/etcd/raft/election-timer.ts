/** How long a member has heard of no leader, in ticks. Each wait is drawn anew, so that seldom two stand at once. */
export class ElectionTimer {
  elapsed = 0;
  private readonly ticks: number;
  private readonly random: (limit: number) => number;
  private timeout = 0;

  /** A wait is `ticks` and up to as many more. */
  constructor(ticks: number, random: (limit: number) => number) {
    this.ticks = ticks;
    this.random = random;
    this.reset();
  }

  reset(): void {
    this.elapsed = 0;
    this.timeout = this.ticks + this.random(this.ticks);
  }

  /** It is time to stand for election. */
  get isOver(): boolean {
    return this.elapsed >= this.timeout;
  }

  /** Ticks for which a leader that was heard of may count on this member; 0 or less: no more. */
  get leaseLeft(): number {
    return this.ticks - this.elapsed;
  }
}
