import { createTwoFilesPatch } from "diff";
import { strftime } from "../../../base/calendar.ts";
import { emitYaml } from "../../../base/yaml/emit.ts";
import type { Task } from "../../../sim/task.ts";
import { getOrNone } from "../core/await-gone.ts";
import { sendPatch } from "../core/edit-objects.ts";
import { reportError } from "../core/error-text.ts";
import { CommandError, PlainError } from "../core/failure.ts";
import { type Fields, fields, fieldsAt, stringsAt, withAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { collectionPath, type Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { manifestInfo, manifestObjects } from "../core/selection.ts";
import { LAST_APPLIED, withLastApplied } from "../create/generator.ts";
import { withoutManagedFields } from "../printers/object-printer.ts";
import { applyPatch, warnOfDeletion } from "./apply.ts";

/** kubectl diff */
export const diff: KubectlCommand = {
  name: "diff",
  use: "-f FILENAME",
  short: "Diff the live version against a would-be applied version",
  group: "advanced",
  flags: flagsFor("diff"),
  run: runDiff,
};

/** Failures exit with 2, since 1 says that there are differences. */
function* runDiff(kubectl: Kubectl): Task<number> {
  try {
    return yield* compare(kubectl);
  } catch (error) {
    const report = reportError(error);
    if (report === undefined) throw error;
    throw new PlainError(report.text, report.exitCode + 1);
  }
}

function* compare(kubectl: Kubectl): Task<number> {
  const files = kubectl.parsed.list("filename");
  const kustomize = kubectl.flag("kustomize");
  if (files.length === 0 && kustomize === "") throw new CommandError("must specify one of -f and -k");
  const options = { args: [], filenames: files, kustomize, recursive: kubectl.isSet("recursive") };
  const folder = (name: string) => `/tmp/${name}-${kubectl.process.random.below(4_000_000_000)}`;
  const folders = { live: folder("LIVE"), merged: folder("MERGED") };
  const texts: { name: string; text: string }[] = [];
  for (const manifest of yield* manifestObjects(kubectl, options)) {
    const info = yield* manifestInfo(kubectl, manifest);
    const live = yield* getOrNone(kubectl, info);
    warnOfDeletion(kubectl, info, live);
    const merged = yield* wouldBe(kubectl, info, live);
    const name = fileName(info);
    const text = differences(kubectl, name, folders, live, merged);
    if (text !== "") texts.push({ name, text });
  }
  texts.sort((a, b) => (a.name < b.name ? -1 : 1));
  yield* kubectl.out(texts.map((one) => one.text).join(""));
  return texts.length > 0 ? 1 : 0;
}

function fileName(info: Info): string {
  const { group, version, kind } = info.resource;
  return [...(group === "" ? [] : [group]), version, kind, info.namespace, info.name].join(".");
}

/** The object as the server would have it after an apply. */
function* wouldBe(kubectl: Kubectl, info: Info, live: Fields | undefined): Task<Fields> {
  const annotated = withAt(info.object, ["metadata", "annotations"], fieldsAt(info.object, "metadata", "annotations"));
  const modified = withLastApplied(annotated);
  if (live === undefined) {
    const path = collectionPath(info.resource, info.namespace);
    const created = fields(yield* kubectl.request("POST", path, { query: { dryRun: "All" }, body: modified }));
    return withoutAnnotation(created, fieldsAt(info.object, "metadata", "annotations"));
  }
  const before = stringsAt(live, "metadata", "annotations")[LAST_APPLIED];
  const { kind, patch } = applyPatch(before === undefined ? {} : fields(JSON.parse(before)), modified, live);
  const after = Object.keys(patch).length === 0 ? live : yield* sendPatch(kubectl, info, kind, patch, "server");
  return before === undefined
    ? withoutAnnotation(after, fieldsAt(live, "metadata", "annotations"))
    : withAt(after, ["metadata", "annotations", LAST_APPLIED], before);
}

function withoutAnnotation(object: Fields, annotations: Fields): Fields {
  return withAt(object, ["metadata", "annotations"], Object.keys(annotations).length === 0 ? undefined : annotations);
}

function differences(
  kubectl: Kubectl,
  name: string,
  folders: { readonly live: string; readonly merged: string },
  live: Fields | undefined,
  merged: Fields,
): string {
  const before = live === undefined ? "" : emitYaml(withoutManagedFields(live));
  const after = emitYaml(withoutManagedFields(merged));
  if (before === after) return "";
  const left = `${folders.live}/${name}`;
  const right = `${folders.merged}/${name}`;
  const time = strftime("%F %T.%N %z", kubectl.now);
  const patch = createTwoFilesPatch(left, right, before, after, time, time, { context: 3 });
  const hunks = patch.slice(patch.indexOf("--- "));
  return `diff -u -N ${left} ${right}\n${hunks}`;
}
