import { expect, type Page, test } from "@playwright/test";
import type { Events } from "../../src/embed/contract.ts";
import type {} from "../../src/embed/element.ts";
import { COURSE_WAY } from "./support/course.ts";
import { CourseServer } from "./support/course-server.ts";
import { LessonPage } from "./support/lesson-page.ts";

/** Sandboxes in pages of somebody else, of another origin, on plain http. */
const SANDBOX = `http://localhost:${process.env["TEST_PORT"] ?? "4174"}`;
const SCRIPT = `<script type="module" src="${SANDBOX}/embed.js"></script>`;
const STRICT =
  `default-src 'none'; script-src ${SANDBOX} 'nonce-x'; frame-src ${SANDBOX}; style-src 'self'; base-uri 'none'; ` +
  "require-trusted-types-for 'script'";

const page = (body: string) =>
  `<!doctype html><html lang="en"><title>A course</title><body>${SCRIPT}${body}
   <script nonce="x">
     window.told = [];
     for (const name of ["ready","run","result","change","danger","checkpoint","reset","error","step","check","hint","complete"])
       document.addEventListener(name, ({ detail }) => window.told.push({ name, detail }), true);
   </script></body></html>`;

const BARE = 'topology="bare"';
const OWN_LESSON = `---
lab: 1
id: own
title: A lesson of somebody else
summary: Make a file.
time: 1m
level: beginner
cluster: { preset: bare }
colour: red
---

## Make it {#make}

:::check{id=made}
\`\`\`yaml
file: /root/note
say: It is there.
tell: There is no such file.
\`\`\`
:::
`;
const PAGES = {
  "/plain": { html: page(`<p>Text</p><etcd-sandbox ${BARE} loading="eager"><pre>the fallback</pre></etcd-sandbox>`) },
  "/strict": {
    html: page(`<etcd-sandbox ${BARE} loading="eager"></etcd-sandbox>`),
    headers: { "content-security-policy": STRICT },
  },
  "/cmd": {
    html: page(`<etcd-sandbox ${BARE} cmd="echo typed&#10;echo too" loading="eager"></etcd-sandbox>
                <etcd-sandbox ${BARE} cmd="echo was run" run="1" loading="eager"></etcd-sandbox>`),
  },
  "/blocks": {
    html: page(`<pre><code class="language-console">$ echo one
one
$ echo two
two</code></pre><pre><code>not this</code></pre>
      <etcd-sandbox ${BARE} selector="code.language-console" loading="eager"></etcd-sandbox>`),
  },
  "/blocks-later": {
    html: page(`<pre><code class="language-console">$ for i in {1..40}; do echo $i; done
</code></pre><etcd-sandbox ${BARE} selector="code" loading="click" height="auto"></etcd-sandbox>`),
  },
  "/lesson": { html: page('<etcd-sandbox lesson="find-etcd" loading="eager" height="600"></etcd-sandbox>') },
  "/by-keys": {
    html: page(`<a href="#before">Before</a><etcd-sandbox lesson="locked-door" loading="eager"></etcd-sandbox>
                <a href="#after">After</a>`),
  },
  "/own": { html: page('<etcd-sandbox lesson="labs/own.md" loading="eager" height="600"></etcd-sandbox>') },
  "/labs/own.md": { html: OWN_LESSON },
  "/key": { html: page(`<etcd-sandbox ${BARE} key="course-1" loading="eager"></etcd-sandbox>`) },
  "/click": {
    html: page(`<etcd-sandbox ${BARE} loading="click" label="Try it"><pre>the fallback</pre></etcd-sandbox>`),
  },
  "/auto": { html: page(`<etcd-sandbox ${BARE} height="auto" loading="eager"></etcd-sandbox>`) },
  "/changing": {
    html: page(`<etcd-sandbox ${BARE} loading="eager" theme="drak" height="tall" colour="red"></etcd-sandbox>`),
  },
  "/many": {
    html: page(
      Array.from(
        { length: 20 },
        (_, index) => `<div style="height:900px"><etcd-sandbox ${BARE} id="s${index}"></etcd-sandbox></div>`,
      ).join(""),
    ),
  },
  "/sandboxed": {
    html: `<!doctype html><title>x</title>
      <iframe sandbox="allow-scripts" width="800" height="500" src="${SANDBOX}/embed/?topology=bare&cmd=hostname&run=1"></iframe>`,
  },
  "/foreign": {
    html: `<!doctype html><title>x</title>
      <iframe width="800" height="500" src="${SANDBOX}/embed/?topology=bare&origin=https://a.course.example"></iframe>
      <script>
        window.heard = [];
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => window.heard.push(data);
        addEventListener("message", ({ source, data }) => {
          if (data.hello) source.postMessage({ etcdSandbox: 1, connect: true }, "*", [port2]);
        }, { once: true });
      </script>`,
  },
  "/raw": {
    html: `<!doctype html><title>x</title>
      <iframe width="800" height="500" src="${SANDBOX}/embed/?topology=bare"></iframe>
      <script>
        window.heard = [];
        const { port1, port2 } = new MessageChannel();
        window.port = port1;
        port1.onmessage = ({ data }) => window.heard.push(data);
        addEventListener("message", ({ source, data }) => {
          if (data.hello) source.postMessage({ etcdSandbox: 1, connect: true }, "*", [port2]);
        }, { once: true });
      </script>`,
  },
};

