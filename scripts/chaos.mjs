/**
 * `npm run chaos -- [--seeds N] [--from S] [--seed S] [--steps N] [--jobs N] [--play JSON] [--ask LINE] [--verbose] [--no-shrink]`
 *
 * Does random harm to worlds (commands, deletions straight from etcd, kills, power cuts, partitions, clock jumps, full
 * disks, restored snapshots, lines taken back), heals them, and checks what must hold then. `--seed S` plays one seed again, exactly; `--play` a sequence
 * that a failure printed; `--ask` types a line at the end, to look at what became of the world (shown with `--verbose`).
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundle } from "./bundle.mjs";
import { installDependencies, ROOT } from "./setup.mjs";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "50" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    steps: { type: "string", default: "12" },
    jobs: { type: "string", default: String(Math.min(4, availableParallelism())) },
    play: { type: "string" },
    ask: { type: "string" },
    verbose: { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
  },
});

installDependencies();
const started = process.hrtime.bigint();
const program = await bundle("tests/chaos/main.ts", "chaos", ["tests/chaos"]);
const imageFile = join(ROOT, ".cache", "chaos.image");
mkdirSync(join(ROOT, ".cache"), { recursive: true });
await run(["--make", imageFile]);

const first = Number(values.seed ?? values.from);
const count = values.seed !== undefined || values.play !== undefined ? 1 : Number(values.seeds);
const seeds = Array.from({ length: count }, (_, index) => first + index);
const jobs = Math.max(1, Math.min(Number(values.jobs), count));
const shares = Array.from({ length: jobs }, (_, job) => seeds.filter((_seed, index) => index % jobs === job));
const codes = await Promise.all(shares.map((share) => run([JSON.stringify(order(share))])));
const seconds = Math.round(Number(process.hrtime.bigint() - started) / 1e9);
console.log(`${count} seeds in ${seconds} s: ${codes.every((code) => code === 0) ? "all well" : "FAILED"}`);
process.exit(codes.every((code) => code === 0) ? 0 : 1);

function order(share) {
  return {
    imageFile,
    seeds: share,
    length: Number(values.steps),
    verbose: values.verbose,
    shrinkBudget: values["no-shrink"] ? 0 : 30,
    ...(values.ask === undefined ? {} : { ask: values.ask }),
    ...(values.play === undefined ? {} : { steps: JSON.parse(values.play) }),
  };
}

/** Runs the judge in a process of its own; gives its exit code. */
function run(args) {
  return new Promise((resolve) => {
    spawn(process.execPath, ["--expose-gc", program, ...args], { stdio: "inherit" }).on("exit", (code) =>
      resolve(code ?? 1),
    );
  });
}
