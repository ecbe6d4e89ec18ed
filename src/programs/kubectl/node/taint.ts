import type { Task } from "../../../sim/task.ts";
import { completeNames } from "../completion/resources.ts";
import { editOptions, forEachObject, objectsToEdit, sendPatch } from "../core/edit-objects.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { type Fields, fields, listAt, textAt, withAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { type DryRun, dryRunOf, ResultPrinter } from "../printers/result-printer.ts";

/** kubectl taint */
export const taint: KubectlCommand = {
  name: "taint",
  use: "NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N",
  short: "Update the taints on one or more nodes",
  group: "management",
  flags: flagsFor("taint"),
  run: runTaint,
  complete: completeNames("nodes"),
};

interface Spec {
  readonly key: string;
  readonly value: string;
  /** Empty: of any effect (only when removing). */
  readonly effect: string;
  readonly remove: boolean;
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

function* runTaint(kubectl: Kubectl): Task<number> {
  const { args } = kubectl.parsed;
  const first = args.findIndex((arg) => arg.includes(":") || arg.includes("=") || arg.endsWith("-"));
  const resources = first < 0 ? args : args.slice(0, first);
  const texts = first < 0 ? [] : args.slice(first);
  if (resources.length < 1) throw new CommandError("one or more resources must be specified as <resource> <name>");
  if (texts.length === 0) throw new CommandError("at least one taint update is required");
  const specs = readSpecs(kubectl, texts);
  const dryRun = yield* dryRunOf(kubectl);
  const options = editOptions(kubectl, resources);
  const found = yield* objectsToEdit(kubectl, options);
  const wrong = found.infos.find((info) => info.resource.kind !== "Node");
  if (wrong !== undefined)
    throw new CommandError(`invalid resource type ${wrong.resource.resource}, only node types are supported`);
  yield* forEachObject(found, (info) => taintOne(kubectl, info, specs, dryRun));
  return 0;
}

function readSpecs(kubectl: Kubectl, texts: readonly string[]): Spec[] {
  const seen = new Set<string>();
  try {
    return texts.map((text) => {
      const spec = parseSpec(text);
      const id = `${spec.key}:${spec.effect}`;
      if (!spec.remove && seen.has(id)) {
        const shown = `{${spec.key} ${spec.value} ${spec.effect} <nil>}`;
        throw new CommandError(`duplicated taints with the same key and effect: ${shown}`);
      }
      if (!spec.remove) seen.add(id);
      return spec;
    });
  } catch (error) {
    if (error instanceof CommandError) throw usageError(kubectl.path, error.message);
    throw error;
  }
}

const QUALIFIED =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/** What is wrong with a taint's key. */
function qualifiedNameFault(key: string): string | undefined {
  const name = key.slice(key.indexOf("/") + 1);
  return /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name) ? undefined : `name part ${QUALIFIED}`;
}

function parseSpec(text: string): Spec {
  const remove = text.endsWith("-");
  const body = remove ? text.slice(0, -1) : text;
  const [pair = "", effect = "", ...more] = body.split(":");
  const [key = "", value = "", ...rest] = pair.split("=");
  if (more.length > 0 || rest.length > 0) throw new CommandError(`invalid taint spec: ${text}`);
  const keyFault = qualifiedNameFault(!remove && effect === "" ? pair : key);
  if (keyFault !== undefined) throw new CommandError(`invalid taint spec: ${text}, ${keyFault}`);
  if (!remove && effect === "") throw new CommandError(`invalid taint spec: ${text}`);
  if (effect !== "" && !EFFECTS.includes(effect)) {
    throw new CommandError(`invalid taint effect: ${effect}, unsupported taint effect`);
  }
  return { key, value, effect, remove };
}

function* taintOne(kubectl: Kubectl, info: Info, specs: readonly Spec[], dryRun: DryRun): Task<void> {
  const before = listAt(info.object, "spec", "taints").map(fields);
  let taints = [...before];
  for (const spec of specs.filter((one) => one.remove)) {
    const kept = taints.filter(
      (one) => textAt(one, "key") !== spec.key || (spec.effect !== "" && textAt(one, "effect") !== spec.effect),
    );
    if (kept.length === taints.length) {
      throw new CommandError(`taint "${spec.key}${spec.effect === "" ? "" : `:${spec.effect}`}" not found`);
    }
    taints = kept;
  }
  const added = specs.filter((one) => !one.remove);
  for (const spec of added) {
    const same = taints.find((one) => textAt(one, "key") === spec.key && textAt(one, "effect") === spec.effect);
    if (same !== undefined && !kubectl.isSet("overwrite")) {
      throw new CommandError(
        `node ${info.name} already has ${spec.key} taint(s) with same effect(s) and --overwrite is false`,
      );
    }
    const taint: Fields = { effect: spec.effect, key: spec.key, ...(spec.value === "" ? {} : { value: spec.value }) };
    taints = [...taints.filter((one) => one !== same), taint];
  }
  const operation =
    added.length === 0
      ? "untainted"
      : kubectl.isSet("overwrite") &&
          before.length > 0 &&
          added.some((spec) => before.some((one) => textAt(one, "key") === spec.key))
        ? "modified"
        : "tainted";
  const printer = new ResultPrinter(kubectl, dryRun);
  if (dryRun === "client") {
    yield* printer.print(withAt(info.object, ["spec", "taints"], taints), operation);
    return;
  }
  const patch = { spec: { taints: taints.length === 0 ? null : taints } };
  yield* printer.print(yield* sendPatch(kubectl, info, "strategic", patch, dryRun), operation);
}
