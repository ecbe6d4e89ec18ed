import { LineReader } from "../../../machine/file-descriptor.ts";
import type { Task } from "../../../sim/task.ts";
import { KubeadmError, print, warn } from "../context.ts";
import { FLAG } from "../flags.ts";
import { reportFaults, rootFaults } from "../preflight-report.ts";
import { FORCE } from "./flags.ts";
import type { ResetPhase, ResetRun } from "./reset-run.ts";

/** `reset phase preflight` (cmd/phases/reset/preflight.go). */
export const preflightPhase: ResetPhase = {
  name: "preflight",
  aliases: ["pre-flight"],
  short: "Run reset pre-flight checks",
  long: "Run pre-flight checks for kubeadm reset.",
  flags: [FLAG.config, FLAG.dryRun, FORCE, FLAG.ignorePreflightErrors],
  *run(run) {
    if (!run.force && !run.dryRun) yield* askFirst(run);
    yield* print(run.context, "[preflight] Running pre-flight checks\n");
    yield* reportFaults(run.context, rootFaults(run.context), run.ignoredChecks);
  },
};

function* askFirst({ context }: ResetRun): Task<void> {
  yield* warn(
    context,
    "preflight.go:55",
    "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.",
  );
  yield* print(context, "[reset] Are you sure you want to proceed? [y/N]: ");
  const answer = ((yield* new LineReader(context.process.stdin).next()) ?? "").toLowerCase();
  if (answer !== "y" && answer !== "yes")
    throw new KubeadmError("won't proceed; the user didn't answer (Y|y) in order to continue");
}
