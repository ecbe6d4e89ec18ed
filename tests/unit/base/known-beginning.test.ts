import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../../src/base/bytes.ts";
import { KnownBeginning, type ReadItem, sharedLength } from "../../../src/base/known-beginning.ts";

/** Records of a length octet and that many others; one that is cut off is not read. */
function read(bytes: Uint8Array, items: ReadItem<readonly number[]>[]): number {
  const before = items.length;
  for (let at = items.at(-1)?.end ?? 0; at < bytes.length; at = items.at(-1)?.end ?? 0) {
    const end = at + 1 + (bytes[at] ?? 0);
    if (end > bytes.length) break;
    items.push({ end, item: [...bytes.subarray(at + 1, end)] });
  }
  return items.length - before;
}

const change = fc.oneof(
  fc.record({ append: fc.uint8Array({ maxLength: 12 }) }),
  fc.record({ cut: fc.nat(40) }),
  fc.record({ at: fc.nat(200), octet: fc.nat(7) }),
);

test("bytes that begin as others did are read as if nothing were known", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const known = new KnownBeginning<readonly number[]>();
      let bytes = new Uint8Array(0);
      for (const step of changes) {
        if ("append" in step) bytes = concat([bytes, step.append.map((octet) => octet % 8)]);
        else if ("cut" in step) bytes = bytes.slice(0, Math.max(0, bytes.length - step.cut));
        else if (step.at < bytes.length) bytes = bytes.with(step.at, step.octet);
        const items = known.itemsOf(bytes);
        read(bytes, items);
        known.keep(bytes, items);
        const anew: ReadItem<readonly number[]>[] = [];
        read(bytes, anew);
        expect(items).toEqual(anew);
      }
    }),
  );
});

test("of a log that grew only what is new is read", () => {
  const known = new KnownBeginning<readonly number[]>();
  const log = Uint8Array.of(2, 7, 7, 1, 5, 3, 9, 9);
  const first = known.itemsOf(log);
  expect(read(log, first)).toBe(2);
  known.keep(log, first);
  const grown = known.itemsOf(concat([log, Uint8Array.of(9, 0)]));
  expect(grown).toHaveLength(2);
  expect(read(concat([log, Uint8Array.of(9, 0)]), grown)).toBe(2);
});

test("what two byte arrays share is found to the octet, wherever they lie in their buffers", () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, index) => index);
  for (const offset of [0, 1, 4])
    for (const length of [0, 3, 4, 17]) {
      const other = bytes.slice();
      other[offset + length] = 99;
      expect(sharedLength(bytes.subarray(offset), other.subarray(offset))).toBe(length);
    }
  expect(sharedLength(bytes, bytes.subarray(0, 21))).toBe(21);
});
