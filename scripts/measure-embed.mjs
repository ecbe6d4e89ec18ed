/**
 * Measures embeds of the built page in Chromium, in a page of another origin: `node scripts/measure-embed.mjs [--runs N]`
 * prints JSON with the best of the runs in milliseconds (load from beside only adds), from the course page's navigation on,
 * each run with an empty cache:
 * `embedPromptMs` to the drawn prompt, `embedCommandMs` to the end of a first `kubectl get nodes` that a host asks for.
 * `slowed…` is the same on a CPU slowed to a quarter: the page's and the frame's threads, since the protocol refuses to
 * slow workers. So `slowedWhole…` has the world beside the page, on the frame's slowed thread: more than a slow machine
 * would take, as nothing goes side by side. `slowedTargets` names what took the slowing. `twentyMs` is until all of twenty
 * embeds on a page, one scrolled to after the other, have their prompts.
 */
import { createServer } from "node:http";
import { chromium } from "@playwright/test";
import { preview } from "vite";
import { findChromium, ROOT } from "./setup.mjs";

const at = process.argv.indexOf("--runs");
const runs = at < 0 ? 3 : Number(process.argv[at + 1]);
const SLOWED = 4;
const MANY = 20;

const server = await preview({ root: ROOT, logLevel: "error", preview: { port: 4176, host: "localhost" } });
const sandbox = server.resolvedUrls?.local[0] ?? "http://localhost:4176/";
const course = createServer((request, response) => {
  const count = request.url === "/many" ? MANY : 1;
  const attributes = request.url === "/whole" ? " no-worker" : "";
  const embeds = `<div style="height:900px"><etcd-sandbox${attributes}></etcd-sandbox></div>`.repeat(count);
  response.writeHead(200, { "content-type": "text/html" });
  response.end(`<!doctype html><script type="module" src="${sandbox}embed.js"></script>${embeds}`);
});
await new Promise((listening) => course.listen(0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${course.address().port}`;
const executablePath = findChromium();
const browser = await chromium.launch({
  args: ["--no-sandbox", "--site-per-process"],
  ...(executablePath ? { executablePath } : {}),
});

const best = (values) => Math.round(Math.min(...values));

/** Slows a page's own CPU, and that of each frame and worker that comes to it; gives those that took it. */
async function slow(page) {
  const session = await page.context().newCDPSession(page);
  const slowed = [];
  const waiting = new Map();
  let next = 1;
  // Frames and workers of other processes are spoken to through the sessions that led to them.
  const ask = (path, method, params = {}) => {
    const id = next++;
    let message = JSON.stringify({ id, method, params });
    for (const sessionId of path.slice(1).reverse())
      message = JSON.stringify({ id: next++, method: "Target.sendMessageToTarget", params: { sessionId, message } });
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      session.send("Target.sendMessageToTarget", { sessionId: path[0], message }).catch(resolve);
    });
  };
  const attach = { autoAttach: true, waitForDebuggerOnStart: true, flatten: false };
  const arrived = async (path, type) => {
    ask(path, "Target.setAutoAttach", attach);
    const { error } = (await ask(path, "Emulation.setCPUThrottlingRate", { rate: SLOWED })) ?? {};
    if (error === undefined) slowed.push(type);
    ask(path, "Runtime.runIfWaitingForDebugger");
  };
  const hear = (path, { method, params, id, ...answer }) => {
    if (method === "Target.attachedToTarget") arrived([...path, params.sessionId], params.targetInfo.type);
    else if (method === "Target.receivedMessageFromTarget")
      hear([...path, params.sessionId], JSON.parse(params.message));
    else if (id !== undefined) waiting.get(id)?.(answer);
  };
  session.on("Target.attachedToTarget", (params) => hear([], { method: "Target.attachedToTarget", params }));
  session.on("Target.receivedMessageFromTarget", (params) =>
    hear([], { method: "Target.receivedMessageFromTarget", params }),
  );
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWED });
  await session.send("Target.setAutoAttach", attach);
  return slowed;
}

async function embed(slowly, path = "/") {
  const context = await browser.newContext();
  const page = await context.newPage();
  const slowed = slowly ? await slow(page) : [];
  await page.goto(address + path);
  await page.waitForSelector("etcd-sandbox[ready]", { timeout: 120_000 });
  const frame = page.frames().at(-1);
  const drawn = await frame?.waitForFunction(() => {
    const [first] = performance.getEntriesByName("terminal-output");
    return first && performance.timeOrigin + first.startTime;
  });
  const prompt = (await drawn?.jsonValue()) - (await page.evaluate(() => performance.timeOrigin));
  const command = await page.evaluate(async () => {
    await document.querySelector("etcd-sandbox").run("kubectl get nodes");
    return performance.now();
  });
  await context.close();
  return { prompt, command, slowed };
}

async function twenty() {
  const page = await browser.newPage();
  const began = Date.now();
  await page.goto(`${address}/many`);
  for (let index = 0; index < MANY; index++) {
    await page.locator("etcd-sandbox").nth(index).scrollIntoViewIfNeeded();
    await page.waitForFunction((at) => document.querySelectorAll("etcd-sandbox")[at].hasAttribute("ready"), index, {
      timeout: 120_000,
    });
  }
  const took = Date.now() - began;
  await page.close();
  return took;
}

const repeat = async (...how) => {
  const all = [];
  for (let run = 0; run < runs; run++) all.push(await embed(...how));
  return all;
};
const usual = await repeat(false);
const slowed = await repeat(true);
const whole = await repeat(true, "/whole");
const twentyMs = await twenty();
await browser.close();
course.close();
console.log(
  JSON.stringify({
    embedPromptMs: best(usual.map(({ prompt }) => prompt)),
    embedCommandMs: best(usual.map(({ command }) => command)),
    slowedEmbedPromptMs: best(slowed.map(({ prompt }) => prompt)),
    slowedEmbedCommandMs: best(slowed.map(({ command }) => command)),
    slowedWholeEmbedPromptMs: best(whole.map(({ prompt }) => prompt)),
    slowedWholeEmbedCommandMs: best(whole.map(({ command }) => command)),
    twentyMs,
    slowedTargets: slowed[0]?.slowed.join(" "),
  }),
);
process.exit(0);
