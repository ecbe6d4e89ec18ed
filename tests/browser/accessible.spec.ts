import { expect, type Page, test } from "@playwright/test";
import { seriousFaults } from "./support/axe.ts";
import { TerminalPage } from "./support/terminal-page.ts";

/** The page by keys alone, and as texts and tables; on one cluster. */
test.describe.configure({ mode: "serial" });

let page: Page;
let terminal: TerminalPage;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage({ viewport: { width: 1400, height: 800 }, reducedMotion: "reduce" });
  terminal = new TerminalPage(page);
  await terminal.open();
});

test.afterAll(() => page.close());

const command = () => page.getByLabel("Command", { exact: true });

test("Esc Esc leaves the terminal for its tab; one Esc is the shell's; in an editor all are", async () => {
  await expect(page.locator(".xterm-helper-textarea")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.locator(".xterm-helper-textarea")).toBeFocused();
  await page.waitForTimeout(600);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("tab", { name: "ip-10-0-1-10" })).toBeFocused();
  await page.keyboard.press("F6");
  await page.keyboard.press("F6");
  await page.keyboard.press("F6");
  await page.keyboard.press("F6");
  await expect(page.locator(".xterm-helper-textarea")).toBeFocused();
  await terminal.type("vi /root/note");
  await terminal.press("Enter");
  await page.waitForFunction(
    () => [...(window.sandboxTest?.terminals.values() ?? [])][0]?.buffer.active.type === "alternate",
  );
  await terminal.press("Escape", "Escape");
  await expect(page.locator(".xterm-helper-textarea")).toBeFocused();
  await terminal.type(":q!");
  await terminal.press("Enter");
  await terminal.prompt();
});

test("every button of the head is reached by Tab, and its focus is seen", async () => {
  await page.locator(".skip").focus();
  const names: (string | null)[] = [];
  for (let at = 0; at < 16; at++) {
    await page.keyboard.press("Tab");
    const { name, outline } = await page.evaluate(() => ({
      name: document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? null,
      outline: document.activeElement === null ? "" : getComputedStyle(document.activeElement).outlineStyle,
    }));
    expect(outline, name ?? "").not.toBe("none");
    names.push(name);
    if (name === "Reset") break;
  }
  for (const name of ["Checkpoints", "What changed", "Share", "Keys", "Settings", "Reset"]) {
    expect(names).toContain(name);
  }
});

test("a command is run and its table read in the accessible view", async () => {
  await page.locator(".skip").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Commands" })).toBeVisible();
  // No panel stands here that the head could put away.
  await expect(page.getByRole("banner").getByRole("button", { pressed: true })).toHaveCount(0);
  await command().fill("kubectl get nodes");
  await command().press("Enter");
  const article = page.getByRole("article").filter({ hasText: "kubectl get nodes" });
  await expect(article.getByRole("heading", { name: "kubectl get nodes" })).toBeVisible();
  await expect(article.getByRole("columnheader", { name: "STATUS" })).toBeVisible();
  await expect(article.getByRole("row")).toHaveCount(4);
  await expect(page.getByRole("status").first()).toHaveText("kubectl get nodes: 4 lines, exit code 0");
  await command().fill("kubectl get pod nobody");
  await command().press("Enter");
  await expect(page.getByRole("status").first()).toHaveText("kubectl get pod nobody: 1 line, exit code 1");
});

test("arrows bring back what was entered, in a shell within the shell too, and Tab goes on to the next control", async () => {
  await command().fill("echo dra");
  await command().press("ArrowUp");
  await expect(command()).toHaveValue("kubectl get pod nobody");
  await command().press("ArrowUp");
  await command().press("ArrowUp");
  await expect(command()).toHaveValue("vi /root/note");
  await command().press("ArrowDown");
  await command().press("ArrowDown");
  await command().press("ArrowDown");
  await expect(command()).toHaveValue("echo dra");
  await command().press("Tab");
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeFocused();
  await command().fill("bash");
  await command().press("Enter");
  await command().fill("echo within");
  await command().press("Enter");
  await expect(page.getByRole("status").first()).toHaveText("echo within: 1 line, exit code 0");
  await command().press("ArrowUp");
  await expect(command()).toHaveValue("echo within");
  await command().press("ArrowUp");
  await expect(command()).toHaveValue("bash");
  await command().fill("exit");
  await command().press("Enter");
  await expect(page.getByRole("status").first()).toHaveText(/^(exit|bash): /);
});

test("what runs is seen running, and interrupted", async () => {
  await command().fill("echo begun; sleep 100");
  await command().press("Enter");
  await expect(page.getByRole("status").first()).toHaveText("echo begun; sleep 100: running, 1 line so far");
  await page.getByRole("button", { name: "Interrupt what runs" }).click();
  await expect(page.getByRole("status").first()).toHaveText(/exit code 130$/);
});

test("after the shell's end the next command has a new one", async () => {
  await command().fill("exit");
  await command().press("Enter");
  await page.waitForFunction(() => {
    const terminals = [...(window.sandboxTest?.terminals.values() ?? [])];
    const { active } = terminals.at(-1)?.buffer ?? {};
    const text = (row: number) => active?.getLine(row)?.translateToString(true) ?? "";
    return Array.from({ length: active?.length ?? 0 }, (_, row) => text(row)).includes(
      "The shell has ended. Press Enter for a new one.",
    );
  });
  await command().fill("echo anew");
  await command().press("Enter");
  await expect(page.getByRole("status").first()).toHaveText("echo anew: 1 line, exit code 0");
});

test("the keys are a table, and a value is shown", async () => {
  await page.getByLabel("Filter keys").fill("configmaps/default/app-config");
  const table = page.getByRole("table").filter({ has: page.getByText("Mod revision", { exact: true }) });
  await expect(table.getByRole("row")).toHaveCount(2);
  await table.getByRole("button", { name: "/registry/configmaps/default/app-config" }).click();
  await expect(page.locator(".viewer pre")).toContainText('"kind": "ConfigMap"');
});

test("axe finds nothing serious in it, light and dark, at three widths", async () => {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1400, 800, 390]) {
      await page.setViewportSize({ width, height: 800 });
      await page.waitForTimeout(200);
      expect(await seriousFaults(page), `${colorScheme}, ${width} px`).toEqual([]);
    }
  }
});

test("and left again, with the terminal as it was", async () => {
  await page.setViewportSize({ width: 1400, height: 800 });
  await page.getByRole("button", { name: "Back to the usual view" }).click();
  await page.locator(".terminal-view:not([hidden]) .xterm-screen").click();
  await terminal.shows("echo anew");
  expect(terminal.errors).toEqual([]);
});