let course: CourseServer;
test.beforeAll(async () => {
  course = await CourseServer.start(PAGES);
});
test.afterAll(() => course.stop());

interface Told {
  readonly name: keyof Events;
  readonly detail: Record<string, unknown>;
}

async function open(tab: Page, path: string, origin = course.origin): Promise<string[]> {
  const errors: string[] = [];
  tab.on("pageerror", (error) => errors.push(error.message));
  tab.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await tab.goto(origin + path);
  return errors;
}

async function told(tab: Page, name: keyof Events, index = 0): Promise<Record<string, unknown>> {
  let found: Told | undefined;
  await expect(async () => {
    const all = await tab.evaluate(() => (window as unknown as { told: Told[] }).told);
    found = all.filter((each) => each.name === name)[index];
    expect(found, `event ${name}`).toBeDefined();
  }).toPass({ timeout: 60_000 });
  return found?.detail ?? {};
}

test("commands go in, results and changes come out", async ({ page: tab }) => {
  const errors = await open(tab, "/plain");
  expect(await told(tab, "ready")).toEqual({ hosts: ["bare"] });
  await expect(tab.getByText("the fallback")).toBeHidden();
  const run = (command: string) => tab.evaluate((line) => document.querySelector("etcd-sandbox")?.run(line), command);
  expect(await run("test -e /etc/hosts")).toMatchObject({ exitCode: 0 });
  expect(await run("false")).toMatchObject({ exitCode: 1 });
  expect(await told(tab, "result", 1)).toMatchObject({ command: "false", host: "bare", exitCode: 1 });
  await run("etcd > etcd.log 2>&1 &");
  await run("sleep 3; etcdctl put greeting hello");
  await expect(async () => {
    const changes = await tab.evaluate(() =>
      (window as unknown as { told: Told[] }).told.filter(({ name }) => name === "change"),
    );
    expect(changes.some(({ detail }) => (detail["written"] as string[]).includes("greeting"))).toBe(true);
  }).toPass();
  expect(errors).toEqual([]);
});

test("what stands in the element is shown until somebody starts the sandbox", async ({ page: tab }) => {
  await open(tab, "/click");
  await expect(tab.getByText("the fallback")).toBeVisible();
  await expect(tab.locator("iframe")).toHaveCount(0);
  await tab.getByRole("button", { name: "Try it" }).click();
  await told(tab, "ready");
  await expect(tab.getByText("the fallback")).toBeHidden();
});

test("reset, undo and checkpoints are a host's too", async ({ page: tab }) => {
  await open(tab, "/plain");
  await told(tab, "ready");
  const sandbox = (action: string, ...args: string[]) =>
    tab.evaluate(
      ([method, given]) => {
        const element = document.querySelector("etcd-sandbox") as unknown as Record<
          string,
          (...a: string[]) => unknown
        >;
        return element[method]?.(...given);
      },
      [action, args] as const,
    );
  await sandbox("run", "echo 1 > file");
  expect(await sandbox("checkpoint", "one")).toMatchObject({ done: true });
  expect(await told(tab, "checkpoint")).toEqual({ name: "one" });
  await sandbox("run", "echo 2 > file");
  await sandbox("undo");
  expect(await sandbox("run", "grep 1 file")).toMatchObject({ exitCode: 0 });
  await sandbox("reset");
  expect(await sandbox("run", "test -e file")).toMatchObject({ exitCode: 1 });
  await sandbox("restore", "one");
  expect(await sandbox("run", "grep 1 file")).toMatchObject({ exitCode: 0 });
  const hanging = sandbox("run", "sleep 1000");
  await tab.waitForTimeout(300);
  await sandbox("interrupt");
  expect(await hanging).toMatchObject({ exitCode: 130 });
});

