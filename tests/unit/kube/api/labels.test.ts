import { describe, expect, it } from "vitest";
import { parseFieldSelector } from "../../../../src/kube/api/field-selector.ts";
import {
  formatLabelSelector,
  formatRequirements,
  matchesLabels,
  parseLabelSelector,
} from "../../../../src/kube/api/labels.ts";

describe("label selectors", () => {
  const chosen = (selector: string, labels: Record<string, string>) =>
    matchesLabels(parseLabelSelector(selector), labels);

  it.each([
    ["app=web", { app: "web" }, true],
    ["app==web", { app: "db" }, false],
    ["app!=web", {}, true],
    ["app in (web, db)", { app: "db" }, true],
    ["app notin (web)", { app: "web" }, false],
    ["app", { app: "" }, true],
    ["!app", { app: "x" }, false],
    ["app=web,tier", { app: "web" }, false],
    ["", { any: "thing" }, true],
  ] as const)("%s on %j", (selector, labels, expected) => {
    expect(chosen(selector, labels)).toBe(expected);
  });

  it("complains in apimachinery's words", () => {
    expect(() => parseLabelSelector("app in nginx")).toThrow(
      "unable to parse requirement: found 'nginx' expected: '('",
    );
  });

  it("prints the canonical text", () => {
    expect(formatRequirements(parseLabelSelector("b in (z,a),!c,a=1"))).toBe("a=1,b in (a,z),!c");
    expect(formatLabelSelector({})).toBe("<none>");
  });
});

describe("field selectors", () => {
  it("reads terms with escapes", () => {
    expect(parseFieldSelector("a.b=c\\,d,e!=f")).toEqual([
      { field: "a.b", operator: "=", value: "c,d" },
      { field: "e", operator: "!=", value: "f" },
    ]);
  });

  it("complains of what is no term", () => {
    expect(() => parseFieldSelector("metadata.name")).toThrow(
      "invalid selector: 'metadata.name'; can't understand 'metadata.name'",
    );
  });
});
