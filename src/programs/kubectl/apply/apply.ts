import { goJson } from "../../../base/go-json.ts";
import { matchesLabels, parseLabelSelector, SelectorError } from "../../../kube/api/labels.ts";
import { threeWayMergePatch, threeWayStrategicPatch } from "../../../kube/api/three-way-diff.ts";
import { isConflict, isNotFound, StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { sendPatch } from "../core/edit-objects.ts";
import { bareText, withSource } from "../core/error-text.ts";
import { CommandError, throwAll } from "../core/failure.ts";
import { type Fields, fields, fieldsAt, stringsAt, textAt, withAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { collectionPath, type Info, infoPath } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { validateManifest } from "../core/manifest-validation.ts";
import { manifestInfo, manifestObjects } from "../core/selection.ts";
import { LAST_APPLIED, withLastApplied } from "../create/generator.ts";
import { listOf } from "../get/get.ts";
import { schemaFor } from "../patch/apply-patch.ts";
import { withoutManagedFields } from "../printers/object-printer.ts";
import { type DryRun, dryRunOf, fieldValidation, ResultPrinter, writeQuery } from "../printers/result-printer.ts";
import { editLastApplied, setLastApplied, viewLastApplied } from "./last-applied.ts";
import { checkPrune, prune } from "./prune.ts";
import { serverSideApply } from "./server-side.ts";

/** kubectl apply */
export const apply: KubectlCommand = {
  name: "apply",
  use: "(-f FILENAME | -k DIRECTORY)",
  short: "Apply a configuration to a resource by file name or stdin",
  group: "advanced",
  flags: flagsFor("apply"),
  commands: [editLastApplied, setLastApplied, viewLastApplied],
  run: runApply,
};

/** What became of an object. */
export interface Applied {
  readonly object: Fields;
  readonly operation: string;
}

function* runApply(kubectl: Kubectl): Task<number> {
  const { args } = kubectl.parsed;
  const files = kubectl.parsed.list("filename");
  const kustomize = kubectl.flag("kustomize");
  if (args.length > 0) {
    throw new CommandError(`Unexpected args: [${args.join(" ")}]\nSee 'kubectl apply -h' for help and examples`);
  }
  if (files.length === 0 && kustomize === "") throw new CommandError("must specify one of -f and -k");
  if (kubectl.isSet("prune")) checkPrune(kubectl);
  const dryRun = yield* dryRunOf(kubectl);
  const serverSide = kubectl.isSet("server-side");
  if (serverSide && dryRun === "client") {
    throw new CommandError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  }
  if (kubectl.isSet("force-conflicts") && !serverSide) {
    throw new CommandError("--force-conflicts only works with --server-side");
  }
  const options = { args: [], filenames: files, kustomize, recursive: kubectl.isSet("recursive") };
  const manifests = yield* manifestObjects(kubectl, options);
  const printer = new ResultPrinter(kubectl, dryRun);
  const errors: unknown[] = [];
  const applied: { info: Info; result: Applied }[] = [];
  const chosen = labelFilter(kubectl);
  let count = 0;
  for (const manifest of manifests) {
    try {
      yield* validateManifest(kubectl, manifest);
      if (!chosen(manifest.object)) continue;
      count++;
      const info = yield* manifestInfo(kubectl, manifest);
      refuseNameless(info);
      const result = serverSide
        ? yield* serverSideApply(kubectl, info, dryRun)
        : yield* applyOne(kubectl, info, dryRun);
      applied.push({ info, result });
      if (!printer.printsObjects) yield* printer.print(result.object, result.operation);
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError || bareText(error) === "") throw error;
      errors.push(error);
    }
  }
  if (count === 0 && errors.length === 0) throw new CommandError("no objects passed to apply");
  if (printer.printsObjects) yield* printObjects(applied, printer);
  throwAll(errors);
  if (kubectl.isSet("prune")) {
    yield* prune(
      kubectl,
      applied.map(({ result }) => result.object),
      dryRun,
    );
  }
  return 0;
}

/** Which objects -l takes. */
function labelFilter(kubectl: Kubectl): (object: Fields) => boolean {
  const text = kubectl.flag("selector");
  if (text === "") return () => true;
  const requirements = selectorOf(text);
  return (object) => matchesLabels(requirements, stringsAt(object, "metadata", "labels"));
}

function selectorOf(text: string): ReturnType<typeof parseLabelSelector> {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    if (error instanceof SelectorError) throw new CommandError(error.message);
    throw error;
  }
}

function refuseNameless(info: Info): void {
  if (info.name !== "") return;
  const generated = textAt(info.object, "metadata", "generateName");
  if (generated !== "") throw new CommandError(`from ${generated}: cannot use generate name with apply`);
  throw retrievingFailure(info, new CommandError("resource name may not be empty"));
}

/** What went wrong before it was known what the server has. */
export function retrievingFailure(info: Info, error: unknown): unknown {
  return withSource(`retrieving current configuration of:\n${infoText(info)}\nfrom server for:`, info.source, error);
}

