import { describe, expect, test } from "vitest";
import { deedName, deedsOf } from "../../../src/lessons/deeds.ts";
import { parseLesson } from "../../../src/lessons/parse-lesson.ts";
import {
  deedsDone,
  firstProgress,
  predicted,
  readProgress,
  stepAfter,
  stepBegun,
  stepDone,
} from "../../../src/lessons/progress.ts";

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
:::check{id=c}
\`\`\`yaml
all:
  - { ran: kubectl, args: [get], exit: 0 }
  - not: { shown: nothing }
  - file: /root/x
say: Yes.
tell: No.
\`\`\`
:::
`);

describe("progress", () => {
  test("survives a browser's storage", () => {
    const progress = predicted(stepDone({ ...firstProgress(lesson), step: "b" }, "a"), "q", "1");
    expect(readProgress(lesson, JSON.parse(JSON.stringify(progress)))).toEqual(progress);
  });

  test("what does not fit the lesson any more is left out", () => {
    const kept = { step: "b", done: ["a", "gone", "a", 7], predictions: { q: "9", other: "1" } };
    expect(readProgress(lesson, kept)).toEqual({ step: "b", done: ["a"], predictions: {}, deeds: [] });
    for (const nonsense of [null, 1, "a", [], {}, { step: "gone" }, { step: 1 }])
      expect(readProgress(lesson, nonsense)).toBeUndefined();
  });

  test("what was run and seen is kept with its step, as long as the lesson asks for it", () => {
    const names = deedsOf(lesson.steps[1]?.checks ?? []).map(deedName);
    expect(names).toHaveLength(2);
    const inB = deedsDone(deedsDone(stepBegun(firstProgress(lesson), "b"), names), names);
    expect(inB.deeds).toEqual(names);
    expect(readProgress(lesson, { ...inB, deeds: [...names, "asked no more", 7] })?.deeds).toEqual(names);
    expect(readProgress(lesson, { ...inB, step: "a" })?.deeds).toEqual([]);
    expect(stepBegun(inB, "b").deeds).toEqual([]);
  });

  test("a step is done once", () => {
    const once = stepDone(firstProgress(lesson), "a");
    expect(stepDone(once, "a")).toBe(once);
    expect(stepAfter(lesson, "a")?.id).toBe("b");
    expect(stepAfter(lesson, "b")).toBeUndefined();
  });
});
