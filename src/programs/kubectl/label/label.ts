import { goQuote } from "../../../base/go-quote.ts";
import { own } from "../../../base/own.ts";
import { equalValues } from "../../../kube/api/equal.ts";
import { mergePatchBetween } from "../../../kube/api/three-way-diff.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { editOptions, forEachObject, NEED_RESOURCES, objectsToEdit, sendPatch } from "../core/edit-objects.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, stringsAt, textAt, withAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { type DryRun, dryRunOf, ResultPrinter } from "../printers/result-printer.ts";

/** What `label` and `annotate` differ in. */
interface Flavor {
  readonly field: "labels" | "annotations";
  readonly noun: "label" | "annotation";
  readonly done: string;
}

const LABELS: Flavor = { field: "labels", noun: "label", done: "labeled" };
const ANNOTATIONS: Flavor = { field: "annotations", noun: "annotation", done: "annotated" };

/** kubectl label */
export const label: KubectlCommand = {
  name: "label",
  use: "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
  short: "Update the labels on a resource",
  group: "settings",
  flags: flagsFor("label"),
  run: (kubectl) => runEdit(kubectl, LABELS),
  complete: completeResources,
};

/** kubectl annotate */
export const annotate: KubectlCommand = {
  name: "annotate",
  use: "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
  short: "Update the annotations on a resource",
  group: "settings",
  flags: flagsFor("annotate"),
  run: (kubectl) => runEdit(kubectl, ANNOTATIONS),
  complete: completeResources,
};

interface Changes {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

function* runEdit(kubectl: Kubectl, flavor: Flavor): Task<number> {
  const { resources, pairs } = splitArguments(kubectl.parsed.args);
  const options = editOptions(kubectl, resources);
  const files = (options.filenames ?? []).length > 0 || options.kustomize !== "";
  if (resources.length < 1 && !files) {
    throw new CommandError("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  }
  const list = kubectl.isSet("list");
  if (pairs.length < 1 && !list) throw new CommandError(`at least one ${flavor.noun} update is required`);
  const changes = readChanges(pairs, flavor);
  const dryRun = yield* dryRunOf(kubectl);
  if (kubectl.isSet("local") && !files) throw new CommandError(NEED_RESOURCES);
  const printer = new ResultPrinter(kubectl, dryRun);
  const found = yield* objectsToEdit(kubectl, options);
  yield* forEachObject(found, (info) =>
    list
      ? showList(kubectl, info, flavor, found.infos.length > 1)
      : editOne(kubectl, info, changes, flavor, dryRun, printer),
  );
  return 0;
}

/** Resources come first, then `key=value` and `key-`. */
function splitArguments(args: readonly string[]): { resources: string[]; pairs: string[] } {
  const first = args.findIndex((arg) => arg.includes("=") || arg.endsWith("-"));
  if (first < 0) return { resources: [...args], pairs: [] };
  const late = args.slice(first).find((arg) => !arg.includes("=") && !arg.endsWith("-"));
  if (late !== undefined) {
    throw new CommandError(`all resources must be specified before label changes: ${late}`);
  }
  return { resources: args.slice(0, first), pairs: args.slice(first) };
}

function readChanges(pairs: readonly string[], flavor: Flavor): Changes {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 0) {
      remove.push(pair.slice(0, -1));
      continue;
    }
    const key = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    if (key === "") throw new CommandError(`invalid ${flavor.noun} spec: ${pair}`);
    if (flavor.field === "labels") checkLabel(key, value);
    set.set(key, value);
  }
  const both = remove.find((key) => set.has(key));
  if (both !== undefined) throw new CommandError(`can not both modify and remove a ${flavor.noun} in the same command`);
  return { set, remove };
}

const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

function checkLabel(key: string, value: string): void {
  if (!VALUE.test(value)) {
    const reason =
      value.length > 63
        ? "must be no more than 63 characters"
        : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    throw new CommandError(`invalid label value: ${goQuote(`${key}=${value}`)}: ${reason}`);
  }
}

function* showList(kubectl: Kubectl, info: Info, flavor: Flavor, several: boolean): Task<void> {
  const values = stringsAt(info.object, "metadata", flavor.field);
  const indent = several ? " " : "";
  if (several)
    yield* kubectl.out(`Listing ${flavor.field} for ${info.resource.kind}.${info.resource.version}/${info.name}:\n`);
  for (const key of Object.keys(values).sort()) yield* kubectl.out(`${indent}${key}=${values[key]}\n`);
}

function* editOne(
  kubectl: Kubectl,
  info: Info,
  changes: Changes,
  flavor: Flavor,
  dryRun: DryRun,
  printer: ResultPrinter,
): Task<void> {
  const before = stringsAt(info.object, "metadata", flavor.field);
  refuseOverwrite(kubectl, before, changes, flavor);
  for (const key of changes.remove) {
    // Of annotations nobody is told.
    if (flavor.field === "labels" && !Object.hasOwn(before, key))
      yield* kubectl.out(`${flavor.noun} ${goQuote(key)} not found.\n`);
  }
  const kept = Object.fromEntries(Object.entries(before).filter(([key]) => !changes.remove.includes(key)));
  const after = { ...kept, ...Object.fromEntries(changes.set) };
  const version = kubectl.flag("resource-version");
  const wanted = withAt(info.object, ["metadata", flavor.field], after);
  const result = message(before, after, changes, flavor);
  if (dryRun === "client" || kubectl.isSet("local")) {
    yield* printer.print(wanted, result);
    return;
  }
  if (version !== "" && textAt(info.object, "metadata", "resourceVersion") !== version && version !== "") {
    yield* sendChange(
      kubectl,
      info,
      { metadata: { ...partOf(flavor, before, after), resourceVersion: version } },
      dryRun,
      printer,
      result,
    );
    return;
  }
  const patch = mergePatchBetween({ metadata: { [flavor.field]: before } }, { metadata: { [flavor.field]: after } });
  yield* sendChange(kubectl, info, patch, dryRun, printer, result);
}

function partOf(flavor: Flavor, before: Fields, after: Fields): Fields {
  return { [flavor.field]: mergePatchBetween(before, after) };
}

function* sendChange(
  kubectl: Kubectl,
  info: Info,
  patch: Fields,
  dryRun: DryRun,
  printer: ResultPrinter,
  result: string,
): Task<void> {
  yield* printer.print(yield* sendPatch(kubectl, info, "merge", patch, dryRun), result);
}

function refuseOverwrite(
  kubectl: Kubectl,
  before: Readonly<Record<string, string>>,
  changes: Changes,
  flavor: Flavor,
): void {
  if (kubectl.isSet("overwrite")) return;
  for (const [key, value] of changes.set) {
    const old = own(before, key);
    if (old === undefined || (flavor.field === "annotations" && old === value)) continue;
    if (flavor.field === "labels" && old === value) continue;
    if (flavor.field === "labels")
      throw new CommandError(`'${key}' already has a value (${old}), and --overwrite is false`);
    throw new CommandError(
      `--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${old})`,
    );
  }
}

function message(before: Fields, after: Fields, changes: Changes, flavor: Flavor): string {
  if (flavor.field === "annotations") return flavor.done;
  if (equalValues(before, after)) return "not labeled";
  return changes.set.size === 0 ? "unlabeled" : "labeled";
}
