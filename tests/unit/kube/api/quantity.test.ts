import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  quantityMilliValue,
  quantityValue,
  subtractQuantities,
} from "../../../../src/kube/api/quantity.ts";

describe("quantities", () => {
  it.each([
    ["1000m", "1"],
    ["0.5", "500m"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["100", "100"],
    ["1000", "1k"],
    ["1e3", "1e3"],
    ["0", "0"],
    ["-0.1", "-100m"],
    ["512Ki", "512Ki"],
    ["3905024Ki", "3905024Ki"],
    ["18556039957", "18556039957"],
  ])("%s is %s", (given, canonical) => {
    expect(canonicalQuantity(given)).toBe(canonical);
  });

  it.each(["", "x", "1x", "1 Gi", "--1", "1Mi5"])("%s is none", (given) => {
    expect(canonicalQuantity(given)).toBeUndefined();
  });

  it("rounds up to whole units", () => {
    expect(quantityValue("1500m")).toBe(2);
    expect(quantityMilliValue("1u")).toBe(1);
  });

  it("adds and subtracts exactly", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }), (a, b) => {
        const sum = addQuantities(`${a}m`, `${b}m`);
        expect(quantityMilliValue(sum)).toBe(a + b);
        expect(compareQuantities(subtractQuantities(sum, `${b}m`), `${a}m`)).toBe(0);
      }),
    );
  });
});
