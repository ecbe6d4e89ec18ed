import type { FlagSpec } from "../../../base/cli/flag.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Task } from "../../../sim/task.ts";
import { type InitConfiguration, KUBERNETES_DIR } from "../configuration.ts";
import { type KubeadmContext, KubeadmError, Refusal } from "../context.ts";
import { usingExternalAuthority } from "../external-authority.ts";
import { initConfiguration } from "../init-data.ts";
import { PkiDirectory, within } from "../pki-directory.ts";

/** What the phases of one `init` share (cmd/init.go initData). */
export interface InitRun {
  readonly context: KubeadmContext;
  readonly parsed: ParsedFlags;
  readonly configuration: InitConfiguration;
  readonly pki: PkiDirectory;
  readonly kubeconfigDir: string;
  /** The cluster's CA is there without its key: what it signs is somebody else's to make. */
  readonly externalCa: boolean;
}

/** Reads the configuration and looks whether the CA's key is there. Throws `KubeadmError`. */
export function* beginInit(context: KubeadmContext, parsed: ParsedFlags): Task<InitRun> {
  if (parsed.flags.get("dry-run") !== undefined && parsed.bool("dry-run"))
    throw new Refusal("not simulated in this sandbox: kubeadm init --dry-run");
  const configuration = yield* initConfiguration(context, parsed, { needsVersion: true });
  const pki = new PkiDirectory(context.process.fs, configuration.certificatesDir);
  const given = parsed.flags.get("kubeconfig-dir") === undefined ? "" : parsed.string("kubeconfig-dir");
  const kubeconfigDir = given === "" ? KUBERNETES_DIR : given;
  const externalCa = within("invalid or incomplete external CA", () => usingExternalAuthority(pki, "ca"));
  within("invalid or incomplete external front-proxy CA", () => usingExternalAuthority(pki, "front-proxy-ca"));
  return { context, parsed, configuration, pki, kubeconfigDir, externalCa };
}

/** A step of a workflow (cmd/phases/workflow Phase). */
export interface Phase {
  readonly name: string;
  readonly short: string;
  readonly long?: string;
  readonly flags?: readonly FlagSpec[];
  readonly phases?: readonly Phase[];
  /** Without it there is nothing to do but what `phases` do. */
  readonly run?: (run: InitRun) => Task<void>;
}

/** Runs a phase and all below it; what fails is told with the phase's path. */
export function* runPhase(phase: Phase, path: string, run: InitRun): Task<void> {
  if (phase.run !== undefined) {
    try {
      yield* phase.run(run);
    } catch (error) {
      if (!(error instanceof KubeadmError)) throw error;
      throw new KubeadmError(`error execution phase ${path}: ${error.message}`, error.code);
    }
  }
  for (const child of phase.phases ?? []) yield* runPhase(child, `${path}/${child.name}`, run);
}
