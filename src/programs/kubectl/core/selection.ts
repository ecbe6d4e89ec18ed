import { goQuote } from "../../../base/go-quote.ts";
import { StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import type { ApiResource } from "./discovery.ts";
import { CommandError } from "./failure.ts";
import { at, type Fields, fields, textAt } from "./fields.ts";
import type { Info } from "./info.ts";
import { collectionPath, getInfo } from "./info.ts";
import type { Kubectl } from "./kubectl.ts";
import { buildKustomization } from "./kustomize.ts";
import { type ManifestObject, readManifests } from "./manifest.ts";

/** What the command line asks for (cli-runtime resource.Builder). */
export interface SelectionOptions {
  readonly args: readonly string[];
  readonly filenames?: readonly string[];
  readonly kustomize?: string;
  readonly recursive?: boolean;
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly all?: boolean;
  readonly allNamespaces?: boolean;
  /** A type without names means all of its objects (get, describe). */
  readonly typeMeansAll?: boolean;
  readonly ignoreNotFound?: boolean;
  /** Objects are fetched as this subresource shows them. */
  readonly subresource?: string;
}

/** One thing to ask the server for, in the order of the command line. */
export type Selection =
  | { readonly kind: "list"; readonly resource: ApiResource; readonly namespace: string }
  | { readonly kind: "object"; readonly info: Info };

/** Whether anything was named at all. */
export function selectsNothing(options: SelectionOptions): boolean {
  return options.args.length === 0 && !fromFiles(options);
}

function fromFiles(options: SelectionOptions): boolean {
  return (options.filenames ?? []).length > 0 || (options.kustomize ?? "") !== "";
}

/** Makes out what is asked for, without fetching any of it. Throws `CommandError`. */
export function* select(kubectl: Kubectl, options: SelectionOptions): Task<Selection[]> {
  if (fromFiles(options)) {
    if (options.args.length > 0) {
      throw new CommandError(
        "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
      );
    }
    return (yield* manifestInfos(kubectl, options)).map((info) => ({ kind: "object", info }));
  }
  const combined = options.args.filter((arg) => arg.includes("/")).length;
  if (combined === 0) return yield* selectTypes(kubectl, options);
  if (combined < options.args.length) {
    throw new CommandError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  }
  return yield* selectPairs(kubectl, options);
}

function* selectPairs(kubectl: Kubectl, options: SelectionOptions): Task<Selection[]> {
  const selections: Selection[] = [];
  for (const arg of options.args) {
    const [type = "", name = "", ...more] = arg.split("/");
    if (more.length > 0) throw new CommandError("arguments in resource/name form may not have more than one slash");
    if (type === "" || name === "") {
      throw new CommandError(`arguments in resource/name form must have a single resource and name`);
    }
    refuseNames(options);
    const resource = yield* kubectl.discovery.resolve(type);
    selections.push({ kind: "object", info: named(kubectl, resource, name) });
  }
  return selections;
}

function* selectTypes(kubectl: Kubectl, options: SelectionOptions): Task<Selection[]> {
  const [types = "", ...names] = options.args;
  const resources: ApiResource[] = [];
  const wanted = types.split(",");
  if (wanted.some((type) => type === "") || names.some((name) => name === "")) {
    throw new CommandError(
      names.some((name) => name === "")
        ? "resource name may not be empty"
        : "arguments in resource/name form must have a single resource and name",
    );
  }
  for (const type of wanted) {
    const members = yield* kubectl.discovery.category(type);
    if (members.length > 0) resources.push(...members);
    else resources.push(yield* kubectl.discovery.resolve(type));
  }
  if (names.length > 0) {
    refuseNames(options);
    return names.flatMap((name) =>
      resources.map((resource): Selection => ({ kind: "object", info: named(kubectl, resource, name) })),
    );
  }
  const selective = (options.selector ?? "") !== "" || (options.fieldSelector ?? "") !== "";
  if (!selective && options.all !== true && options.typeMeansAll !== true) {
    throw new CommandError("resource(s) were provided, but no name was specified");
  }
  const namespace = options.allNamespaces === true ? "" : kubectl.namespace;
  return resources.map((resource) => ({ kind: "list", resource, namespace: resource.namespaced ? namespace : "" }));
}

function refuseNames(options: SelectionOptions): void {
  if ((options.selector ?? "") !== "") throw new CommandError("name cannot be provided when a selector is specified");
  if ((options.fieldSelector ?? "") !== "") {
    throw new CommandError("name cannot be provided when a field selector is specified");
  }
  if (options.all === true) throw new CommandError("name cannot be provided when --all is specified");
  if (options.allNamespaces === true)
    throw new CommandError("a resource cannot be retrieved by name across all namespaces");
}

function named(kubectl: Kubectl, resource: ApiResource, name: string): Info {
  return { resource, namespace: resource.namespaced ? kubectl.namespace : "", name, object: {}, source: "" };
}

/** Fetches what is selected. Objects that fail are in `errors`, in order; the rest goes on. */
export function* fetchSelection(
  kubectl: Kubectl,
  selections: readonly Selection[],
  options: SelectionOptions,
): Task<{ readonly infos: Info[]; readonly errors: unknown[] }> {
  const infos: Info[] = [];
  const errors: unknown[] = [];
  for (const selection of selections) {
    try {
      if (selection.kind === "list") infos.push(...(yield* fetchList(kubectl, selection, options)));
      else
        infos.push({
          ...selection.info,
          object: fields(yield* getInfo(kubectl, selection.info, options.subresource)),
        });
    } catch (error) {
      if (!(error instanceof Error) || error.name === "TypeError") throw error;
      errors.push(error);
    }
  }
  return { infos, errors };
}

/** The objects of one list, in pieces of --chunk-size. */
export function* fetchList(
  kubectl: Kubectl,
  selection: Selection & { kind: "list" },
  options: SelectionOptions,
): Task<Info[]> {
  const { resource } = selection;
  const infos: Info[] = [];
  for (let page = ""; ; ) {
    const query = { ...selectorQuery(options), limit: 500, ...(page === "" ? {} : { continue: page }) };
    const answer = yield* fetchPage(kubectl, selection, query, options);
    const kind = textAt(answer, "kind").replace(/List$/, "");
    for (const item of (answer["items"] as readonly unknown[] | undefined) ?? [])
      infos.push(listed(resource, kind, answer, item));
    page = textAt(answer, "metadata", "continue");
    if (page === "") return infos;
  }
}

function* fetchPage(
  kubectl: Kubectl,
  selection: Selection & { kind: "list" },
  query: Readonly<Record<string, string | number>>,
  options: SelectionOptions,
): Task<Fields> {
  try {
    return fields(yield* kubectl.request("GET", collectionPath(selection.resource, selection.namespace), { query }));
  } catch (error) {
    throw listFailure(error, selection.resource, options);
  }
}

function listed(resource: ApiResource, kind: string, list: Fields, item: unknown): Info {
  const object = { apiVersion: textAt(list, "apiVersion"), kind: kind || resource.kind, ...fields(item) };
  return {
    resource,
    object,
    namespace: textAt(object, "metadata", "namespace"),
    name: textAt(object, "metadata", "name"),
    source: "",
  };
}

/** Adds what was looked for to a list that the server refused (cli-runtime resource.Selector). */
export function listFailure(error: unknown, resource: ApiResource, options: SelectionOptions): unknown {
  if (!(error instanceof StatusError) || !["BadRequest", "NotFound"].includes(error.reason)) return error;
  const what = goQuote(`${resource.group}/${resource.version}, Resource=${resource.resource}`);
  const { labelSelector = "", fieldSelector = "" } = selectorQuery(options);
  const prefix =
    labelSelector === "" && fieldSelector === ""
      ? `Unable to list ${what}`
      : `Unable to find ${what} that match label selector ${goQuote(labelSelector)}, field selector ${goQuote(fieldSelector)}`;
  return new StatusError({ ...error.status, message: `${prefix}: ${error.message}` });
}

/** Label and field selector as query parameters. */
export function selectorQuery(options: SelectionOptions): { labelSelector?: string; fieldSelector?: string } {
  return {
    ...((options.selector ?? "") === "" ? {} : { labelSelector: options.selector ?? "" }),
    ...((options.fieldSelector ?? "") === "" ? {} : { fieldSelector: options.fieldSelector ?? "" }),
  };
}

/** Manifest objects with their resource types. Throws for kinds that the server does not have. */
export function* manifestInfos(kubectl: Kubectl, options: SelectionOptions): Task<Info[]> {
  const infos: Info[] = [];
  for (const manifest of yield* manifestObjects(kubectl, options)) infos.push(yield* manifestInfo(kubectl, manifest));
  return infos;
}

/** The objects of a kustomization directory. */
export function kustomized(kubectl: Kubectl, directory: string): Fields[] {
  const { fs, cwd } = kubectl.process;
  return buildKustomization(fs, directory, cwd, (text) => kubectl.note(text));
}

/** The objects of -f and -k. */
export function* manifestObjects(kubectl: Kubectl, options: SelectionOptions): Task<ManifestObject[]> {
  if ((options.kustomize ?? "") !== "") {
    const objects = kustomized(kubectl, options.kustomize ?? "");
    return objects.map((object) => ({ object, source: options.kustomize ?? "", raw: object }));
  }
  return yield* readManifests(kubectl, options.filenames ?? [], options.recursive ?? false);
}

/** Finds a manifest object's resource type and namespace. */
export function* manifestInfo(kubectl: Kubectl, manifest: ManifestObject): Task<Info> {
  const { object, source } = manifest;
  const apiVersion = textAt(object, "apiVersion");
  const kind = textAt(object, "kind");
  if (kind === "") {
    throw new CommandError(
      `unable to decode ${goQuote(source)}: Object 'Kind' is missing in '${JSON.stringify(manifest.raw)}'`,
    );
  }
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  const version = slash < 0 ? apiVersion : apiVersion.slice(slash + 1);
  const name = textAt(object, "metadata", "name");
  const given = textAt(object, "metadata", "namespace");
  const resource = yield* kubectl.discovery.forKind(group, version, kind);
  if (resource === undefined) {
    throw new CommandError(
      `resource mapping not found for name: "${name}" namespace: "${given}" from "${source}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    );
  }
  if (!resource.namespaced) return { resource, namespace: "", name, object, source };
  if (given !== "" && kubectl.namespaceGiven && given !== kubectl.namespace) {
    throw new CommandError(
      `the namespace from the provided object "${given}" does not match the namespace "${kubectl.namespace}". You must pass '--namespace=${given}' to perform this operation.`,
    );
  }
  const namespace = given === "" ? kubectl.namespace : given;
  const metadata = { ...fields(at(object, "metadata")), namespace };
  return { resource, namespace, name, object: { ...object, metadata }, source };
}
