import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./setup.mjs";

/** The newest change under `folder`, in milliseconds since the epoch. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/**
 * Bundles a TypeScript entry for Node into .cache, unless what is there is newer than all sources. Gives the path of
 * the bundle. `folders` hold sources of its own besides src and scripts.
 */
export async function bundle(entry, name, folders = []) {
  const out = join(ROOT, ".cache", `${name}.mjs`);
  const sources = Math.max(
    newest(join(ROOT, "src")),
    newest(join(ROOT, "scripts")),
    ...folders.map((folder) => newest(join(ROOT, folder))),
    statSync(join(ROOT, "package-lock.json")).mtimeMs,
  );
  if (existsSync(out) && statSync(out).mtimeMs > sources) return out;
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  const { rolldown } = await import("rolldown");
  const build = await rolldown({
    input: join(ROOT, entry),
    platform: "node",
    logLevel: "silent",
    external: [/^jq-wasm/],
  });
  await build.write({ file: out, format: "esm", codeSplitting: false });
  await build.close();
  return out;
}