/** An object in full, as failures name it. */
function infoText({ resource, name, namespace }: Info): string {
  const { group, version } = resource;
  return `Resource: "${group}/${version}, Resource=${resource.resource}", GroupVersionKind: "${group}/${version}, Kind=${resource.kind}"\nName: "${name}", Namespace: "${namespace}"`;
}

function* printObjects(applied: readonly { info: Info; result: Applied }[], printer: ResultPrinter): Task<void> {
  const [first, ...more] = applied;
  if (first === undefined) return;
  if (more.length === 0) yield* printer.print(first.result.object, first.result.operation);
  else {
    const list = listOf(applied.map(({ info, result }) => ({ ...info, object: withoutManagedFields(result.object) })));
    yield* printer.print({ ...list, metadata: {} }, "");
  }
}

function* applyOne(kubectl: Kubectl, info: Info, dryRun: DryRun): Task<Applied> {
  const wanted = withAnnotations(info.object);
  const modified = withLastApplied(wanted);
  let current: Fields;
  try {
    current = fields(yield* kubectl.request("GET", infoPath(info)));
  } catch (error) {
    if (!isNotFound(error)) throw retrievingFailure(info, error);
    return yield* createByApply(kubectl, info, modified, dryRun);
  }
  const lastApplied = stringsAt(current, "metadata", "annotations")[LAST_APPLIED];
  if (lastApplied === undefined) yield* kubectl.err(missingAnnotation(info));
  const applied = yield* patchByApply(kubectl, info, modified, current, lastApplied, dryRun);
  if (dryRun !== "client") warnOfDeletion(kubectl, info, applied.object);
  return applied;
}

/** Says so if what was applied to is on its way out. */
export function warnOfDeletion(kubectl: Kubectl, info: Info, object: Fields | undefined): void {
  if (textAt(object, "metadata", "deletionTimestamp") !== "")
    kubectl.warn(`Detected changes to resource ${info.name} which is currently being deleted.`);
}

/** The annotation always shows `"annotations":{}`, as upstream writes it. */
function withAnnotations(object: Fields): Fields {
  return withAt(object, ["metadata", "annotations"], fieldsAt(object, "metadata", "annotations"));
}

function missingAnnotation(info: Info): string {
  return `Warning: resource ${info.resource.resource}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`;
}

function* createByApply(kubectl: Kubectl, info: Info, modified: Fields, dryRun: DryRun): Task<Applied> {
  if (dryRun === "client") return { object: modified, operation: "created" };
  try {
    const query = { ...writeQuery(kubectl, dryRun), fieldValidation: fieldValidation(kubectl) };
    const path = collectionPath(info.resource, info.namespace);
    return { object: fields(yield* kubectl.request("POST", path, { query, body: modified })), operation: "created" };
  } catch (error) {
    throw withSource("creating", info.source, error);
  }
}

function* patchByApply(
  kubectl: Kubectl,
  info: Info,
  modified: Fields,
  current: Fields,
  lastApplied: string | undefined,
  dryRun: DryRun,
): Task<Applied> {
  if (dryRun === "client") return { object: current, operation: "configured" };
  const original = lastApplied === undefined ? {} : readLastApplied(lastApplied);
  const { kind, patch } = applyPatch(original, modified, current);
  if (Object.keys(patch).length === 0) return { object: current, operation: "unchanged" };
  try {
    const more = { fieldValidation: fieldValidation(kubectl) };
    const after = yield* sendPatch(kubectl, info, kind, patch, dryRun, more);
    return { object: after, operation: "configured" };
  } catch (error) {
    if (isConflict(error) && kubectl.isSet("force")) return yield* recreate(kubectl, info, modified);
    throw patchFailure(info, patch, error);
  }
}

/** The patch for an object of a known kind is strategic, for others a merge patch. */
export function applyPatch(
  original: Fields,
  modified: Fields,
  current: Fields,
): { readonly kind: "strategic" | "merge"; readonly patch: Fields } {
  const schema = schemaFor(modified);
  if (schema === undefined) return { kind: "merge", patch: threeWayMergePatch(original, modified, current) };
  return { kind: "strategic", patch: threeWayStrategicPatch(original, modified, current, schema) };
}

function readLastApplied(text: string): Fields {
  try {
    return fields(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new CommandError(`retrieving original configuration: ${error.message}`);
    throw error;
  }
}

function* recreate(kubectl: Kubectl, info: Info, modified: Fields): Task<Applied> {
  yield* kubectl.request("DELETE", infoPath(info), { body: { kind: "DeleteOptions", apiVersion: "v1" } });
  return { ...(yield* createByApply(kubectl, info, modified, "none")), operation: "configured" };
}

/** kubectl shows the patch and what it was for. */
function patchFailure(info: Info, patch: Fields, error: unknown): unknown {
  if (!(error instanceof StatusError)) return error;
  if (error.reason === "Invalid") return error;
  const text = [
    `error when applying patch:\n${goJson(patch, { sortKeys: true })}`,
    `to:\n${infoText(info)}`,
    `for: "${info.source}": error when patching "${info.source}": ${error.message}`,
  ].join("\n");
  return new StatusError({ ...error.status, message: text });
}
