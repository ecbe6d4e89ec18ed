import type { Task } from "../../../sim/task.ts";
import { bareText, withSource } from "../core/error-text.ts";
import { CommandError, throwAll, usageError } from "../core/failure.ts";
import { fields } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { collectionPath, type Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { validateManifest } from "../core/manifest-validation.ts";
import { sendRaw } from "../core/raw.ts";
import { manifestInfo, manifestObjects } from "../core/selection.ts";
import { type DryRun, dryRunOf, fieldValidation, ResultPrinter, writeQuery } from "../printers/result-printer.ts";
import { configMap, secret } from "./config.ts";
import { withLastApplied } from "./generator.ts";
import { ingress } from "./ingress.ts";
import { policyCommands } from "./policies.ts";
import { rbacCommands } from "./rbac.ts";
import { service } from "./services.ts";
import { token } from "./token.ts";
import { cronJob, deployment, job } from "./workloads.ts";

/** kubectl create */
export const create: KubectlCommand = {
  name: "create",
  use: "-f FILENAME",
  short: "Create a resource from a file or from stdin",
  long: "Create objects from manifests (-f), or one of a given type with a subcommand.",
  example:
    "  # From a file\n  kubectl create -f ./pod.yaml\n\n  # A deployment\n  kubectl create deployment web --image=nginx",
  group: "beginner",
  flags: flagsFor("create"),
  commands: [...rbacCommands, configMap, cronJob, deployment, ingress, job, ...policyCommands, secret, service, token],
  run: runCreate,
};

function* runCreate(kubectl: Kubectl): Task<number> {
  const { args } = kubectl.parsed;
  if (args.length > 0) throw usageError(kubectl.path, `Unexpected args: [${args.join(" ")}]`);
  const files = kubectl.parsed.list("filename");
  const kustomize = kubectl.flag("kustomize");
  const raw = kubectl.flag("raw");
  if (raw !== "") return yield* sendRaw(kubectl, "POST", raw, files);
  if (files.length === 0 && kustomize === "") throw new CommandError("must specify one of -f and -k");
  if (files.length > 0 && kustomize !== "") throw new CommandError("only one of -f or -k can be specified");
  const dryRun = yield* dryRunOf(kubectl);
  const printer = new ResultPrinter(kubectl, dryRun);
  const options = { args: [], filenames: files, kustomize, recursive: kubectl.isSet("recursive") };
  const errors: unknown[] = [];
  let count = 0;
  for (const manifest of yield* manifestObjects(kubectl, options)) {
    count++;
    try {
      yield* validateManifest(kubectl, manifest);
      yield* createOne(kubectl, yield* manifestInfo(kubectl, manifest), dryRun, printer);
    } catch (error) {
      if (!isExpected(error)) throw error;
      errors.push(error);
    }
  }
  throwAll(errors);
  if (count === 0) throw new CommandError("no objects passed to create");
  return 0;
}

function isExpected(error: unknown): boolean {
  return error instanceof Error && !(error instanceof TypeError) && bareText(error) !== "";
}

function* createOne(kubectl: Kubectl, info: Info, dryRun: DryRun, printer: ResultPrinter): Task<void> {
  const object = kubectl.isSet("save-config") ? withLastApplied(info.object) : info.object;
  if (dryRun === "client") {
    yield* printer.print(object, "created");
    return;
  }
  try {
    const query = { ...writeQuery(kubectl, dryRun), fieldValidation: fieldValidation(kubectl) };
    const path = collectionPath(info.resource, info.namespace);
    yield* printer.print(fields(yield* kubectl.request("POST", path, { query, body: object })), "created");
  } catch (error) {
    throw withSource("creating", info.source, error);
  }
}
