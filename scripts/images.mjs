import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { ROOT } from "./setup.mjs";

/**
 * Makes the image of the default world, which the page starts from, unless it is newer than the code that makes it:
 * public/worlds/first.image (what a prompt needs) and late.image (etcd's files, and what the first start would compute).
 */
export async function makeImages() {
  const code = await bundle("scripts/images.ts", "images");
  const made = join(ROOT, "public/worlds/late.image");
  if (existsSync(made) && statSync(made).mtimeMs > statSync(code).mtimeMs) return;
  const inNewProcess = (step) => {
    const call = `import(${JSON.stringify(pathToFileURL(code).href)}).then((m) => m.${step}(process.argv[1]))`;
    execFileSync(process.execPath, ["-e", call, join(ROOT, "public/worlds")], { stdio: "inherit" });
  };
  inNewProcess("writeImages");
  inNewProcess("addCurveResults");
}
