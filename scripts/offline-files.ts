import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Plugin } from "vite";

const SCRIPT = "sw.js";

/** Tells the service worker which files were built, and gives their version a name made of all that they hold. */
export function offlineFiles(): Plugin {
  return {
    name: "offline-files",
    apply: "build",
    writeBundle: {
      order: "post",
      sequential: true,
      handler({ dir }) {
        if (dir === undefined) throw new Error("the build has no folder to read its files from");
        const script = join(dir, SCRIPT);
        const code = readFileSync(script, "utf8");
        const files = builtFiles(dir);
        const hash = createHash("sha256").update(code);
        for (const file of files) hash.update(file).update(readFileSync(join(dir, file)));
        const built = { version: hash.digest("hex").slice(0, 16), files };
        writeFileSync(script, `const BUILT = ${JSON.stringify(built)};\n${code}`);
      },
    },
  };
}

/** Paths from the built folder, without what the server's own tools leave there. */
function builtFiles(folder: string, root = folder): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith(".") && name !== SCRIPT)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? builtFiles(path, root) : [relative(root, path).split(sep).join("/")];
    });
}
