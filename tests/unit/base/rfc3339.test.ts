import { describe, expect, test } from "vitest";
import { rfc3339, rfc3339Micro, rfc3339Nano } from "../../../src/base/rfc3339.ts";

const NINE = Date.UTC(2026, 10, 22, 9, 0, 0);

describe("moments", () => {
  test("have no, six or nine digits of the second", () => {
    const at = NINE + 123.456;
    expect(rfc3339(at)).toBe("2026-11-22T09:00:00Z");
    expect(rfc3339Micro(at)).toBe("2026-11-22T09:00:00.123456Z");
    expect(rfc3339Nano(at)).toMatch(/^2026-11-22T09:00:00\.1234[56]\d{4}Z$/);
  });

  test("next to a whole second are that second, not the one before", () => {
    expect(rfc3339Micro(NINE + 999.9998)).toBe("2026-11-22T09:00:01.000000Z");
    expect(rfc3339Micro(NINE + 999.999)).toBe("2026-11-22T09:00:00.999999Z");
  });

  test("of several seconds do not take each other's", () => {
    expect([0, 1000, 0].map((ms) => rfc3339(NINE + ms).slice(17, 19))).toEqual(["00", "01", "00"]);
  });
});
