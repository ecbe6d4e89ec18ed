/**
 * Checks the first load of the page against its budget: all that is fetched before the prompt is there. Prints what comes
 * after it as well.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "./setup.mjs";

const BUDGET_KB = 550;
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

/** Chunks of the worker's own build, which the manifest does not list. */
function ofWorker(name) {
  const listed = new Set(Object.values(manifest).map(({ file }) => file));
  return assets
    .filter((file) => file.startsWith(`${name}-`) && file.endsWith(".js") && !listed.has(`assets/${file}`))
    .map((file) => `assets/${file}`);
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
  const cluster = [...ofWorker("daemons"), ...ofWorker("timestamps"), "worlds/late.image"];
  const tools = ofWorker("tools");
  const measure = (files) => [...new Set(files)].map((file) => ({ file, kB: kilobytes(file) }));
  return { first: measure(first), cluster: measure(cluster), tools: measure(tools) };
}

export const total = (files) => files.reduce((sum, { kB }) => sum + kB, 0);

if (process.argv[1]?.endsWith("size.mjs")) {
  const { first, cluster, tools } = loads();
  for (const { file, kB } of first) console.log(`${kB.toFixed(1).padStart(8)} kB  ${file}`);
  console.log(`${total(first).toFixed(1).padStart(8)} kB  first load, gzipped (budget ${BUDGET_KB} kB)`);
  console.log(`${total(cluster).toFixed(1).padStart(8)} kB  after the prompt: the cluster's daemons and etcd's files`);
  console.log(`${total(tools).toFixed(1).padStart(8)} kB  after the prompt: what people type`);
  if (total(first) > BUDGET_KB) {
    console.error(`first load exceeds its budget by ${(total(first) - BUDGET_KB).toFixed(1)} kB: make something lazy`);
    process.exit(1);
  }
}
