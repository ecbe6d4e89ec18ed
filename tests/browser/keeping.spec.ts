import { readFileSync } from "node:fs";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { TerminalPage } from "./support/terminal-page.ts";

/** The world outlives its page: closed, crashed, opened twice, moved as a file, refused by the browser. */

/** Waits until all that was done is kept. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(() => window.sandboxTest?.keepNow?.());
}

/** A new page of the same browser, as after its tab was closed. */
async function another(context: BrowserContext): Promise<TerminalPage> {
  return new TerminalPage(await context.newPage());
}

test("a closed tab comes back with its files, keys, variables and what it showed", async ({ page, context }) => {
  const terminal = new TerminalPage(page);
  await terminal.open();
  await terminal.run("kubectl create configmap diary --from-literal=day=one", 60_000);
  await terminal.run("mkdir -p /srv/notes && cd /srv/notes && echo remembered > note && export LESSON=etcd");
  await terminal.run("seq 1 300");
  const before = await terminal.text();
  await kept(page);
  await page.close();

  const again = await another(context);
  await again.open();
  expect(await again.text()).toContain(before.slice(0, before.lastIndexOf("\n")));
  expect(await again.text()).toContain("goes on from");
  expect(await again.run("cat note; echo $LESSON; pwd")).toBe("remembered\netcd\n/srv/notes");
  expect(await again.run("kubectl get configmap diary -o jsonpath={.data.day}; echo", 60_000)).toContain("one");
  // Its ways back have come along.
  await again.type("lab undo");
  await again.press("Enter");
  await again.shows("undone:");
  await again.prompt();
  expect(again.errors).toEqual([]);
});

test("a world goes on in the tab that takes it over", async ({ page, context }) => {
  const first = new TerminalPage(page);
  await first.open("topology=bare");
  await first.run("echo mine > note");

  const second = await another(context);
  await second.open("topology=bare");
  await expect(second.page.getByRole("status").filter({ hasText: "open in another tab" })).toBeVisible();
  expect(await second.run("ls")).toBe("");
  await first.run("echo more >> note");
  await second.page.getByRole("button", { name: "Go on with that world here" }).click();
  await second.shows("goes on from");
  await second.prompt();
  expect(await second.run("cat note")).toBe("mine\nmore");

  await expect(page.getByRole("status").filter({ hasText: "taken this world over" })).toBeVisible();
  await page.bringToFront();
  expect(await first.run("echo unkept >> note; tail -n1 note")).toBe("unkept");
  await second.page.bringToFront();
  await kept(second.page);
  await second.page.reload();
  await second.prompt();
  expect(await second.run("cat note")).toBe("mine\nmore");
});

test("a tab that stays separate leaves the kept world alone", async ({ page, context }) => {
  const first = new TerminalPage(page);
  await first.open("topology=bare");
  await first.run("echo mine > note");
  const second = await another(context);
  await second.open("topology=bare");
  await second.page.getByRole("button", { name: "Stay separate", exact: true }).first().click();
  await second.run("echo other > note");
  await kept(second.page);
  await second.page.close();
  await kept(page);
  await page.reload();
  await first.prompt();
  expect(await first.run("cat note")).toBe("mine");
});

