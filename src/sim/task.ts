import type { Disposable } from "../base/disposable.ts";
import type { Clock } from "./clock.ts";

/**
 * Work that takes time, written as a generator: `yield* sleep(clock, 5)`.
 *
 * Why not async functions: a promise's continuation runs when the host likes, cannot be stopped, and cannot be run to
 * its end inside a synchronous call. A generator is resumed by the world's clock only, can be ended at any wait
 * (`Ctrl-C` runs its `finally` blocks), and lets a fork of the world run ahead in one call.
 *
 *     function* program(): Task<number> {
 *       const line = yield* readLine();
 *       yield* sleep(clock, 100);
 *       return 0;
 *     }
 */
export type Task<T> = Generator<Wait<unknown>, T, unknown>;

/**
 * A reason to stand still. The scheduler calls `begin` once; the wait calls `resume` or `fail` once, now or later, and
 * returns how to stop waiting if the task is ended meanwhile.
 */
export interface Wait<T> {
  begin(resume: (value: T) => void, fail: (error: unknown) => void): (() => void) | undefined;
}

/** Who is told that it is time to go on. */
export interface Sleeper {
  wake(): void;
}

/**
 * A wait that hands nothing over and never fails, as most are: a task stands in it by itself, and nobody makes functions
 * for each time. `wake` is called at most once after `park`, and not after `leave`.
 */
export interface Parking extends Wait<void> {
  park(sleeper: Sleeper): void;
  leave(sleeper: Sleeper): void;
}

function isParking(wait: Wait<unknown> | Parking): wait is Parking {
  return "park" in wait;
}

/** Stands still until `wait` is over and gives its value. */
export function* waitFor<T>(wait: Wait<T>): Task<T> {
  return (yield wait as Wait<unknown>) as T;
}

/** Stands still for `delayMs` of the world's time. */
export function* sleep(clock: Clock, delayMs: number): Task<void> {
  yield new Pause(clock, delayMs);
}

/** One sleep of one task. */
class Pause implements Parking {
  private readonly clock: Clock;
  private readonly delayMs: number;
  private due: Disposable | undefined;

  constructor(clock: Clock, delayMs: number) {
    this.clock = clock;
    this.delayMs = delayMs;
  }

  park(sleeper: Sleeper): void {
    this.due = this.clock.after(this.delayMs, () => sleeper.wake());
  }

  leave(): void {
    this.due?.dispose();
  }

  begin(resume: (value: undefined) => void): () => void {
    this.park({ wake: () => resume(undefined) });
    return () => this.leave();
  }
}

/** How a task ended. */
export type Outcome<T> =
  | { readonly status: "done"; readonly value: T }
  | { readonly status: "failed"; readonly error: unknown }
  | { readonly status: "cancelled" };

/**
 * A running task. Steps run from the clock, in the order in which they became possible; starting a task runs nothing
 * at once.
 */
export class RunningTask<T> implements Disposable, Sleeper {
  private outcomeOrNone: Outcome<T> | undefined;
  private stopWaiting: (() => void) | undefined;
  private parkedIn: Parking | undefined;
  private scheduled: Disposable | undefined;
  private ended: ((outcome: Outcome<T>) => void)[] = [];
  private stepping = false;
  private turn = 0;
  /** What the body is to be resumed with, and whether that is an error to throw. */
  private sent: unknown;
  private failing = false;

  readonly name: string;
  private readonly clock: Clock;
  private readonly body: Task<T>;

  constructor(clock: Clock, body: Task<T>, name: string) {
    this.clock = clock;
    this.body = body;
    this.name = name;
    this.scheduled = clock.after(0, this.advance);
  }

  get outcome(): Outcome<T> | undefined {
    return this.outcomeOrNone;
  }

  /** Runs `listener` at the end, at once if it has come already. */
  onEnd(listener: (outcome: Outcome<T>) => void): void {
    if (this.outcomeOrNone !== undefined) listener(this.outcomeOrNone);
    else this.ended.push(listener);
  }

  /** Waits for the end; throws the task's error. A cancelled task gives undefined. */
  *join(): Task<T | undefined> {
    const outcome = yield* waitFor<Outcome<T>>({
      begin: (resume) => {
        this.onEnd(resume);
        return undefined;
      },
    });
    if (outcome.status === "failed") throw outcome.error;
    return outcome.status === "done" ? outcome.value : undefined;
  }

  /** Ends the task where it waits; its `finally` blocks run, but may not wait any more. */
  cancel(): void {
    if (this.outcomeOrNone !== undefined) return;
    this.stopWaiting?.();
    this.parkedIn?.leave(this);
    this.scheduled?.dispose();
    if (!this.stepping) closeBody(this.body);
    this.finish({ status: "cancelled" });
  }

  dispose(): void {
    this.cancel();
  }

