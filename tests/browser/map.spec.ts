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
  const pods = page.locator(".cluster .pod");
  await expect(pods.filter({ hasText: "kube-system/etcd-ip-10-0-1-10" })).toHaveCount(1);
  const running = await pods.count();
  const focusTerminal = () => page.locator(".terminal-view:not([hidden]) .xterm-screen").click();
  await focusTerminal();
  await terminal.run("kubectl get nodes");
  const hops = page.getByRole("list", { name: "The way, step by step" }).getByRole("listitem");
  await expect(hops.filter({ hasText: "GET /api/v1/nodes?limit=500" })).toContainText("200");
  await expect(hops.filter({ hasText: "TLS handshake" })).toContainText("kube-apiserver");
  await expect(page.getByRole("button", { name: /^Why/ })).toHaveCount(0);

  const asked = hops.filter({ hasText: "GET /api/v1/nodes?limit=500" }).getByRole("button");
  await asked.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Answer" })).toContainText("ip-10-0-1-10");
  expect(await seriousFaults(page)).toEqual([]);
  await focusTerminal();
  await terminal.run("kubectl label configmap app-config seen=yes");
  await hops.filter({ hasText: "KV/Txn /registry/configmaps/default/app-config" }).getByRole("button").click();
  // What was asked is laid out in lines, and stands off the panel's edge.
  const request = page.getByRole("region", { name: "Request" });
  expect(await request.textContent()).toMatch(/\{\n {2}"compare": \[\n/);
  const [inner, outer] = [await request.boundingBox(), await page.locator(".hops").boundingBox()];
  expect((inner?.x ?? 0) - (outer?.x ?? 0)).toBeGreaterThanOrEqual(8);

  await focusTerminal();
  await terminal.run("etcdctl get /");
  await page.getByRole("button", { name: "Why?", exact: true }).click();
  const why = page.getByRole("region", { name: "Why it failed" });
  await expect(why).toContainText("without TLS");
  await expect(why).toContainText("first record does not look like a TLS handshake");
  expect(await seriousFaults(page)).toEqual([]);

  await focusTerminal();
  await terminal.run("kubectl create deployment many --image=nginx --replicas=500", 60_000);
  await expect(page.locator(".cluster .pod-count")).toHaveCount(3);
  await expect(async () => expect(await pods.count()).toBeGreaterThan(running + 150)).toPass({ timeout: 60_000 });
  if (process.env["SHOTS"]) await page.screenshot({ path: `${process.env["SHOTS"]}/map-many.png` });
  expect(terminal.errors).toEqual([]);
});

test("beside the terminal it is told why a command failed, by keys, and the map has its way afterwards", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1400, height: 900 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  const terminal = new TerminalPage(page);
  await terminal.open();
  const why = page.getByRole("button", { name: "Why? What made the last command fail" });
  await page.waitForTimeout(1000);
  await terminal.run("ls /nowhere");
  await terminal.run("kubectl get pod nobody");
  await expect(why).toBeVisible();
  await expect(page.locator(".terminal-view:not([hidden]) .xterm-helper-textarea")).toBeFocused();
  await terminal.run("true");
  await expect(why).toHaveCount(0);
  await terminal.run("etcdctl get /");
  await expect(why).toBeVisible();
  await terminal.press("Escape", "Escape");
  for (let presses = 0; presses < 6; presses++) {
    if (await why.evaluate((button) => button === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  const told = page.getByRole("dialog", { name: "Why? What made the last command fail" });
  await expect(told).toContainText("without TLS");
  expect(await seriousFaults(page)).toEqual([]);
  if (process.env["SHOTS"]) await page.screenshot({ path: `${process.env["SHOTS"]}/why.png` });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "The way, step by step" })).toContainText("etcdctl get /");
  await page.getByRole("tab", { name: "ip-10-0-1-10" }).click();
  await page.locator(".terminal-view:not([hidden]) .xterm-screen").click();
  await terminal.run("ls /nowhere");
  await expect(why).toHaveCount(0);
  expect(terminal.errors).toEqual([]);
});

test("on a phone the map has the way of what was run before it was opened", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  const terminal = new TerminalPage(page);
  await terminal.open();
  await page.waitForTimeout(1000);
  await page.locator(".xterm-screen").first().click();
  await terminal.run("kubectl get pod nobody");
  await page.getByRole("button", { name: "Why? What made the last command fail" }).click();
  await page.getByRole("button", { name: "Show its way on the map" }).click();
  await expect(page.getByRole("list", { name: "The way, step by step" })).toContainText("kubectl get pod nobody");
  expect(terminal.errors).toEqual([]);
});
