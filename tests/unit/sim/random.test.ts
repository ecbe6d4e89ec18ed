import { expect, test } from "vitest";
import { Random } from "../../../src/sim/random.ts";

test("a draw in one stream shifts no other, and the image goes on where it stood", () => {
  const plain = new Random(42);
  const noisy = new Random(42);
  noisy.fork("other").bytes(100);
  const a = plain.fork("kubelet");
  const b = noisy.fork("kubelet");
  const first = Array.from({ length: 10 }, () => a.uint32());
  expect(Array.from({ length: 10 }, () => b.uint32())).toEqual(first);
  const resumed = new Random(structuredClone(plain.image()));
  expect(resumed.fork("kubelet").uint32()).toBe(b.uint32());
});

test("draws are spread and seeds differ", () => {
  const stream = new Random(1).fork("x");
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const drawn = stream.below(10);
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  expect(new Random(1).fork("x").uuid()).not.toBe(new Random(2).fork("x").uuid());
  expect(new Random(1).fork("x").uuid()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});
