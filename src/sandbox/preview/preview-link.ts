import type { Disposable } from "../../base/disposable.ts";
import type { Sandbox } from "../sandbox.ts";
import type { WarmFork } from "./warm-fork.ts";

/** Work of which somebody else decides when it is gone on with. */
export interface Job extends Disposable {
  /** Does a little; false when all is done. */
  step(): boolean;
}

/**
 * Between a world and those who run commands ahead on forks of it. It is light, as every world has one from its start; what
 * does the work comes with the tools.
 */
export class PreviewLink {
  /** Undefined in a fork: it makes no forks. */
  sandbox: Sandbox | undefined;
  /** Runs a job to its end, then calls `done`. All at once where nobody else waits; a page's host takes turns. */
  run: (job: Job, done: () => void) => Disposable = atOnce;
  /**
   * Gives a fork of the present that is awake already, if somebody keeps one. `byCommand`: whoever asks is a command of this
   * world, which itself is no reason to think the fork old.
   */
  takeSpare: (byCommand: boolean) => WarmFork | undefined = () => undefined;
}

function atOnce(job: Job, done: () => void): Disposable {
  while (job.step());
  done();
  return job;
}
