import type { Disposable } from "../base/disposable.ts";
import type { Consequences } from "../sandbox/preview/consequences.ts";
import type { Job } from "../sandbox/preview/preview-link.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { NextTurn } from "./next-turn.ts";
import { SpareFork } from "./spare-fork.ts";

/** How long a fork may have the thread in one go, in milliseconds. */
const TURN_MS = 6;

/**
 * Runs forks of a page's world ahead, in turns with the world itself and with what the page says, so that keys are echoed
 * meanwhile and a preview can be called off.
 */
export class PreviewDesk implements Disposable {
  private readonly sandbox: Sandbox;
  private readonly jobs = new Set<Disposable>();
  private spare: SpareFork | undefined;
  private spareWanted = false;
  private cancelLast: (() => void) | undefined;
  private readonly onFault: (error: unknown) => void;
  private readonly breathMs: number;

  /** `breathMs` is left for the page between two turns; 0 in a worker, which has nothing else to do. */
  constructor(sandbox: Sandbox, onFault: (error: unknown) => void, breathMs = 0) {
    this.sandbox = sandbox;
    this.onFault = onFault;
    this.breathMs = breathMs;
    sandbox.previews.run = (job, done) => this.run(job, done);
    sandbox.previews.takeSpare = (byCommand) => {
      // Who has looked ahead once will do it again.
      if (byCommand) this.keepSpare(true).catch(onFault);
      return this.spare?.take(byCommand);
    };
  }

  /** What `line` would do at a terminal of the world; undefined when it was called off, which another preview does too. */
  async preview(line: string, host: string, terminal: number | undefined): Promise<Consequences | undefined> {
    const { runAhead } = await import("../sandbox/preview/ahead.ts");
    this.cancel();
    return new Promise((resolve) => {
      const request = { line, host, terminal, byCommand: false };
      const running = runAhead(this.sandbox, this.sandbox.previews, request, resolve);
      this.cancelLast = () => {
        running.dispose();
        resolve(undefined);
      };
    });
  }

  cancel(): void {
    this.cancelLast?.();
    this.cancelLast = undefined;
  }

  /** Whether a fork is kept awake while nothing happens, so that previews come sooner. It costs memory and idle work. */
  async keepSpare(wanted: boolean): Promise<void> {
    this.spareWanted = wanted;
    if (!wanted) {
      this.spare?.dispose();
      this.spare = undefined;
      return;
    }
    const { WarmFork } = await import("../sandbox/preview/warm-fork.ts");
    if (!this.spareWanted || this.spare !== undefined) return;
    this.spare = new SpareFork(
      this.sandbox,
      (sandbox) => new WarmFork(sandbox),
      (fork, done) => this.run({ step: () => wakeStep(fork), dispose: () => undefined }, done),
    );
  }

  dispose(): void {
    this.cancel();
    this.spare?.dispose();
    for (const job of [...this.jobs]) job.dispose();
  }

  private run(job: Job, done: () => void): Disposable {
    const turn = new NextTurn(() => {
      if (!this.jobs.has(ended)) return;
      if (this.goOn(job)) turn.ask();
      else if (this.jobs.delete(ended)) {
        turn.dispose();
        done();
      }
    }, this.breathMs);
    const ended: Disposable = {
      dispose: () => {
        if (!this.jobs.delete(ended)) return;
        turn.dispose();
        job.dispose();
      },
    };
    this.jobs.add(ended);
    turn.ask();
    return ended;
  }

  /** One turn; false when the job is done. A defect ends it. */
  private goOn(job: Job): boolean {
    const until = performance.now() + TURN_MS;
    try {
      while (job.step()) if (performance.now() >= until) return true;
    } catch (error) {
      this.onFault(error);
    }
    return false;
  }
}

function wakeStep(fork: { readonly isAtRest: boolean; step(): void }): boolean {
  if (!fork.isAtRest) fork.step();
  return !fork.isAtRest;
}
