/**
 * Types a script into a fresh world's first terminal, in the world's own time, and prints what a terminal would show.
 * Usage: headless [--topology kubeadm|bare] [--etcd 3.6|3.5] [--seed N] [--files DIR] [--json] [SCRIPT]
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeImage, encodeImage } from "../src/sandbox/image-codec.ts";
import { type LineResult, LineRunner } from "../src/sandbox/line-runner.ts";
import { allPrograms } from "../src/sandbox/programs/all-programs.ts";
import { Sandbox, type SandboxImage, type SandboxOptions } from "../src/sandbox/sandbox.ts";
import type { TopologyName } from "../src/sandbox/topology.ts";
import { type EtcdProfile, WORLD_BEGINS } from "../src/sandbox/versions.ts";
import { jqLoader } from "../src/worker/jq-loader.ts";

const USAGE =
  "usage: headless [--topology kubeadm|bare] [--etcd 3.6|3.5] [--seed N] [--now ISO-TIME] [--files DIR] [--json] [SCRIPT]";

const jq = jqLoader();
const ALL_PROGRAMS = allPrograms({ jq });

interface Arguments {
  topology: TopologyName;
  etcd: EtcdProfile;
  seed: number;
  now: number;
  files: string[];
  json: boolean;
  script: string | undefined;
}

function fail(message: string): never {
  process.stderr.write(`headless: ${message}\n${USAGE}\n`);
  process.exit(2);
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  return found ?? fail(`${name} must be ${allowed.join(" or ")}, not "${value}"`);
}

function parseArguments(argv: readonly string[]): Arguments {
  const parsed: Arguments = {
    topology: "kubeadm",
    etcd: "3.6",
    seed: 1,
    now: WORLD_BEGINS,
    files: [],
    json: false,
    script: undefined,
  };
  const queue = [...argv];
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    const [name, inline] =
      arg.startsWith("--") && arg.includes("=")
        ? [arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)]
        : [arg, undefined];
    const value = () => inline ?? queue.shift() ?? fail(`${name} needs a value`);
    if (name === "--topology") parsed.topology = oneOf(name, value(), ["kubeadm", "bare"]);
    else if (name === "--etcd") parsed.etcd = oneOf(name, value(), ["3.6", "3.5"]);
    else if (name === "--seed") parsed.seed = Number(value());
    else if (name === "--now") parsed.now = Date.parse(value());
    else if (name === "--files") parsed.files.push(value());
    else if (name === "--json") parsed.json = true;
    else if (name === "--help" || name === "-h") {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    } else if (name.startsWith("-") && name !== "-") fail(`unknown option ${name}`);
    else parsed.script = name;
  }
  if (!Number.isInteger(parsed.seed)) fail("--seed must be a whole number");
  if (Number.isNaN(parsed.now)) fail("--now must be a time such as 2026-11-22T10:00:00Z");
  return parsed;
}

/** Copies a real folder into the home directory of the first host, under its own name. */
function copyFolder(sandbox: Sandbox, folder: string): void {
  const machine = [...sandbox.machines.values()][0];
  if (machine === undefined) return;
  const copy = (from: string, to: string): void => {
    const stats = statSync(from);
    if (!stats.isDirectory()) {
      machine.fs.writeFile(to, new Uint8Array(readFileSync(from)), stats.mode & 0o777);
      return;
    }
    machine.fs.mkdir(to, { parents: true });
    for (const name of readdirSync(from).sort()) copy(join(from, name), `${to}/${name}`);
  };
  copy(folder, `/root/${basename(folder.replace(/\/+$/, ""))}`);
}

/** What a pipe or a file should get of a terminal's output: text, without marks, colours and movements. */
function readable(screen: string): string {
  return screen
    .replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, "")
    .replace(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replaceAll("\r\n", "\n")
    .replaceAll("\r", "");
}

/** A fresh world: made once for these options and this build, then kept in .cache. */
function cachedWorld(options: SandboxOptions): Sandbox {
  if (options.topology === "bare") return Sandbox.open(options, ALL_PROGRAMS);
  const build = Math.floor(statSync(fileURLToPath(import.meta.url)).mtimeMs);
  const folder = join(dirname(fileURLToPath(import.meta.url)), "worlds");
  const file = join(folder, `${options.topology}-${options.etcd}-${options.seed}-${options.now}-${build}.image`);
  if (existsSync(file))
    return Sandbox.wake(decodeImage(new Uint8Array(readFileSync(file))) as SandboxImage, ALL_PROGRAMS);
  const image = Sandbox.make(options, ALL_PROGRAMS);
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder))
    if (!old.endsWith(`-${build}.image`)) rmSync(join(folder, old), { force: true });
  writeFileSync(`${file}.part`, encodeImage(image));
  renameSync(`${file}.part`, file);
  return Sandbox.wake(image, ALL_PROGRAMS);
}

async function main(): Promise<void> {
  const options = parseArguments(process.argv.slice(2));
  const script = readFileSync(options.script === undefined || options.script === "-" ? 0 : options.script, "utf8");
  if (/\bjq\b/.test(script)) await new Promise<void>((loaded) => jq.request(() => loaded()));
  const { topology, etcd, seed, now } = options;
  const sandbox = cachedWorld({ topology, etcd, seed, now });
  for (const folder of options.files) copyFolder(sandbox, folder);
  const runner = new LineRunner(sandbox, sandbox.openTerminal(undefined, { tapped: options.json }));
  const show = (result: LineResult | "continues" | undefined) => {
    const screen = runner.takeScreen();
    if (!options.json) process.stdout.write(readable(screen));
    else if (result !== undefined && result !== "continues") process.stdout.write(`${JSON.stringify(result)}\n`);
  };
  runner.start();
  show(undefined);
  for (const line of script.replace(/\n$/, "").split("\n")) {
    if (runner.ended) break;
    if (line.trim() === "" && runner.atPrompt && options.json) continue;
    show(runner.type(line));
  }
  show(runner.endInput());
  process.exitCode = runner.exitCode;
  for (const fault of sandbox.kernel.faults)
    process.stderr.write(`defect: ${fault instanceof Error ? fault.stack : String(fault)}\n`);
}

await main();
