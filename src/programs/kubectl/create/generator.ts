import { goJson } from "../../../base/go-json.ts";
import { resourcePath } from "../../../kube/api/kube-object.ts";
import { StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { type Fields, fields, withAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { dryRunOf, fieldValidation, ResultPrinter, writeQuery } from "../printers/result-printer.ts";

/** Where a generated object goes. */
export interface GeneratedResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespaced: boolean;
}

/** A `kubectl create X` command: its object is made here and sent. */
export interface Generator {
  readonly name: string;
  readonly path: string;
  readonly aliases?: readonly string[];
  readonly use: string;
  readonly short: string;
  readonly example?: string;
  readonly resource: GeneratedResource;
  /** What stands in `failed to create X: …`. */
  readonly noun: string;
  /** Makes the object; keys in the order of the Go struct. Throws `CommandError`. */
  readonly make: (kubectl: Kubectl, name: string) => Task<Fields>;
}

export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The command of a generator. */
export function generatorCommand(generator: Generator): KubectlCommand {
  return {
    name: generator.name,
    use: generator.use,
    short: generator.short,
    ...(generator.aliases === undefined ? {} : { aliases: generator.aliases }),
    ...(generator.example === undefined ? {} : { example: generator.example }),
    flags: flagsFor(generator.path),
    run: (kubectl) => runGenerator(kubectl, generator),
  };
}

function* runGenerator(kubectl: Kubectl, generator: Generator): Task<number> {
  const name = nameArgument(kubectl);
  const made = yield* generator.make(kubectl, name);
  yield* createGenerated(kubectl, made, generator.resource, generator.noun);
  return 0;
}

/** The only argument before `--`. */
export function nameArgument(kubectl: Kubectl): string {
  const { args, argsLengthAtDash } = kubectl.parsed;
  const names = argsLengthAtDash >= 0 ? args.slice(0, argsLengthAtDash) : args;
  const [name] = names;
  if (name === undefined || (names.length > 1 && argsLengthAtDash < 0) || names.length > 1) {
    throw usageError(kubectl.path, `exactly one NAME is required, got ${names.length}`);
  }
  return name;
}

/** The words after `--`. */
export function commandArguments(kubectl: Kubectl): readonly string[] {
  const { args, argsLengthAtDash } = kubectl.parsed;
  return argsLengthAtDash >= 0 ? args.slice(argsLengthAtDash) : args.slice(1);
}

/** Sends (or only prints) an object that a generator made. */
function* createGenerated(kubectl: Kubectl, made: Fields, resource: GeneratedResource, noun: string): Task<void> {
  const dryRun = yield* dryRunOf(kubectl);
  const printer = new ResultPrinter(kubectl, dryRun);
  const object = withSavedConfig(kubectl, withNamespace(kubectl, made, resource, dryRun === "client"));
  if (dryRun === "client") {
    yield* printer.print(object, "created", true);
    return;
  }
  const query = { ...writeQuery(kubectl, dryRun), fieldValidation: fieldValidation(kubectl) };
  const path = resourcePath(resource, resource.namespaced ? kubectl.namespace : undefined);
  try {
    const created = fields(yield* kubectl.request("POST", path, { query, body: object }));
    yield* printer.print(created, "created", true);
  } catch (error) {
    throw createFailure(error, noun);
  }
}

/** Generators that hand the server's answer on as it is. */
const PLAIN_NOUNS = ["namespace", "role", "clusterrole"];

/** Most generators wrap the server's message, so that its reason is not shown. */
function createFailure(error: unknown, noun: string): unknown {
  if (error instanceof StatusError && !PLAIN_NOUNS.includes(noun)) {
    const separator = noun === "secret" ? "" : ":";
    return new CommandError(`failed to create ${noun}${separator} ${error.message}`);
  }
  return error;
}

/** A dry run shows the namespace only when one was asked for. */
function withNamespace(kubectl: Kubectl, made: Fields, resource: GeneratedResource, offline: boolean): Fields {
  if (!resource.namespaced) return made;
  const namespace = offline ? contextNamespace(kubectl) : kubectl.namespace;
  if (namespace === "") return made;
  const { name, ...rest } = fields(made["metadata"]);
  return { ...made, metadata: { name, namespace, ...rest } };
}

function contextNamespace(kubectl: Kubectl): string {
  return kubectl.namespaceGiven ? kubectl.namespace : (kubectl.config.namespace ?? "");
}

function withSavedConfig(kubectl: Kubectl, object: Fields): Fields {
  return kubectl.isSet("save-config") ? withLastApplied(object, true) : object;
}

/** The object with its own configuration in the annotation that client-side apply compares with. */
export function withLastApplied(object: Fields, typed = false): Fields {
  const annotations = { ...fields(fields(object["metadata"])["annotations"]) };
  delete annotations[LAST_APPLIED];
  const none = Object.keys(annotations).length === 0;
  const bare = withAt(object, ["metadata", "annotations"], typed && none ? undefined : annotations);
  const text = `${goJson(bare, { sortKeys: !typed })}\n`;
  return withAt(object, ["metadata", "annotations"], { ...annotations, [LAST_APPLIED]: text });
}
