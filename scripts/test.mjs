/**
 * `npm test`: installs what is missing, then checks everything: layout and lint, unused code, types, unit tests and transcripts,
 * 50 seeds of chaos, the build and its size, and the page in Chromium. `npm test -- --no-browser` leaves the last two out.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { ensureOpenssl, findChromium, installDependencies, ROOT } from "./setup.mjs";

/** How much of a failure the end repeats; the whole stands above. */
const FAILURE_LENGTH = 2000;
const started = process.hrtime.bigint();
const withBrowser = !process.argv.includes("--no-browser");
installDependencies();
ensureOpenssl();
const chromium = withBrowser ? findChromium() : undefined;
mkdirSync(join(ROOT, ".cache"), { recursive: true });

let passed = 0;
/** The names of what failed: told at the end, where whoever sees only the end of a long log finds them. */
const failures = [];

/** Runs one step with its output shown. `countTests` reads how many tests it held; otherwise the step is one check. */
function step(name, command, args, { env = {}, countTests } = {}) {
  console.log(`\n── ${name}`);
  const result = spawnSync(command, args, { cwd: ROOT, stdio: "inherit", env: { ...process.env, ...env } });
  const counts = countTests?.() ?? { passed: 0, failures: [] };
  const ok = result.status === 0;
  passed += counts.passed + (ok && countTests === undefined ? 1 : 0);
  failures.push(...(ok || counts.failures.length > 0 ? counts.failures : [name]));
  return ok;
}

function report(file, read) {
  const path = join(ROOT, ".cache", file);
  rmSync(path, { force: true });
  return {
    path,
    count: () => (existsSync(path) ? read(JSON.parse(readFileSync(path, "utf8"))) : { passed: 0, failures: [] }),
  };
}

function unitFailures({ testResults }) {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => `${relative(ROOT, name)} > ${fullName}\n${failureMessages.join("\n")}`),
  );
}

function browserFailures({ suites = [], specs = [] }) {
  const own = specs
    .filter(({ ok }) => !ok)
    .map(({ file, line, title, tests }) => {
      const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors));
      return `tests/browser/${file}:${line} > ${title}\n${errors.map(({ message }) => message).join("\n")}`;
    });
  return [...own, ...suites.flatMap(browserFailures)];
}

const bin = (name) => join(ROOT, "node_modules/.bin", name);
const unit = report("vitest.json", (json) => ({ passed: json.numPassedTests, failures: unitFailures(json) }));
const browser = report("playwright.json", (json) => ({
  passed: json.stats.expected,
  failures: browserFailures(json),
}));

step("layout and lint", bin("biome"), ["check", "--error-on-warnings"]);
step("nothing unused", bin("knip"), ["--no-progress"]);
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
for (const failure of failures) console.log(`failed: ${failure.slice(0, FAILURE_LENGTH)}\n`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
