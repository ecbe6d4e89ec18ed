import { expect, test } from "@playwright/test";
import { seriousFaults } from "./support/axe.ts";
import { TerminalPage } from "./support/terminal-page.ts";

test("a snippet for a course page is made by keys alone, beside the embed that it gives", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await new TerminalPage(page).open("topology=bare");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("button", { name: "Share" }).press("Enter");
  await page.getByRole("tab", { name: "Link" }).press("ArrowRight");
  await page.getByLabel("Command", { exact: true }).fill("hostname");
  await page.getByLabel("Run the command").press("Space");
  const snippet = page.getByLabel("Snippet");
  await expect(snippet).toHaveValue(/<etcd-sandbox cmd="hostname" run topology="bare">/);
  await page.getByText("How it looks").press("Enter");
  await page.getByLabel("Height").fill("tall");
  await expect(page.getByText('height="tall": it takes')).toBeVisible();
  await page.getByLabel("Height").fill("300");
  await expect(snippet).toHaveValue(/ height="300">/);
  await page.getByRole("button", { name: "Start the preview" }).press("Enter");
  const preview = page.frameLocator("iframe[title=Preview]");
  await expect(preview.locator(".xterm-rows")).toContainText(/hostname\s*bare/, { timeout: 60_000 });
  expect(await page.locator("iframe").evaluate(({ clientHeight }) => clientHeight)).toBe(300);
  await page.getByLabel("Command", { exact: true }).fill("whoami");
  await page.getByLabel("Preview").last().scrollIntoViewIfNeeded(); // terminals out of sight are not drawn
  await expect(preview.locator(".xterm-rows")).toContainText(/whoami\s*root/, { timeout: 60_000 });
  await page.getByRole("button", { name: "Frame without a script" }).press("Enter");
  await expect(snippet).toHaveValue(
    /^<iframe src="http:\/\/localhost:\d+\/embed\/\?cmd=whoami&amp;run=1&amp;topology=bare"/,
  );
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy the snippet" }).press("Enter");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await snippet.inputValue());
  expect(await seriousFaults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
