import { expect, type FrameLocator, type Locator, type Page } from "@playwright/test";
import type { Deed, Step } from "./course.ts";
import { TerminalPage } from "./terminal-page.ts";

/**
 * How a person works: by clicks; by walking with F6 and Tab and pressing keys; or by keys in the accessible view, with
 * commands entered in its form.
 */
export type Hand = "mouse" | "keyboard" | "accessible";

/** How long a cluster may take until a step's checks pass: a kubelet brings etcd and the API server back. */
const PASS_MS = 120_000;
/** What the accessible view says of a command that has ended, or has started a shell that shows its first prompt. */
const ENDED = /: \d+ lines?(, exit code \d+)?$/;

/** A lesson as a person does it: reads, predicts, runs blocks, goes on. */
export class LessonPage {
  readonly terminal: TerminalPage;
  readonly page: Page;
  private readonly hand: Hand;
  /** Where the lesson stands: the page itself, or a frame in it. */
  private readonly root: Page | FrameLocator;

  constructor(page: Page, hand: Hand, root: Page | FrameLocator = page) {
    this.page = page;
    this.hand = hand;
    this.root = root;
    this.terminal = new TerminalPage(page);
  }

  async open(lesson: string): Promise<void> {
    const view = this.hand === "accessible" ? "&view=accessible" : "";
    await this.page.goto(`./?test&lesson=${lesson}${view}`);
    await this.begins();
  }

  /** Follows the link to the next lesson: the page stays, and the terminals in it. */
  async follow(title: string): Promise<void> {
    await this.page.evaluate(() => document.body.setAttribute("data-stays", ""));
    await this.press(this.panel.getByRole("link", { name: `Next lesson: ${title}`, exact: true }));
    await expect(this.panel.getByRole("heading", { level: 2 })).toHaveText(title);
    await this.begins();
    await expect(this.page.locator("[data-stays]")).toHaveCount(1);
    if (this.hand !== "mouse") await expect(this.title).toBeFocused();
  }

  async begins(): Promise<void> {
    await expect(this.panel.locator("#step-title")).toBeVisible({ timeout: 30_000 });
    await expect(this.panel.getByRole("button", { name: /^Run: / }).first()).toBeEnabled({ timeout: 90_000 });
    await expect(this.button("Check now")).toBeEnabled({ timeout: 30_000 });
  }

  get panel(): Locator {
    return this.root.locator(".lesson-view");
  }

  get title(): Locator {
    return this.panel.locator("#step-title");
  }

  async doDeed(deed: Deed): Promise<void> {
    if ("predict" in deed) return this.predict(deed.predict);
    if ("run" in deed) return this.run(deed.run);
    if ("solve" in deed) return this.runSolution();
    if ("speed" in deed) return this.setSpeed(deed.speed);
    await this.press(this.button("Give me a hint"));
    await expect(this.panel.locator(".hint")).toContainText(deed.hint);
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
    const blocks = this.panel.locator(".lesson-body > .prose .fence");
    await this.runBlock(blocks.filter({ has: this.runButtons(command) }).first());
  }

  /** Opens the solution and runs all its blocks. */
  async runSolution(): Promise<void> {
    await this.press(this.panel.locator(".solution summary"));
    const blocks = this.panel.locator(".solution .fence").filter({ has: this.runButtons("") });
    for (let at = 0; at < (await blocks.count()); at++) await this.runBlock(blocks.nth(at));
  }

  private runButtons(command: string): Locator {
    return this.root.getByRole("button", { name: `Run: ${command}` });
  }

  private async runBlock(block: Locator): Promise<void> {
    if (this.hand === "accessible") return this.enter(((await block.locator("code").textContent()) ?? "").trimEnd());
    const button = block.locator(this.runButtons(""));
    await this.press(button);
    if (this.hand === "keyboard") await expect(button).toBeFocused();
    await expect(button).toBeEnabled({ timeout: 60_000 });
  }

  /** Enters a block's lines in the accessible view's form, each when the one before has been answered. */
  private async enter(text: string): Promise<void> {
    const field = this.root.getByLabel("Command", { exact: true });
    let begun = "";
    for (const line of text.split("\n")) {
      await this.tabTo(field);
      await this.page.keyboard.insertText(line);
      await this.page.keyboard.press("Enter");
      begun ||= line;
      if (line.endsWith("\\")) continue;
      const status = this.root.locator("[data-pane=commands]").getByRole("status");
      await expect(status).toContainText(begun.slice(0, 60), { timeout: 60_000 });
      await expect(status).toHaveText(ENDED, { timeout: 60_000 });
      begun = "";
    }
  }

  private async setSpeed(times: number): Promise<void> {
    const speed = this.root.getByLabel("How fast the world's time passes");
    if (this.hand === "mouse") await speed.selectOption(String(times));
    else {
      await this.tabTo(speed);
      await this.page.keyboard.press("Home");
      for (let presses = 0; presses < 9 && (await speed.inputValue()) !== String(times); presses++)
        await this.page.keyboard.press("ArrowDown");
    }
    await expect(speed).toHaveValue(String(times));
  }

  /** Waits until all checks of the step pass. */
  async passes(): Promise<void> {
    await expect(this.panel.locator(".checks .check")).not.toHaveCount(0);
    await expect(this.panel.locator(".checks .check:not(.pass)")).toHaveCount(0, { timeout: PASS_MS });
  }

  /** Goes on to the next step. */
  async next(): Promise<void> {
    const button = this.button("Next");
    await expect(button).toBeEnabled();
    await this.press(button);
    await expect(this.title).toBeFocused();
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

  /** Goes to the part of the page that holds a control by F6, and on to it by Tab. */
  private async tabTo(control: Locator): Promise<void> {
    await expect(control).toBeVisible();
    for (let presses = 0; presses < 200; presses++) {
      const at = await control.evaluate((element) => {
        const { activeElement } = document;
        if (element === activeElement) return "there";
        return element.closest("[data-pane]")?.contains(activeElement) === true ? "near" : "far";
      });
      if (at === "there") return;
      await this.page.keyboard.press(at === "near" ? "Tab" : "F6");
    }
    throw new Error("no way to the control by F6 and Tab");
  }

  /** Goes by Tab, or back by Shift Tab, until an element of the page itself has the focus, a frame for instance. */
  async tabUntil(element: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    for (let presses = 0; presses < 100; presses++) {
      if (await element.evaluate((each) => each === document.activeElement)) return;
      await this.page.keyboard.press(key);
    }
    throw new Error(`no way to the element by ${key}`);
  }

  /** Goes into the terminal by F6. */
  async focusTerminal(): Promise<void> {
    await this.tabTo(this.root.locator(".terminal-view:not([hidden]) .xterm-helper-textarea"));
  }

  /** Does all steps of a lesson in their order. */
  async solve(steps: readonly Step[]): Promise<void> {
    for (const [place, { title, deeds, tells = [] }] of steps.entries()) {
      if (place > 0) await this.next();
      await expect(this.title).toHaveText(title);
      for (const deed of deeds) await this.doDeed(deed);
      await this.passes();
      for (const told of tells) await expect(this.panel).toContainText(told, { timeout: 60_000 });
    }
    await expect(this.panel.getByText("You have finished this lesson.")).toBeVisible();
  }
}
