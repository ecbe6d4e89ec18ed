import { expect, test } from "@playwright/test";
import { seriousFaults } from "./support/axe.ts";
import { TerminalPage } from "./support/terminal-page.ts";

/** What a line would destroy is told beside it before Enter, for those who asked. */
const DELETION = `etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key del /registry/pods/default/ --prefix`;

test("a destructive line is told of before Enter, and nothing has happened", async ({ page }) => {
  const terminal = new TerminalPage(page);
  await terminal.open("safety=preview");
  const card = page.locator(".preview-card");
  await terminal.type(DELETION);
  await expect(card).toContainText("deleted straight in etcd", { timeout: 30_000 });
  await expect(card).toContainText("kubectl delete pods -n default");
  if (process.env["SHOTS"]) await page.screenshot({ path: `${process.env["SHOTS"]}/wide.png` });
  await terminal.press("Backspace");
  await expect(card).toHaveCount(0);
  await terminal.type("x");
  await expect(card).toBeVisible({ timeout: 30_000 });
  await terminal.press("Escape");
  await expect(card).toHaveCount(0);
  await terminal.press("Control+c");
  await terminal.prompt();
  expect(await terminal.run("kubectl get pods | grep -c Running")).not.toBe("0");
  await terminal.type("kubectl delete pod standalone");
  await expect(card).toContainText("1 pod would stop: 1 with nothing in their place", { timeout: 30_000 });
  await page.setViewportSize({ width: 390, height: 700 });
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await expect(card).toContainText("1 pod would stop", { timeout: 30_000 }); // the panels stand otherwise, the line still there
  expect(await seriousFaults(page)).toEqual([]);
  if (process.env["SHOTS"]) await page.screenshot({ path: `${process.env["SHOTS"]}/narrow.png` });
  await terminal.press("Control+c");
  await terminal.prompt();
  await terminal.type("kubectl get nodes");
  await page.waitForTimeout(6000);
  await expect(card).toHaveCount(0);
  expect(terminal.errors).toEqual([]);
});

test("nothing is told to those who have not asked", async ({ page }) => {
  const terminal = new TerminalPage(page);
  await terminal.open();
  await terminal.type("kubectl delete pod standalone");
  await page.waitForTimeout(4000);
  await expect(page.locator(".preview-place")).toHaveCount(0);
});
