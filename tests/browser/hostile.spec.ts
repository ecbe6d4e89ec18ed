import { expect, type Page, test } from "@playwright/test";
import { LINES, MARKUP } from "../support/hostile.ts";
import { TerminalPage } from "./support/terminal-page.ts";

/** Hostile texts in everything that the page draws: nothing of them is obeyed. */
const EXPORTS =
  "export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key";

/** Counts what a page must never do: ask, leave, open another, write to the clipboard. */
async function watch(page: Page): Promise<string[]> {
  const deeds: string[] = [];
  page.on("dialog", (dialog) => {
    deeds.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (popup) => deeds.push(`popup ${popup.url()}`));
  page.on("request", (request) => {
    if (/evil|hostile=/.test(new URL(request.url()).host)) deeds.push(`request ${request.url()}`);
  });
  await page.exposeFunction("tellDeed", (deed: string) => deeds.push(deed));
  await page.addInitScript(`
    const tell = (deed) => globalThis.tellDeed(deed);
    Clipboard.prototype.writeText = Clipboard.prototype.readText = async () => void tell("clipboard");
    Document.prototype.execCommand = () => void tell("execCommand");
  `);
  return deeds;
}

/** What hostile markup would have left behind. */
function traces(page: Page): Promise<unknown> {
  return page.evaluate(() => ({
    ran: (globalThis as { hostile?: unknown }).hostile,
    title: document.title.includes("hostile"),
    elements: [...document.querySelectorAll("body script:not([src]), img, iframe, object, embed, base, math")].map(
      ({ outerHTML }) => outerHTML,
    ),
    handlers: [...document.querySelectorAll("*")].filter((element) =>
      element.getAttributeNames().some((name) => name.startsWith("on")),
    ).length,
    links: [...document.querySelectorAll("a[href]")].filter((link) =>
      /^\s*(javascript|data|vbscript):/i.test(link.getAttribute("href") ?? ""),
    ).length,
  }));
}
const NONE = { ran: undefined, title: false, elements: [], handlers: 0, links: 0 };

const octal = (octets: Uint8Array): string =>
  Array.from(octets, (octet) => `\\${octet.toString(8).padStart(3, "0")}`).join("");

test("in keys, values, names of files and a terminal's output", async ({ page }) => {
  test.setTimeout(180_000);
  const deeds = await watch(page);
  const terminal = new TerminalPage(page);
  await page.setViewportSize({ width: 1400, height: 800 });
  await terminal.open();
  const enter = async (line: string) => {
    await terminal.paste(line);
    await terminal.run("");
  };
  await enter(EXPORTS);
  const lines = LINES.map((line) => octal(new TextEncoder().encode(line))).join("\\n");
  await enter(`printf '${lines}\\n' > lines`);
  await enter(
    'mkdir names; while IFS= read -r l; do etcdctl put -- "/hostile/$l" "$l" </dev/null; : > "names/$(printf %s "$l" | tr / _)"; done < lines; ls -la names; cat lines',
  );
  await page.getByLabel("Filter keys").fill("/hostile/");
  await expect(page.locator(".row").first()).toBeVisible();
  for (const text of MARKUP.slice(0, 3)) {
    const row = page.locator(".row").and(page.getByTitle(`/hostile/${text}`, { exact: true }));
    await row.click();
    await expect(page.locator(".viewer pre")).toContainText(text);
  }
  expect(await traces(page)).toEqual(NONE);
  const screen = page.locator(".terminal-view:not([hidden]) .xterm-screen");
  await screen.click();
  await terminal.run("clear");
  expect(await terminal.run("echo alive")).toBe("alive");
  expect(await traces(page)).toEqual(NONE);
  expect(deeds).toEqual([]);
  expect(terminal.errors).toEqual([]);
});

test("in the page's address and the frame's", async ({ page }) => {
  const deeds = await watch(page);
  const terminal = new TerminalPage(page);
  const query = ["lesson", "step", "theme", "key", "seed", "panels", "safety", "etcd", "font-size", "origin", "view"]
    .map((name, at) => `${name}=${encodeURIComponent(LINES[at % LINES.length] ?? "")}`)
    .join("&");
  for (const base of ["./", "./embed/"]) {
    const cmd = encodeURIComponent(MARKUP.join(" "));
    await page.goto(`${base}?test&topology=bare&${query}&cmd=${cmd}`);
    await expect(page.locator(".xterm-screen").first()).toBeVisible({ timeout: 60_000 });
    await expect.poll(() => terminal.text(), { timeout: 60_000 }).toContain("root@bare");
    expect(await traces(page)).toEqual(NONE);
  }
  await terminal.shows("<script>");
  expect(deeds).toEqual([]);
  // Opened as a page of its own the frame has no icon, which the browser asks for.
  expect(terminal.errors.filter((error) => !error.startsWith("Failed to load resource"))).toEqual([]);
});
