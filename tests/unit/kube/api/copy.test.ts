import fc from "fast-check";
import { expect, test } from "vitest";
import { copyValue } from "../../../../src/kube/api/copy.ts";

test("a copy is equal and shares nothing that can change", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(copyValue(value)).toEqual(structuredClone(value));
    }),
  );
  const given = { list: [{ a: 1 }], map: JSON.parse('{"__proto__":{"x":1}}') };
  const copy = copyValue(given);
  expect(Object.keys(copy.map)).toEqual(["__proto__"]);
  for (const item of copy.list) item.a = 2;
  expect(given.list).toEqual([{ a: 1 }]);
});
