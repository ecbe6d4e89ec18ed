import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { awaitObject } from "../core/await-gone.ts";
import { editOptions, forEachObject, objectsToEdit, sendPatch } from "../core/edit-objects.ts";
import { CommandError } from "../core/failure.ts";
import { fields, numberAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { type Info, infoPath } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { type DryRun, dryRunOf, ResultPrinter } from "../printers/result-printer.ts";

/** kubectl scale */
export const scale: KubectlCommand = {
  name: "scale",
  use: "[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)",
  short: "Set a new size for a deployment, replica set, or replication controller",
  group: "deploy",
  flags: flagsFor("scale"),
  run: runScale,
  complete: completeResources,
};

function* runScale(kubectl: Kubectl): Task<number> {
  if (kubectl.parsed.number("replicas") < 0) {
    throw new CommandError("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  }
  const dryRun = yield* dryRunOf(kubectl);
  const printer = new ResultPrinter(kubectl, dryRun);
  const found = yield* objectsToEdit(kubectl, editOptions(kubectl, kubectl.parsed.args));
  yield* forEachObject(found, (info) => scaleOne(kubectl, info, dryRun, printer));
  if (found.infos.length === 0 && found.errors.length === 0) throw new CommandError("no objects passed to scale");
  return 0;
}

function* scaleOne(kubectl: Kubectl, info: Info, dryRun: DryRun, printer: ResultPrinter): Task<void> {
  const replicas = kubectl.parsed.number("replicas");
  if (dryRun === "client") {
    yield* printer.print(info.object, "scaled");
    return;
  }
  const expected = kubectl.parsed.number("current-replicas");
  const version = kubectl.flag("resource-version");
  if (expected >= 0 || version !== "") {
    const current = fields(yield* kubectl.request("GET", infoPath(info, "scale")));
    const now = numberAt(current, "spec", "replicas") ?? 0;
    if (expected >= 0 && now !== expected) throw new CommandError(`Expected replicas to be ${expected}, was ${now}`);
    const held = textAt(current, "metadata", "resourceVersion");
    if (version !== "" && held !== version) {
      throw new CommandError(`Expected resource version to be ${version}, was ${held}`);
    }
  }
  yield* sendPatch(kubectl, info, "merge", { spec: { replicas } }, dryRun, { fieldManager: "kubectl" }, "scale");
  const timeout = kubectl.parsed.number("timeout");
  if (timeout > 0) yield* awaitScaled(kubectl, info, replicas, timeout);
  yield* printer.print(info.object, "scaled");
}

function* awaitScaled(kubectl: Kubectl, info: Info, replicas: number, timeoutMs: number): Task<void> {
  const reached = yield* awaitObject(kubectl, info, timeoutMs, (object) => {
    const observed = numberAt(object, "status", "observedGeneration") ?? 0;
    return (
      (numberAt(object, "status", "replicas") ?? 0) === replicas &&
      observed >= (numberAt(object, "metadata", "generation") ?? 0)
    );
  });
  if (!reached) throw new CommandError("timed out waiting for the condition");
}
