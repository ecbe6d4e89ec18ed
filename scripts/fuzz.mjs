/**
 * `npm run fuzz -- [--seeds N] [--from S] [FILE …]`
 *
 * `npm test` plays every random history with one seed. This plays them with others, one after another;
 * `FUZZ_SEED=S npx vitest run FILE` plays again what failed.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installDependencies, ROOT } from "./setup.mjs";

const { values, positionals } = parseArgs({
  options: { seeds: { type: "string", default: "10" }, from: { type: "string", default: "2" } },
  allowPositionals: true,
});

installDependencies();
const files = positionals.length > 0 ? positionals : randomTests();
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.from) + index);
const failed = seeds.filter((seed) => {
  console.log(`\n── seed ${seed}`);
  const vitest = join(ROOT, "node_modules/.bin/vitest");
  const env = { ...process.env, FUZZ_SEED: String(seed) };
  return spawnSync(vitest, ["run", "--reporter=default", ...files], { cwd: ROOT, stdio: "inherit", env }).status !== 0;
});
console.log(`\n${seeds.length} seeds: ${failed.length === 0 ? "all well" : `FAILED with ${failed.join(", ")}`}`);
process.exit(failed.length === 0 ? 0 : 1);

/** The files of tests that leave something to chance. */
function randomTests() {
  return readdirSync(join(ROOT, "tests"), { recursive: true })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => join("tests", name))
    .filter((name) => /from "fast-check"/.test(readFileSync(join(ROOT, name), "utf8")));
}
