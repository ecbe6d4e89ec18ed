import type { Task } from "../../../sim/task.ts";
import { type PatchKind, patchBody } from "../patch/patch-kinds.ts";
import { type DryRun, writeQuery } from "../printers/result-printer.ts";
import { bareText } from "./error-text.ts";
import { CommandError, throwAll } from "./failure.ts";
import { type Fields, fields, textAt } from "./fields.ts";
import { type Info, infoPath } from "./info.ts";
import type { Kubectl } from "./kubectl.ts";
import { fetchSelection, manifestObjects, type SelectionOptions, select, selectsNothing } from "./selection.ts";

/** The options of commands that change objects named by type or file. */
export function editOptions(kubectl: Kubectl, args: readonly string[]): SelectionOptions {
  const has = (name: string) => kubectl.parsed.flags.get(name) !== undefined;
  return {
    args,
    filenames: has("filename") ? kubectl.parsed.list("filename") : [],
    kustomize: has("kustomize") ? kubectl.flag("kustomize") : "",
    recursive: kubectl.isSet("recursive"),
    selector: has("selector") ? kubectl.flag("selector") : "",
    fieldSelector: has("field-selector") ? kubectl.flag("field-selector") : "",
    all: kubectl.isSet("all"),
    allNamespaces: kubectl.isSet("all-namespaces"),
  };
}

export const NEED_RESOURCES = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/**
 * The objects to change, as the server has them (or, with --local, as the files have them). Those that cannot be had
 * are in `errors`.
 */
export function* objectsToEdit(
  kubectl: Kubectl,
  options: SelectionOptions,
): Task<{ readonly infos: Info[]; readonly errors: unknown[] }> {
  if (selectsNothing(options)) throw new CommandError(NEED_RESOURCES);
  if (kubectl.isSet("local")) return { infos: yield* localInfos(kubectl, options), errors: [] };
  return yield* fetchSelection(kubectl, yield* select(kubectl, options), options);
}

/** Objects of files without asking the server what their types are. */
function* localInfos(kubectl: Kubectl, options: SelectionOptions): Task<Info[]> {
  if (options.args.length > 0 && (options.filenames ?? []).length === 0) {
    throw new CommandError("error: when using --local, -f must be set");
  }
  return (yield* manifestObjects(kubectl, options)).map(({ object, source }) => {
    const apiVersion = textAt(object, "apiVersion");
    const slash = apiVersion.indexOf("/");
    const kind = textAt(object, "kind");
    if (kind === "") {
      throw new CommandError(`unable to decode "${source}": Object 'Kind' is missing in '${JSON.stringify(object)}'`);
    }
    return {
      resource: {
        group: slash < 0 ? "" : apiVersion.slice(0, slash),
        version: slash < 0 ? apiVersion : apiVersion.slice(slash + 1),
        resource: `${kind.toLowerCase()}s`,
        singular: kind.toLowerCase(),
        kind,
        namespaced: true,
        shortNames: [],
        categories: [],
        verbs: [],
        subresources: [],
      },
      namespace: textAt(object, "metadata", "namespace"),
      name: textAt(object, "metadata", "name"),
      object,
      source,
    };
  });
}

/** Sends a patch and gives the object after it. */
export function* sendPatch(
  kubectl: Kubectl,
  info: Info,
  kind: PatchKind,
  patch: unknown,
  dryRun: DryRun,
  more: Readonly<Record<string, string>> = {},
  subresource?: string,
): Task<Fields> {
  const { contentType } = patchBody(kind);
  const query = { ...writeQuery(kubectl, dryRun), ...more };
  return fields(yield* kubectl.request("PATCH", infoPath(info, subresource), { query, body: patch, contentType }));
}

/** Runs `work` for each object; failures are gathered and thrown at the end. */
export function* forEachObject(
  found: { readonly infos: readonly Info[]; readonly errors: readonly unknown[] },
  work: (info: Info) => Task<void>,
): Task<void> {
  const errors = [...found.errors];
  for (const info of found.infos) {
    try {
      yield* work(info);
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError || bareText(error) === "") throw error;
      errors.push(error);
    }
  }
  throwAll(errors);
}
