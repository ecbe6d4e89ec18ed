import { goJson } from "../../../base/go-json.ts";
import { emitYaml } from "../../../base/yaml/emit.ts";
import { parseYamlDocument, YamlError } from "../../../base/yaml/read.ts";
import { isNotFound } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { editOptions, forEachObject, objectsToEdit, sendPatch } from "../core/edit-objects.ts";
import { CommandError, throwAll } from "../core/failure.ts";
import { type Fields, fields, stringsAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { type Info, infoPath } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { manifestInfos } from "../core/selection.ts";
import { LAST_APPLIED } from "../create/generator.ts";
import { editText } from "../edit/edit.ts";
import { type DryRun, dryRunOf, ResultPrinter } from "../printers/result-printer.ts";
import { retrievingFailure } from "./apply.ts";

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
  const changes: { readonly info: Info; readonly live: Fields }[] = [];
  for (const info of yield* manifestInfos(kubectl, editOptions(kubectl, []))) {
    const live = yield* liveObject(kubectl, info);
    const before = stringsAt(live, "metadata", "annotations")[LAST_APPLIED];
    if (before === undefined && !kubectl.isSet("create-annotation")) {
      throw new CommandError(
        `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
      );
    }
    if (before === configText(info.object)) {
      yield* kubectl.out(`set-last-applied ${info.name}: no changes required.\n`);
    } else changes.push({ info, live });
  }
  for (const { info, live } of changes) {
    const after = dryRun === "client" ? live : yield* annotate(kubectl, info, info.object, dryRun);
    yield* printer.print(after, "configured");
  }
  return 0;
}

function* liveObject(kubectl: Kubectl, info: Info): Task<Fields> {
  if (info.name === "") throw retrievingFailure(info, new CommandError("resource name may not be empty"));
  try {
    return fields(yield* kubectl.request("GET", infoPath(info)));
  } catch (error) {
    throw isNotFound(error) ? error : retrievingFailure(info, error);
  }
}

/** A configuration as the annotation keeps it. */
function configText(config: Fields): string {
  return `${goJson(config, { sortKeys: true })}\n`;
}

/** Puts a configuration into the annotation of the object. */
function* annotate(kubectl: Kubectl, info: Info, config: Fields, dryRun: DryRun): Task<Fields> {
  const patch = { metadata: { annotations: { [LAST_APPLIED]: configText(config) } } };
  return yield* sendPatch(kubectl, info, "merge", patch, dryRun);
}

/** kubectl apply edit-last-applied */
export const editLastApplied: KubectlCommand = {
  name: "edit-last-applied",
  use: "(RESOURCE/NAME | -f FILENAME)",
  short: "Edit latest last-applied-configuration annotations of a resource/object",
  flags: flagsFor("apply edit-last-applied"),
  run: runEdit,
  complete: completeResources,
};

const EDIT_HEADER = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`;

function* runEdit(kubectl: Kubectl): Task<number> {
  const options = { ...editOptions(kubectl, kubectl.parsed.args), typeMeansAll: true };
  const { infos, errors } = yield* objectsToEdit(kubectl, options);
  throwAll(errors);
  const configured = infos.filter((info) => lastAppliedOf(info) !== undefined);
  if (configured.length === 0) {
    throw new CommandError(
      "no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`",
    );
  }
  for (const info of configured) {
    yield* editText(kubectl, EDIT_HEADER, emitYaml(lastAppliedOf(info)), (body) => saveEdited(kubectl, info, body));
  }
  return 0;
}

function* saveEdited(kubectl: Kubectl, info: Info, body: string): Task<string | undefined> {
  try {
    const config = fields(parseYamlDocument(body));
    yield* annotate(kubectl, info, config, "none");
    yield* new ResultPrinter(kubectl).print(config, "edited");
    return undefined;
  } catch (error) {
    if (error instanceof YamlError) return `The edited file had a syntax error: ${error.message}\n`;
    throw error;
  }
}
