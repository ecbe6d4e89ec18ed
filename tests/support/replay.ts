import type { LineResult, LineRunner } from "../../src/sandbox/line-runner.ts";
import { type Bindings, matches, PKI_FOLDER, type RecordedLine, type Scenario } from "./transcript.ts";
import { copyIn, freshWorld, typeLine, typist } from "./world.ts";

/** How one recorded line came out. */
export interface LineVerdict {
  readonly index: number;
  readonly recorded: RecordedLine;
  readonly actual: { readonly stdout: string; readonly stderr: string; readonly rc: number };
  readonly verdict: "same" | "different" | "unstable" | "waived";
}

/** A line that is not expected to be the same, with the reason. */
export interface Waiver {
  readonly scenario: string;
  /** Index of the line, from 0. */
  readonly line: number;
  readonly reason: string;
}

/** Types a scenario into a fresh world and compares each line's output and exit code with what was recorded. */
export function replay(scenario: Scenario, waivers: readonly Waiver[]): LineVerdict[] {
  const topology = scenario.topology === "kubeadm" ? "kubeadm" : "bare";
  const world = freshWorld({ topology, etcd: scenario.etcd });
  const runner = typist(world);
  if (topology === "bare") typeLine(runner, "mkdir work; cd work");
  // The recorder had asked for the nodes before, so kubectl had cached what the server offers.
  if (scenario.group === "kubectl") typeLine(runner, "kubectl get nodes > /dev/null");
  if (scenario.needsPki) copyIn(world, PKI_FOLDER, "/root/work/pki");
  for (const [name, value] of Object.entries(scenario.env)) typeLine(runner, `export ${name}='${value}'`);
  const bindings: Bindings = new Map();
  const verdicts = scenario.lines.map((recorded, index) => {
    if (recorded.pauseBefore > 0) world.run(recorded.pauseBefore * 1000);
    if (runner.ended)
      return {
        index,
        recorded,
        actual: { stdout: "", stderr: "the shell has ended", rc: -1 },
        verdict: "different" as const,
      };
    const fs = world.machines.values().next().value?.fs;
    const actual =
      scenario.group === "kubectl" && fs !== undefined
        ? runApart(runner, recorded, fs)
        : fromTerminal(typeLine(runner, withInput(recorded, fs)));
    const same =
      recorded.rc === actual.rc &&
      matches(recorded.stdout, actual.stdout, bindings) &&
      matches(recorded.stderr, actual.stderr, bindings);
    const waived = waivers.some((waiver) => waiver.scenario === scenario.id && waiver.line === index);
    const verdict = same
      ? ("same" as const)
      : recorded.unstable
        ? ("unstable" as const)
        : waived
          ? ("waived" as const)
          : ("different" as const);
    return { index, recorded, actual, verdict };
  });
  world.dispose();
  return verdicts;
}

type Output = LineVerdict["actual"];

function fromTerminal({ stdout, stderr, exitCode }: LineResult): Output {
  return { stdout, stderr, rc: exitCode };
}

/** The recorded kubectl lines had no terminal: no input unless one is given, and their output taken by files. */
function runApart(runner: LineRunner, recorded: RecordedLine, fs: ReplayFiles): Output {
  fs.writeFile(INPUT, recorded.stdin ?? "");
  const result = typeLine(runner, `( ${recorded.line}\n) < ${INPUT} > ${OUTPUT} 2> ${ERRORS}`);
  const text = (path: string) => (fs.exists(path) ? new TextDecoder().decode(fs.readFile(path)) : "");
  return { stdout: text(OUTPUT) + result.stdout, stderr: text(ERRORS) + result.stderr, rc: result.exitCode };
}

const INPUT = "/tmp/recorded-input";
const OUTPUT = "/var/tmp/.stdout";
const ERRORS = "/var/tmp/.stderr";

interface ReplayFiles {
  exists(path: string): boolean;
  readFile(path: string): Uint8Array;
  writeFile(path: string, data: string): void;
}

/** A line whose standard input was recorded reads it from a file. */
function withInput(recorded: RecordedLine, fs: ReplayFiles | undefined): string {
  if (recorded.stdin === undefined || fs === undefined) return recorded.line;
  fs.writeFile(INPUT, recorded.stdin);
  return `{ ${recorded.line}\n} < ${INPUT}`;
}

/** Lines the same, of those that count. */
export function share(verdicts: readonly LineVerdict[]): { same: number; of: number } {
  const counted = verdicts.filter(({ verdict }) => verdict !== "unstable" && verdict !== "waived");
  return { same: counted.filter(({ verdict }) => verdict === "same").length, of: counted.length };
}
