import { text } from "../../../base/bytes.ts";
import { goQuote } from "../../../base/go-quote.ts";
import { isNotFound } from "../../../kube/client/status-error.ts";
import { bodyBytes } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import type { ApiResource } from "../core/discovery.ts";
import { CommandError, throwAll, usageError } from "../core/failure.ts";
import { type Fields, fields } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { collectionPath, getInfo, type Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand, RequestOptions } from "../core/kubectl.ts";
import {
  fetchList,
  listFailure,
  type Selection,
  type SelectionOptions,
  select,
  selectorQuery,
  selectsNothing,
} from "../core/selection.ts";
import { customColumns, printCustomColumns } from "../printers/custom-columns.ts";
import { objectPrinter } from "../printers/object-printer.ts";
import { GET_FORMATS, type OutputFormat, outputFormat } from "../printers/output-format.ts";
import { readTable, type ServerTable, TABLE_ACCEPT } from "../printers/table.ts";
import { printTables, type ReadTable } from "./print-tables.ts";
import { sortByField } from "./sort.ts";
import { watchObjects } from "./watch.ts";

/** kubectl get */
export const get: KubectlCommand = {
  name: "get",
  use: "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]",
  short: "Display one or many resources",
  long: "Show objects: as a table, or whole in one of the other formats of -o.",
  example: "  # Pods of the current namespace\n  kubectl get pods\n\n  # One pod, whole\n  kubectl get pod web -o yaml",
  group: "intermediate",
  flags: flagsFor("get"),
  run: runGet,
  complete: completeResources,
};

function* runGet(kubectl: Kubectl): Task<number> {
  const raw = kubectl.flag("raw");
  if (raw !== "") return yield* getRaw(kubectl, raw);
  const options = selectionOptions(kubectl);
  const output = outputFormat(kubectl, GET_FORMATS);
  if (selectsNothing(options)) throw yield* nothingSelected(kubectl);
  refuseCombinations(kubectl);
  if (kubectl.flag("subresource") !== "" && namesNoObject(options)) {
    throw new CommandError("subresource cannot be used when bulk resources are specified");
  }
  if (kubectl.isSet("watch") || kubectl.isSet("watch-only")) return yield* watchObjects(kubectl, options, output);
  if (output.format === "" || output.format === "wide") return yield* getTables(kubectl, options, output);
  return yield* getObjects(kubectl, options, output);
}

function namesNoObject({ args, filenames = [] }: SelectionOptions): boolean {
  return filenames.length === 0 && args.length < 2 && !(args[0] ?? "").includes("/");
}

/** What `get` and its relatives select. */
function selectionOptions(kubectl: Kubectl): SelectionOptions {
  return {
    args: kubectl.parsed.args,
    filenames: kubectl.parsed.list("filename"),
    kustomize: kubectl.flag("kustomize"),
    recursive: kubectl.isSet("recursive"),
    selector: kubectl.flag("selector"),
    fieldSelector: kubectl.flag("field-selector"),
    allNamespaces: kubectl.isSet("all-namespaces"),
    ignoreNotFound: kubectl.isSet("ignore-not-found"),
    typeMeansAll: true,
  };
}

function refuseCombinations(kubectl: Kubectl): void {
  if (kubectl.isSet("show-labels") && !["", "wide"].includes(kubectl.flag("output"))) {
    const format = kubectl.flag("output");
    throw new CommandError(`--show-labels option cannot be used with ${format} printer`);
  }
  if (kubectl.isSet("output-watch-events") && !kubectl.isSet("watch") && !kubectl.isSet("watch-only")) {
    throw new CommandError("--output-watch-events option can only be used with --watch or --watch-only");
  }
}

function* nothingSelected(kubectl: Kubectl): Task<CommandError> {
  yield* kubectl.err(
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
  );
  return usageError(
    kubectl.path,
    'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
  );
}

function* getRaw(kubectl: Kubectl, path: string): Task<number> {
  if (kubectl.parsed.args.length > 0) {
    throw usageError(kubectl.path, "arguments may not be passed when --raw is specified");
  }
  if (kubectl.flag("output") !== "") throw new CommandError("--raw and --output are mutually exclusive");
  if (!/^(\/|[a-zA-Z][a-zA-Z0-9+.-]*:)/.test(path)) {
    throw new CommandError(`--raw must be a valid URL path: parse ${goQuote(path)}: invalid URI for request`);
  }
  yield* kubectl.out(yield* rawText(kubectl, path));
  return 0;
}

/** The body of `GET path` as it is. */
export function* rawText(kubectl: Kubectl, path: string): Task<string> {
  const response = yield* kubectl.exchange("GET", path, { raw: true });
  return text(bodyBytes(response.body));
}

