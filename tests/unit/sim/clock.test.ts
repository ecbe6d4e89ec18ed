import fc from "fast-check";
import { expect, test } from "vitest";
import { Clock } from "../../../src/sim/clock.ts";
import { firstKernelImage, Kernel } from "../../../src/sim/kernel.ts";

test("due work runs by time, ties by the order of asking", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 200 }), (plan) => {
      const clock = new Clock(1000);
      const ran: number[] = [];
      const handles = plan.map(([delay], index) => clock.after(delay, () => ran.push(index)));
      for (const [index, [, cancelled]] of plan.entries()) if (cancelled) handles[index]?.dispose();
      const expected = plan
        .map(([delay, cancelled], index) => ({ delay, cancelled, index }))
        .filter((entry) => !entry.cancelled)
        .sort((a, b) => a.delay - b.delay || a.index - b.index);
      expect(clock.pending).toBe(expected.length);
      clock.runUntil(1020);
      expect(ran).toEqual(expected.map((entry) => entry.index));
      expect(clock.pending).toBe(0);
      expect(clock.now).toBe(1020);
    }),
  );
});

test("setting the clock keeps the distance of waits, and uptime counts on", () => {
  for (const calendar of [1_000_000, -1_000_000]) {
    const clock = new Clock(0);
    const ran: number[] = [];
    clock.after(50, () => ran.push(clock.now));
    clock.runUntil(20);
    clock.set(calendar);
    expect([clock.now, clock.uptime]).toEqual([calendar, 20]);
    clock.after(10, () => ran.push(clock.now));
    clock.runUntil(49);
    expect(ran).toEqual([calendar + 10]);
    clock.runUntil(50);
    expect(ran).toEqual([calendar + 10, calendar + 30]);
    expect(clock.uptime).toBe(50);
  }
});

test("a kernel's image keeps by how much the clock was set, so that uptime counts on", () => {
  const kernel = new Kernel(firstKernelImage(1000, 1));
  expect(kernel.image()).not.toHaveProperty("setBy");
  kernel.clock.runUntil(1500);
  kernel.clock.set(90_000);
  const { clock } = new Kernel(kernel.image());
  expect([clock.now, clock.uptime, clock.setBy]).toEqual([90_000, 1500, 88_500]);
});

test("cancelled work does not pile up", () => {
  const clock = new Clock(0);
  for (let i = 0; i < 10_000; i++) clock.after(1e9, () => undefined).dispose();
  expect(clock.pending).toBe(0);
  expect(clock.nextDueAt()).toBeUndefined();
});

test("work asked for by work keeps the order of time, then of asking", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 100 }), (plan) => {
      const clock = new Clock(0);
      const asked: { dueAt: number; cancelled: boolean }[] = [];
      const ran: number[] = [];
      let next = 0;
      const ask = (): void => {
        const [delay, children, cancelled] = plan[next++] ?? [0, 0, true];
        if (next > plan.length) return;
        const index = asked.push({ dueAt: clock.now + delay, cancelled }) - 1;
        const handle = clock.after(delay, () => {
          ran.push(index);
          for (let child = 0; child < children; child++) ask();
        });
        if (cancelled) handle.dispose();
      };
      for (let i = 0; i < 5; i++) ask();
      while (clock.step());
      const expected = asked
        .map((entry, index) => ({ ...entry, index }))
        .filter((entry) => !entry.cancelled)
        .sort((a, b) => a.dueAt - b.dueAt || a.index - b.index);
      expect(ran).toEqual(expected.map((entry) => entry.index));
    }),
  );
});
