import fc from "fast-check";
import { expect, test } from "vitest";
import { argify } from "../../../../src/programs/etcdctl/argify.ts";

test.each([
  ["", []],
  ["  a  b ", ["a", "b"]],
  ["put 'a b' \"c\\nd\"", ["put", "a b", "c\nd"]],
  ['x \'"\' "\\x23\\"" "\\u00e9"', ["x", '"', '#"', "é"]],
  ["it's", ["it's"]],
  ['a "open b', ["a", "open", "b"]],
  ["--", ["--"]],
] as const)("%j", (line, words) => {
  expect(argify(line)).toEqual(words);
});

/** Upstream's own expression, which is slow on long lines. */
const MODEL = /"(?:[^"\\]|\\.)*?"|'[^']*'|[^'"\s]\S*[^'"\s]?/g;

test("words end where upstream's regular expression ends them", () => {
  const char = fc.constantFrom("a", "b", " ", "\t", "'", '"', "\\", "-");
  fc.assert(
    fc.property(fc.string({ unit: char, maxLength: 30 }), (line) => {
      expect(argify(line).length).toBe((line.match(MODEL) ?? []).length);
    }),
  );
});

test("megabytes and quotes without end take no time", () => {
  expect(argify(`put k "${"a".repeat(3_000_000)}"`)).toHaveLength(3);
  expect(argify(`put k ${'"\\'.repeat(100_000)}`).length).toBeGreaterThan(1);
});
