import { decodeStruct } from "../../../kube/api/decode.ts";
import { equalValues } from "../../../kube/api/equal.ts";
import { mergePatchBetween, threeWayStrategicPatch } from "../../../kube/api/three-way-diff.ts";
import { StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { editOptions, forEachObject, objectsToEdit, sendPatch } from "../core/edit-objects.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, fieldsAt, listAt, textAt, withAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { type Info, infoName } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { quantities } from "../create/policies.ts";
import { schemaFor } from "../patch/apply-patch.ts";
import { type DryRun, dryRunOf, ResultPrinter } from "../printers/result-printer.ts";
import { parseLabels } from "../run/label-list.ts";
import { editEnv } from "./env.ts";

/** Splits the words into resources and `key=value` settings. */
function splitPairs(args: readonly string[]): { resources: string[]; pairs: string[] } {
  const first = args.findIndex((arg) => arg.includes("=") || (arg.endsWith("-") && arg !== "-"));
  return first < 0
    ? { resources: [...args], pairs: [] }
    : { resources: args.slice(0, first), pairs: args.slice(first) };
}

/** A change of one object; undefined when there is nothing to change. */
export type Edit = (kubectl: Kubectl, info: Info, pairs: readonly string[]) => Task<Fields | undefined>;

function setCommand(
  name: string,
  use: string,
  short: string,
  done: string,
  edit: Edit,
  aliases?: readonly string[],
): KubectlCommand {
  return {
    name,
    use,
    short,
    flags: flagsFor(`set ${name}`),
    ...(aliases === undefined ? {} : { aliases }),
    run: (kubectl) => runSet(kubectl, name, done, edit),
    complete: completeResources,
  };
}

function* runSet(kubectl: Kubectl, name: string, done: string, edit: Edit): Task<number> {
  const { resources, pairs } = splitArguments(kubectl, name);
  const dryRun = yield* dryRunOf(kubectl);
  const printer = new ResultPrinter(kubectl, dryRun);
  const found = yield* objectsToEdit(kubectl, editOptions(kubectl, resources));
  yield* forEachObject(found, function* one(info) {
    const wanted = yield* edit(kubectl, info, pairs);
    if (wanted === undefined) return;
    if (kubectl.isSet("local") || dryRun === "client") {
      yield* printer.print(typedForm(wanted), done);
      return;
    }
    const patch = changeBetween(info.object, wanted);
    if (equalValues(info.object, wanted) || Object.keys(patch).length === 0) return;
    yield* printer.print(yield* send(kubectl, info, name, patch, dryRun), done);
  });
  return 0;
}

function* send(kubectl: Kubectl, info: Info, name: string, patch: Fields, dryRun: DryRun): Task<Fields> {
  try {
    return yield* sendPatch(kubectl, info, schemaFor(info.object) === undefined ? "merge" : "strategic", patch, dryRun);
  } catch (error) {
    const prefix = FAILED[name];
    if (prefix === undefined || !(error instanceof StatusError)) throw error;
    throw new CommandError(`${prefix} ${error.message}`);
  }
}

/** What stands before the server's answer, by subcommand; others hand it on as it is. */
const FAILED: Readonly<Record<string, string>> = {
  env: "failed to patch env update to pod template:",
  image: "failed to patch image update to pod template:",
  resources: "failed to patch resources update to pod template",
  serviceaccount: "failed to patch ServiceAccountName",
  subject: "failed to patch subjects to rolebinding:",
};

/** `set` works on Go structs, whose zero values show. */
function typedForm(object: Fields): Fields {
  const schema = schemaFor(object);
  return schema === undefined ? object : decodeStruct(schema, object);
}

function splitArguments(kubectl: Kubectl, name: string): { resources: readonly string[]; pairs: readonly string[] } {
  const { args } = kubectl.parsed;
  if (name === "serviceaccount" || name === "selector") {
    if (args.length === 0) return { resources: [], pairs: [] };
    if (name === "serviceaccount") return { resources: args.slice(0, -1), pairs: args.slice(-1) };
  }
  return splitPairs(args);
}

/** The strategic (or, for custom kinds, merge) patch from one state to the other. */
export function changeBetween(from: Fields, to: Fields): Fields {
  const schema = schemaFor(from);
  return schema === undefined ? mergePatchBetween(from, to) : threeWayStrategicPatch(from, to, from, schema);
}

/** Where a workload keeps its pod spec. */
export function podSpecPath(info: Info): string[] {
  const { kind } = info.resource;
  if (kind === "Pod") return ["spec"];
  if (kind === "CronJob") return ["spec", "jobTemplate", "spec", "template", "spec"];
  if (["Deployment", "ReplicaSet", "ReplicationController", "DaemonSet", "StatefulSet", "Job"].includes(kind)) {
    return ["spec", "template", "spec"];
  }
  throw new CommandError(`${infoName(info)} the object is not a pod or does not have a pod template: ${kind}`);
}

/** Changes the containers that `change` does not leave alone; gives how many it changed too. */
export function editContainers(
  info: Info,
  change: (container: Fields) => Fields | undefined,
): { readonly object: Fields; readonly matched: number } {
  const path = podSpecPath(info);
  const spec = fieldsAt(info.object, ...path);
  let matched = 0;
  const edited: Record<string, unknown> = { ...spec };
  for (const key of ["initContainers", "containers"]) {
    const list = listAt(spec, key);
    if (list.length === 0) continue;
    edited[key] = list.map((container) => {
      const after = change(fields(container));
      if (after !== undefined) matched++;
      return after ?? container;
    });
  }
  return { object: withAt(info.object, path, edited), matched };
}

const image: Edit = function* image(_kubectl, info, pairs) {
  if (pairs.length === 0) throw new CommandError("at least one image update is required");
  const wanted = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  let object = info.object;
  for (const [name, value] of wanted) {
    const edited = editContainers({ ...info, object }, (container) =>
      name === "*" || textAt(container, "name") === name ? { ...container, image: value } : undefined,
    );
    if (edited.matched === 0) throw new CommandError(`unable to find container named "${name}"`);
    object = edited.object;
  }
  return object;
};

const resources: Edit = function* resources(kubectl, info) {
  const limits = kubectl.flag("limits");
  const requests = kubectl.flag("requests");
  if (limits === "" && requests === "")
    throw new CommandError("you must specify an update to requests or limits (in the form of --requests/--limits)");
  const pattern = nameMatcher(kubectl.flag("containers"));
  const edited = editContainers(info, (container) => {
    if (!pattern.test(textAt(container, "name"))) return undefined;
    const now = fieldsAt(container, "resources");
    const merged = (key: string, text: string) => {
      if (text === "") return now[key] === undefined ? {} : { [key]: now[key] };
      const all = { ...fields(now[key]), ...quantities(text) };
      const kept = Object.fromEntries(Object.entries(all).filter(([, amount]) => amount !== "0"));
      return Object.keys(kept).length === 0 ? {} : { [key]: kept };
    };
    return { ...container, resources: { ...now, ...merged("limits", limits), ...merged("requests", requests) } };
  });
  if (edited.matched === 0) throw new CommandError(`unable to find container named ${kubectl.flag("containers")}`);
  return edited.object;
};

/** `*` in container names stands for anything. */
export function nameMatcher(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`);
}

const serviceAccount: Edit = function* serviceAccount(_kubectl, info, pairs) {
  const [name] = pairs;
  if (name === undefined) throw new CommandError("serviceaccount is required");
  return withAt(info.object, [...podSpecPath(info), "serviceAccountName"], name);
};

const selector: Edit = function* selector(_kubectl, info, pairs) {
  if (info.resource.kind !== "Service") throw new CommandError("setting a selector is only supported for Services");
  return withAt(info.object, ["spec", "selector"], parseLabels(pairs.join(",")));
};

const subject: Edit = function* subject(kubectl, info) {
  const group = "rbac.authorization.k8s.io";
  const named = (kind: string, flag: string) =>
    kubectl.parsed.list(flag).map((name) => ({ kind, apiGroup: group, name }));
  const accounts = kubectl.parsed.list("serviceaccount").map((text) => {
    const [namespace = "", name = ""] = text.split(":");
    if (namespace === "" || name === "") throw new CommandError("serviceaccount must be <namespace>:<name>");
    return { kind: "ServiceAccount", name, namespace };
  });
  const added: Fields[] = [...named("User", "user"), ...named("Group", "group"), ...accounts];
  if (added.length === 0)
    throw new CommandError("you must specify at least one value of user, group or serviceaccount");
  if (!info.resource.kind.endsWith("RoleBinding")) {
    throw new CommandError("setting subjects is only supported for RoleBinding/ClusterRoleBinding");
  }
  const now = listAt(info.object, "subjects");
  return {
    ...info.object,
    subjects: [...now, ...added.filter((one) => !now.some((other) => equalValues(one, other)))],
  };
};

/** kubectl set */
export const set: KubectlCommand = {
  name: "set",
  use: "SUBCOMMAND",
  short: "Set specific features on objects",
  long: "Change one thing of existing objects.",
  group: "beginner",
  commands: [
    setCommand(
      "env",
      "RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
      "Update environment variables on a pod template",
      "env updated",
      editEnv,
    ),
    setCommand(
      "image",
      "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N",
      "Update the image of a pod template",
      "image updated",
      image,
    ),
    setCommand(
      "resources",
      "(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]",
      "Update resource requests/limits on objects with pod templates",
      "resource requirements updated",
      resources,
    ),
    setCommand(
      "selector",
      "(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]",
      "Set the selector on a resource",
      "selector updated",
      selector,
    ),
    setCommand(
      "serviceaccount",
      "(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT",
      "Update the service account of a resource",
      "serviceaccount updated",
      serviceAccount,
      ["sa"],
    ),
    setCommand(
      "subject",
      "(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
      "Update the user, group, or service account in a role binding or cluster role binding",
      "subjects updated",
      subject,
    ),
  ],
};
