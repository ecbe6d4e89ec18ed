import fc from "fast-check";
import { expect, test } from "vitest";
import { formatGoNanoseconds, parseGoDuration } from "../../../../src/base/cli/go-duration.ts";
import { parseGoInt } from "../../../../src/base/cli/go-number.ts";

test.each([
  [0n, "0s"],
  [1n, "1ns"],
  [1_500n, "1.5µs"],
  [2_345_678n, "2.345678ms"],
  [5_000_000_000n, "5s"],
  [300_000_000_000n, "5m0s"],
  [5_400_500_000_000n, "1h30m0.5s"],
  [-1_000_000n, "-1ms"],
])("%s ns is %s", (nanoseconds, text) => {
  expect(formatGoNanoseconds(nanoseconds)).toBe(text);
});

test("what Go prints, Go reads back", () => {
  fc.assert(
    fc.property(fc.bigInt(-(1n << 62n), 1n << 62n), (nanoseconds) => {
      expect(parseGoDuration(formatGoNanoseconds(nanoseconds))).toEqual({ value: nanoseconds });
    }),
  );
});

test.each([
  ["1.5h", 5_400_000_000_000n],
  ["-.5s", -500_000_000n],
  ["1h2m3s4ms5us6ns", 3_723_004_005_006n],
])("%s is read", (text, nanoseconds) => {
  expect(parseGoDuration(text)).toEqual({ value: nanoseconds });
});

test.each([
  ["", 'time: invalid duration ""'],
  ["5", 'time: missing unit in duration "5"'],
  ["5x", 'time: unknown unit "x" in duration "5x"'],
  [".s", 'time: invalid duration ".s"'],
  ["99999999999h", 'time: invalid duration "99999999999h"'],
])("%j is refused in Go's words", (text, error) => {
  expect(parseGoDuration(text)).toEqual({ error });
});

test.each([
  ["0x1F", 0, 31n],
  ["-0b101", 0, -5n],
  ["017", 0, 15n],
  ["1_000", 0, 1000n],
  ["ff", 16, 255n],
] as const)("%s in base %i", (text, base, value) => {
  expect(parseGoInt(text, base, 64)).toEqual({ value });
});
