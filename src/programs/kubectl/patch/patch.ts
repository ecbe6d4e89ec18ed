import { text, utf8 } from "../../../base/bytes.ts";
import { goQuote } from "../../../base/go-quote.ts";
import { parseYamlDocument, YamlError } from "../../../base/yaml/read.ts";
import { equalValues } from "../../../kube/api/equal.ts";
import { hasReason } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { editOptions, forEachObject, objectsToEdit, sendPatch } from "../core/edit-objects.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { fetchSelection, select } from "../core/selection.ts";
import { type DryRun, dryRunOf, ResultPrinter } from "../printers/result-printer.ts";
import { jsonPatch, mergePatch, schemaFor, strategicPatch } from "./apply-patch.ts";
import { CONTENT_TYPES, type PatchKind } from "./patch-kinds.ts";

/** kubectl patch */
export const patch: KubectlCommand = {
  name: "patch",
  use: "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]",
  short: "Update fields of a resource",
  group: "advanced",
  flags: flagsFor("patch"),
  run: runPatch,
  complete: completeResources,
};

function* runPatch(kubectl: Kubectl): Task<number> {
  const given = kubectl.flag("patch");
  const file = kubectl.flag("patch-file");
  if (given === "" && file === "") {
    throw new CommandError("must specify --patch or --patch-file containing the contents of the patch");
  }
  if (given !== "" && file !== "") throw new CommandError("cannot specify --patch and --patch-file together");
  const kind = patchKind(kubectl);
  const value = readPatch(given !== "" ? given : text(kubectl.process.fs.readFile(file)));
  const dryRun = yield* dryRunOf(kubectl);
  const printer = new ResultPrinter(kubectl, dryRun);
  const options = { ...editOptions(kubectl, kubectl.parsed.args), subresource: kubectl.flag("subresource") };
  const local = kubectl.isSet("local") || dryRun === "client";
  const found = kubectl.isSet("local")
    ? yield* objectsToEdit(kubectl, options)
    : yield* fetchSelection(kubectl, yield* select(kubectl, options), options);
  yield* forEachObject(found, (info) => patchOne(kubectl, info, kind, value, local, dryRun, printer));
  return 0;
}

function patchKind(kubectl: Kubectl): PatchKind {
  const type = kubectl.flag("type").toLowerCase();
  if (type === "json" || type === "merge" || type === "strategic") return type;
  throw new CommandError(`--type must be one of [json merge strategic], not ${goQuote(type)}`);
}

/** What looks like JSON is sent as it is, for the server to read. */
function readPatch(content: string): unknown {
  if (/^\s*\{/.test(content)) return readJson(content);
  try {
    return parseYamlDocument(content);
  } catch (error) {
    if (error instanceof YamlError) throw new CommandError(`unable to parse ${goQuote(content)}: ${error.message}`);
    throw error;
  }
}

function readJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) return utf8(content);
    throw error;
  }
}

function* patchOne(
  kubectl: Kubectl,
  info: Info,
  kind: PatchKind,
  value: unknown,
  local: boolean,
  dryRun: DryRun,
  printer: ResultPrinter,
): Task<void> {
  const after = local ? applyHere(info.object, kind, value) : yield* sent(kubectl, info, kind, value, dryRun);
  const changed = !equalValues(comparable(info.object), comparable(after));
  yield* printer.print(after, changed ? "patched" : "patched (no change)");
}

function* sent(kubectl: Kubectl, info: Info, kind: PatchKind, value: unknown, dryRun: DryRun): Task<Fields> {
  try {
    return yield* sendPatch(kubectl, info, kind, value, dryRun, {}, kubectl.flag("subresource"));
  } catch (error) {
    if (!hasReason(error, "UnsupportedMediaType")) throw error;
    const of = `${textAt(info.object, "apiVersion")}, Kind=${info.resource.kind}`;
    throw new CommandError(`${CONTENT_TYPES[kind]} is not supported by ${of}: ${error.message}`);
  }
}

/** kubectl compares what it sent for, without what every write changes. */
function comparable(object: Fields): Fields {
  const metadata = fields(object["metadata"]);
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}

/** Applies a patch without a server. */
function applyHere(object: Fields, kind: PatchKind, value: unknown): Fields {
  if (kind === "json") return jsonPatch(object, value);
  if (kind === "merge") return fields(mergePatch(object, value));
  if (schemaFor(object) === undefined) {
    throw new CommandError(
      `cannot apply strategic merge patch for ${textAt(object, "apiVersion")}, Kind=${textAt(object, "kind")} locally, try --type merge`,
    );
  }
  return strategicPatch(object, fields(value));
}
