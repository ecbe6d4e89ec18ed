import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type LineResult, LineRunner } from "../../src/sandbox/line-runner.ts";
import { allPrograms } from "../../src/sandbox/programs/all-programs.ts";
import { Sandbox, type SandboxImage, type SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { WORLD_BEGINS } from "../../src/sandbox/versions.ts";
import { jqLoader } from "../../src/worker/jq-loader.ts";

/** Test certificates, good and bad. */
export const PKI = join(import.meta.dirname, "../transcripts/etcd/pki");

const jq = jqLoader();
await new Promise<void>((loaded) => jq.request(() => loaded()));
/** All code, jq included. */
export const ALL_PROGRAMS = allPrograms({ jq });

const images = new Map<string, SandboxImage>();

/** The image of a fresh world of these options, made once. */
export function worldImage(options: Partial<SandboxOptions> = {}): SandboxImage {
  const full: SandboxOptions = { topology: "kubeadm", etcd: "3.6", seed: 1, now: WORLD_BEGINS, ...options };
  const key = JSON.stringify(full);
  const image = images.get(key) ?? Sandbox.make(full, ALL_PROGRAMS);
  images.set(key, image);
  return image;
}

/** A fresh world, awake and at rest. */
export function freshWorld(options: Partial<SandboxOptions> = {}): Sandbox {
  return Sandbox.wake(worldImage(options), ALL_PROGRAMS);
}

/** A person at the first host's terminal. */
export function typist(sandbox: Sandbox): LineRunner {
  const runner = new LineRunner(sandbox, sandbox.openTerminal(undefined, { tapped: true }));
  runner.start();
  return runner;
}

/** Types a logical line of one or several physical lines. */
export function typeLine(runner: LineRunner, line: string): LineResult {
  let result: LineResult | "continues" = "continues";
  for (const physical of line.split("\n")) result = runner.type(physical);
  if (result !== "continues") return result;
  return runner.endInput() ?? { line, stdout: "", stderr: "", exitCode: runner.exitCode, seconds: 0 };
}

/** Copies a real folder onto the first host's disk. */
export function copyIn(sandbox: Sandbox, folder: string, to: string): void {
  const fs = [...sandbox.machines.values()][0]?.fs;
  if (fs === undefined) return;
  fs.mkdir(to, { parents: true });
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const stats = statSync(path);
    if (stats.isDirectory()) copyIn(sandbox, path, `${to}/${name}`);
    else fs.writeFile(`${to}/${name}`, new Uint8Array(readFileSync(path)), name.endsWith(".key") ? 0o600 : 0o644);
  }
}
