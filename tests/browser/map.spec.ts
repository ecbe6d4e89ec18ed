import { expect, test } from "@playwright/test";
import { seriousFaults } from "./support/axe.ts";
import { TerminalPage } from "./support/terminal-page.ts";

test("the map shows a command's way, and why one failed", async ({ page }) => {
  await page.setViewportSize({ width: 1400, height: 900 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  const terminal = new TerminalPage(page);
  await terminal.open();
  await page.getByRole("tab", { name: "Map" }).click();
  await expect(page.getByText("Run a command in a terminal.")).toBeVisible();
  const focusTerminal = () => page.locator(".terminal-view:not([hidden]) .xterm-screen").click();
  await focusTerminal();
  await terminal.run("kubectl get nodes");
  const hops = page.getByRole("list", { name: "The way, step by step" }).getByRole("listitem");
  await expect(hops.filter({ hasText: "GET /api/v1/nodes?limit=500" })).toContainText("200");
  await expect(hops.filter({ hasText: "TLS handshake" })).toContainText("kube-apiserver");
  await expect(page.getByRole("button", { name: "Why?" })).toHaveCount(0);

  const asked = hops.filter({ hasText: "GET /api/v1/nodes?limit=500" }).getByRole("button");
  await asked.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("ip-10-0-1-10");
  expect(await seriousFaults(page)).toEqual([]);

  await focusTerminal();
  await terminal.run("etcdctl get /");
  await page.getByRole("button", { name: "Why?" }).click();
  const why = page.getByRole("region", { name: "Why it failed" });
  await expect(why).toContainText("without TLS");
  await expect(why).toContainText("first record does not look like a TLS handshake");
  expect(await seriousFaults(page)).toEqual([]);
  expect(terminal.errors).toEqual([]);
});
