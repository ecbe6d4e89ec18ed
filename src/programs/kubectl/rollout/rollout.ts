import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { qualifiedResource } from "../core/discovery.ts";
import { editOptions, forEachObject, objectsToEdit, sendPatch } from "../core/edit-objects.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { at, fields } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { selectsNothing } from "../core/selection.ts";
import { jsonPatch } from "../patch/apply-patch.ts";
import { dryRunOf, ResultPrinter } from "../printers/result-printer.ts";
import { revisionsOf, showHistory, undoPatch } from "./history.ts";
import { showStatus } from "./status.ts";

function command(
  name: string,
  use: string,
  short: string,
  work: (kubectl: Kubectl, info: Info) => Task<void>,
): KubectlCommand {
  return {
    name,
    use,
    short,
    flags: flagsFor(`rollout ${name}`),
    complete: completeResources,
    *run(kubectl) {
      const options = { ...editOptions(kubectl, kubectl.parsed.args), typeMeansAll: true };
      if (selectsNothing(options)) throw new CommandError("required resource not specified");
      const found = yield* objectsToEdit(kubectl, options);
      yield* forEachObject(found, (info) => work(kubectl, info));
      return 0;
    },
  };
}

/** kubectl rollout */
export const rollout: KubectlCommand = {
  name: "rollout",
  use: "SUBCOMMAND",
  short: "Manage the rollout of a resource",
  long: "See, wait for, pause and take back rollouts of deployments, daemonsets and statefulsets.",
  group: "deploy",
  commands: [
    command("history", "(TYPE NAME | TYPE/NAME) [flags]", "View rollout history", showHistory),
    command("pause", "RESOURCE", "Mark the provided resource as paused", (kubectl, info) =>
      setPaused(kubectl, info, true),
    ),
    command("restart", "RESOURCE", "Restart a resource", restart),
    command("resume", "RESOURCE", "Resume a paused resource", (kubectl, info) => setPaused(kubectl, info, false)),
    command("status", "(TYPE NAME | TYPE/NAME) [flags]", "Show the status of the rollout", showStatus),
    command("undo", "(TYPE NAME | TYPE/NAME) [flags]", "Undo a previous rollout", undo),
  ],
};

function* setPaused(kubectl: Kubectl, info: Info, paused: boolean): Task<void> {
  const verb = paused ? "pausing" : "resuming";
  if (info.resource.kind !== "Deployment")
    throw new CommandError(`${qualifiedResource(info.resource)} "${info.name}" ${verb} is not supported`);
  const now = at(info.object, "spec", "paused") === true;
  if (now === paused) {
    throw new CommandError(
      `${qualifiedResource(info.resource)} "${info.name}" is ${paused ? "already paused" : "not paused"}`,
    );
  }
  const after = yield* sendPatch(kubectl, info, "strategic", { spec: { paused: paused ? true : null } }, "none");
  yield* new ResultPrinter(kubectl).print(after, paused ? "paused" : "resumed");
}

const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

function* restart(kubectl: Kubectl, info: Info): Task<void> {
  if (!["Deployment", "DaemonSet", "StatefulSet"].includes(info.resource.kind)) {
    throw new CommandError(`${qualifiedResource(info.resource)} "${info.name}" restarting is not supported`);
  }
  if (at(info.object, "spec", "paused") === true) {
    throw new CommandError(
      `${qualifiedResource(info.resource)} "${info.name}" can't restart paused deployment (run rollout resume first)`,
    );
  }
  const annotations = { [RESTARTED_AT]: rfc3339(kubectl.now) };
  const patch = { spec: { template: { metadata: { annotations } } } };
  yield* new ResultPrinter(kubectl).print(yield* sendPatch(kubectl, info, "strategic", patch, "none"), "restarted");
}

function* undo(kubectl: Kubectl, info: Info): Task<void> {
  const dryRun = yield* dryRunOf(kubectl);
  const wanted = kubectl.parsed.number("to-revision");
  if (wanted < 0) throw usageError(kubectl.path, `revision number cannot be negative: ${wanted}`);
  const revisions = yield* undoable(kubectl, info);
  const operations = undoPatch(info, revisions, wanted);
  const printer = new ResultPrinter(kubectl, dryRun);
  if (dryRun === "client") {
    yield* printer.print(jsonPatch(info.object, operations), "rolled back");
    return;
  }
  if (at(info.object, "spec", "paused") === true) {
    throw new CommandError(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  }
  const target = fields(operations[0])["value"];
  if (wanted !== 0 && sameTemplate(target, info)) {
    yield* new ResultPrinter(kubectl, dryRun).print(
      info.object,
      `skipped rollback (current template already matches revision ${wanted})`,
    );
    return;
  }
  yield* printer.print(yield* sendPatch(kubectl, info, "json", operations, dryRun), "rolled back");
}

function* undoable(kubectl: Kubectl, info: Info) {
  if (!["Deployment", "DaemonSet", "StatefulSet"].includes(info.resource.kind)) {
    throw new CommandError(`no rollbacker has been implemented for "${info.resource.kind}"`);
  }
  return yield* revisionsOf(kubectl, info);
}

function sameTemplate(target: unknown, info: Info): boolean {
  return JSON.stringify(target) === JSON.stringify(at(info.object, "spec", "template"));
}
