import { alignTabs, GET_TABS } from "../../../base/table.ts";
import { StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { at, fields, fieldsAt, listAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { compactRules } from "../describe/small-kinds.ts";
import { ResultPrinter } from "../printers/result-printer.ts";
import { reconcile } from "./reconcile.ts";

const AUTHORIZATION = "/apis/authorization.k8s.io/v1";

const KNOWN_VERBS = [
  "*",
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
  "use",
  "bind",
  "impersonate",
  "approve",
  "sign",
  "escalate",
  "attest",
];

const canI: KubectlCommand = {
  name: "can-i",
  use: "VERB [TYPE | TYPE/NAME | NONRESOURCEURL]",
  short: "Check whether an action is allowed",
  flags: flagsFor("auth can-i"),
  run: runCanI,
};

function* runCanI(kubectl: Kubectl): Task<number> {
  if (kubectl.isSet("list")) return yield* listRules(kubectl);
  const [verb, target, name] = kubectl.parsed.args;
  if (verb === undefined || target === undefined) {
    throw new CommandError(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  }
  const spec = target.startsWith("/")
    ? { nonResourceAttributes: { path: target, verb } }
    : { resourceAttributes: yield* attributes(kubectl, verb, target, name) };
  const body = { kind: "SelfSubjectAccessReview", apiVersion: "authorization.k8s.io/v1", metadata: {}, spec };
  const answer = yield* kubectl.request("POST", `${AUTHORIZATION}/selfsubjectaccessreviews`, { body });
  const allowed = at(answer, "status", "allowed") === true;
  if (!kubectl.isSet("quiet")) {
    const reason = textAt(answer, "status", "reason");
    const failure = textAt(answer, "status", "evaluationError");
    const details = `${reason === "" || allowed ? "" : ` - ${reason}`}${failure === "" ? "" : ` - ${failure}`}`;
    yield* kubectl.out(`${allowed ? "yes" : "no"}${details}\n`);
  }
  return allowed ? 0 : 1;
}

function* attributes(kubectl: Kubectl, verb: string, target: string, nameArgument: string | undefined) {
  const [type = "", slashName] = target.split("/");
  const found = type === "*" ? undefined : yield* kubectl.discovery.find(type);
  if (found === undefined && type !== "*") {
    const group = type.includes(".") ? ` in group '${type.slice(type.indexOf(".") + 1)}'` : "";
    yield* kubectl.err(`Warning: the server doesn't have a resource type '${type.split(".")[0]}'${group}\n\n`);
  } else if (found !== undefined && !found.namespaced) {
    const group = found.group === "" ? "" : ` in group '${found.group}'`;
    yield* kubectl.err(`Warning: resource '${found.resource}' is not namespace scoped${group}\n\n`);
  }
  if (found !== undefined && !KNOWN_VERBS.includes(verb))
    yield* kubectl.err(`Warning: verb '${verb}' is not a known verb\n\n`);
  const name = slashName ?? nameArgument ?? "";
  const subresource = kubectl.flag("subresource");
  return {
    ...(kubectl.isSet("all-namespaces") ? {} : { namespace: kubectl.namespace }),
    verb,
    group: found?.group ?? (type === "*" ? "*" : ""),
    resource: found?.resource ?? type,
    ...(subresource === "" ? {} : { subresource }),
    ...(name === "" ? {} : { name }),
  };
}

function* listRules(kubectl: Kubectl): Task<number> {
  const body = {
    kind: "SelfSubjectRulesReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec: { namespace: kubectl.namespace },
  };
  const answer = yield* kubectl.request("POST", `${AUTHORIZATION}/selfsubjectrulesreviews`, { body });
  if (at(answer, "status", "incomplete") === true) {
    yield* kubectl.err(`Warning: the list may be incomplete: ${textAt(answer, "status", "evaluationError")}\n`);
  }
  const list = (rule: unknown, key: string) => `[${listAt(rule, key).join(" ")}]`;
  const rules = [...listAt(answer, "status", "resourceRules"), ...listAt(answer, "status", "nonResourceRules")];
  const rows = compactRules(rules).map(
    ({ resource, rule, verbs }) =>
      `${resource}\t${list(rule, "nonResourceURLs")}\t${list(rule, "resourceNames")}\t[${verbs.join(" ")}]`,
  );
  const header = kubectl.isSet("no-headers") ? [] : ["Resources\tNon-Resource URLs\tResource Names\tVerbs"];
  yield* kubectl.out(`${alignTabs([...header, ...rows].join("\n"), GET_TABS)}\n`);
  return 0;
}

const whoAmI: KubectlCommand = {
  name: "whoami",
  short: "Experimental: Check self subject attributes",
  flags: flagsFor("auth whoami"),
  run: runWhoAmI,
};

function* reviewSelf(kubectl: Kubectl, body: unknown): Task<unknown> {
  try {
    return yield* kubectl.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", { body });
  } catch (error) {
    if (!(error instanceof StatusError) || !["Forbidden", "NotFound"].includes(error.reason)) throw error;
    throw new CommandError(
      "the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it",
    );
  }
}

function* runWhoAmI(kubectl: Kubectl): Task<number> {
  if (kubectl.parsed.args.length > 0)
    throw usageError(kubectl.path, `unexpected arguments: [${kubectl.parsed.args.join(" ")}]`);
  const body = { kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1", metadata: {} };
  const answer = fields(yield* reviewSelf(kubectl, body));
  const printer = new ResultPrinter(kubectl);
  if (printer.printsObjects) {
    yield* printer.print(answer, "");
    return 0;
  }
  const user = fieldsAt(answer, "status", "userInfo");
  const rows = [
    ["ATTRIBUTE", "VALUE"],
    ["Username", textAt(user, "username")],
  ];
  if (textAt(user, "uid") !== "") rows.push(["UID", textAt(user, "uid")]);
  const groups = listAt(user, "groups");
  if (groups.length > 0) rows.push(["Groups", `[${groups.join(" ")}]`]);
  const extra = fieldsAt(user, "extra");
  for (const key of Object.keys(extra).sort()) rows.push([`Extra: ${key}`, `[${listAt(extra, key).join(" ")}]`]);
  yield* kubectl.out(`${alignTabs(rows.map((row) => row.join("\t")).join("\n"), GET_TABS)}\n`);
  return 0;
}

/** kubectl auth */
export const auth: KubectlCommand = {
  name: "auth",
  short: "Inspect authorization",
  group: "debugging",
  commands: [canI, reconcile, whoAmI],
};
