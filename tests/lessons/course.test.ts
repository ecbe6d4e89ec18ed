import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseLesson } from "../../src/lessons/parse-lesson.ts";
import { tryLesson } from "../../src/sandbox/lesson/lesson-trial.ts";
import { freshWorld } from "../support/world.ts";

/**
 * Every lesson, walked in fresh worlds: nothing passes before a step's solution, all after it and after each
 * alternative, predictions come true as the lesson says, without any needed command some check fails, and none of the
 * cluster's state passes when all is undone.
 */
const CONTENT = join(import.meta.dirname, "../../src/lessons/content");

describe.each(readdirSync(CONTENT))("%s", (file) => {
  const { lesson } = parseLesson(readFileSync(join(CONTENT, file), "utf8"));

  test.each(lesson.steps.map(({ id }) => id))(
    "%s",
    (id) => {
      const trial = tryLesson(
        lesson,
        () => freshWorld(lesson.cluster),
        (step) => step.id === id,
      );
      let next = trial.next();
      while (!next.done) next = trial.next();
      expect(next.value).toEqual([]);
    },
    600_000,
  );

  test("the next lesson is there", () => {
    if (lesson.next !== undefined) expect(readdirSync(CONTENT)).toContain(`${lesson.next}.md`);
    expect(`${lesson.id}.md`).toBe(file);
  });
});
