import { expect, test } from "@playwright/test";
import { COURSE_WAY } from "./support/course.ts";
import { type Hand, LessonPage } from "./support/lesson-page.ts";

/**
 * The first course, solved as a person solves it: lesson after lesson in one world, by the links that lead on. With the
 * mouse; with keys alone; and in the accessible view, where commands are entered in its form and answers are read.
 */
for (const hand of ["mouse", "keyboard", "accessible"] satisfies Hand[]) {
  test.describe(`the first course, ${hand}`, () => {
    test.describe.configure({ mode: "serial", timeout: 240_000 });

    let lesson: LessonPage;

    test.beforeAll(async ({ browser }) => {
      const page = await browser.newPage({ viewport: { width: 1400, height: 860 } });
      lesson = new LessonPage(page, hand);
      await lesson.open(COURSE_WAY[0]?.id ?? "");
    });

    test.afterAll(() => lesson.page.close());

    for (const [at, { title, steps }] of COURSE_WAY.entries()) {
      test(title, async () => {
        if (at > 0) await lesson.follow(title);
        await expect(lesson.panel.getByRole("heading", { level: 2 })).toHaveText(title);
        await lesson.solve(steps);
        expect(lesson.terminal.errors).toEqual([]);
      });
    }
  });
}
