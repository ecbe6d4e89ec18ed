import { isNotFound } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, listAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { collectionPath, type Info, infoPath } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { manifestInfos } from "../core/selection.ts";
import { type DryRun, dryRunOf, ResultPrinter, writeQuery } from "../printers/result-printer.ts";

/** kubectl auth reconcile */
export const reconcile: KubectlCommand = {
  name: "reconcile",
  use: "-f FILENAME",
  short: "Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects",
  flags: flagsFor("auth reconcile"),
  run: runReconcile,
};

const KINDS = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"];

function* runReconcile(kubectl: Kubectl): Task<number> {
  const filenames = kubectl.parsed.list("filename");
  const kustomize = kubectl.flag("kustomize");
  if (filenames.length === 0 && kustomize === "") throw new CommandError("must specify one of -f and -k");
  const dryRun = yield* dryRunOf(kubectl);
  const printer = new ResultPrinter(kubectl, dryRun);
  const options = { args: [], filenames, kustomize, recursive: kubectl.isSet("recursive") };
  for (const info of yield* manifestInfos(kubectl, options)) {
    // Other kinds are passed over.
    if (!KINDS.includes(info.resource.kind)) continue;
    yield* reconcileOne(kubectl, info, dryRun, printer);
  }
  return 0;
}

/** A rule cut down to one verb, group and resource, or one URL. */
interface Grain {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

interface Change {
  readonly object: Fields;
  /** What the report calls each part that is missing. */
  readonly report: readonly string[];
}

function* reconcileOne(kubectl: Kubectl, info: Info, dryRun: DryRun, printer: ResultPrinter): Task<void> {
  const there = yield* existing(kubectl, info);
  const query = writeQuery(kubectl, dryRun);
  if (there === undefined) {
    const made =
      dryRun === "client"
        ? info.object
        : fields(
            yield* kubectl.request("POST", collectionPath(info.resource, info.namespace), { query, body: info.object }),
          );
    yield* printer.print(made, "reconciled");
    yield* kubectl.err("\treconciliation required create\n");
    return;
  }
  const change = info.resource.kind.endsWith("Binding") ? subjectChange(there, info.object) : ruleChange(there, info);
  const after =
    change.report.length === 0 || dryRun === "client"
      ? change.object
      : fields(yield* kubectl.request("PUT", infoPath(info), { query, body: change.object }));
  yield* printer.print(after, "reconciled");
  if (change.report.length > 0)
    yield* kubectl.err(["\treconciliation required update", ...change.report, ""].join("\n"));
}

function* existing(kubectl: Kubectl, info: Info): Task<Fields | undefined> {
  try {
    return fields(yield* kubectl.request("GET", infoPath(info)));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function ruleChange(there: Fields, { object }: Info): Change {
  const have = grains(there);
  const missing = grains(object).filter((grain) => !have.some((one) => covers(one, grain)));
  if (missing.length === 0) return { object: there, report: [] };
  const rules = [...listAt(there, "rules"), ...missing.map(asRule)];
  return {
    object: { ...there, rules },
    report: ["\tmissing rules added:", ...missing.map((grain) => `\t\t${goText(grain)}`)],
  };
}

function grains(role: Fields): Grain[] {
  const found: Grain[] = [];
  for (const rule of listAt(role, "rules")) {
    const list = (key: string) => listAt(rule, key).map(String);
    const names = list("resourceNames");
    for (const verb of list("verbs")) {
      const none = { verbs: [verb], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
      for (const url of list("nonResourceURLs")) found.push({ ...none, nonResourceURLs: [url] });
      for (const group of list("apiGroups"))
        for (const resource of list("resources"))
          for (const name of names.length === 0 ? [undefined] : names)
            found.push({
              ...none,
              apiGroups: [group],
              resources: [resource],
              resourceNames: name === undefined ? [] : [name],
            });
    }
  }
  return found;
}

/** Whether one grain allows all that another does (rbac/validation ruleCovers). */
function covers(owner: Grain, wanted: Grain): boolean {
  const has = (of: readonly string[], one: string | undefined) =>
    one === undefined || of.includes("*") || of.includes(one);
  if (!has(owner.verbs, wanted.verbs[0])) return false;
  const [url] = wanted.nonResourceURLs;
  if (url !== undefined)
    return owner.nonResourceURLs.some((one) => one === url || (one.endsWith("*") && url.startsWith(one.slice(0, -1))));
  const named = owner.resourceNames.length === 0 || owner.resourceNames.includes(wanted.resourceNames[0] ?? "");
  return (
    named && owner.resources.length > 0 && has(owner.apiGroups, wanted.apiGroups[0]) && coversResource(owner, wanted)
  );
}

function coversResource(owner: Grain, wanted: Grain): boolean {
  const resource = wanted.resources[0] ?? "";
  const slash = resource.indexOf("/");
  return owner.resources.some(
    (one) => one === "*" || one === resource || (slash >= 0 && one === `*${resource.slice(slash)}`),
  );
}

/** Empty lists are left out of what is sent. */
function asRule(grain: Grain): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(grain).filter(([, list]) => list.length > 0));
}

function goText(grain: Grain): string {
  const list = (values: readonly string[]) => `[${values.join(" ")}]`;
  return `{Verbs:${list(grain.verbs)} APIGroups:${list(grain.apiGroups)} Resources:${list(grain.resources)} ResourceNames:${list(grain.resourceNames)} NonResourceURLs:${list(grain.nonResourceURLs)}}`;
}

function subjectChange(there: Fields, wanted: Fields): Change {
  const key = (subject: unknown) => ["kind", "name", "namespace"].map((name) => textAt(subject, name)).join("/");
  const have = new Set(listAt(there, "subjects").map(key));
  const missing = listAt(wanted, "subjects").filter((subject) => !have.has(key(subject)));
  if (missing.length === 0) return { object: there, report: [] };
  const shown = missing.map(
    (one) =>
      `\t\t{Kind:${textAt(one, "kind")} APIGroup:${textAt(one, "apiGroup")} Name:${textAt(one, "name")} Namespace:${textAt(one, "namespace")}}`,
  );
  return {
    object: { ...there, subjects: [...listAt(there, "subjects"), ...missing] },
    report: ["\tmissing subjects added:", ...shown],
  };
}
