/**
 * Measures the built page in Chromium: `node scripts/measure-page.mjs [--runs N]` prints JSON with the medians, in
 * milliseconds: `firstPromptMs` from navigation to the first prompt in the terminal, each run with an empty cache;
 * `keyToEchoMs` from a key's event to the terminal having drawn its echo, `busyKeyToEchoMs` the same while another
 * terminal's loop keeps the world busy; `firstCommandMs` from Enter to the end of a `kubectl get nodes` typed at once.
 */
import { chromium } from "@playwright/test";
import { preview } from "vite";
import { findChromium, ROOT } from "./setup.mjs";

const at = process.argv.indexOf("--runs");
const runs = at < 0 ? 5 : Number(process.argv[at + 1]);
const KEYS = 40;

const server = await preview({ root: ROOT, logLevel: "error", preview: { port: 4175, host: "localhost" } });
const address = `${server.resolvedUrls?.local[0] ?? "http://localhost:4175/"}?test`;
const executablePath = findChromium();
const browser = await chromium.launch({ args: ["--no-sandbox"], ...(executablePath ? { executablePath } : {}) });

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value) => Math.round(value * 10) / 10;

/** A page whose every key's way to the screen is timed in `window.echoes`. */
async function openPage() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction(() => performance.getEntriesByName("terminal-output").length > 0, null, {
    timeout: 60_000,
  });
  return page;
}

const firstPrompt = (page) => page.evaluate(() => performance.getEntriesByName("terminal-output")[0].startTime);

async function timeCommand(page) {
  await page.keyboard.type("kubectl get nodes");
  const began = Date.now();
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    () => {
      const buffer = [...window.sandboxTest.terminals.values()][0].buffer.active;
      const text = (row) => buffer.getLine(row)?.translateToString(true) ?? "";
      return buffer.cursorY > 1 && /# $/.test(`${text(buffer.baseY + buffer.cursorY).trimEnd()} `);
    },
    null,
    { timeout: 60_000, polling: 5 },
  );
  return Date.now() - began;
}

async function timeKeys(page) {
  await page.evaluate(() => {
    window.echoes = [];
    const terminal = [...window.sandboxTest.terminals.values()].at(-1);
    let pressedAt;
    addEventListener("keydown", () => (pressedAt = performance.now()), true);
    terminal.onRender(() => {
      if (pressedAt !== undefined && terminal.buffer.active.cursorX !== window.cursorWas) {
        window.echoes.push(performance.now() - pressedAt);
        pressedAt = undefined;
      }
      window.cursorWas = terminal.buffer.active.cursorX;
    });
  });
  for (let key = 0; key < KEYS; key++) {
    await page.keyboard.press("x");
    await page.waitForTimeout(40);
  }
  return page.evaluate(() => window.echoes);
}

const prompts = [];
const commands = [];
for (let run = 0; run < runs; run++) {
  const page = await openPage();
  prompts.push(await firstPrompt(page));
  commands.push(await timeCommand(page));
  await page.context().close();
}
const page = await openPage();
await page.waitForTimeout(3000);
const calm = await timeKeys(page);
await page.keyboard.press("Control+c");
await page.keyboard.type("while true; do :; done &\n");
await page.getByLabel("New terminal").selectOption({ index: 1 });
await page.waitForTimeout(1500);
const busy = await timeKeys(page);
await browser.close();
await new Promise((resolve) => server.httpServer.close(resolve));

console.log(
  JSON.stringify({
    firstPromptMs: rounded(median(prompts)),
    firstCommandMs: rounded(median(commands)),
    keyToEchoMs: rounded(median(calm)),
    keyToEchoMsMax: rounded(Math.max(...calm)),
    busyKeyToEchoMs: rounded(median(busy)),
    busyKeyToEchoMsMax: rounded(Math.max(...busy)),
  }),
);
process.exit(0);
