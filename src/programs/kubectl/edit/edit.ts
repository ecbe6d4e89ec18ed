import { emitYaml } from "../../../base/yaml/emit.ts";
import { parseYamlDocument, YamlError } from "../../../base/yaml/read.ts";
import { StatusError } from "../../../kube/client/status-error.ts";
import { type Task, waitFor } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { completeResources } from "../completion/resources.ts";
import { editOptions, NEED_RESOURCES, sendPatch } from "../core/edit-objects.ts";
import { reportError } from "../core/error-text.ts";
import { CommandError, throwAll } from "../core/failure.ts";
import { type Fields, fields, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { fetchSelection, select, selectsNothing } from "../core/selection.ts";
import { schemaFor } from "../patch/apply-patch.ts";
import { withoutManagedFields } from "../printers/object-printer.ts";
import { ResultPrinter } from "../printers/result-printer.ts";
import { changeBetween } from "../set/set.ts";

/** kubectl edit */
export const edit: KubectlCommand = {
  name: "edit",
  use: "(RESOURCE/NAME | -f FILENAME)",
  short: "Edit a resource on the server",
  group: "intermediate",
  flags: flagsFor("edit"),
  run: runEdit,
  complete: completeResources,
};

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

function* runEdit(kubectl: Kubectl): Task<number> {
  const options = editOptions(kubectl, kubectl.parsed.args);
  if (selectsNothing(options)) throw new CommandError(NEED_RESOURCES);
  const { infos, errors } = yield* fetchSelection(
    kubectl,
    yield* select(kubectl, { ...options, typeMeansAll: true }),
    options,
  );
  throwAll(errors);
  for (const info of infos) {
    const original = emitYaml(withoutManagedFields(info.object));
    yield* editText(kubectl, HEADER, original, (body) => trySave(kubectl, info, body));
  }
  return 0;
}

/**
 * Opens the editor again and again until the change is saved, nothing is changed, or the user gives up. `save` gives
 * the failure's text when it is not accepted.
 */
export function* editText(
  kubectl: Kubectl,
  header: string,
  original: string,
  save: (body: string) => Task<string | undefined>,
): Task<void> {
  const path = `/tmp/kubectl-edit-${kubectl.process.random.below(4_000_000_000)}.yaml`;
  let content = header + original;
  let previous: string | undefined;
  for (;;) {
    kubectl.process.fs.writeFile(path, content, 0o600);
    yield* runEditor(kubectl, path);
    const edited = kubectl.process.fs.readText(path);
    const body = withoutComments(edited);
    if (previous !== undefined && body === previous) throw yield* givenUp(kubectl, path);
    const unchanged = body === withoutComments(header + original);
    if (unchanged || body.trim() === "") {
      kubectl.process.fs.unlink(path);
      yield* kubectl.err(`Edit cancelled, ${unchanged ? "no changes made" : "saved file was empty"}.\n`);
      return;
    }
    const failure = yield* save(body);
    if (failure === undefined) {
      kubectl.process.fs.unlink(path);
      return;
    }
    previous = body;
    const reasons = failure
      .trimEnd()
      .split("\n")
      .map((line) => `# ${line}\n`)
      .join("");
    content = `${header}${reasons}#\n${body}`;
  }
}

function* givenUp(kubectl: Kubectl, path: string): Task<CommandError> {
  yield* kubectl.err(`A copy of your changes has been stored to "${path}"\n`);
  return new CommandError("Edit cancelled, no valid changes were saved.");
}

function withoutComments(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n");
}

/** Sends the change; gives the failure's text when it is not accepted. */
function* trySave(kubectl: Kubectl, info: Info, body: string): Task<string | undefined> {
  try {
    const wanted = fields(parseYamlDocument(body));
    if (textAt(wanted, "kind") !== textAt(info.object, "kind") || textAt(wanted, "metadata", "name") !== info.name) {
      return `no kind "${textAt(wanted, "kind")}" is registered for the edited object, or its name was changed\n`;
    }
    const before = withoutManagedFields(info.object);
    const patch = changeBetween(before, wanted);
    const kind = schemaFor(info.object) === undefined ? "merge" : "strategic";
    const after: Fields = yield* sendPatch(kubectl, info, kind, patch, "none");
    yield* new ResultPrinter(kubectl).print(after, "edited");
    return undefined;
  } catch (error) {
    if (error instanceof YamlError) return `The edited file had a syntax error: ${error.message}\n`;
    if (!(error instanceof StatusError)) throw error;
    const text = reportError(error)?.text ?? error.message;
    yield* kubectl.err(`error: ${info.resource.resource} "${info.name}" is invalid\n`);
    return text;
  }
}

/** $KUBE_EDITOR, $EDITOR or vi, through the shell when its words need one. */
function* runEditor(kubectl: Kubectl, path: string): Task<void> {
  const { process } = kubectl;
  const editor = process.env.get("KUBE_EDITOR") || process.env.get("EDITOR") || "vi";
  const plain = /^[\w./-]+$/.test(editor);
  const argv = plain ? [editor, path] : ["sh", "-c", `${editor} "${path}"`];
  try {
    const child = process.spawn({ argv });
    const code = yield* waitFor(child.exited);
    if (code !== 0) throw new CommandError(`there was a problem with the editor "${editor}"`);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`unable to launch the editor "${editor}"`);
  }
}