test("a host keeps the state, or a key in the browser does", async ({ page: tab }) => {
  await open(tab, "/key", course.sameSite);
  await told(tab, "ready");
  const run = (command: string) => tab.evaluate((line) => document.querySelector("etcd-sandbox")?.run(line), command);
  await run("echo kept > file");
  const size = await tab.evaluate(async () => {
    const sandbox = document.querySelector("etcd-sandbox");
    const state = await sandbox?.getState();
    await sandbox?.reset();
    if (state !== undefined) await sandbox?.setState(state);
    return state?.length;
  });
  expect(size).toBeGreaterThan(1000);
  expect(await run("grep kept file")).toMatchObject({ exitCode: 0 });
  const refused = tab.evaluate(() => document.querySelector("etcd-sandbox")?.setState(new Uint8Array(99)));
  await expect(refused).rejects.toThrow("no state of a sandbox");
  await tab.waitForTimeout(3000);
  await tab.reload();
  await told(tab, "ready");
  expect(await run("grep kept file")).toMatchObject({ exitCode: 0 });
});

test("a strict policy of the course's page is enough", async ({ page: tab }) => {
  const errors = await open(tab, "/strict");
  await told(tab, "ready");
  expect(errors).toEqual([]);
});

test("a command stands at the first prompt, or has been run", async ({ page: tab }) => {
  await open(tab, "/cmd");
  const [typed, run] = [
    tab.frameLocator("etcd-sandbox:nth-of-type(1) iframe"),
    tab.frameLocator("etcd-sandbox:nth-of-type(2) iframe"),
  ];
  await expect(typed.locator(".xterm-rows")).toHaveText(/# echo typed\s*echo too\s*$/, { timeout: 60_000 });
  await expect(run.locator(".xterm-rows")).toContainText(/was run[\s\S]*was run/, { timeout: 60_000 });
  expect(await told(tab, "result")).toMatchObject({ command: "echo was run" });
});

test("several lines that are pasted into a frame are shown first, then stand at its prompt", async ({ page: tab }) => {
  await open(tab, "/plain");
  await told(tab, "ready");
  const frame = tab.frameLocator("iframe");
  await expect(frame.locator(".xterm-rows")).toContainText("root@bare", { timeout: 60_000 });
  await frame.locator(".xterm-helper-textarea").evaluate((textarea) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "echo one\necho two");
    textarea.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  const dialog = frame.getByRole("dialog");
  await expect(dialog.getByRole("textbox")).toHaveValue("echo one\necho two");
  await dialog.getByRole("button", { name: "Paste", exact: true }).click();
  await expect(frame.locator(".xterm-rows")).toHaveText(/# echo one\s*echo two\s*$/);
});

test("code blocks of the page become commands", async ({ page: tab }) => {
  await open(tab, "/blocks");
  await tab.getByRole("button", { name: "Run: echo one" }).click();
  expect(await told(tab, "result", 0)).toMatchObject({ command: "echo one" });
  expect(await told(tab, "result", 1)).toMatchObject({ command: "echo two" });
  await expect(tab.getByRole("button", { name: "Run" })).toHaveCount(1);
  // What can't be done is said beside the button; a shell that has ended is no hindrance.
  await tab.evaluate(() => document.querySelector("etcd-sandbox")?.type("sleep 1000\r"));
  expect(await told(tab, "run", 2)).toMatchObject({ command: "sleep 1000" });
  await tab.getByRole("button", { name: "Run" }).click();
  await expect(tab.locator("output")).toContainText("still running");
  await tab.evaluate(() => document.querySelector("etcd-sandbox")?.reset());
  expect(await told(tab, "result", 2)).toMatchObject({
    command: "sleep 1000",
    exitCode: null,
    cutOff: expect.any(String),
  });
});

test("who presses a run button by keys keeps their place, whatever the sandbox prints", async ({ page: tab }) => {
  await open(tab, "/blocks-later");
  const button = tab.getByRole("button", { name: "Run: for i" });
  await button.evaluate((element) => element.setAttribute("data-same", ""));
  await button.focus();
  await tab.keyboard.press("Enter");
  await expect(button).toHaveAttribute("aria-disabled", "true");
  expect(await told(tab, "result")).toMatchObject({ exitCode: 0 });
  await expect(button).not.toHaveAttribute("aria-disabled");
  await expect(tab.locator("[data-same]")).toBeFocused();
});

test("of twenty only those that are near load", async ({ page: tab }) => {
  await open(tab, "/many");
  await told(tab, "ready");
  expect(await tab.locator("etcd-sandbox[ready]").count()).toBeLessThanOrEqual(2);
  await tab.locator("#s19").scrollIntoViewIfNeeded();
  await expect(tab.locator("#s19[ready]")).toBeAttached({ timeout: 60_000 });
});

test("a lesson tells of its steps and checks, and can be steered", async ({ page: tab }) => {
  await open(tab, "/lesson");
  expect(await told(tab, "step")).toMatchObject({ number: 1 });
  const before = await tab.evaluate(() => document.querySelector("etcd-sandbox")?.check());
  expect(before?.length).toBeGreaterThan(0);
  expect(before?.every(({ status, message }) => status === "fail" && message.length > 10)).toBe(true);
  await tab.evaluate(() => document.querySelector("etcd-sandbox")?.goto(2));
  expect(await told(tab, "step", 1)).toMatchObject({ number: 2 });
  expect(await told(tab, "check")).toMatchObject({ message: expect.any(String) });
  await expect(tab.evaluate(() => document.querySelector("etcd-sandbox")?.goto("no-such"))).rejects.toThrow(
    "no such step",
  );
});

test("a whole lesson is solved in a frame by keys alone, which lead in and out again", async ({ page: tab }) => {
  test.slow();
  await tab.setViewportSize({ width: 1000, height: 900 });
  const errors = await open(tab, "/by-keys");
  const lesson = new LessonPage(tab, "keyboard", tab.frameLocator("iframe"));
  await lesson.begins();
  await lesson.tabUntil(tab.locator("etcd-sandbox"));
  await lesson.solve(COURSE_WAY.find(({ id }) => id === "locked-door")?.steps ?? []);
  expect(await told(tab, "complete")).toMatchObject({ lesson: "locked-door", hints: 0 });
  await lesson.tabUntil(tab.getByRole("link", { name: "Before" }), "Shift+Tab");
  await lesson.tabUntil(tab.locator("etcd-sandbox"));
  // In a terminal Tab is the shell's; after Esc Esc it leads on.
  await lesson.focusTerminal();
  await lesson.terminal.press("Escape", "Escape");
  await lesson.tabUntil(tab.getByRole("link", { name: "After" }));
  expect(errors).toEqual([]);
});

test("a lesson of the course's own is fetched, with the world it needs; its author reads what to mend", async ({
  page: tab,
}) => {
  await open(tab, "/own");
  expect(await told(tab, "ready")).toEqual({ hosts: ["bare"] });
  await expect(tab.frameLocator("iframe").getByText('line 1: front matter: unknown field "colour"')).toBeVisible();
  await told(tab, "step");
  // Where there is room for one panel, the lesson goes on behind the terminal.
  await tab.setViewportSize({ width: 390, height: 800 });
  await tab.frameLocator("iframe").getByRole("button", { name: "Terminal", exact: true }).click();
  await tab.evaluate(() => document.querySelector("etcd-sandbox")?.run("touch /root/note"));
  expect(await told(tab, "complete")).toMatchObject({ lesson: "own" });
  await expect(tab.frameLocator("iframe").locator(".notice-line")).toContainText("It is there.");
  // From another site it needs that site's leave.
  await tab.evaluate(
    (lesson) => document.querySelector("etcd-sandbox")?.setAttribute("lesson", lesson),
    `${course.sameSite}/labs/own.md`,
  );
  expect(await told(tab, "error")).toMatchObject({ message: expect.stringContaining("Access-Control-Allow-Origin") });
});

test("an element of automatic height grows with what is printed, and stops", async ({ page: tab }) => {
  await open(tab, "/auto");
  await told(tab, "ready");
  const height = () => tab.locator("etcd-sandbox").evaluate(({ clientHeight }) => clientHeight);
  await tab.evaluate(() => document.querySelector("etcd-sandbox")?.run("seq 12"));
  await expect.poll(height).toBeGreaterThan(250);
  await tab.evaluate(() => document.querySelector("etcd-sandbox")?.run("seq 500"));
  await expect.poll(height).toBe(720);
});

test("wrong options are told, right ones taken over while it runs or by starting anew", async ({ page: tab }) => {
  const warnings: string[] = [];
  tab.on("console", (message) => warnings.push(message.text()));
  await open(tab, "/changing");
  await told(tab, "ready");
  const frame = tab.frameLocator("iframe");
  await expect(frame.getByText('theme="drak": it takes auto or light or dark')).toBeVisible();
  expect(warnings.filter((text) => /theme=|height=|colour=/.test(text))).toHaveLength(3);
  const run = (command: string) => tab.evaluate((line) => document.querySelector("etcd-sandbox")?.run(line), command);
  const set = (name: string, value: string) =>
    tab.locator("etcd-sandbox").evaluate((element, to) => element.setAttribute(...to), [name, value] as const);
  await run("echo 1 > file");
  await set("theme", "dark");
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
  await set("height", "300");
  expect(await tab.locator("etcd-sandbox").evaluate(({ clientHeight }) => clientHeight)).toBe(300);
  await expect(frame.getByText("it takes")).toBeHidden();
  await set("height", "40000");
  await expect(frame.getByText("it takes a whole number from 120 to 4000 or auto")).toBeVisible();
  expect(await tab.locator("etcd-sandbox").evaluate(({ clientHeight }) => clientHeight)).toBe(420);
  expect(await run("test -e file")).toMatchObject({ exitCode: 0 });
  await set("seed", "5");
  await told(tab, "ready", 1);
  expect(await run("test -e file")).toMatchObject({ exitCode: 1 });
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("it works in a frame that may do nothing but run scripts", async ({ page: tab }) => {
  await open(tab, "/sandboxed");
  await expect(tab.frameLocator("iframe").locator(".xterm-rows")).toContainText("bare", { timeout: 60_000 });
  await expect(tab.frameLocator("iframe").locator(".xterm-rows")).toContainText(/hostname\s*bare/, { timeout: 60_000 });
});

test("an origin that the address does not name hears that and nothing else", async ({ page: tab }) => {
  await open(tab, "/foreign");
  await expect(tab.frameLocator("iframe").locator(".xterm-rows")).toContainText("root@bare", { timeout: 60_000 });
  const message = `${course.origin} may not steer this sandbox: the option origin allows https://a.course.example`;
  expect(await tab.evaluate(() => (window as unknown as { heard: unknown[] }).heard)).toEqual([
    { event: "error", detail: { message } },
  ]);
});

test("whatever is sent over the port, the answer is words", async ({ page: tab }) => {
  await open(tab, "/raw");
  await expect(tab.frameLocator("iframe").locator(".xterm-rows")).toContainText("root@bare", { timeout: 60_000 });
  const answers = await tab.evaluate(async () => {
    const { port, heard } = window as unknown as { port: MessagePort; heard: { id?: number }[] };
    const messages = [
      null,
      17,
      "run",
      { id: 1, method: "eval", args: ["1"] },
      { id: 2, method: "run", args: [{ toString: "x" }] },
      { id: 3, method: "run", args: ["x".repeat(70_000)] },
      { id: 4, method: "constructor", args: [] },
      { id: 5, method: "getState", args: [] },
      { id: 6, method: "checkpoint", args: ["<img src=x onerror=alert(1)>"] },
      ...Array.from({ length: 300 }, (_, index) => ({ id: 100 + index, method: "focus", args: [] })),
    ];
    for (const message of messages) port.postMessage(message);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return heard.filter(({ id }) => id !== undefined);
  });
  const answer = (id: number) => answers.find((each) => each.id === id) as { error?: string } | undefined;
  for (const id of [1, 2, 3, 4, 5]) expect(answer(id)?.error, `request ${id}`).toBeTruthy();
  expect(answer(6)).toMatchObject({ value: { done: false, text: expect.stringContaining("name") } });
  expect(answers.filter((each) => "error" in each && each.error === "too many requests").length).toBeGreaterThan(100);
});
