import { noArgs } from "../../../base/cli/args-rule.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Task } from "../../../sim/task.ts";
import { type KubeadmCommand, type KubeadmContext, print } from "../context.ts";
import { FLAG } from "../flags.ts";
import { phaseCommands, phaseList, runPhases, SKIP_PHASES, type Workflow } from "../workflow.ts";
import { cleanupNodePhase } from "./cleanup-node.ts";
import { CLEANUP_TMP_DIR, FORCE } from "./flags.ts";
import { preflightPhase } from "./preflight.ts";
import { removeEtcdMemberPhase } from "./remove-etcd-member.ts";
import { beginReset, type ResetRun } from "./reset-run.ts";

const RESET: Workflow<ResetRun> = {
  name: "reset",
  phases: [preflightPhase, removeEtcdMemberPhase, cleanupNodePhase],
  begin: beginReset,
};

const SHORT = "Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'";

/** `kubeadm reset` and `kubeadm reset phase …` (cmd/reset.go). */
export const resetCommand: KubeadmCommand = {
  name: "reset",
  short: SHORT,
  long: `${SHORT}

The "reset" command executes the following phases:
${phaseList(RESET.phases, 19)}`,
  flags: [
    {
      ...FLAG.certDir,
      usage: "The path to the directory where the certificates are stored. If specified, clean this directory.",
    },
    CLEANUP_TMP_DIR,
    FLAG.config,
    FLAG.criSocket,
    FLAG.dryRun,
    FORCE,
    FLAG.ignorePreflightErrors,
    FLAG.kubeconfig,
    SKIP_PHASES,
  ],
  args: noArgs,
  run: runReset,
  commands: [phaseCommands(RESET)],
};

function* runReset(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const run = yield* beginReset(context, parsed);
  yield* runPhases(RESET.phases, run, run.skipPhases);
  yield* print(context, LEFT_OVER);
  return 0;
}

const LEFT_OVER = `
The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/

`;
