import fc from "fast-check";
import { expect, test } from "vitest";
import { goSort } from "../../../src/base/go-sort.ts";

interface Marked {
  readonly key: number;
  readonly place: number;
}

const marked = (keys: readonly number[]): Marked[] => keys.map((key, place) => ({ key, place }));
const byKey = (a: Marked, b: Marked) => a.key < b.key;

test("sorts whatever it is given, and loses nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 400 }), (keys) => {
      const sorted = goSort(marked(keys), byKey);
      expect(sorted.map(({ key }) => key)).toEqual([...keys].sort((a, b) => a - b));
      expect(sorted.map(({ place }) => place).sort((a, b) => a - b)).toEqual(keys.map((_, place) => place));
    }),
  );
});

test.each([
  ["rising", (place: number) => place],
  ["falling", (place: number) => -place],
  ["all the same", () => 0],
  ["a sawtooth", (place: number) => place % 7],
  ["an organ pipe", (place: number) => Math.min(place, 299 - place)],
])("sorts %s", (_, key) => {
  const keys = Array.from({ length: 300 }, (_unused, place) => key(place));
  expect(goSort(marked(keys), byKey).map((one) => one.key)).toEqual([...keys].sort((a, b) => a - b));
});

test("keeps the order of equals up to twelve, and not beyond", () => {
  const places = (length: number) =>
    goSort(marked(Array.from({ length }, (_, place) => place % 3)), byKey).map(({ place }) => place);
  expect(places(12)).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  expect(places(40)).not.toEqual([0, 1, 2].flatMap((key) => [...Array(40).keys()].filter((at) => at % 3 === key)));
});
