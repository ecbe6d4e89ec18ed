import fc from "fast-check";
import { expect, test } from "vitest";
import { BackOff } from "../../../../src/kube/client/back-off.ts";
import { WorkQueue } from "../../../../src/kube/client/work-queue.ts";
import { sleep, type Task } from "../../../../src/sim/task.ts";
import { newKernel } from "../../../support/machine.ts";

test("no key is held by two workers, and what is added meanwhile is done again", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(50), key: fc.constantFrom("a", "b", "c") }), { maxLength: 40 }),
      (adds) => {
        const kernel = newKernel();
        const queue = new WorkQueue(kernel.clock);
        const held = new Set<string>();
        const lastDone = new Map<string, number>();
        const lastAdd = new Map<string, number>();
        function* worker(): Task<void> {
          for (let key = yield* queue.take(); key !== undefined; key = yield* queue.take()) {
            expect(held.has(key)).toBe(false);
            held.add(key);
            const startedAt = kernel.clock.now;
            yield* sleep(kernel.clock, 7);
            held.delete(key);
            lastDone.set(key, startedAt);
            queue.done(key);
          }
        }
        for (let i = 0; i < 3; i++) kernel.tasks.spawn("worker", worker());
        const start = kernel.clock.now;
        for (const { at, key } of adds) {
          kernel.clock.at(start + at, () => {
            lastAdd.set(key, kernel.clock.now);
            queue.add(key);
          });
        }
        kernel.clock.runUntil(start + 2000);
        for (const [key, at] of lastAdd) expect(lastDone.get(key)).toBeGreaterThanOrEqual(at);
        kernel.dispose();
      },
    ),
  );
});

test("a failing key waits 5 ms, doubled each time; forgetting starts anew", () => {
  const kernel = newKernel();
  const queue = new WorkQueue(kernel.clock);
  const start = kernel.clock.now;
  const at: number[] = [];
  function* worker(): Task<void> {
    for (let key = yield* queue.take(); key !== undefined && at.length < 5; key = yield* queue.take()) {
      at.push(kernel.clock.now - start);
      queue.addRateLimited(key);
      queue.done(key);
    }
  }
  kernel.tasks.spawn("worker", worker());
  queue.add("a");
  kernel.clock.runUntil(start + 1000);
  expect(at).toEqual([0, 5, 15, 35, 75]);
  expect(queue.requeues("a")).toBe(5);
  queue.forget("a");
  expect(queue.requeues("a")).toBe(0);
});

test("a back-off doubles to its limit and is forgotten after twice that", () => {
  const backOff = new BackOff(10_000, 300_000);
  const delays = [0, 1, 2, 3, 4, 5, 6].map((step) => backOff.next("k", step * 1000));
  expect(delays).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  expect(backOff.remaining("k", 6000, 106_000)).toBe(200_000);
  expect(backOff.next("k", 10_000_000)).toBe(10_000);
});
