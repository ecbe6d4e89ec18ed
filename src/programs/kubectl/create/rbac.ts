import type { Task } from "../../../sim/task.ts";
import { CommandError, PlainError } from "../core/failure.ts";
import type { Fields } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { type Generator, generatorCommand } from "./generator.ts";

const GROUP = "rbac.authorization.k8s.io";
const STANDARD_VERBS = [
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
  "escalate",
  "impersonate",
  "approve",
  "sign",
  "attest",
  "*",
  "proxy",
];

function rbacResource(resource: string, namespaced: boolean) {
  return { group: GROUP, version: "v1", resource, namespaced };
}

const roleGenerator: Generator = {
  name: "role",
  path: "create role",
  use: "NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]",
  short: "Create a role with single rule",
  resource: rbacResource("roles", true),
  noun: "role",
  *make(kubectl, name) {
    return { kind: "Role", apiVersion: `${GROUP}/v1`, metadata: { name }, rules: yield* resourceRules(kubectl) };
  },
};

const clusterRoleGenerator: Generator = {
  name: "clusterrole",
  path: "create clusterrole",
  use: "NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]",
  short: "Create a cluster role",
  resource: rbacResource("clusterroles", false),
  noun: "clusterrole",
  *make(kubectl, name) {
    const base = { kind: "ClusterRole", apiVersion: `${GROUP}/v1`, metadata: { name } };
    const aggregation = kubectl.flag("aggregation-rule");
    if (aggregation !== "") {
      const matchLabels = Object.fromEntries(aggregation.split(",").map((pair) => pair.split("=") as [string, string]));
      return { ...base, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } };
    }
    const urls = kubectl.parsed.list("non-resource-url");
    if (urls.length === 0) return { ...base, rules: yield* resourceRules(kubectl) };
    const rules = kubectl.parsed.list("resource").length === 0 ? [] : yield* resourceRules(kubectl);
    return { ...base, rules: [...rules, { verbs: verbsOf(kubectl), nonResourceURLs: urls }] };
  },
};

function verbsOf(kubectl: Kubectl): string[] {
  const verbs = [...new Set(kubectl.parsed.list("verb"))];
  if (verbs.length === 0) throw new CommandError("at least one verb must be specified");
  return verbs.includes("*") ? ["*"] : verbs;
}

/** One rule per API group of the given resources. */
function* resourceRules(kubectl: Kubectl): Task<Fields[]> {
  const verbs = verbsOf(kubectl);
  const names = kubectl.parsed.list("resource-name");
  const wanted = [...new Set(kubectl.parsed.list("resource"))];
  if (wanted.length === 0) throw new CommandError("at least one resource must be specified");
  for (const verb of verbs) {
    if (!STANDARD_VERBS.includes(verb)) yield* kubectl.err(`Warning: '${verb}' is not a standard resource verb\n`);
  }
  const byGroup = new Map<string, string[]>();
  for (const spec of wanted) {
    const { group, resource } = yield* ruleResource(kubectl, spec);
    byGroup.set(group, [...(byGroup.get(group) ?? []), resource]);
  }
  return [...byGroup].map(([group, resources]) => ({
    verbs,
    apiGroups: [group],
    resources,
    ...(names.length === 0 ? {} : { resourceNames: names }),
  }));
}

function* ruleResource(kubectl: Kubectl, spec: string): Task<{ group: string; resource: string }> {
  if (spec === "*") return { group: "*", resource: "*" };
  const [type = "", subresource] = spec.split("/");
  const found = yield* kubectl.discovery.find(type);
  if (found === undefined) throw new PlainError(`the server doesn't have a resource type "${type}"`);
  return {
    group: found.group,
    resource: subresource === undefined ? found.resource : `${found.resource}/${subresource}`,
  };
}

function subjects(kubectl: Kubectl): Fields[] {
  const named = (kind: string, flag: string) =>
    kubectl.parsed.list(flag).map((name) => ({ kind, apiGroup: GROUP, name }));
  const accounts = kubectl.parsed.list("serviceaccount").map((text) => {
    const [namespace = "", name = "", ...more] = text.split(":");
    if (namespace === "" || name === "" || more.length > 0) {
      throw new CommandError("serviceaccount must be <namespace>:<name>");
    }
    return { kind: "ServiceAccount", name, namespace };
  });
  return [...named("User", "user"), ...named("Group", "group"), ...accounts];
}

const roleBindingGenerator: Generator = {
  name: "rolebinding",
  path: "create rolebinding",
  use: "NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
  short: "Create a role binding for a particular role or cluster role",
  resource: rbacResource("rolebindings", true),
  noun: "rolebinding",
  *make(kubectl, name) {
    const role = kubectl.flag("role");
    const clusterRole = kubectl.flag("clusterrole");
    if ((role === "") === (clusterRole === "")) {
      throw new CommandError("exactly one of clusterrole or role must be specified");
    }
    return binding(kubectl, "RoleBinding", name, role === "" ? "ClusterRole" : "Role", role || clusterRole);
  },
};

const clusterRoleBindingGenerator: Generator = {
  name: "clusterrolebinding",
  path: "create clusterrolebinding",
  use: "NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
  short: "Create a cluster role binding for a particular cluster role",
  resource: rbacResource("clusterrolebindings", false),
  noun: "clusterrolebinding",
  *make(kubectl, name) {
    return binding(kubectl, "ClusterRoleBinding", name, "ClusterRole", kubectl.flag("clusterrole"));
  },
};

function binding(kubectl: Kubectl, kind: string, name: string, roleKind: string, roleName: string): Fields {
  const bound = subjects(kubectl);
  return {
    kind,
    apiVersion: `${GROUP}/v1`,
    metadata: { name },
    ...(bound.length === 0 ? {} : { subjects: bound }),
    roleRef: { apiGroup: GROUP, kind: roleKind, name: roleName },
  };
}

/** kubectl create role, clusterrole, rolebinding, clusterrolebinding */
export const rbacCommands = [
  clusterRoleGenerator,
  clusterRoleBindingGenerator,
  roleGenerator,
  roleBindingGenerator,
].map(generatorCommand);
