import fc from "fast-check";
import { expect, test } from "vitest";
import { stepsOfSeed } from "./generator.ts";
import { shrink } from "./shrink.ts";
import type { Step } from "./step.ts";

const wait = (ms: number): Step => ({ do: "wait", ms });

test("what a failure needs is found among what it does not need, in order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(39), { minLength: 1, maxLength: 3 }), (needed) => {
      const steps = Array.from({ length: 40 }, (_, index) => wait(index));
      const fails = (some: readonly Step[]) =>
        needed.every((ms) => some.some((step) => step.do === "wait" && step.ms === ms));
      expect(shrink(steps, fails, 1000)).toEqual([...needed].sort((a, b) => a - b).map(wait));
    }),
  );
});

test("the budget bounds the trials, and what it gives still fails", () => {
  let trials = 0;
  const fails = (some: readonly Step[]) => {
    trials++;
    return some.length >= 7;
  };
  expect(
    fails(
      shrink(
        Array.from({ length: 40 }, (_, index) => wait(index)),
        fails,
        5,
      ),
    ),
  ).toBe(true);
  expect(trials).toBe(6);
});

test("a seed is one sequence, another seed another", () => {
  expect(stepsOfSeed(7, 20)).toEqual(stepsOfSeed(7, 20));
  expect(stepsOfSeed(7, 20)).not.toEqual(stepsOfSeed(8, 20));
});
