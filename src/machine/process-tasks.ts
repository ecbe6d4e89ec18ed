import { type RunningTask, sleep, type Task, TaskGroup, type Wait } from "../sim/task.ts";
import type { RunningProcess } from "./running-process.ts";

/**
 * Runs `body` as part of a process: it stands still while the process is stopped (SIGSTOP), and the machine knows who
 * is running. Ending the driver ends the body where it waits.
 */
export function* drive<T>(process: RunningProcess, body: Task<T>): Task<T> {
  const { machine } = process.host;
  const watch = new BusyWatch(process);
  let failed = false;
  let input: unknown;
  try {
    for (;;) {
      while (process.isStopped) yield process.goesOn as Wait<unknown>;
      if (watch.isBusy()) yield* sleep(process.clock, BUSY_MS);
      const previous = machine.current;
      machine.current = process;
      let result: IteratorResult<Wait<unknown>, T>;
      try {
        result = failed ? body.throw(input) : body.next(input);
      } finally {
        machine.current = previous;
      }
      if (result.done) return result.value;
      try {
        failed = false;
        input = yield result.value;
      } catch (error) {
        failed = true;
        input = error;
      }
    }
  } finally {
    endBody(process, body);
  }
}

/** Steps that a process may take at one moment of the world's time; more are an endless loop that waits for nothing. */
const STEPS_PER_MOMENT = 500;
/** What such a loop is made to take. */
const BUSY_MS = 1;

/** Sees to it that time passes for whoever never waits, so that the rest of the world has its turn. */
class BusyWatch {
  private readonly process: RunningProcess;
  private moment = -1;
  private steps = 0;

  constructor(process: RunningProcess) {
    this.process = process;
  }

  isBusy(): boolean {
    const { now } = this.process.clock;
    if (now !== this.moment) {
      this.moment = now;
      this.steps = 0;
    }
    return ++this.steps > STEPS_PER_MOMENT;
  }
}

/** Runs the body's `finally` blocks; a failure in them must not hit whoever ended it. */
function endBody(process: RunningProcess, body: Task<unknown>): void {
  try {
    body.return(undefined);
  } catch (error) {
    process.lateError(error);
  }
}

/** The tasks that a program started besides its main one; they stop and end with their process. */
export class ProcessTasks extends TaskGroup {
  private readonly process: RunningProcess;

  constructor(process: RunningProcess) {
    super(process.clock, (error) => process.taskFailed(error));
    this.process = process;
  }

  override spawn<T>(name: string, body: Task<T>): RunningTask<T> {
    return super.spawn(name, drive(this.process, body));
  }
}
