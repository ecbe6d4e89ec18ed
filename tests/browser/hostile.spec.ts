import { expect, type Page, test } from "@playwright/test";
import { ESCAPES, LINES, MARKUP, WRITING } from "../support/hostile.ts";
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

/** A text's octets, given one a character. */
const byteText = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));

/** A command that prints octets, given one a character; what goes on for long is made there. */
function printing(octets: string): string {
  const commands = octets.split(/((..?)\2{300,})/s).flatMap((piece, at, pieces) => {
    if (at % 3 === 2 || piece === "") return [];
    const quoted = (text: string) => octal(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    if (at % 3 === 0) return [`printf '${quoted(piece)}'`];
    return [`yes $'${quoted(pieces[at + 1] ?? "")}' | tr -d '\\n' | head -c ${piece.length}`];
  });
  return commands.join("; ");
}

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

test("in escapes to the terminal: no deed of theirs, and the next prompt is the shell's", async ({ page }) => {
  test.setTimeout(180_000);
  const deeds = await watch(page);
  const terminal = new TerminalPage(page);
  await terminal.open("topology=bare");
  for (const [at, [name, octets]] of Object.entries(ESCAPES).entries()) {
    await test.step(name, async () => {
      await terminal.paste(printing(octets));
      await terminal.press("Enter");
      // What a terminal was asked for it types, whenever that comes; Enter makes it a command of no such name.
      await expect(async () => {
        await terminal.press("Enter");
        await terminal.type(`printf '\\033\\134\\033c'; echo calm-$((${at} + 1000))`);
        await terminal.press("Enter");
        await terminal.shows(new RegExp(`^calm-${at + 1000}$`, "m"), 5000);
        await terminal.prompt(1000);
      }).toPass({ timeout: 30_000 });
      expect(await terminal.turnMs()).toBeLessThan(2000);
      expect(await traces(page)).toEqual(NONE);
    });
  }
  expect(await terminal.run("ls hostile; echo $((6 * 7))")).toBe(
    "ls: cannot access 'hostile': No such file or directory\n42",
  );
  expect(deeds).toEqual([]);
  expect(terminal.errors).toEqual([]);
});

test("a link in a terminal is shown before it is opened, and none but those of the web is one", async ({ page }) => {
  const deeds = await watch(page);
  const terminal = new TerminalPage(page);
  await terminal.open("topology=bare");
  const links = [
    "javascript:globalThis.hostile=1",
    "data:text/html,<script>opener.hostile=1</script>",
    "java\tscript:globalThis.hostile=1",
    "file:///etc/passwd",
    "blob:null/1",
    "//evil.example",
    "https://docs.example@evil.example/\u202egnp?q=<img src=x onerror=1>",
    new URL("./embed/?topology=bare", page.url()).href,
  ];
  const printed = links.map((link) => `\x1b]8;;${byteText(link)}\x07a link\x1b]8;;\x07\n`).join("");
  await terminal.paste(`clear; ${printing(printed)}`);
  await terminal.press("Enter");
  await terminal.shows(/^(a link\n){8}root/);
  const box = await page.locator(".xterm-screen").first().boundingBox();
  const rows = await page.evaluate(() => {
    const [shown] = [...(window.sandboxTest?.terminals.values() ?? [])];
    const { active } = shown?.buffer ?? {};
    const texts = Array.from({ length: shown?.rows ?? 0 }, (_, row) => active?.getLine(row)?.translateToString(true));
    return { all: shown?.rows ?? 1, links: texts.flatMap((text, row) => (text === "a link" ? [row] : [])) };
  });
  expect(rows.links).toHaveLength(links.length);
  const clickRow = async (row: number) => {
    const y = (box?.y ?? 0) + ((row + 0.5) * (box?.height ?? 0)) / rows.all;
    await page.mouse.move((box?.x ?? 0) + 200, y);
    await page.mouse.move((box?.x ?? 0) + 20, y);
    await page.mouse.click((box?.x ?? 0) + 20, y);
  };
  const dialog = page.getByRole("dialog");
  for (const row of rows.links.slice(0, -2)) {
    await clickRow(row);
    await expect(dialog).toHaveCount(0);
  }
  await clickRow(rows.links.at(-2) ?? 0);
  await expect(dialog.getByRole("heading")).toHaveText("Open a page of evil.example?");
  await expect(dialog).toContainText("https://docs.example@evil.example/%E2%80%AEgnp?q=%3Cimg%20src=x%20onerror=1%3E");
  expect(deeds).toEqual([]);
  await expect(dialog.getByRole("button", { name: "Stay here" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  expect(await terminal.run("echo alive")).toBe("alive");
  expect(deeds).toEqual([]);
  await clickRow(rows.links.at(-1) ?? 0);
  const [opened] = await Promise.all([page.waitForEvent("popup"), dialog.getByRole("link").click()]);
  await opened.waitForURL(/embed/);
  expect(await opened.evaluate(() => [globalThis.opener, document.referrer])).toEqual([null, ""]);
  expect(await traces(page)).toEqual(NONE);
  expect(terminal.errors).toEqual([]);
});

test("in command lines, pods, annotations: the history, what changed, the map, the preview, tables", async ({
  page,
}) => {
  test.setTimeout(180_000);
  const deeds = await watch(page);
  const terminal = new TerminalPage(page);
  await page.setViewportSize({ width: 1400, height: 800 });
  await terminal.open("safety=preview");
  const enter = async (line: string) => {
    await terminal.paste(line);
    await terminal.run("");
  };
  await enter(EXPORTS);
  await enter("set +H");
  const names = [...MARKUP, ...WRITING].filter((name) => !name.includes("'")).map((name) => name.replaceAll("/", "|"));
  for (const [at, name] of names.entries())
    await enter(
      `kubectl get pod standalone -o json | jq --arg n '${name}' '.metadata.name=$n|.metadata.annotations.a=$n' | etcdctl put '/registry/pods/default/${name}'; lab checkpoint 'mark ${at} ${name}'`,
    );
  await enter(
    `kubectl annotate pod standalone note='${names.join(" ")}'; kubectl get pods; kubectl get pods '${names[0]}'`,
  );
  const seen = async (what: string) => expect(await traces(page), what).toEqual(NONE);
  await page.getByRole("button", { name: "Checkpoints" }).click();
  await expect(page.locator(".menu-item").first()).toBeVisible();
  await seen("checkpoints");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "What changed" }).click();
  await page.getByLabel("Since").selectOption("the start");
  const changes = page.locator(".world-changes");
  await expect(changes.locator("li")).not.toHaveCount(1, { timeout: 20_000 });
  for (const change of await changes.locator("summary").all()) await change.click();
  await seen("what changed");
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Map" }).click();
  await expect(page.locator(".hops li").first()).toBeVisible();
  await expect(page.locator(".pod").nth(names.length)).toBeAttached({ timeout: 20_000 });
  for (const hop of (await page.locator(".hop").all()).slice(0, 4)) await hop.click();
  await seen("map");
  await page.locator(".terminal-view:not([hidden]) .xterm-screen").click();
  await terminal.type("etcdctl del --prefix /registry/pods/default");
  await expect(page.locator(".preview-card")).toContainText("deleted straight in etcd", { timeout: 60_000 });
  await seen("preview");
  await terminal.press("Control+c");
  await page.locator(".skip").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article").first()).toBeVisible();
  await seen("accessible view");
  expect(deeds).toEqual([]);
  expect(terminal.errors).toEqual([]);
});
