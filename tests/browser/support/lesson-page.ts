import { expect, type Locator, type Page } from "@playwright/test";
import { TerminalPage } from "./terminal-page.ts";

/** How a person works a control: by a click, or by walking to it with Tab and pressing a key. */
export type Hand = "mouse" | "keyboard";

/** How long a cluster may take until a step's checks pass: a kubelet brings etcd and the API server back. */
const PASS_MS = 120_000;

/** A lesson as a person does it: reads, predicts, runs blocks, goes on. */
export class LessonPage {
  readonly terminal: TerminalPage;
  private readonly page: Page;
  private readonly hand: Hand;

  constructor(page: Page, hand: Hand) {
    this.page = page;
    this.hand = hand;
    this.terminal = new TerminalPage(page);
  }

  async open(lesson: string): Promise<void> {
    await this.page.goto(`./?test&lesson=${lesson}`);
    await expect(this.panel.locator("#step-title")).toBeVisible({ timeout: 30_000 });
    await expect(this.panel.getByRole("button", { name: /^Run: / }).first()).toBeEnabled({ timeout: 90_000 });
    await expect(this.button("Check now")).toBeEnabled({ timeout: 30_000 });
  }

  get panel(): Locator {
    return this.page.locator(".lesson-view");
  }

  get title(): Locator {
    return this.panel.locator("#step-title");
  }

  /** Chooses the option that holds this text. */
  async predict(text: string): Promise<void> {
    const option = this.panel.getByRole("radio", { name: text });
    if (this.hand === "mouse") return option.check();
    // Radio buttons are one stop: Tab to the group, then arrows.
    await this.tabTo(this.panel.getByRole("radio").first());
    await this.page.keyboard.press("Space");
    while (!(await option.isChecked())) await this.page.keyboard.press("ArrowDown");
  }

  /** Runs the block whose first command is this. */
  async run(command: string): Promise<void> {
    const button = this.panel.locator(".lesson-body > .prose").getByRole("button", { name: `Run: ${command}` });
    await this.press(button.first());
    await expect(button.first()).toBeEnabled({ timeout: 30_000 });
  }

  /** Opens the solution and runs all its blocks. */
  async runSolution(): Promise<void> {
    const summary = this.panel.locator(".solution summary");
    await this.press(summary);
    const buttons = this.panel.locator(".solution").getByRole("button", { name: /^Run: / });
    for (let at = 0; at < (await buttons.count()); at++) {
      await this.press(buttons.nth(at));
      await expect(buttons.nth(at)).toBeEnabled({ timeout: 60_000 });
    }
  }

  /** Waits until all checks of the step pass. */
  async passes(): Promise<void> {
    await expect(this.panel.locator(".checks .check")).not.toHaveCount(0);
    await expect(this.panel.locator(".checks .check:not(.pass)")).toHaveCount(0, { timeout: PASS_MS });
  }

  /** Goes on to the next step, which has this title. */
  async next(title: string): Promise<void> {
    const button = this.button("Next");
    await expect(button).toHaveAttribute("aria-disabled", "false");
    await this.press(button);
    await expect(this.title).toHaveText(title);
    await expect(this.button("Check now")).toBeEnabled({ timeout: 30_000 });
  }

  button(name: string): Locator {
    return this.panel.getByRole("button", { name, exact: true });
  }

  async press(control: Locator): Promise<void> {
    if (this.hand === "mouse") return control.click();
    await this.tabTo(control);
    await this.page.keyboard.press("Enter");
  }

  /** Presses Tab until a control has the focus; out of a terminal F6 leads. */
  private async tabTo(control: Locator): Promise<void> {
    await expect(control).toBeVisible();
    for (let presses = 0; presses < 200; presses++) {
      if (await control.evaluate((element) => element === document.activeElement)) return;
      const inLesson = await this.page.evaluate(() => document.activeElement?.closest(".lesson-view") !== null);
      await this.page.keyboard.press(inLesson ? "Tab" : "F6");
    }
    throw new Error("no way to the control by Tab");
  }
}