  /** For the wait that it is parked in. */
  wake(): void {
    this.parkedIn = undefined;
    this.settle(undefined, false);
  }

  /** Goes on with what `settle` or the start left to go on with. */
  private readonly advance = (): void => {
    if (this.outcomeOrNone !== undefined) return;
    const { sent, failing } = this;
    this.sent = undefined;
    let result: IteratorResult<Wait<unknown>, T>;
    this.stepping = true;
    try {
      result = failing ? this.body.throw(sent) : this.body.next(sent);
    } catch (error) {
      this.finish({ status: "failed", error });
      return;
    } finally {
      this.stepping = false;
    }
    if (this.outcomeOrNone !== undefined) closeBody(this.body);
    else if (result.done) this.finish({ status: "done", value: result.value });
    else this.waitOn(result.value);
  };

  /** Each wait has a number, so that one that answers late or twice is not heard. */
  private waitOn(wait: Wait<unknown>): void {
    if (isParking(wait)) {
      this.parkedIn = wait;
      wait.park(this);
      return;
    }
    const turn = ++this.turn;
    const stop = wait.begin(
      (value) => {
        if (this.turn === turn) this.settle(value, false);
      },
      (error) => {
        if (this.turn === turn) this.settle(error, true);
      },
    );
    if (this.turn === turn) this.stopWaiting = stop;
  }

  private settle(sent: unknown, failing: boolean): void {
    this.turn++;
    this.sent = sent;
    this.failing = failing;
    this.stopWaiting = undefined;
    this.scheduled = this.clock.after(0, this.advance);
  }

  private finish(outcome: Outcome<T>): void {
    if (this.outcomeOrNone !== undefined) return;
    this.outcomeOrNone = outcome;
    const listeners = this.ended;
    this.ended = [];
    for (const listener of listeners) listener(outcome);
  }
}

function closeBody(body: Task<unknown>): void {
  try {
    body.return(undefined);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // a generator that is running cannot be closed; it sees the outcome
  }
}

/** Starts tasks of one component and can end them all. */
export class TaskGroup implements Disposable {
  private readonly running = new Set<RunningTask<unknown>>();

  readonly clock: Clock;
  private readonly onError: (error: unknown, name: string) => void;
  private disposed = false;

  constructor(clock: Clock, onError: (error: unknown, name: string) => void) {
    this.clock = clock;
    this.onError = onError;
  }

  get size(): number {
    return this.running.size;
  }

  /**
   * Starts `body`. An error that nobody joins for is given to the group's `onError`. In a group that has been disposed
   * of nothing starts any more: the task ends before its first step.
   */
  spawn<T>(name: string, body: Task<T>): RunningTask<T> {
    const task = new RunningTask<T>(this.clock, body, name);
    this.running.add(task as RunningTask<unknown>);
    task.onEnd((outcome) => {
      this.running.delete(task as RunningTask<unknown>);
      if (outcome.status === "failed") this.onError(outcome.error, name);
    });
    if (this.disposed) task.cancel();
    return task;
  }

  dispose(): void {
    this.disposed = true;
    for (const task of [...this.running]) task.cancel();
  }
}

/** What `race` found first. */
export type Race<T> = { readonly status: "value"; readonly value: T } | { readonly status: "timeout" };

/** Waits for `wait`, but no longer than `timeoutMs` (infinite when undefined). */
export function* waitAtMost<T>(clock: Clock, wait: Wait<T>, timeoutMs: number | undefined): Task<Race<T>> {
  if (timeoutMs === undefined) return { status: "value", value: yield* waitFor(wait) };
  const limited: Wait<Race<T>> = {
    begin(resume, fail) {
      let stop: (() => void) | undefined;
      // First the limit, then the wait: what has come already resumes at once.
      const due = clock.after(timeoutMs, () => {
        stop?.();
        resume({ status: "timeout" });
      });
      stop = wait.begin(
        (value) => {
          due.dispose();
          resume({ status: "value", value });
        },
        (error) => {
          due.dispose();
          fail(error);
        },
      );
      return () => {
        due.dispose();
        stop?.();
      };
    },
  };
  return (yield limited as Wait<unknown>) as Race<T>;
}

/** Runs `body` as a task of its own, for at most `timeoutMs`, then cancels it. */
export function* runAtMost<T>(clock: Clock, body: Task<T>, timeoutMs: number | undefined): Task<Race<T>> {
  const task = new RunningTask<T>(clock, body, "timed");
  try {
    const ended: Wait<Outcome<T>> = {
      begin(resume) {
        task.onEnd(resume);
        return undefined;
      },
    };
    const race = yield* waitAtMost(clock, ended, timeoutMs);
    if (race.status === "timeout") return race;
    if (race.value.status === "failed") throw race.value.error;
    return race.value.status === "done" ? { status: "value", value: race.value.value } : { status: "timeout" };
  } finally {
    task.cancel();
  }
}
