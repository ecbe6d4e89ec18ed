/**
 * Measures frames of the built page in Chromium: `node scripts/measure-frames.mjs` prints JSON, of a cluster of 500 pods
 * whose store has 5,000 revisions behind it: nothing going on, the past scrubbed from end to end with the mouse, a
 * command's way drawn on the map, and the map while all pods are deleted. Each has the `median` and the 95th percentile
 * (`p95`) of the milliseconds from one frame to the next, and how many in a hundred came `late`.
 */
import { chromium } from "@playwright/test";
import { preview } from "vite";
import { findChromium, ROOT } from "./setup.mjs";

const PODS = 500;
const REVISIONS = 5000;
const SCRUB_MS = 4000;
const MAP_MS = 4000;
const CHANGE_MS = 6000;
/** A frame that comes later than this after the one before is one too late, at 60 a second. */
const LATE_MS = 17.5;

const server = await preview({ root: ROOT, logLevel: "error", preview: { port: 4176, host: "localhost" } });
const address = `${server.resolvedUrls?.local[0] ?? "http://localhost:4176/"}?test`;
const executablePath = findChromium();
const browser = await chromium.launch({ args: ["--no-sandbox"], ...(executablePath ? { executablePath } : {}) });
const page = await browser.newPage({ viewport: { width: 1400, height: 860 } });
await page.goto(address);

const revision = async () =>
  Number((await page.locator(".side").first().textContent())?.match(/revision (\d+)/)?.[1] ?? 0);

/** Types a command and waits for the next prompt. */
async function run(command) {
  await page.locator(".terminal-view:not([hidden]) .xterm-helper-textarea").focus();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.activeElement?.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, `${command}; echo made-$((6 * 7))`);
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    () => {
      const { buffer } = [...window.sandboxTest.terminals.values()][0];
      const { active } = buffer;
      const line = (row) => active.getLine(row)?.translateToString(true) ?? "";
      const last = active.baseY + active.cursorY;
      return line(last - 1) === "made-42" && /# ?$/.test(line(last));
    },
    null,
    { timeout: 300_000, polling: 100 },
  );
  await page.keyboard.type("clear\n");
}

/** Milliseconds between frames while something is done. */
async function frames(doing) {
  await page.evaluate(() => {
    window.frameTimes = [];
    const note = (time) => {
      window.frameTimes.push(time);
      window.frameWanted = requestAnimationFrame(note);
    };
    window.frameWanted = requestAnimationFrame(note);
  });
  await doing();
  const times = await page.evaluate(() => {
    cancelAnimationFrame(window.frameWanted);
    return window.frameTimes;
  });
  const gaps = times.slice(1).map((time, at) => time - times[at]);
  const sorted = [...gaps].sort((a, b) => a - b);
  const at = (share) => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN) * 10) / 10;
  return {
    median: at(0.5),
    p95: at(0.95),
    late: Math.round((1000 * gaps.filter((gap) => gap > LATE_MS).length) / gaps.length) / 10,
  };
}

async function scrub() {
  const box = await page.getByLabel("Revision to look at").boundingBox();
  const y = box.y + box.height / 2;
  const x = (share) => box.x + 6 + (box.width - 12) * share;
  await page.mouse.move(x(1), y);
  await page.mouse.down();
  const numbers = await frames(async () => {
    const began = Date.now();
    for (let spent = 0; spent < SCRUB_MS; spent = Date.now() - began) {
      // There and back, twice as fast each time.
      await page.mouse.move(x((1 + Math.cos((spent / SCRUB_MS) ** 2 * 6 * Math.PI)) / 2), y);
    }
  });
  await page.mouse.up();
  await page.getByRole("button", { name: "Now: the store as it changes" }).click();
  return numbers;
}

await page.waitForFunction(() => performance.getEntriesByName("terminal-output").length > 0, null, { timeout: 60_000 });
await page.getByLabel("How fast the world's time passes").selectOption("30");
const pod =
  "apiVersion: v1\\nkind: Pod\\nmetadata: {name: many-%s}\\nspec: {nodeName: ip-10-0-1-1%s, containers: [{name: c, image: nginx}]}\\n---\\n";
await run(`for i in $(seq ${PODS}); do printf '${pod}' $i $((1 + i % 2)); done | kubectl create -f - > /dev/null`);
for (let round = 0; (await revision()) < REVISIONS + 1000 && round < 20; round++)
  await run(`kubectl label pods --all round=${round} --overwrite > /dev/null`);
await page.getByLabel("How fast the world's time passes").selectOption("1");
await page.waitForTimeout(3000);

// The tree shows its pods, so that there is much to draw at each revision.
await page.getByLabel("Filter keys").fill("many-");
const calm = await frames(() => page.waitForTimeout(2000));
const slider = page.getByLabel("Revision to look at");
const revisions = await slider.evaluate(({ min, max }) => Number(max) - Number(min));
const scrubbing = await scrub();
await page.getByRole("tab", { name: "Map" }).click();
await page.locator(".pod").nth(PODS).waitFor({ state: "attached", timeout: 60_000 });
const pods = await page.locator(".pod").count();
await run("kubectl get pods -A > /dev/null; kubectl get nodes -o wide > /dev/null");
await page
  .getByRole("button", { name: "Replay" })
  .click({ timeout: 5000 })
  .catch(() => undefined);
const drawing = await frames(() => page.waitForTimeout(MAP_MS));
await page.getByLabel("How fast the world's time passes").selectOption("10");
const changing = await frames(async () => {
  await page.keyboard.type("kubectl delete pods -l round --wait=false > /dev/null\n");
  await page.waitForTimeout(CHANGE_MS);
});
await browser.close();
await new Promise((resolve) => server.httpServer.close(resolve));
if (revisions < REVISIONS || pods < PODS) throw new Error(`only ${revisions} revisions and ${pods} pods`);
console.log(
  JSON.stringify({
    "nothing going on": calm,
    "scrubbing 5,000 revisions": scrubbing,
    "map of 500 pods": drawing,
    "map while they go": changing,
  }),
);
process.exit(0);
