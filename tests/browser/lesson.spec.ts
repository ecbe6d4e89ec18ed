import { createRequire } from "node:module";
import { expect, type Page, test } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { LessonPage } from "./support/lesson-page.ts";

/** What is around a lesson: jumps, reloads, worlds that end, and what axe finds; `course.spec.ts` solves the course. */
const AXE = createRequire(import.meta.url).resolve("axe-core");

/** What axe finds serious in the lesson; the rest of the page has a test of its own. */
async function seriousFaults(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const results: AxeResults = await page.evaluate("axe.run(document.querySelector('.lesson-view, .catalogue'))");
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

test.describe("around a lesson", () => {
  test.describe.configure({ timeout: 240_000 });

  test("any step can be jumped to, begun again, and found again after a reload", async ({ page }) => {
    const lesson = new LessonPage(page, "mouse");
    await lesson.open("find-etcd");
    await page.getByRole("button", { name: /^4\. Stop it/ }).click();
    await page.getByRole("button", { name: "Go there" }).click();
    await expect(lesson.title).toHaveText("Stop it, and watch who starts it", { timeout: 90_000 });
    await expect(page.locator(".travelling")).toHaveCount(0, { timeout: 90_000 });
    await lesson.terminal.prompt();
    await page.locator(".xterm-screen").first().click();
    expect(await lesson.terminal.run("cat /root/etcd-facts.txt")).toContain("--data-dir=/var/lib/etcd");
    await lesson.terminal.run("rm /root/etcd-facts.txt");
    await page.getByRole("button", { name: /^Start this step again/ }).click();
    await expect(page.locator(".travelling")).toHaveCount(0, { timeout: 90_000 });
    await expect(lesson.button("Check now")).toBeEnabled();
    await page.locator(".xterm-screen").first().click();
    await lesson.terminal.prompt();
    expect(await lesson.terminal.run("ls /root/etcd-facts.txt")).toBe("/root/etcd-facts.txt");
    await page.reload();
    await expect(lesson.title).toHaveText("Stop it, and watch who starts it", { timeout: 30_000 });
    const goOn = lesson.button("Continue there");
    // The reader is asked only if the world that was kept is not where they were.
    await expect(async () => {
      if (await goOn.isVisible()) await goOn.click({ timeout: 1000 });
      await expect(lesson.button("Check now")).toBeEnabled({ timeout: 1000 });
    }).toPass({ timeout: 90_000 });
    await lesson.predict("The API server");
    await lesson.run("crictl stop");
    await lesson.passes();
    await expect(lesson.panel.locator(".option.wrong")).toContainText("(your answer)");
    await expect(lesson.panel.locator(".option.right")).toContainText("The kubelet");
    await expect(lesson.panel.getByRole("radio")).toHaveCount(0);
    // The step stays done; what no longer holds is told as such.
    await page.getByRole("button", { name: "Undo the last command" }).click();
    await expect(lesson.panel.locator(".check.fail").first()).toContainText("It held before; since then");
    expect(lesson.terminal.errors).toEqual([]);
  });

  test("on a phone what has passed is told beside the terminal, and stays passed after a reload", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    const lesson = new LessonPage(page, "mouse");
    await lesson.open("find-etcd");
    await lesson.panel.getByRole("button", { name: "Run: kubectl get nodes" }).first().click();
    const notice = page.locator(".notice-line");
    await expect(notice).toContainText("Three nodes");
    const { width, y } = (await notice.boundingBox()) ?? { width: 0, y: 0 };
    expect(width).toBeGreaterThan(300);
    // The answer stands at the top, the keys at the foot.
    expect(y).toBeGreaterThan(422);
    expect(y).toBeLessThan(740);
    await page.getByRole("button", { name: "Lessons" }).click();
    await expect(notice).toHaveText("");
    await expect(lesson.panel.locator(".fence .run svg.made")).toHaveCount(1);
    await lesson.passes();
    await page.evaluate(() => window.sandboxTest?.keepNow?.());
    await page.reload();
    await page.getByRole("button", { name: "Lessons" }).click();
    await lesson.passes();
    await page.setViewportSize({ width: 844, height: 390 });
    await expect(page.getByRole("button", { name: "Terminal", exact: true })).toBeVisible();
    expect((await lesson.panel.boundingBox())?.height).toBeGreaterThan(250);
    expect(lesson.terminal.errors).toEqual([]);
  });

  test("a post-mortem and the time that a rescue took are told on after a reload", async ({ page }) => {
    const lesson = new LessonPage(page, "mouse");
    await lesson.open("dangerous-delete");
    await lesson.run("kubectl get pods -A -o custom-columns");
    await lesson.run("export ETCDCTL_CACERT");
    await lesson.passes();
    await lesson.next();
    await lesson.run("etcdctl del /registry/pods --prefix");
    await expect(lesson.panel.locator(".post-mortem")).toContainText("etcdctl del /registry/pods --prefix");
    await page.evaluate(() => window.sandboxTest?.keepNow?.());
    await page.reload();
    await expect(lesson.panel.locator(".post-mortem")).toContainText("lost.", { timeout: 60_000 });
    await lesson.passes();
    await expect(lesson.panel.locator(".post-mortem")).toContainText(/Of 11 pods 10 returned, 1 is lost\./);
  });

  test("terminals are closed and opened again, and the step goes on", async ({ page }) => {
    const lesson = new LessonPage(page, "mouse");
    await lesson.open("find-etcd");
    await lesson.run("kubectl get nodes");
    await lesson.passes();
    await page.getByRole("button", { name: "Close terminal ip-10-0-1-10" }).click();
    await expect(page.getByText("No terminal is open.")).toBeVisible();
    await page.getByLabel("New terminal").selectOption("ip-10-0-1-10");
    await lesson.terminal.prompt();
    await lesson.button("Check now").click();
    await page.waitForTimeout(3000);
    await lesson.passes();
    await page.locator(".xterm-screen").first().click();
    await lesson.terminal.type("exit\n");
    await lesson.terminal.shows("The shell has ended");
    await lesson.run("kubectl get nodes");
    await lesson.terminal.shows(/^root@ip-10-0-1-10:~# kubectl get nodes\nNAME/m);
    expect(lesson.terminal.errors).toEqual([]);
  });

  test("a world that hangs while it is looked at is thrown away, and the step begins in the next one", async ({
    page,
  }) => {
    const lesson = new LessonPage(page, "mouse");
    await lesson.open("find-etcd");
    await page.evaluate(() => window.sandboxTest?.keepNow?.());
    const [worker] = page.workers().filter((each) => each.url().includes("host-worker"));
    void worker
      ?.evaluate(() => {
        for (;;); // a defect of the sandbox, as bad as it can be
      })
      .catch(() => undefined);
    await page.waitForTimeout(300);
    await lesson.button("Check now").click();
    await expect(lesson.button("Check now")).toBeDisabled();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("button", { name: "Start again" }).click();
    await lesson.terminal.shows("back at the start", 120_000);
    await lesson.terminal.prompt();
    await expect(lesson.button("Check now")).toBeEnabled({ timeout: 60_000 });
    await expect(async () => {
      await lesson.run("kubectl get nodes"); // what is run before the new world's step has begun does not count
      await expect(lesson.panel.locator(".checks .check:not(.pass)")).toHaveCount(0, { timeout: 5000 });
    }).toPass({ timeout: 60_000 });
  });

  test("axe finds nothing serious, in light and dark, at three widths", async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const theme of ["light", "dark"]) {
      await page.setViewportSize({ width: 1400, height: 860 });
      await page.goto(`./?test&lesson=dangerous-delete&theme=${theme}`);
      const lesson = new LessonPage(page, "mouse");
      await expect(lesson.title).toBeVisible({ timeout: 30_000 });
      await page.locator(".solution summary").click();
      for (const width of [1400, 800, 390]) {
        await page.setViewportSize({ width, height: 860 });
        await expect(lesson.title).toBeVisible();
        expect(await seriousFaults(page), `${theme}, ${width} px`).toEqual([]);
        const wider = await lesson.panel.evaluate((panel) => panel.scrollWidth - panel.clientWidth);
        expect(wider, `${width} px`).toBeLessThanOrEqual(0);
      }
    }
    await page.setViewportSize({ width: 1400, height: 860 });
    await page.goto("./?test&lesson=dangerous-delete&view=accessible");
    await expect(page.locator("#step-title")).toBeVisible({ timeout: 30_000 });
    expect(await seriousFaults(page), "accessible view").toEqual([]);
    await page.goto("./?test&lesson");
    await expect(page.locator(".catalogue li")).toHaveCount(5);
    expect(await seriousFaults(page), "catalogue").toEqual([]);
  });
});
