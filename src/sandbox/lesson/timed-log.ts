/** What happened, each with the world's time: the newest so many. */
export class TimedLog<T extends { readonly at: number }> {
  private events: T[];
  private readonly kept: number;

  constructor(kept: number, events: readonly T[] = []) {
    this.kept = kept;
    this.events = [...events];
  }

  get all(): readonly T[] {
    return this.events;
  }

  push(event: T): void {
    this.events.push(event);
    if (this.events.length > this.kept * 2) this.events = this.events.slice(-this.kept);
  }

  /** What happened at `at` or later, as far back as the world's time has only risen. */
  since(at: number): readonly T[] {
    const before = this.events.findLastIndex((event) => event.at < at);
    return this.events.slice(before + 1);
  }
}