function* getTables(kubectl: Kubectl, options: SelectionOptions, output: OutputFormat): Task<number> {
  const selections = yield* select(kubectl, options);
  const tables: ReadTable[] = [];
  const errors: unknown[] = [];
  for (const selection of selections) {
    try {
      tables.push({ selection, table: yield* fetchTable(kubectl, selection, options) });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (options.ignoreNotFound === true && isNotFound(error)) continue;
      errors.push(error);
    }
  }
  const printed = yield* printTables(kubectl, tables, output, options);
  if (printed === 0 && errors.length === 0 && options.ignoreNotFound !== true) {
    yield* kubectl.err(nothingFound(kubectl, selections, options));
  }
  throwAll(errors);
  return 0;
}

/** `No resources found in default namespace.` */
export function nothingFound(kubectl: Kubectl, selections: readonly Selection[], options: SelectionOptions): string {
  const namespaced = selections.every(
    (selection) => (selection.kind === "list" ? selection.resource : selection.info.resource).namespaced,
  );
  if (options.allNamespaces === true || !namespaced) return "No resources found\n";
  return `No resources found in ${kubectl.namespace} namespace.\n`;
}

/** One selection as the server's table, all its pages. */
export function* fetchTable(kubectl: Kubectl, selection: Selection, options: SelectionOptions): Task<ServerTable> {
  const accept = kubectl.isSet("server-print") ? TABLE_ACCEPT : "application/json";
  const include = kubectl.flag("sort-by") === "" ? {} : { includeObject: "Object" };
  if (selection.kind === "object") {
    const options = { accept, query: include };
    return readTable(yield* getInfo(kubectl, selection.info, kubectl.flag("subresource"), options));
  }
  const path = collectionPath(selection.resource, selection.namespace);
  const chunk = kubectl.parsed.number("chunk-size");
  let whole: ServerTable | undefined;
  for (let page = ""; ; ) {
    const query = {
      ...include,
      ...selectorQuery(options),
      ...(page === "" ? {} : { continue: page }),
      ...(chunk > 0 ? { limit: chunk } : {}),
    };
    const table = readTable(yield* listPage(kubectl, selection.resource, path, { accept, query }, options), whole);
    whole = whole === undefined ? table : { ...table, rows: [...whole.rows, ...table.rows] };
    page = table.continue;
    if (page === "") return whole;
  }
}

function* listPage(
  kubectl: Kubectl,
  resource: ApiResource,
  path: string,
  request: RequestOptions,
  options: SelectionOptions,
): Task<unknown> {
  try {
    return yield* kubectl.request("GET", path, request);
  } catch (error) {
    throw listFailure(error, resource, options);
  }
}

function* getObjects(kubectl: Kubectl, options: SelectionOptions, output: OutputFormat): Task<number> {
  const columns = output.format.startsWith("custom-columns") ? customColumns(kubectl, output) : undefined;
  const printer = objectPrinter(kubectl, output);
  const selections = yield* select(kubectl, options);
  const { infos, errors } = yield* fetchAll(kubectl, selections, options);
  const path = kubectl.flag("sort-by");
  const single = isSingle(selections, options);
  const sorted = path === "" || single ? infos : sortByField(infos, path, (info) => info.object);
  if (columns !== undefined) {
    const objects = sorted.map((info) => info.object);
    yield* kubectl.out(printCustomColumns(columns, objects, kubectl.isSet("no-headers")));
  } else if (printer !== undefined && (sorted.length > 0 || errors.length === 0)) {
    if (!(single && sorted.length === 0))
      yield* kubectl.out(printer.print(single ? (sorted[0]?.object ?? {}) : listOf(sorted)));
  }
  throwAll(errors);
  return 0;
}

function* fetchAll(kubectl: Kubectl, selections: readonly Selection[], options: SelectionOptions) {
  const subresource = kubectl.flag("subresource");
  const infos: Info[] = [];
  const errors: unknown[] = [];
  for (const selection of selections) {
    if (selection.kind === "list") {
      const found = yield* attempt(fetchList(kubectl, selection, options), errors);
      infos.push(...(found ?? []));
      continue;
    }
    const object = yield* attempt(
      getInfo(kubectl, selection.info, subresource),
      errors,
      options.ignoreNotFound === true,
    );
    if (object !== undefined) infos.push({ ...selection.info, object: fields(object) });
  }
  return { infos, errors };
}

function* attempt<T>(task: Task<T>, errors: unknown[], ignoreNotFound = false): Task<T | undefined> {
  try {
    return yield* task;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    if (!(ignoreNotFound && isNotFound(error))) errors.push(error);
    return undefined;
  }
}

/** One object asked for by name is printed as it is, anything else as a List. */
function isSingle(selections: readonly Selection[], options: SelectionOptions): boolean {
  return selections.length === 1 && selections[0]?.kind === "object" && (options.filenames ?? []).length <= 1;
}

/** A `List` of objects, as `get -o yaml` prints several. */
export function listOf(infos: readonly Info[]): Fields {
  return {
    apiVersion: "v1",
    items: infos.map((info) => info.object),
    kind: "List",
    metadata: { resourceVersion: "" },
  };
}
