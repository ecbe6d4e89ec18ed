/**
 * Checks the first load of the page against its budget: all that is fetched before the prompt is there. Prints what comes
 * after it as well.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "./setup.mjs";

const BUDGET_KB = 455;
/** The embedded page loads within somebody else's; its script within a page that has nothing to do with it. */
const FRAME_BUDGET_KB = 455;
const ELEMENT_BUDGET_KB = 3;
const dist = join(ROOT, "dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const assets = readdirSync(join(dist, "assets"));

/** Files that an entry loads at once: itself, its static imports, its styles. */
function closure(key, seen = new Set()) {
  const chunk = manifest[key];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const imported of chunk.imports ?? []) closure(imported, seen);
  return seen;
}

/** Chunks of the worker's own build, which the manifest does not list: those of this name, and what they import at once. */
function ofWorker(name) {
  const listed = new Set(Object.values(manifest).map(({ file }) => file));
  const found = new Set();
  const follow = (file) => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(join(dist, file), "utf8");
    for (const [, imported] of text.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+\.js)["']/g))
      follow(`assets/${imported}`);
  };
  for (const file of assets)
    if (file.startsWith(`${name}-`) && file.endsWith(".js") && !listed.has(`assets/${file}`)) follow(`assets/${file}`);
  return [...found];
}

const kilobytes = (file) => {
  const bytes = readFileSync(join(dist, file));
  return (file.endsWith(".image") ? bytes.length : gzipSync(bytes, { level: 9 }).length) / 1024;
};

/** What the first prompt needs, and what the cluster and the first command need after it. */
export function loads() {
  const first = [
    ...closure("index.html"),
    ...closure("src/ui/page.tsx"),
    ...ofWorker("host-worker"),
    "worlds/first.image",
  ];
  const isNew = (file) => !first.includes(file);
  const cluster = [...ofWorker("daemons"), ...ofWorker("key-observer"), "worlds/late.image"].filter(isNew);
  const tools = ofWorker("tools").filter(isNew);
  const frame = [
    ...closure("embed/index.html"),
    ...closure("src/ui/frame/frame-page.tsx"),
    ...ofWorker("host-worker"),
    "worlds/first.image",
  ];
  const measure = (files) => [...new Set(files)].map((file) => ({ file, kB: kilobytes(file) }));
  return {
    frame: measure(frame),
    element: measure(["embed.js"]),
    first: measure(first),
    cluster: measure(cluster),
    tools: measure(tools),
  };
}

export const total = (files) => files.reduce((sum, { kB }) => sum + kB, 0);

if (process.argv[1]?.endsWith("size.mjs")) {
  const { first, frame, element, cluster, tools } = loads();
  for (const { file, kB } of first) console.log(`${kB.toFixed(1).padStart(8)} kB  ${file}`);
  console.log(`${total(first).toFixed(1).padStart(8)} kB  first load, gzipped (budget ${BUDGET_KB} kB)`);
  console.log(`${total(cluster).toFixed(1).padStart(8)} kB  after the prompt: the cluster's daemons and etcd's files`);
  console.log(`${total(tools).toFixed(1).padStart(8)} kB  after the prompt: what people type`);
  console.log(
    `${total(frame).toFixed(1).padStart(8)} kB  first load of the embedded page (budget ${FRAME_BUDGET_KB} kB)`,
  );
  console.log(`${total(element).toFixed(1).padStart(8)} kB  embed.js (budget ${ELEMENT_BUDGET_KB} kB)`);
  const over = [
    ["first load", total(first) - BUDGET_KB],
    ["first load of the embedded page", total(frame) - FRAME_BUDGET_KB],
    ["embed.js", total(element) - ELEMENT_BUDGET_KB],
  ].filter(([, excess]) => excess > 0);
  for (const [what, excess] of over)
    console.error(`${what} exceeds its budget by ${excess.toFixed(1)} kB: make something lazy`);
  if (over.length > 0) process.exit(1);
}
