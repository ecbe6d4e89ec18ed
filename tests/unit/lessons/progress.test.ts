import { describe, expect, test } from "vitest";
import { parseLesson } from "../../../src/lessons/parse-lesson.ts";
import { firstProgress, predicted, readProgress, stepAfter, stepDone } from "../../../src/lessons/progress.ts";

const { lesson } = parseLesson(`---
lab: 1
id: x
title: X
summary: Y.
---
## A {#a}
:::predict{id=q}
question: Which?
options:
  - { text: one, say: no }
  - { text: two, right: true, say: yes it is }
:::
## B {#b}
`);

describe("progress", () => {
  test("survives a browser's storage", () => {
    const progress = predicted(stepDone({ ...firstProgress(lesson), step: "b" }, "a"), "q", "1");
    expect(readProgress(lesson, JSON.parse(JSON.stringify(progress)))).toEqual(progress);
  });

  test("what does not fit the lesson any more is left out", () => {
    const kept = { step: "b", done: ["a", "gone", "a", 7], predictions: { q: "9", other: "1" } };
    expect(readProgress(lesson, kept)).toEqual({ step: "b", done: ["a"], predictions: {} });
    for (const nonsense of [null, 1, "a", [], {}, { step: "gone" }, { step: 1 }])
      expect(readProgress(lesson, nonsense)).toBeUndefined();
  });

  test("a step is done once", () => {
    const once = stepDone(firstProgress(lesson), "a");
    expect(stepDone(once, "a")).toBe(once);
    expect(stepAfter(lesson, "a")?.id).toBe("b");
    expect(stepAfter(lesson, "b")).toBeUndefined();
  });
});
