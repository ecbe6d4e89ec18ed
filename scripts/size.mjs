/** Checks the first load of the page against its budget: what index.html needs before the prompt, gzipped. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "./setup.mjs";

const BUDGET_KB = 455;
const dist = join(ROOT, "dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));

/** Files that an entry loads at once: itself, its static imports, its styles. */
function closure(key, seen = new Set()) {
  const chunk = manifest[key];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const imported of chunk.imports ?? []) closure(imported, seen);
  return seen;
}

const kilobytes = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1024;
const files = closure("index.html");
for (const name of readdirSync(join(dist, "assets"))) if (/^host-.*\.js$/.test(name)) files.add(`assets/${name}`);

let total = 0;
for (const file of files) {
  const size = kilobytes(file);
  total += size;
  console.log(`${size.toFixed(1).padStart(8)} kB  ${file}`);
}
console.log(`${total.toFixed(1).padStart(8)} kB  first load, gzipped (budget ${BUDGET_KB} kB)`);
if (total > BUDGET_KB) {
  console.error(`first load exceeds its budget by ${(total - BUDGET_KB).toFixed(1)} kB: make something lazy`);
  process.exit(1);
}
