import { spawnSync } from "node:child_process";
import { existsSync, statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Runs a command with its output shown; ends this process with its exit code if it failed. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, stdio: "inherit", ...options });
  if (result.error) {
    console.error(`${command}: ${result.error.message}`);
    process.exit(127);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/**
 * Installs the locked dependencies if they are missing or older than the lockfile. `npm install --no-save` keeps to the
 * lockfile too, but unlike `npm ci` takes one whose optional packages of other platforms could not be listed.
 */
export function installDependencies() {
  const installed = join(ROOT, "node_modules/.package-lock.json");
  const locked = join(ROOT, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(locked).mtimeMs) return;
  console.error("Installing dependencies (once)…");
  run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], { stdio: ["ignore", 2, 2] });
  // npm leaves its record alone when nothing had to be changed; a newer date says that it was looked at.
  if (existsSync(installed)) utimesSync(installed, new Date(), new Date());
}

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A Chromium for the browser tests: the system's, else Debian's package, else Playwright's own download. */
export function findChromium() {
  const found = process.env.CHROMIUM_PATH ?? CHROMIUM.find((path) => existsSync(path));
  if (found) return found;
  if (existsSync("/usr/bin/apt-get") && process.getuid?.() === 0) {
    console.error("Installing Chromium from Debian (once)…");
    run("apt-get", ["update", "-qq"], { stdio: ["ignore", 2, 2] });
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"], {
      stdio: ["ignore", 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    return CHROMIUM.find((path) => existsSync(path));
  }
  console.error("Installing Playwright's Chromium (once)…");
  run("npx", ["playwright", "install", "--with-deps", "chromium"], { stdio: ["ignore", 2, 2] });
  return undefined;
}

/** Debian's openssl, which judges our certificates; the tests say so when it is missing. */
export function ensureOpenssl() {
  if (existsSync("/usr/bin/openssl") || !existsSync("/usr/bin/apt-get") || process.getuid?.() !== 0) return;
  run("apt-get", ["update", "-qq"], { stdio: ["ignore", 2, 2] });
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "openssl"], { stdio: ["ignore", 2, 2] });
}
