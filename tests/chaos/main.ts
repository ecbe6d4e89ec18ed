/**
 * Does random harm to worlds, heals them and judges what became of them. See `scripts/chaos.mjs` for its options.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodeImage, encodeImage } from "../../src/sandbox/image-codec.ts";
import { allPrograms } from "../../src/sandbox/programs/all-programs.ts";
import { Sandbox, type SandboxImage } from "../../src/sandbox/sandbox.ts";
import { WORLD_BEGINS } from "../../src/sandbox/versions.ts";
import { jqLoader } from "../../src/worker/jq-loader.ts";
import { judge, type Verdict } from "./campaign.ts";
import { stepsOfSeed } from "./generator.ts";
import { shrink } from "./shrink.ts";
import { type Step, stepText } from "./step.ts";

/** One process's share of a campaign. */
interface Share {
  readonly imageFile: string;
  readonly seeds: readonly number[];
  readonly length: number;
  readonly verbose: boolean;
  /** How many times a failing sequence may be tried again to shorten it. */
  readonly shrinkBudget: number;
  /** Steps to play instead of the seed's. */
  readonly steps?: readonly Step[];
  /** Typed at the end on the control plane. */
  readonly ask?: string;
}

const jq = jqLoader();
await new Promise<void>((loaded) => jq.request(() => loaded()));
const source = allPrograms({ jq });
if (process.argv[2] === "--make") {
  make(process.argv[3] ?? "");
  process.exit(0);
}
const share = JSON.parse(process.argv[2] ?? "") as Share;
const image = decodeImage(new Uint8Array(readFileSync(share.imageFile))) as SandboxImage;

for (const [index, seed] of share.seeds.entries()) {
  const steps = share.steps ?? stepsOfSeed(seed, share.length);
  const before = process.cpuUsage();
  const verdict = judge(image, source, steps, { ask: share.ask ?? "", weigh: isWeighed(index) });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  if (share.verbose) console.log(verdict.log.join("\n"));
  if (verdict.faults.length === 0) {
    console.log(
      `ok   seed ${seed}: ${steps.length} steps, rest after ${Math.round(verdict.restedAfterMs / 1000)} s, ${seconds.toFixed(1)} s CPU${weight(verdict)}`,
    );
    continue;
  }
  process.exitCode = 1;
  report(seed, steps, verdict);
}

/** Every fifth world and the last: what one holds too much, or leaves behind, shows in the next that is weighed. */
function isWeighed(index: number): boolean {
  return index % 5 === 4 || index === share.seeds.length - 1;
}

function weight({ memoryMb }: Verdict): string {
  return memoryMb === undefined ? "" : `, ${Math.round(memoryMb)} MB in use`;
}

/** The world that all seeds begin with, made once for this build. */
function make(file: string): void {
  const built = statSync(fileURLToPath(import.meta.url)).mtimeMs;
  if (existsSync(file) && statSync(file).mtimeMs > built) return;
  const options = { topology: "kubeadm", etcd: "3.6", seed: 1, now: WORLD_BEGINS } as const;
  writeFileSync(file, encodeImage(Sandbox.make(options, source)));
}

function report(seed: number, steps: readonly Step[], verdict: Verdict): void {
  console.log(`FAIL seed ${seed}, after step ${verdict.steps} of ${steps.length}`);
  for (const fault of verdict.faults.slice(0, 12)) console.log(`  - ${fault}`);
  const kind = kindOf(verdict.faults[0] ?? "");
  const fails = (fewer: readonly Step[]) => judge(image, source, fewer).faults.some((fault) => kindOf(fault) === kind);
  const shortest = shrink(steps.slice(0, verdict.steps), fails, share.shrinkBudget);
  console.log("  shortest sequence found:");
  for (const step of shortest) console.log(`    ${stepText(step)}`);
  console.log(`  again: npm run chaos -- --seed ${seed} --steps ${steps.length} --verbose`);
  console.log(`  alone: npm run chaos -- --play '${JSON.stringify(shortest).replaceAll("'", "'\\''")}'`);
  if (share.verbose) for (const line of verdict.trace) console.log(`  trace: ${line}`);
}

/** A fault without its numbers and names: the same defect in a shorter sequence says it with others. */
function kindOf(fault: string): string {
  return fault.replace(/[0-9a-f]{5,}|\d+|-[a-z0-9]{5}\b/g, "#").slice(0, 60);
}
