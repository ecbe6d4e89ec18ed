/**
 * `npm test`: installs what is missing, then checks everything: layout and lint, types, unit tests and transcripts,
 * 50 seeds of chaos, the build and its size, and the page in Chromium. `npm test -- --no-browser` leaves the last two out.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureOpenssl, findChromium, installDependencies, ROOT } from "./setup.mjs";

const started = process.hrtime.bigint();
const withBrowser = !process.argv.includes("--no-browser");
installDependencies();
ensureOpenssl();
const chromium = withBrowser ? findChromium() : undefined;
mkdirSync(join(ROOT, ".cache"), { recursive: true });

let passed = 0;
let failed = 0;

/** Runs one step with its output shown. `countTests` reads how many tests it held; otherwise the step is one check. */
function step(name, command, args, { env = {}, countTests } = {}) {
  console.log(`\n── ${name}`);
  const result = spawnSync(command, args, { cwd: ROOT, stdio: "inherit", env: { ...process.env, ...env } });
  const counts = countTests?.() ?? { passed: 0, failed: 0 };
  const ok = result.status === 0;
  passed += counts.passed + (ok && countTests === undefined ? 1 : 0);
  failed += counts.failed + (!ok && counts.failed === 0 ? 1 : 0);
  return ok;
}

function report(file, read) {
  const path = join(ROOT, ".cache", file);
  rmSync(path, { force: true });
  return {
    path,
    count: () => (existsSync(path) ? read(JSON.parse(readFileSync(path, "utf8"))) : { passed: 0, failed: 0 }),
  };
}

const bin = (name) => join(ROOT, "node_modules/.bin", name);
const unit = report("vitest.json", (json) => ({ passed: json.numPassedTests, failed: json.numFailedTests }));
const browser = report("playwright.json", (json) => ({ passed: json.stats.expected, failed: json.stats.unexpected }));

step("layout and lint", bin("biome"), ["check", "--error-on-warnings"]);
for (const project of ["core", "worker", "ui", "tests"])
  step(`types of ${project}`, bin("tsc"), ["-p", `tsconfig.${project}.json`]);
step(
  "unit tests and transcripts",
  bin("vitest"),
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${unit.path}`],
  {
    countTests: unit.count,
  },
);
step("seeded chaos", process.execPath, ["scripts/chaos.mjs", "--seeds", "50", "--steps", "5"]);
if (withBrowser && step("build", process.execPath, ["scripts/build.mjs"])) {
  step("size budget", process.execPath, ["scripts/size.mjs"]);
  step("the page in Chromium", bin("playwright"), ["test"], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: browser.path, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) },
    countTests: browser.count,
  });
}

console.log(`\nin ${Math.round(Number(process.hrtime.bigint() - started) / 1e9)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
