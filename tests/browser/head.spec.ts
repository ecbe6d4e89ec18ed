import { expect, type Page, test } from "@playwright/test";
import { TerminalPage } from "./support/terminal-page.ts";

/** The head's buttons: back and forth, checkpoints, what changed, time, share, keys, settings; on one cluster. */
test.describe.configure({ mode: "serial" });

let page: Page;
let terminal: TerminalPage;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage({ viewport: { width: 1400, height: 800 } });
  terminal = new TerminalPage(page);
  await terminal.open();
});

test.afterAll(() => page.close());

const button = (name: string) => page.getByRole("button", { name, exact: true });
const focusTerminal = () => page.locator(".terminal-view:not([hidden]) .xterm-screen").click();

test("a command is undone and redone by buttons", async () => {
  await expect(button("Undo the last command")).toBeDisabled();
  await page.getByLabel("Filter keys").fill("configmaps/default/one");
  await focusTerminal();
  await terminal.run("kubectl create configmap one --from-literal=a=1");
  const row = page.locator(".row", { hasText: "/one" });
  await expect(row).toBeVisible();
  await button("Undo the last command").click();
  await expect(page.locator(".notice-line")).toContainText("kubectl create configmap one");
  await focusTerminal();
  await terminal.prompt();
  await expect(row).toHaveCount(0);
  await button("Redo what was undone").click();
  await focusTerminal();
  await expect(row).toBeVisible();
  await terminal.prompt();
  expect(await terminal.run("kubectl get configmap one")).toMatch(/^NAME/);
});

test("a checkpoint is made and gone back to, by keys alone", async () => {
  await button("Checkpoints").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name of a checkpoint")).toBeFocused();
  await page.keyboard.type("before two");
  await page.keyboard.press("Enter");
  await expect(button("Checkpoints")).toBeFocused();
  await focusTerminal();
  await terminal.run("kubectl create configmap two --from-literal=a=1");
  await button("Checkpoints").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: /^before two/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await focusTerminal();
  await terminal.prompt();
  expect(await terminal.run("kubectl get configmap two")).toContain("NotFound");
});

test("what changed since a command is listed: objects with their fields, files with their lines, processes", async () => {
  await terminal.run("kubectl label configmap app-config seen=yes; echo so >> note; systemctl stop kubelet");
  await button("What changed").click();
  const dialog = page.getByRole("dialog", { name: "What changed" });
  await expect(dialog.getByLabel("Since")).toContainText("before kubectl label configmap app-config seen=yes");
  await dialog.getByText("ConfigMap default/app-config").click();
  await expect(dialog.locator("dl > div")).toHaveText(['metadata.labels(none) → {"seen":"yes"}']);
  await dialog.getByText("ip-10-0-1-10:/root/note").click();
  await expect(dialog.locator(".diff .line.made")).toHaveText("+so");
  await expect(dialog.getByText("active → inactive")).toBeVisible();
  await dialog.getByLabel("Since").selectOption({ label: "the start" });
  await expect(dialog.getByText("ConfigMap default/one")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("time stands still and goes on", async () => {
  await focusTerminal();
  await button("Let the world's time stand still").click();
  await focusTerminal();
  await terminal.type("echo typed while time stands still");
  await terminal.shows(/# echo typed while time stands still$/);
  await terminal.press("Control+c");
  await terminal.prompt();
  await terminal.type("sleep 1; echo over");
  await terminal.press("Enter");
  await page.waitForTimeout(1500);
  expect(await terminal.text()).not.toMatch(/^over$/m);
  await page.getByLabel("How fast the world's time passes").selectOption("100");
  await terminal.shows(/^over$/m, 5000);
  await page.getByLabel("How fast the world's time passes").selectOption("1");
});

test("the store's past is walked, compared, and left again", async () => {
  await focusTerminal();
  await terminal.run("kubectl create configmap three --from-literal=a=1");
  await page.getByLabel("Filter keys").fill("configmaps/default/three");
  const row = page.locator(".row", { hasText: "three" });
  await expect(row).toBeVisible();
  await page.getByLabel("Revision to look at").focus();
  await page.keyboard.press("Home");
  await expect(row).toHaveCount(0);
  await expect(page.locator(".timeline-text")).toContainText("the oldest remembered");
  await button("Compare with here").click();
  await page.getByLabel("Revision to look at").focus();
  await page.keyboard.press("End");
  const change = page.locator(".change", { hasText: "/registry/configmaps/default/three" });
  await expect(change).toContainText("made");
  await change.click();
  await expect(page.locator(".viewer .diff .line.made").filter({ hasText: '"name": "three"' })).toBeVisible();
  await button("Stop comparing").click();
  await expect(row).toBeVisible();
  await expect(button("Now: the store as it changes")).toHaveAttribute("aria-pressed", "true");
});

test("a value's owner is followed, its bytes are shown", async () => {
  await page.getByLabel("Filter keys").fill("replicasets/default/nginx");
  await page.locator(".row", { hasText: "/nginx-" }).click();
  await button("Bytes").click();
  await expect(page.locator(".viewer pre")).toContainText("000000  7b 22 6b 69 6e 64 22");
  await button("Content").click();
  await button("Deployment nginx").click();
  await expect(page.locator(".viewer h3")).toHaveText("/registry/deployments/default/nginx");
  await expect(page.locator(".facts")).toContainText("apps/v1 Deployment");
});

test("a link is made of options, and the keys are listed", async () => {
  await button("Share").click();
  await page.getByLabel("Hosts").selectOption("bare");
  await expect(page.getByRole("textbox", { name: "Link" })).toHaveValue(/\/\?topology=bare$/);
  await page.keyboard.press("Escape");
  await button("Keys").focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
});

test("settings are kept", async () => {
  await button("Settings").click();
  await button("Larger letters").click();
  await button("Light").click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.keyboard.press("Escape");
  await terminal.open("topology=bare");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  const size = await page.evaluate(() => [...(window.sandboxTest?.terminals.values() ?? [])][0]?.options.fontSize);
  expect(size).toBe(15);
});

test("nothing went wrong in the page meanwhile", () => {
  expect(terminal.errors).toEqual([]);
});
