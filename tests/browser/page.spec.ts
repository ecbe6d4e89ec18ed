import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { expect, test } from "@playwright/test";
import { seriousFaults } from "./support/axe.ts";
import { TerminalPage } from "./support/terminal-page.ts";

/** The page as such: accessible in both themes at four widths, usable on a phone, a static folder anywhere. */
test("axe finds nothing serious and nothing is too wide, in light and dark, at four widths", async ({ page }) => {
  const terminal = new TerminalPage(page);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await terminal.open();
  await page.getByLabel("Filter keys").fill("configmaps/default");
  await page.locator(".row", { hasText: "app-config" }).click();
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    const ink = colorScheme === "dark" ? "rgb(226, 232, 238)" : "rgb(22, 32, 43)";
    await expect(page.locator(".xterm-rows")).toHaveCSS("color", ink);
    for (const width of [1400, 800, 641, 390]) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${colorScheme}, ${width} px`).toBeLessThanOrEqual(width);
      expect(await seriousFaults(page), `${colorScheme}, ${width} px`).toEqual([]);
      if (width > 640) continue;
      for (const dialog of ["What changed", "Your world: keep, save, open", "Share", "Keys", "Settings", "Reset"]) {
        await page.getByRole("button", { name: "More" }).click();
        await page.getByRole("button", { name: dialog, exact: true }).click();
        await page.getByRole("dialog", { name: "More" }).waitFor({ state: "hidden" });
        await page.getByRole("dialog").waitFor();
        expect(await seriousFaults(page), `${colorScheme}, ${dialog}, ${width} px`).toEqual([]);
        const wider = await page.getByRole("dialog").evaluate((box) => box.scrollWidth - box.clientWidth);
        expect(wider, `${dialog}, ${width} px`).toBeLessThanOrEqual(0);
        await page.keyboard.press("Escape");
      }
      await page.getByRole("button", { name: "Store" }).click();
      expect(await seriousFaults(page), `${colorScheme}, store, ${width} px`).toEqual([]);
      await page.getByRole("button", { name: "Terminal", exact: true }).click();
    }
    await page.setViewportSize({ width: 1400, height: 800 });
    for (const dialog of ["Checkpoints", "What changed", "Share", "Keys", "Settings", "Reset"]) {
      await page.getByRole("button", { name: dialog, exact: true }).click();
      await page.getByRole("dialog").waitFor();
      expect(await seriousFaults(page), `${colorScheme}, ${dialog}`).toEqual([]);
      await page.keyboard.press("Escape");
    }
  }
});

test("whoever comes without a lesson finds the list of them, and one who puts it away is not shown it again", async ({
  page,
}) => {
  const terminal = new TerminalPage(page);
  await page.setViewportSize({ width: 1400, height: 800 });
  await terminal.open("topology=bare");
  const lessons = page.getByRole("region", { name: "Lessons" });
  await expect(lessons.getByRole("link")).toHaveCount(5);
  await page.getByRole("button", { name: "Lessons" }).click();
  await expect(lessons).toBeHidden();
  await terminal.open("topology=bare");
  await expect(page.getByRole("button", { name: "Lessons" })).toHaveAttribute("aria-pressed", "false");
  await expect(lessons).toBeHidden();
  await page.setViewportSize({ width: 390, height: 700 });
  await page.getByRole("button", { name: "Lessons" }).click();
  await expect(lessons.getByRole("link", { name: "The locked door" })).toHaveAttribute("href", /lesson=locked-door/);
});

for (const width of [1400, 390]) {
  test(`nothing moves until the first prompt, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.addInitScript(() => {
      const shifts: string[] = [];
      Object.assign(window, { shifts, shifted: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node: Node }[] })[]) {
          Object.assign(window, { shifted: Number(Reflect.get(window, "shifted")) + entry.value });
          for (const { node } of entry.sources)
            shifts.push(`${entry.value.toFixed(4)} ${(node as HTMLElement | null)?.className ?? node?.nodeName}`);
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    await new TerminalPage(page).open();
    await page.waitForTimeout(500);
    const seen = await page.evaluate(() => [Reflect.get(window, "shifted"), Reflect.get(window, "shifts")] as const);
    expect(seen[0], String(seen[1])).toBeLessThan(0.01);
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true });

  test("terminal and store take turns, missing keys are on a bar, nothing is wider than the screen", async ({
    page,
  }) => {
    const terminal = new TerminalPage(page);
    await terminal.open("topology=bare");
    await terminal.type("sleep 100");
    await terminal.press("Enter");
    await page.getByRole("button", { name: "^C interrupt" }).tap();
    await terminal.prompt();
    await page.getByRole("button", { name: "↑ up" }).tap();
    await terminal.shows(/# sleep 100$/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Store" }).tap();
    await expect(page.getByLabel("Filter keys")).toBeVisible();
    await expect(page.locator(".xterm-screen")).toBeHidden();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await seriousFaults(page)).toEqual([]);
  });
});

test.describe("from a folder below a site", () => {
  let server: Server;
  const types: Record<string, string> = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
  };

  test.beforeAll(async () => {
    server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://localhost").pathname;
      const file = join("dist", path.replace(/^\/some\/path\//, ""), path.endsWith("/") ? "index.html" : "");
      if (!path.startsWith("/some/path/") || !existsSync(file) || !statSync(file).isFile()) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
      createReadStream(file).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  });

  test.afterAll(() => server.close());

  test("it works without special headers", async ({ page }) => {
    const { port } = server.address() as AddressInfo;
    const terminal = new TerminalPage(page);
    await terminal.open("topology=bare", `http://localhost:${port}/some/path/`);
    expect(await terminal.run("hostname")).toBe("bare");
    expect(terminal.errors).toEqual([]);
  });
});
