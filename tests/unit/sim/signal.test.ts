import fc from "fast-check";
import { expect, test } from "vitest";
import { Clock } from "../../../src/sim/clock.ts";
import { Queue, Signal } from "../../../src/sim/signal.ts";
import { TaskGroup, waitFor } from "../../../src/sim/task.ts";

test("a signal wakes all who stand in it once, in the order in which they came, and nobody who has left", () => {
  const clock = new Clock(0);
  const tasks = new TaskGroup(clock, () => undefined);
  const signal = new Signal();
  const woken: string[] = [];
  const stand = (name: string) =>
    tasks.spawn(
      name,
      (function* () {
        yield* waitFor(signal);
        woken.push(name);
        yield* waitFor(signal);
        woken.push(`${name} again`);
      })(),
    );
  const [first, second] = [stand("first"), stand("second"), stand("third")];
  while (clock.step());
  second.cancel();
  signal.notify();
  signal.notify();
  while (clock.step());
  expect(woken).toEqual(["first", "third"]);
  first.cancel();
  signal.notify();
  while (clock.step());
  expect(woken).toEqual(["first", "third", "third again"]);
  expect([tasks.size, clock.pending]).toEqual([0, 0]);
});

test("a queue gives what a list would, however pushes and polls follow each other", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.constant("poll" as const))), (steps) => {
      const queue = new Queue<number>();
      const list: number[] = [];
      for (const step of steps) {
        if (step === "poll") expect(queue.poll()).toBe(list.shift());
        else {
          queue.push(step);
          list.push(step);
        }
        expect([queue.size, queue.isDry]).toEqual([list.length, list.length === 0]);
      }
      queue.close();
      queue.push(1);
      expect(queue.size).toBe(list.length);
      expect(queue.isDry).toBe(false);
    }),
  );
});
