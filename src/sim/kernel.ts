import type { Disposable } from "../base/disposable.ts";
import { Emitter } from "../base/event.ts";
import { MarkSeal } from "../base/prompt-mark.ts";
import { Clock } from "./clock.ts";
import type { Deed } from "./deed.ts";
import { Network } from "./network.ts";
import { Random, type RandomImage } from "./random.ts";
import { TaskGroup } from "./task.ts";
import { Trace } from "./trace.ts";

/** What the kernel itself must keep over a restart of the world. */
export interface KernelImage {
  readonly now: number;
  /** Milliseconds that were added by setting the clock; left out while nobody did. */
  readonly setBy?: number;
  readonly random: RandomImage;
  /** How many marks shells have written; left out while none. */
  readonly marks?: number;
}

/** Clock, randomness, network and trace of one world; everything active in the world runs on these. */
export class Kernel implements Disposable {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Trace;
  readonly network: Network;
  readonly tasks: TaskGroup;
  /** By which shells seal what they tell whoever shows their terminals. */
  readonly marks: MarkSeal;
  /** What persons' commands are about to change. */
  readonly deeds = new Emitter<Deed>();
  /** Errors of tasks that nobody waited for: defects, shown with seed and time. */
  readonly faults: unknown[] = [];

  constructor(image: KernelImage) {
    this.clock = new Clock(image.now, image.setBy);
    this.random = new Random(image.random);
    this.marks = new MarkSeal(markKey(image.random.seed), image.marks);
    this.trace = new Trace(() => this.clock.now);
    this.network = new Network(this.clock, this.random.fork("network"), this.trace);
    this.tasks = this.group("world");
  }

  /** A new group of tasks whose lost errors end up in `faults`. */
  group(name: string): TaskGroup {
    return new TaskGroup(this.clock, (error, task) => {
      this.faults.push(error);
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.trace.emit(name, "fault", { task, error: text });
    });
  }

  image(): KernelImage {
    const { now, setBy } = this.clock;
    const { count } = this.marks;
    return {
      now,
      random: this.random.image(),
      ...(setBy === 0 ? {} : { setBy }),
      ...(count === 0 ? {} : { marks: count }),
    };
  }

  dispose(): void {
    this.network.dispose();
    this.tasks.dispose();
  }
}

/** The same for all worlds of a seed, so that a terminal's reader need not follow where its world goes. */
function markKey(seed: number): string {
  return new Random(seed).fork("prompt-marks").letters(24, "0123456789abcdef");
}

/** A kernel image for a world that has not begun. */
export function firstKernelImage(now: number, seed: number): KernelImage {
  return { now, random: { seed: seed >>> 0, states: {} } };
}
