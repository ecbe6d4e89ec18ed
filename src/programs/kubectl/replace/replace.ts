import type { Task } from "../../../sim/task.ts";
import { awaitObject } from "../core/await-gone.ts";
import { withSource } from "../core/error-text.ts";
import { CommandError, throwAll, usageError } from "../core/failure.ts";
import { fields } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { collectionPath, type Info, infoPath } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { validateManifest } from "../core/manifest-validation.ts";
import { sendRaw } from "../core/raw.ts";
import { manifestInfo, manifestObjects } from "../core/selection.ts";
import { withLastApplied } from "../create/generator.ts";
import { type DeleteSettings, deleteInfos, propagationOf } from "../delete/delete.ts";
import { type DryRun, dryRunOf, fieldValidation, ResultPrinter, writeQuery } from "../printers/result-printer.ts";

/** kubectl replace */
export const replace: KubectlCommand = {
  name: "replace",
  use: "-f FILENAME",
  short: "Replace a resource by file name or stdin",
  group: "advanced",
  flags: flagsFor("replace"),
  run: runReplace,
};

function* runReplace(kubectl: Kubectl): Task<number> {
  const files = kubectl.parsed.list("filename");
  const kustomize = kubectl.flag("kustomize");
  const raw = kubectl.flag("raw");
  if (raw !== "") return yield* sendRaw(kubectl, "PUT", raw, files);
  if (files.length === 0 && kustomize === "") throw new CommandError("must specify one of -f and -k");
  const force = kubectl.isSet("force");
  if (kubectl.parsed.number("grace-period") >= 0 && !force) {
    throw new CommandError("--grace-period must have --force specified");
  }
  const dryRun = yield* dryRunOf(kubectl);
  const printer = new ResultPrinter(kubectl, dryRun);
  const infos: Info[] = [];
  for (const manifest of yield* manifestObjects(kubectl, {
    args: [],
    filenames: files,
    kustomize,
    recursive: kubectl.isSet("recursive"),
  })) {
    yield* validateManifest(kubectl, manifest);
    infos.push(yield* manifestInfo(kubectl, manifest));
  }
  if (infos.length === 0) throw usageError(kubectl.path, "no objects passed to replace");
  if (force) yield* removeFirst(kubectl, infos);
  const errors: unknown[] = [];
  for (const info of infos) {
    try {
      yield* replaceOne(kubectl, info, dryRun, printer, force);
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError) throw error;
      errors.push(withSource("replacing", info.source, error));
    }
  }
  throwAll(errors);
  return 0;
}

function* removeFirst(kubectl: Kubectl, infos: readonly Info[]): Task<void> {
  const settings: DeleteSettings = {
    gracePeriod: kubectl.parsed.number("grace-period"),
    propagation: propagationOf(kubectl.flag("cascade")),
    force: false,
    ignoreNotFound: true,
    wait: false,
    timeoutMs: undefined,
    dryRun: "none",
    quiet: false,
  };
  yield* deleteInfos(kubectl, infos, settings);
  for (const info of infos) yield* awaitObject(kubectl, info, 300_000, (object) => object === undefined);
}

function* replaceOne(kubectl: Kubectl, info: Info, dryRun: DryRun, printer: ResultPrinter, force: boolean): Task<void> {
  const body = kubectl.isSet("save-config") ? withLastApplied(info.object) : info.object;
  if (dryRun === "client") {
    yield* printer.print(body, "replaced");
    return;
  }
  const query = { ...writeQuery(kubectl, dryRun), fieldValidation: fieldValidation(kubectl) };
  const subresource = kubectl.flag("subresource");
  const answer = force
    ? yield* kubectl.request("POST", collectionPath(info.resource, info.namespace), { query, body })
    : yield* kubectl.request("PUT", infoPath(info, subresource), { query, body });
  yield* printer.print(fields(answer), "replaced");
}
