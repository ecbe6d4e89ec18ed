import { availableParallelism } from "node:os";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
// @ts-expect-error: a script of Node's, without types
import { makeImages } from "./scripts/images.mjs";
import { offlineFiles } from "./scripts/offline-files.ts";

/** Scripts that others name: their addresses must outlive builds. */
const LASTING: Readonly<Record<string, string>> = { embed: "embed.js", sw: "sw.js" };

/** The element for pages of somebody else is one file: of what it shares with the frame it holds a copy of its own. */
const elementAlone: Plugin = {
  name: "element-alone",
  enforce: "pre",
  apply: "build",
  async resolveId(source, importer) {
    if (importer?.endsWith("/src/embed/element.ts") !== true) return undefined;
    const found = await this.resolve(source, importer, { skipSelf: true });
    return found && `${found.id}?element`;
  },
};

/** No build holds a world that older code has made. */
const madeWorld: Plugin = { name: "made-world", apply: "build", buildStart: () => makeImages() };

export default defineConfig({
  base: "./",
  plugins: [react(), elementAlone, madeWorld, offlineFiles()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    manifest: true,
    rollupOptions: {
      input: {
        index: "index.html",
        frame: "embed/index.html",
        embed: "src/embed/element.ts",
        sw: "src/worker/service-worker.ts",
      },
      output: { entryFileNames: ({ name }) => LASTING[name] ?? "assets/[name]-[hash].js" },
    },
  },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: "tests/support/seed.ts",
    // Limits for what hangs, not for what is slow: a busy machine takes many times as long.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Vitest would leave a core idle, and read the whole sandbox anew for each of 160 files: half of their time.
    maxWorkers: availableParallelism(),
    isolate: false,
  },
});
