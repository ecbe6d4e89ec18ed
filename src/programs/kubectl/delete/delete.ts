import { isNotFound } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { awaitObject } from "../core/await-gone.ts";
import { qualifiedKind } from "../core/discovery.ts";
import { editOptions, NEED_RESOURCES } from "../core/edit-objects.ts";
import { withSource } from "../core/error-text.ts";
import { CommandError, throwAll } from "../core/failure.ts";
import { at, fields, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { type Info, infoPath } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { sendRaw } from "../core/raw.ts";
import {
  fetchList,
  manifestInfo,
  manifestObjects,
  type SelectionOptions,
  select,
  selectsNothing,
} from "../core/selection.ts";
import { type DryRun, dryRunOf } from "../printers/result-printer.ts";

/** kubectl delete */
export const deleteCommand: KubectlCommand = {
  name: "delete",
  use: "([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])",
  short: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
  group: "intermediate",
  flags: flagsFor("delete"),
  run: runDelete,
  complete: completeResources,
};

/** How objects are to be deleted. */
export interface DeleteSettings {
  readonly gracePeriod: number;
  readonly propagation: "Background" | "Orphan" | "Foreground";
  readonly force: boolean;
  readonly ignoreNotFound: boolean;
  readonly wait: boolean;
  readonly timeoutMs: number | undefined;
  readonly dryRun: DryRun;
  readonly quiet: boolean;
}

function* runDelete(kubectl: Kubectl): Task<number> {
  const raw = kubectl.flag("raw");
  if (raw !== "") return yield* sendRaw(kubectl, "DELETE", raw, kubectl.parsed.list("filename"));
  const options = editOptions(kubectl, kubectl.parsed.args);
  if (selectsNothing(options)) throw new CommandError(NEED_RESOURCES);
  if (options.all === true && (options.selector ?? "") !== "") {
    throw new CommandError("setting 'all' parameter but found a non empty selector. ");
  }
  const settings = yield* settingsOf(kubectl, options);
  const { infos, errors } = yield* infosToDelete(kubectl, options, settings);
  if (infos.length === 0 && errors.length === 0) {
    if (!settings.ignoreNotFound || options.all === true || (options.selector ?? "") !== "") {
      yield* kubectl.out("No resources found\n");
    }
    return 0;
  }
  yield* deleteInfos(kubectl, infos, settings, errors);
  return 0;
}

function* settingsOf(kubectl: Kubectl, options: SelectionOptions): Task<DeleteSettings> {
  const force = kubectl.isSet("force");
  let gracePeriod = kubectl.parsed.number("grace-period");
  if (kubectl.isSet("now")) {
    if (gracePeriod !== -1) throw new CommandError("--now and --grace-period cannot be specified together");
    gracePeriod = 1;
  }
  if (gracePeriod === 0 && !force) gracePeriod = 1;
  if (force && gracePeriod < 0) gracePeriod = 0;
  if (force && gracePeriod > 0)
    throw new CommandError("--force and --grace-period greater than 0 cannot be specified together");
  const dryRun = yield* dryRunOf(kubectl);
  if (force && gracePeriod === 0 && dryRun === "none") {
    yield* kubectl.err(
      "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n",
    );
  }
  const timeout = kubectl.parsed.number("timeout");
  const output = kubectl.flag("output");
  if (output !== "" && output !== "name") {
    throw new CommandError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  }
  return {
    gracePeriod,
    propagation: propagationOf(kubectl.flag("cascade")),
    force: force && gracePeriod === 0,
    ignoreNotFound: kubectl.isSet("ignore-not-found") || options.all === true || (options.selector ?? "") !== "",
    wait:
      kubectl.isSet("wait") && dryRun === "none" && !(force && gracePeriod === 0 && !kubectl.parsed.changed("wait")),
    timeoutMs: timeout === 0 ? undefined : timeout,
    dryRun,
    quiet: output === "name",
  };
}

/** What --cascade asks for. Throws `CommandError`. */
export function propagationOf(cascade: string): DeleteSettings["propagation"] {
  if (cascade === "background" || cascade === "true") return "Background";
  if (cascade === "orphan" || cascade === "false") return "Orphan";
  if (cascade === "foreground") return "Foreground";
  throw new CommandError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
}

/** Named objects are not fetched first; lists are. Missing types are reported and the rest goes on. */
function* infosToDelete(kubectl: Kubectl, options: SelectionOptions, settings: DeleteSettings) {
  const infos: Info[] = [];
  const errors: unknown[] = [];
  if ((options.filenames ?? []).length > 0 || (options.kustomize ?? "") !== "") {
    for (const manifest of yield* manifestObjects(kubectl, options)) {
      try {
        infos.push(yield* manifestInfo(kubectl, manifest));
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        errors.push(error);
      }
    }
    return { infos, errors };
  }
  for (const selection of yield* select(kubectl, options)) {
    if (selection.kind === "object") infos.push(selection.info);
    else {
      try {
        infos.push(...(yield* fetchList(kubectl, selection, options)));
      } catch (error) {
        if (!(settings.ignoreNotFound && isNotFound(error))) throw error;
      }
    }
  }
  return { infos, errors };
}

/** Deletes objects one after another, then waits until they are gone. */
export function* deleteInfos(
  kubectl: Kubectl,
  infos: readonly Info[],
  settings: DeleteSettings,
  earlier: readonly unknown[] = [],
): Task<void> {
  const errors = [...earlier];
  const waiting: { info: Info; uid: string }[] = [];
  for (const info of infos) {
    try {
      const uid = yield* deleteOne(kubectl, info, settings);
      if (uid !== undefined) waiting.push({ info, uid });
    } catch (error) {
      if (isNotFound(error) && settings.ignoreNotFound) continue;
      if (!(error instanceof Error) || error instanceof TypeError) throw error;
      errors.push(withSource("deleting", info.source, error));
    }
  }
  if (settings.wait) yield* waitUntilGone(kubectl, waiting, settings, errors);
  throwAll(errors);
}

function* deleteOne(kubectl: Kubectl, info: Info, settings: DeleteSettings): Task<string | undefined> {
  let uid = "";
  if (settings.dryRun !== "client") {
    const body = {
      kind: "DeleteOptions",
      apiVersion: "v1",
      ...(settings.gracePeriod >= 0 ? { gracePeriodSeconds: settings.gracePeriod } : {}),
      propagationPolicy: settings.propagation,
      ...(settings.dryRun === "server" ? { dryRun: ["All"] } : {}),
    };
    const query = settings.dryRun === "server" ? { dryRun: "All" } : {};
    const answer = fields(yield* kubectl.request("DELETE", infoPath(info), { body, query }));
    uid = textAt(answer, "details", "uid") || textAt(answer, "metadata", "uid");
  }
  yield* kubectl.out(deletedText(info, settings));
  return settings.dryRun === "none" ? uid : undefined;
}

function deletedText(info: Info, settings: DeleteSettings): string {
  if (settings.quiet) return `${qualifiedKind(info.resource)}/${info.name}\n`;
  const operation = settings.force ? "force deleted" : "deleted";
  const where = info.resource.namespaced && info.namespace !== "" ? ` from ${info.namespace} namespace` : "";
  const dry = settings.dryRun === "none" ? "" : settings.dryRun === "client" ? " (dry run)" : " (server dry run)";
  return `${qualifiedKind(info.resource)} "${info.name}" ${operation}${where}${dry}\n`;
}

function* waitUntilGone(
  kubectl: Kubectl,
  waiting: readonly { info: Info; uid: string }[],
  settings: DeleteSettings,
  errors: unknown[],
): Task<void> {
  const until = settings.timeoutMs === undefined ? undefined : kubectl.now + settings.timeoutMs;
  for (const { info, uid } of waiting) {
    const left = until === undefined ? undefined : Math.max(0, until - kubectl.now);
    const gone = yield* awaitObject(kubectl, info, left, (object) => {
      return object === undefined || (uid !== "" && at(object, "metadata", "uid") !== uid);
    });
    if (!gone) {
      errors.push(new CommandError(`timed out waiting for the condition on ${info.resource.resource}/${info.name}`));
    }
  }
}
