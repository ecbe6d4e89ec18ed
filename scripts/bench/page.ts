import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Measure } from "./measure.ts";

/** What `size.mjs` prints, and the lines of the table that are made of it. */
const SIZES: readonly (readonly [what: RegExp, name: string])[] = [
  [/([\d.]+) kB {2}first load, gzipped/, "first load, gzipped"],
  [/([\d.]+) kB {2}first load of the embedded page/, "embed: first load, gzipped"],
  [/([\d.]+) kB {2}embed\.js/, "embed: embed.js, gzipped"],
];

/** What the built page and the embedded one load at first, gzipped; nothing when they have not been built. */
export function firstLoad(root: string): Measure[] {
  if (!existsSync(join(root, "dist/.vite/manifest.json"))) return [];
  const text = output(process.execPath, [join(root, "scripts/size.mjs")]);
  return SIZES.flatMap(([what, name]) => {
    const total = what.exec(text)?.[1];
    return total === undefined ? [] : [{ name, side: "ours", value: Number(total), unit: "kB" } as const];
  });
}

/** First prompt and echo in Chromium, as scripts/measure-page.mjs measures them; nothing without a build. */
export function page(root: string): Measure[] {
  return inChromium(root, "page");
}

/** Embeds in a page of another origin, as scripts/measure-embed.mjs measures them; nothing without a build. */
export function embed(root: string): Measure[] {
  return inChromium(root, "embed");
}

function inChromium(root: string, what: "page" | "embed"): Measure[] {
  const script = join(root, `scripts/measure-${what}.mjs`);
  if (!existsSync(script) || !existsSync(join(root, "dist/index.html"))) return [];
  const measured = JSON.parse(output(process.execPath, [script, "--runs", "3"])) as Record<string, unknown>;
  return Object.entries(measured).flatMap(([name, value]) =>
    typeof value === "number" ? [{ name: `${what}: ${name.replace(/Ms$/, "")}`, side: "ours", value, unit: "ms" }] : [],
  );
}

/** Frames of the store's past and of the map, as scripts/measure-frames.mjs measures them; nothing without a build. */
export function frames(root: string): Measure[] {
  const script = join(root, "scripts/measure-frames.mjs");
  if (!existsSync(join(root, "dist/index.html"))) return [];
  const measured = JSON.parse(output(process.execPath, [script])) as Record<string, Record<string, number>>;
  return Object.entries(measured).flatMap(([what, { median = 0, p95 = 0, late = 0 }]) => [
    { name: `frames, ${what}: median`, side: "ours", value: median, unit: "ms" },
    { name: `frames, ${what}: 95th percentile`, side: "ours", value: p95, unit: "ms" },
    { name: `frames, ${what}: too late`, side: "ours", value: late, unit: "%" },
  ]);
}

function output(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], timeout: 400_000 });
  } catch (error) {
    if (error instanceof Error && "stdout" in error) return String(error.stdout);
    throw error;
  }
}
