import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { ROOT } from "./setup.mjs";

/**
 * Makes the image of the default world, which the page starts from, unless it is newer than the code that makes it:
 * public/worlds/first.image (what a prompt needs) and late.image (etcd's files).
 */
export async function makeImages() {
  const code = await bundle("scripts/images.ts", "images");
  const made = join(ROOT, "public/worlds/late.image");
  if (existsSync(made) && statSync(made).mtimeMs > statSync(code).mtimeMs) return;
  const { writeImages } = await import(pathToFileURL(code).href);
  writeImages(join(ROOT, "public/worlds"));
}
