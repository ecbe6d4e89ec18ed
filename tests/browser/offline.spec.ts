import { expect, type Page, test } from "@playwright/test";
import { BuiltSite } from "./support/built-site.ts";
import { TerminalPage } from "./support/terminal-page.ts";

/** The page without a network, and newer versions of it. */

test.use({ serviceWorkers: "allow" });

let site: BuiltSite;
test.beforeEach(async () => {
  site = await BuiltSite.start();
});
test.afterEach(() => site.stop());

/** Waits until the browser keeps all files; gives the caches' names. */
async function keptFiles(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    return caches.keys();
  });
}

/** Asked of a page that may just be leaving for the next one, so by what waits for that. */
async function firstScript(page: Page): Promise<string | null> {
  return page.locator("script[type=module][src]").getAttribute("src");
}

test("the page opens without a network", async ({ page, context }) => {
  const terminal = new TerminalPage(page);
  await terminal.open("", site.address);
  await keptFiles(page);
  await context.setOffline(true);
  site.stop();
  await page.reload();
  await terminal.prompt(90_000);
  expect(await terminal.run("kubectl get nodes", 60_000)).toMatch(/ Ready /);
  expect(await terminal.run("echo '{\"a\":7}' | jq .a", 60_000)).toBe("7");
  expect(await page.evaluate(async () => (await fetch("./worlds/late.image")).ok)).toBe(true);
});

test("it can be installed", async ({ page, context }) => {
  await page.goto(site.address);
  const session = await context.newCDPSession(page);
  const { errors, url } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  expect(url).toBe(`${site.address}manifest.webmanifest`);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // Tests run in a private window, from which nothing is installed; nothing else stands in the way.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(["in-incognito"]);
});

test("a new version waits until a person wants it", async ({ page, context }) => {
  test.slow();
  const terminal = new TerminalPage(page);
  await terminal.open("", site.address);
  const [before] = await keptFiles(page);
  const script = await firstScript(page);
  await terminal.run("echo kept > note");
  const other = await context.newPage();
  await other.goto(`${site.address}?topology=bare`);
  await expect(other.locator(".xterm-screen")).toBeVisible({ timeout: 60_000 });
  await page.bringToFront();

  site.release();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  const notice = page.getByRole("status").filter({ hasText: "A new version is here" });
  await expect(notice).toBeVisible({ timeout: 60_000 });
  // The page is the one that it was, its late parts included, which the host no longer has.
  expect(await terminal.run("cat note")).toBe("kept");
  expect(await firstScript(page)).toBe(script);

  expect(await page.evaluate(async () => (await fetch("./")).text())).toContain("index-next.js");

  await notice.getByRole("button", { name: "Reload" }).click();
  await expect.poll(() => firstScript(page), { timeout: 60_000 }).toContain("index-next.js");
  await terminal.prompt(90_000);
  expect(await terminal.run("cat note")).toBe("kept");
  await expect(notice).toBeHidden();
  // The other page still runs from the old version's files; without it they go.
  expect(await firstScript(other)).toBe(script);
  expect(await page.evaluate(() => caches.keys())).toContain(before);
  await other.close();
  await page.reload();
  await expect.poll(() => page.evaluate(() => caches.keys()), { timeout: 60_000 }).not.toContain(before);
});
