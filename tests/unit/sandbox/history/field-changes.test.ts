import { expect, test } from "vitest";
import { fieldChanges } from "../../../../src/sandbox/history/diff/field-changes.ts";

const changes = (a: unknown, b: unknown) => fieldChanges(a, b, () => false);

test("items of lists that have names or types of their own are compared with their like, wherever they stand", () => {
  const [ready, available] = [
    { type: "Ready", status: "True" },
    { type: "Available", status: "True" },
  ];
  expect(changes({ conditions: [ready, available] }, { conditions: [available, ready] })).toEqual([]);
  expect(changes({ conditions: [ready] }, { conditions: [available, { ...ready, status: "False" }] })).toEqual([
    { path: "conditions[Ready].status", from: '"True"', to: '"False"' },
    { path: "conditions[Available]", from: undefined, to: '{"type":"Available","status":"True"}' },
  ]);
});

test("other lists are compared item by item when they are as long, else as a whole", () => {
  expect(changes({ args: ["a", "b"] }, { args: ["a", "c"] })).toEqual([{ path: "args[1]", from: '"b"', to: '"c"' }]);
  expect(changes({ args: ["a"] }, { args: ["a", "c"] })).toEqual([{ path: "args", from: '["a"]', to: '["a","c"]' }]);
  const twice = [{ type: "A" }, { type: "A" }];
  expect(changes({ same: twice }, { same: [{ type: "A" }, { type: "B" }] })).toEqual([
    { path: "same[1].type", from: '"A"', to: '"B"' },
  ]);
});

test("a field with the name of what every object inherits is one that came or went", () => {
  expect(changes({}, JSON.parse('{"toString":[]}'))).toEqual([{ path: "toString", from: undefined, to: "[]" }]);
  expect(changes(JSON.parse('{"constructor":1}'), {})).toEqual([{ path: "constructor", from: "1", to: undefined }]);
});
