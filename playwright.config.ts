import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "@playwright/test";

const candidates = [process.env["CHROMIUM_PATH"] ?? "", "/usr/bin/chromium"];
/** Set another one where several run the tests at once. */
const PORT = process.env["TEST_PORT"] ?? "4174";
const executablePath = candidates.find((path) => path !== "" && existsSync(path));

export default defineConfig({
  testDir: "tests/browser",
  // Limits for what hangs, not for what is slow: a busy machine takes many times as long.
  timeout: 240_000,
  expect: { timeout: 20_000 },
  // A page takes somewhat less than one core: its tests mostly wait for the world's time.
  workers: availableParallelism(),
  reporter: process.env["PLAYWRIGHT_JSON_OUTPUT_NAME"] === undefined ? [["list"]] : [["list"], ["json"]],
  use: {
    baseURL: `http://localhost:${PORT}/`,
    // Requests that a service worker answers can't be watched; the tests about it allow it.
    serviceWorkers: "block",
    launchOptions: {
      args: [
        "--no-sandbox",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
      ...(executablePath === undefined ? {} : { executablePath }),
    },
  },
  webServer: {
    command: "node scripts/start.mjs --no-build",
    env: { PORT },
    url: `http://localhost:${PORT}/`,
    reuseExistingServer: false,
  },
});
