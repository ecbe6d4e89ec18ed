import type { Clock } from "./clock.ts";
import type { RandomStream } from "./random.ts";
import { sleep, type Task } from "./task.ts";

/**
 * A drive as far as time goes: reads and writes are answered by the page cache at once, only an fsync waits for the
 * drive, one after the other.
 *
 * What a power cut does (`vfs/content.ts` and `vfs/volume.ts` obey this law):
 *  - bytes that an fsync finished for survive, as do names, modes and owners from before any finished fsync of the
 *    volume (the journal is written in order);
 *  - names, modes and owners older than 5 s survive (the journal's commit), bytes older than 30 s too (writeback);
 *  - of later bytes a file keeps nothing or a prefix in 512-byte sectors, by the seed.
 */
export class Disk {
  /** Milliseconds an fsync takes on an idle drive; may be changed while it runs (a slow disk). */
  fsyncLatencyMs: number;
  private busyUntil = 0;
  private readonly clock: Clock;
  readonly random: RandomStream;

  constructor(clock: Clock, random: RandomStream, fsyncLatencyMs = 0.8) {
    this.clock = clock;
    this.random = random;
    this.fsyncLatencyMs = fsyncLatencyMs;
  }

  get now(): number {
    return this.clock.now;
  }

  /** Counts on when the clock is set. */
  get uptime(): number {
    return this.clock.uptime;
  }

  /** Waits until the drive has written what was handed to it, a quarter of the time more or less. */
  *flush(): Task<void> {
    const jitter = (this.random.below(1000) / 1000 - 0.5) * 0.5;
    const start = Math.max(this.clock.uptime, this.busyUntil);
    this.busyUntil = start + this.fsyncLatencyMs * (1 + jitter);
    yield* sleep(this.clock, this.busyUntil - this.clock.uptime);
  }
}
