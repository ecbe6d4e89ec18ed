import { expect, test } from "vitest";
import { Clock } from "../../../src/sim/clock.ts";
import { Future, Queue } from "../../../src/sim/signal.ts";
import {
  RunningTask,
  runAtMost,
  sleep,
  type Task,
  TaskGroup,
  type Wait,
  waitAtMost,
  waitFor,
} from "../../../src/sim/task.ts";

function run<T>(clock: Clock, body: Task<T>): RunningTask<T> {
  const task = new RunningTask(clock, body, "test");
  while (clock.step());
  return task;
}

test("a task sleeps on the world's clock and gives its value", () => {
  const clock = new Clock(0);
  const task = run(
    clock,
    (function* () {
      yield* sleep(clock, 60_000);
      return clock.now;
    })(),
  );
  expect(task.outcome).toEqual({ status: "done", value: 60_000 });
});

test("cancelling runs finally blocks and leaves nothing due", () => {
  const clock = new Clock(0);
  const log: string[] = [];
  const task = new RunningTask(
    clock,
    (function* () {
      try {
        yield* sleep(clock, 1000);
      } finally {
        log.push("cleaned");
      }
    })(),
    "test",
  );
  clock.runUntil(10);
  task.cancel();
  expect(log).toEqual(["cleaned"]);
  expect(task.outcome).toEqual({ status: "cancelled" });
  expect(clock.pending).toBe(0);
});

test("a task that cancels itself ends at its next wait", () => {
  const clock = new Clock(0);
  const log: string[] = [];
  const held: { task?: RunningTask<void> } = {};
  held.task = new RunningTask(
    clock,
    (function* () {
      held.task?.cancel();
      log.push("still running");
      yield* sleep(clock, 1);
      log.push("never");
    })(),
    "test",
  );
  while (clock.step());
  expect(log).toEqual(["still running"]);
});

test("errors reach whoever joins, and the group otherwise", () => {
  const clock = new Clock(0);
  const lost: unknown[] = [];
  const group = new TaskGroup(clock, (error) => lost.push(error));
  const failure = new Error("broken");
  group.spawn(
    "fails",
    (function* (): Task<void> {
      throw failure;
    })(),
  );
  while (clock.step());
  expect(lost).toEqual([failure]);
  expect(group.size).toBe(0);
});

test("time limits: the wait is stopped, the task is cancelled", () => {
  const clock = new Clock(0);
  const never = new Future<number>();
  const seen: unknown[] = [];
  run(
    clock,
    (function* () {
      seen.push(yield* waitAtMost(clock, never, 100));
      seen.push(clock.now);
      seen.push(yield* runAtMost(clock, waitFor(never), 50));
      seen.push(clock.now);
    })(),
  );
  expect(seen).toEqual([{ status: "timeout" }, 100, { status: "timeout" }, 150]);
});

test("a queue gives items in order, then its end", () => {
  const clock = new Clock(0);
  const queue = new Queue<number>();
  const got: (number | undefined)[] = [];
  run(
    clock,
    (function* () {
      for (;;) {
        const item = yield* queue.take();
        got.push(item);
        if (item === undefined) return;
      }
    })(),
  );
  for (let i = 0; i < 1000; i++) queue.push(i);
  queue.close();
  while (clock.step());
  expect(got).toEqual([...Array(1000).keys(), undefined]);
});

test("what has come already is not waited for, limit or not", () => {
  const clock = new Clock(0);
  const there = new Future<string>();
  there.settle("here");
  const task = run(clock, waitAtMost(clock, there, 100));
  expect(task.outcome).toEqual({ status: "done", value: { status: "value", value: "here" } });
  expect(clock.pending).toBe(0);
});

test("a wait that fails before its limit leaves no limit behind", () => {
  const clock = new Clock(0);
  const refused: Wait<string> = {
    begin(_resume, fail) {
      fail(new Error("refused"));
      return undefined;
    },
  };
  const task = run(clock, waitAtMost(clock, refused, 100));
  expect(task.outcome).toMatchObject({ status: "failed" });
  expect(clock.uptime).toBe(0);
});

test("nothing starts in a group that has been disposed of", () => {
  const clock = new Clock(0);
  const group = new TaskGroup(clock, () => undefined);
  group.dispose();
  const task = group.spawn("late", sleep(clock, 10));
  expect(task.outcome).toEqual({ status: "cancelled" });
  expect(clock.pending).toBe(0);
});
