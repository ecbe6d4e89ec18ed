import { expect, type Page } from "@playwright/test";
import type { IMarker, Terminal } from "@xterm/xterm";
import type {} from "../../../src/ui/test-hook.ts";

declare global {
  interface Window {
    /** Where a command was typed. */
    sandboxMark?: IMarker;
  }
}

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
    return (await this.lines("start")).join("\n").trimEnd();
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
    const lines = command.split("\n");
    await this.mark();
    for (const line of lines) {
      await this.type(line);
      await this.press("Enter");
    }
    await expect(async () => {
      expect(await this.rowsSinceMark()).toBeGreaterThanOrEqual(lines.length);
      expect(await this.cursorLine()).toMatch(PROMPT);
    }).toPass({ timeout, intervals: [30, 60, 120] });
    return (await this.lines("mark")).slice(lines.length, -1).join("\n");
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

  /** Marks the cursor's row; the mark moves with its line when old lines are dropped. */
  private async mark(): Promise<void> {
    await this.inTerminal((terminal) => {
      window.sandboxMark = terminal.registerMarker(0);
    });
  }

  private async rowsSinceMark(): Promise<number | undefined> {
    return this.inTerminal(({ buffer: { active } }) => active.baseY + active.cursorY - (window.sandboxMark?.line ?? 0));
  }

  /** The text before the cursor on its line. */
  private async cursorLine(): Promise<string | undefined> {
    return this.inTerminal(({ buffer: { active } }) =>
      active.getLine(active.baseY + active.cursorY)?.translateToString(false, 0, Math.max(1, active.cursorX)),
    );
  }

  /** The lines from the start, or from the mark, to the cursor's. */
  private async lines(from: "start" | "mark"): Promise<string[]> {
    const rows = await this.inTerminal(({ buffer: { active } }, first) => {
      const found: [text: string, continues: boolean][] = [];
      const start = first === "mark" ? Math.max(0, window.sandboxMark?.line ?? 0) : 0;
      for (let row = start; row <= active.baseY + active.cursorY; row++) {
        const line = active.getLine(row);
        const wraps = active.getLine(row + 1)?.isWrapped === true;
        found.push([line?.translateToString(!wraps) ?? "", line?.isWrapped === true]);
      }
      return found;
    }, from);
    const lines: string[] = [];
    for (const [text, continues] of rows ?? []) {
      if (continues && lines.length > 0) lines.push(`${lines.pop()}${text}`);
      else lines.push(text);
    }
    return lines.map((line) => line.trimEnd());
  }

  /** Evaluates in the page with the terminal that is shown. */
  private async inTerminal<R>(
    read: (terminal: Terminal, argument: string) => R,
    argument = "",
  ): Promise<R | undefined> {
    return this.page.evaluate(
      ([source, given]) => {
        const id = document.querySelector(".terminal-view:not([hidden])")?.id.replace("terminal-", "");
        const terminal = window.sandboxTest?.terminals.get(Number(id));
        if (terminal === undefined) return undefined;
        return new Function(`return (${source})`)()(terminal, given);
      },
      [String(read), argument] as const,
    );
  }
}
