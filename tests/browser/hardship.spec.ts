import { expect, test } from "@playwright/test";
import { TerminalPage } from "./support/terminal-page.ts";

/**
 * Bad input, in a worker and beside the page: the page goes on answering, Ctrl-C gives the prompt back, and the reset
 * button works from anything. The bare world is enough: it has the same shell, terminal and pump, and starts at once.
 */
const ANSWER_MS_MAX = 1_000;

for (const [where, query] of [
  ["in a worker", "topology=bare"],
  ["beside the page", "topology=bare&no-worker"],
] as const) {
  test(`endless commands ${where}`, async ({ page }) => {
    const terminal = new TerminalPage(page);
    await terminal.open(query);
    for (const command of [
      "while true; do :; done",
      "yes",
      "cat /dev/zero | head -c 1000000000 | wc -c",
      "f() { f; }; f",
    ]) {
      await terminal.type(command);
      await terminal.press("Enter");
      await page.waitForTimeout(400);
      expect(await terminal.turnMs(), command).toBeLessThan(ANSWER_MS_MAX);
      await terminal.press("Control+c");
      await terminal.shows(/\^C\nroot@bare:~#$/);
    }
    expect(await terminal.run("yes | head -3; echo $?")).toBe("y\ny\ny\n0");
    expect(terminal.errors).toEqual([]);
  });

  test(`a fork bomb, and a fresh world after it, ${where}`, async ({ page }) => {
    const terminal = new TerminalPage(page);
    await terminal.open(query);
    await terminal.type(":(){ :|:& };:");
    await terminal.press("Enter");
    await terminal.shows("Resource temporarily unavailable");
    expect(await terminal.turnMs()).toBeLessThan(ANSWER_MS_MAX);
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("button", { name: "Start again" }).click();
    await terminal.shows(/back at the start\nroot@bare:~#$/);
    expect(await terminal.run("echo fresh")).toBe("fresh");
    expect(terminal.errors).toEqual([]);
  });

  test(`a megabyte pasted ${where}`, async ({ page }) => {
    const terminal = new TerminalPage(page);
    await terminal.open(query);
    await terminal.paste(`echo ${"x".repeat(1_000_000)}`);
    expect(await terminal.turnMs()).toBeLessThan(ANSWER_MS_MAX);
    await terminal.press("Control+c");
    await terminal.prompt();
    await terminal.run("");
    expect(await terminal.run("echo alive")).toBe("alive");
    expect(terminal.errors).toEqual([]);
  });
}

test("the world runs beside the page where workers throw", async ({ page }) => {
  await page.addInitScript(() => {
    window.Worker = class {
      constructor() {
        throw new DOMException("workers are not allowed here", "SecurityError");
      }
    } as unknown as typeof Worker;
  });
  const terminal = new TerminalPage(page);
  await terminal.open("topology=bare");
  expect(await terminal.run("hostname")).toBe("bare");
  expect(terminal.errors).toEqual([]);
});

test("a worker that cannot load leaves the world to the page", async ({ page }) => {
  await page.route(/host-worker/, (route) => route.abort());
  const terminal = new TerminalPage(page);
  await terminal.open("topology=bare");
  expect(await terminal.run("hostname")).toBe("bare");
});

test("a start that fails says so and can be tried again", async ({ page }) => {
  let refuse = true;
  await page.route(/world-host-/, (route) => (refuse ? route.abort() : route.continue()));
  await page.goto("./?test&topology=bare&no-worker");
  await expect(page.getByRole("alert")).toContainText("could not start");
  refuse = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await new TerminalPage(page).shows(/^root@bare:~#$/);
});

test("reset ends a worker that no longer answers", async ({ page }) => {
  await page.addInitScript(() => {
    const Real = Worker;
    let first = true;
    window.Worker = class extends Real {
      override postMessage(message: unknown): void {
        // The first worker is deaf after its start: what it looks like when code in it never returns.
        if (first && /"(type|reset)"/.test(JSON.stringify(message))) return;
        super.postMessage(message);
      }
      override terminate(): void {
        first = false;
        super.terminate();
      }
    };
  });
  const terminal = new TerminalPage(page);
  await terminal.open("topology=bare");
  await terminal.type("echo unheard");
  await page.getByRole("button", { name: "Reset" }).click();
  await page.getByRole("button", { name: "Start again" }).click();
  await terminal.shows(/back at the start\nroot@bare:~#$/);
  expect(await terminal.run("echo heard")).toBe("heard");
});
