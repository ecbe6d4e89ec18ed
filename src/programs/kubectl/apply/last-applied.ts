import { goJson } from "../../../base/go-json.ts";
import { emitYaml } from "../../../base/yaml/emit.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { editOptions, forEachObject, objectsToEdit, sendPatch } from "../core/edit-objects.ts";
import { CommandError, notSimulated } from "../core/failure.ts";
import { fields, stringsAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { LAST_APPLIED, withLastApplied } from "../create/generator.ts";
import { dryRunOf, ResultPrinter } from "../printers/result-printer.ts";

/** kubectl apply view-last-applied */
export const viewLastApplied: KubectlCommand = {
  name: "view-last-applied",
  use: "(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)",
  short: "View the latest last-applied-configuration annotations of a resource/object",
  flags: flagsFor("apply view-last-applied"),
  run: runView,
  complete: completeResources,
};

function* runView(kubectl: Kubectl): Task<number> {
  const options = { ...editOptions(kubectl, kubectl.parsed.args), typeMeansAll: true };
  const found = yield* objectsToEdit(kubectl, options);
  const format = kubectl.flag("output");
  if (format !== "yaml" && format !== "json") {
    throw new CommandError(
      `Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json\nSee 'kubectl apply view-last-applied -h' for help and examples`,
    );
  }
  yield* forEachObject(found, function* show(info) {
    const config = lastAppliedOf(info);
    if (config === undefined) return;
    yield* kubectl.out(format === "yaml" ? emitYaml(config) : `${goJson(config, { indent: "  ", sortKeys: true })}\n`);
  });
  return 0;
}

function lastAppliedOf(info: Info): unknown {
  const text = stringsAt(info.object, "metadata", "annotations")[LAST_APPLIED];
  if (text === undefined) return undefined;
  return fields(JSON.parse(text));
}

/** kubectl apply set-last-applied */
export const setLastApplied: KubectlCommand = {
  name: "set-last-applied",
  use: "-f FILENAME",
  short: "Set the last-applied-configuration annotation on a live object to match the contents of a file",
  flags: flagsFor("apply set-last-applied"),
  run: runSet,
};

function* runSet(kubectl: Kubectl): Task<number> {
  const dryRun = yield* dryRunOf(kubectl);
  const printer = new ResultPrinter(kubectl, dryRun);
  const options = editOptions(kubectl, []);
  const found = yield* objectsToEdit(kubectl, options);
  yield* forEachObject(found, function* set(info) {
    const annotations = stringsAt(info.object, "metadata", "annotations");
    if (annotations[LAST_APPLIED] === undefined && !kubectl.isSet("create-annotation")) {
      throw new CommandError(
        `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
      );
    }
    const text = stringsAt(withLastApplied(info.object), "metadata", "annotations")[LAST_APPLIED];
    const patch = { metadata: { annotations: { [LAST_APPLIED]: text } } };
    const after = dryRun === "client" ? info.object : yield* sendPatch(kubectl, info, "merge", patch, dryRun);
    yield* printer.print(after, "configured");
  });
  return 0;
}

/** kubectl apply edit-last-applied */
export const editLastApplied: KubectlCommand = {
  name: "edit-last-applied",
  use: "(RESOURCE/NAME | -f FILENAME)",
  short: "Edit latest last-applied-configuration annotations of a resource/object",
  flags: flagsFor("apply edit-last-applied"),
  run() {
    throw notSimulated("kubectl apply edit-last-applied");
  },
};