test("a world moves as a file, and a broken file changes nothing", async ({ page, context }) => {
  const first = new TerminalPage(page);
  await first.open("topology=bare");
  await first.run("echo carried > note");
  await page.getByRole("button", { name: "Your world" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as a file" }).click();
  const file = readFileSync(await (await download).path());

  const other = await another(context);
  await other.open("topology=bare&seed=7");
  await other.run("echo other > note");
  await other.page.getByRole("button", { name: "Your world" }).click();
  const chooser = other.page.getByLabel("Open a file");
  await chooser.first().setInputFiles({ name: "x.world", mimeType: "", buffer: file.subarray(0, file.length >> 1) });
  await expect(other.page.getByRole("alert")).toContainText("damaged");
  await other.press("Escape");
  await other.page.locator(".xterm-screen").click();
  expect(await other.run("cat note")).toBe("other");

  await page.close();
  await other.page.getByRole("button", { name: "Your world" }).click();
  await chooser.first().setInputFiles({ name: "x.world", mimeType: "", buffer: file });
  await other.shows("goes on from");
  await other.prompt();
  expect(await other.run("cat note")).toBe("carried");
  await kept(other.page);
  await other.page.reload();
  await other.prompt();
  expect(await other.run("cat note")).toBe("carried");
});

test("where the browser refuses storage the world goes on in memory, and says so once", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "locks", { value: undefined });
  });
  await page.route(/host-worker|world-host/, async (route) => {
    const response = await route.fetch();
    const refusal = "self.indexedDB.open = () => { throw new DOMException('refused', 'SecurityError'); };\n";
    await route.fulfill({ response, body: refusal + (await response.text()) });
  });
  const terminal = new TerminalPage(page);
  await terminal.open("topology=bare");
  const notice = page.getByRole("status").filter({ hasText: "does not let this page keep anything" });
  await expect(notice).toBeVisible();
  await notice.getByRole("button", { name: "Dismiss" }).click();
  expect(await terminal.run("echo works > note; cat note")).toBe("works");
  await page.waitForTimeout(1500);
  await expect(notice).toBeHidden();
  expect(terminal.errors).toEqual([]);
});

test("in a frame without an origin the world runs, and nothing is said of keeping", async ({ page }) => {
  // Scripts of a frame without an origin are only had from servers that give them to anyone.
  await page.route(/\.js$|\.css$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "access-control-allow-origin": "*" } });
  });
  await page.route("**/framed", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<iframe sandbox="allow-scripts" src="./?test&topology=bare" style="width:900px;height:600px"></iframe>`,
    }),
  );
  await page.goto("./framed");
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("tab", { name: "bare" })).toBeVisible({ timeout: 30_000 });
  await expect(frame.locator(".keeping-notice")).toHaveCount(0);
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("a page that is killed at 20 random moments comes back whole", async ({ page, context }) => {
  test.setTimeout(300_000);
  const random = seeded(20261130);
  let terminal = new TerminalPage(page);
  await terminal.open("topology=bare");
  await terminal.run("echo 1 > log; etcd > /dev/null 2>&1 & sleep 1; etcdctl put last 1");
  await kept(page);
  let floor = 1;
  for (let round = 1; round <= 20; round++) {
    await terminal.type(`for i in $(seq ${floor + 1} 99999); do echo $i >> log; etcdctl put last $i > /dev/null; done`);
    await terminal.press("Enter");
    await terminal.page.waitForTimeout(100 + random() * 2400);
    await kill(terminal.page);
    terminal = await another(context);
    await terminal.open("topology=bare");
    // The log is a count without a gap; etcd holds its last number, or is about to.
    const found = await terminal.run(
      "wc -l < log; seq 1 $(wc -l < log) | cmp - log; etcd > /dev/null 2>&1 & sleep 1; etcdctl get last --print-value-only",
    );
    const [reached = 0, last = 0, ...more] = found
      .split("\n")
      .filter((line) => !line.startsWith("[1]"))
      .map(Number);
    expect(more, `round ${round}`).toEqual([]);
    expect(reached, `round ${round}`).toBeGreaterThanOrEqual(floor);
    expect([reached, reached - 1], `round ${round}`).toContain(last);
    await terminal.run(`etcdctl put last ${reached} > /dev/null`); // the put that the crash cut off
    floor = reached;
  }
  expect(floor).toBeGreaterThan(50);
});

/** Ends a page's process as a crash does: nothing of it gets to do anything more. */
async function kill(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = new Promise((resolve) => page.once("crash", resolve));
  void session.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();
}

/** Numbers from 0 to 1, the same every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
