import { expect, type Page } from "@playwright/test";
import type {} from "../../../src/ui/test-hook.ts";

/** What a shell shows when it waits: a host's prompt, or a container's. */
const PROMPT = /^(root@[\w.-]+:\S*# |sh-5\.2# )$/;

/** A page with a world, used as a person does: by keys. Reads terminals through the page's test hook. */
export class TerminalPage {
  readonly page: Page;
  /** Errors that the page has told its console, or thrown. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
    page.on("pageerror", (error) => this.errors.push(error.stack ?? error.message));
  }

  /** Opens the sandbox and waits for the first prompt. */
  async open(query = "", base = "./"): Promise<void> {
    await this.page.goto(`${base}?test${query === "" ? "" : `&${query}`}`);
    await this.prompt(90_000);
  }

  /** All that the shown terminal holds, wrapped lines joined, without blanks at ends. */
  async text(): Promise<string> {
    return (await this.lines(0)).join("\n").trimEnd();
  }

  /** Waits until the shell waits for a command, with nothing typed. */
  async prompt(timeout = 20_000): Promise<void> {
    await expect(async () => expect(await this.cursorLine()).toMatch(PROMPT)).toPass({ timeout, intervals: [30, 60] });
  }

  /** Waits until the shown terminal holds a text. */
  async shows(expected: string | RegExp, timeout = 20_000): Promise<void> {
    await expect(async () => {
      const text = await this.text();
      if (typeof expected === "string") expect(text).toContain(expected);
      else expect(text).toMatch(expected);
    }).toPass({ timeout, intervals: [30, 60, 120] });
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Pastes a text as a browser does. */
  async paste(text: string): Promise<void> {
    await this.page.evaluate((pasted) => {
      const data = new DataTransfer();
      data.setData("text/plain", pasted);
      document.activeElement?.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, text);
  }

  /** Types a command, line by line, and gives what it printed before the next prompt. */
  async run(command: string, timeout = 20_000): Promise<string> {
    const before = await this.cursorRow();
    for (const line of command.split("\n")) {
      await this.type(line);
      await this.press("Enter");
    }
    const typed = command.split("\n").length;
    await expect(async () => {
      const line = await this.cursorLine();
      expect(await this.cursorRow()).toBeGreaterThanOrEqual(before + typed);
      expect(line).toMatch(PROMPT);
    }).toPass({ timeout, intervals: [30, 60, 120] });
    return (await this.lines(before)).slice(typed, -1).join("\n");
  }

  /** Whether the page answers at once, whatever the world is doing: milliseconds for a turn of its event loop. */
  async turnMs(): Promise<number> {
    return this.page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const began = performance.now();
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
        }),
    );
  }

  private async cursorRow(): Promise<number> {
    return this.page.evaluate(() => {
      const shown = document.querySelector(".terminal-view:not([hidden])")?.id.replace("terminal-", "");
      const buffer = window.sandboxTest?.terminals.get(Number(shown))?.buffer.active;
      return buffer === undefined ? -1 : buffer.baseY + buffer.cursorY;
    });
  }

  /** The text before the cursor on its line. */
  private async cursorLine(): Promise<string> {
    return this.page.evaluate(() => {
      const shown = document.querySelector(".terminal-view:not([hidden])")?.id.replace("terminal-", "");
      const buffer = window.sandboxTest?.terminals.get(Number(shown))?.buffer.active;
      if (buffer === undefined) return "";
      return (
        buffer.getLine(buffer.baseY + buffer.cursorY)?.translateToString(false, 0, Math.max(1, buffer.cursorX)) ?? ""
      );
    });
  }

  private async lines(from: number): Promise<string[]> {
    return this.page.evaluate((first) => {
      const shown = document.querySelector(".terminal-view:not([hidden])")?.id.replace("terminal-", "");
      const buffer = window.sandboxTest?.terminals.get(Number(shown))?.buffer.active;
      const lines: string[] = [];
      for (let row = first; buffer !== undefined && row <= buffer.baseY + buffer.cursorY; row++) {
        const line = buffer.getLine(row);
        const wraps = buffer.getLine(row + 1)?.isWrapped === true;
        const text = line?.translateToString(!wraps) ?? "";
        if (line?.isWrapped === true && lines.length > 0) lines.push(`${lines.pop()}${text}`);
        else lines.push(text);
      }
      return lines.map((line) => line.trimEnd());
    }, from);
  }
}
