import { expect, test } from "vitest";
import { withRequiredLists } from "../../../../src/kube/client/required-lists.ts";

test("a pod without containers has an empty list of them, as in Go; everything else stays the very object", () => {
  const half = { kind: "Pod", metadata: { name: "half" }, spec: { containers: null } };
  expect(withRequiredLists("Pod", half)).toEqual({ ...half, spec: { containers: [] } });
  expect(half.spec.containers).toBeNull();
  expect(withRequiredLists("Pod", { metadata: {} })).toEqual({ metadata: {}, spec: { containers: [] } });
  const whole = { metadata: { name: "whole" }, spec: { containers: [{ name: "c" }] } };
  expect(withRequiredLists("Pod", whole)).toBe(whole);
  expect(withRequiredLists("ConfigMap", half)).toBe(half);
});
