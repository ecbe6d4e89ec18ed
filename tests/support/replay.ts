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
  typeLine(runner, `mkdir -p ${OUTPUT_FOLDER}`);
  const fs = world.machines.values().next().value?.fs;
  const typed = scenario.lines.map((recorded, index) => {
    if (recorded.pauseBefore > 0) world.run(recorded.pauseBefore * 1000);
    if (runner.ended) return { stdout: "", stderr: "the shell has ended", rc: -1 };
    fs?.writeFile(INPUT_FILE, recorded.stdin ?? "");
    const line = scenario.group === "kubectl" ? apart(recorded, index) : redirected(recorded, index);
    const result = typeLine(runner, line);
    return { stdout: result.stdout, stderr: result.stderr, rc: result.exitCode };
  });
  const bindings: Bindings = new Map();
  const verdicts = scenario.lines.map((recorded, index) => {
    const { stdout, stderr, rc } = typed[index] ?? { stdout: "", stderr: "", rc: -1 };
    const text = (path: string) => (fs?.exists(path) === true ? fs.readText(path) : "");
    const actual = { stdout: text(outputFile(index)) + stdout, stderr: text(errorFile(index)) + stderr, rc };
    const waived = waivers.some((waiver) => waiver.scenario === scenario.id && waiver.line === index);
    return { index, recorded, actual, verdict: judge(recorded, actual, waived, bindings) };
  });
  world.dispose();
  return verdicts;
}

function judge(
  recorded: RecordedLine,
  actual: LineVerdict["actual"],
  waived: boolean,
  bindings: Bindings,
): LineVerdict["verdict"] {
  const same =
    recorded.rc === actual.rc &&
    matches(recorded.stdout, actual.stdout, bindings) &&
    matches(recorded.stderr, actual.stderr, bindings);
  if (same) return "same";
  if (recorded.unstable) return "unstable";
  return waived ? "waived" : "different";
}

const OUTPUT_FOLDER = "/var/tmp/recorded";
const INPUT_FILE = "/tmp/recorded-input";

function outputFile(index: number): string {
  return `${OUTPUT_FOLDER}/${index}`;
}

function errorFile(index: number): string {
  return `${OUTPUT_FOLDER}/${index}.errors`;
}

/** A recorded kubectl line had a shell of its own and no terminal at all. */
function apart({ line }: RecordedLine, index: number): string {
  return `( ${line}\n) < ${INPUT_FILE} > ${outputFile(index)} 2> ${errorFile(index)}`;
}

/**
 * The line of a bash that went on: with its standard input, if any, from a file, and with its output no terminal, so that
 * `ls` has no columns and `jq` no colours. What a background command writes later belongs to the line that began it.
 */
function redirected({ line, stdin }: RecordedLine, index: number): string {
  return `{ ${line}\n} > ${outputFile(index)}${stdin === undefined ? "" : ` < ${INPUT_FILE}`}`;
}

/** Lines the same, of those that count. */
export function share(verdicts: readonly LineVerdict[]): { same: number; of: number } {
  const counted = verdicts.filter(({ verdict }) => verdict !== "unstable" && verdict !== "waived");
  return { same: counted.filter(({ verdict }) => verdict === "same").length, of: counted.length };
}
