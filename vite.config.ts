import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { offlineFiles } from "./scripts/offline-files.ts";

/** Scripts that others name: their addresses must outlive builds. */
const LASTING: Readonly<Record<string, string>> = { embed: "embed.js", sw: "sw.js" };

export default defineConfig({
  base: "./",
  plugins: [react(), offlineFiles()],
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
  test: { include: ["tests/**/*.test.{ts,tsx}"], testTimeout: 60_000, hookTimeout: 120_000 },
});
