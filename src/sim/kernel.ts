import type { Disposable } from "../base/disposable.ts";
import { Emitter } from "../base/event.ts";
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
}

/** Clock, randomness, network and trace of one world; everything active in the world runs on these. */
export class Kernel implements Disposable {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Trace;
  readonly network: Network;
  readonly tasks: TaskGroup;
  /** What persons' commands are about to change. */
  readonly deeds = new Emitter<Deed>();
  /** Errors of tasks that nobody waited for: defects, shown with seed and time. */
  readonly faults: unknown[] = [];

  constructor(image: KernelImage) {
    this.clock = new Clock(image.now, image.setBy);
    this.random = new Random(image.random);
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
    return { now, random: this.random.image(), ...(setBy === 0 ? {} : { setBy }) };
  }

  dispose(): void {
    this.network.dispose();
    this.tasks.dispose();
  }
}

/** A kernel image for a world that has not begun. */
export function firstKernelImage(now: number, seed: number): KernelImage {
  return { now, random: { seed: seed >>> 0, states: {} } };
}
