import { parseLabelSelector, SelectorError } from "../../../kube/api/labels.ts";
import { parseQuantity } from "../../../kube/api/quantity.ts";
import { CommandError } from "../core/failure.ts";
import type { Fields } from "../core/fields.ts";
import { type Generator, generatorCommand } from "./generator.ts";

const namespace: Generator = {
  name: "namespace",
  path: "create namespace",
  aliases: ["ns"],
  use: "NAME [--dry-run=server|client|none]",
  short: "Create a namespace with the specified name",
  resource: { group: "", version: "v1", resource: "namespaces", namespaced: false },
  noun: "namespace",
  *make(_kubectl, name) {
    return { kind: "Namespace", apiVersion: "v1", metadata: { name }, spec: {}, status: {} };
  },
};

const serviceAccount: Generator = {
  name: "serviceaccount",
  path: "create serviceaccount",
  aliases: ["sa"],
  use: "NAME [--dry-run=server|client|none]",
  short: "Create a service account with the specified name",
  resource: { group: "", version: "v1", resource: "serviceaccounts", namespaced: true },
  noun: "serviceaccount",
  *make(_kubectl, name) {
    return { kind: "ServiceAccount", apiVersion: "v1", metadata: { name } };
  },
};

const quota: Generator = {
  name: "quota",
  path: "create quota",
  aliases: ["resourcequota"],
  use: "NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]",
  short: "Create a quota with the specified name",
  resource: { group: "", version: "v1", resource: "resourcequotas", namespaced: true },
  noun: "quota",
  *make(kubectl, name) {
    const hard = kubectl.flag("hard");
    const scopes = kubectl.flag("scopes");
    return {
      kind: "ResourceQuota",
      apiVersion: "v1",
      metadata: { name },
      spec: {
        ...(hard === "" ? {} : { hard: quantities(hard) }),
        ...(scopes === "" ? {} : { scopes: scopes.split(",") }),
      },
      status: {},
    };
  },
};

const NO_QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** `cpu=1,memory=2Gi` */
export function quantities(text: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const part of text.split(",")) {
    const pair = part.split("=");
    if (pair.length !== 2) throw new CommandError(`Invalid argument syntax ${part}, expected <resource>=<value>`);
    if (parseQuantity(pair[1] ?? "") === undefined) throw new CommandError(NO_QUANTITY);
    result[pair[0] ?? ""] = pair[1] ?? "";
  }
  return result;
}

const disruptionBudget: Generator = {
  name: "poddisruptionbudget",
  path: "create poddisruptionbudget",
  aliases: ["pdb"],
  use: "NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]",
  short: "Create a pod disruption budget with the specified name",
  resource: { group: "policy", version: "v1", resource: "poddisruptionbudgets", namespaced: true },
  noun: "poddisruptionbudgets",
  *make(kubectl, name) {
    const least = kubectl.flag("min-available");
    const most = kubectl.flag("max-unavailable");
    const selector = kubectl.flag("selector");
    if (selector === "") throw new CommandError("a selector must be specified");
    if (least === "" && most === "")
      throw new CommandError("one of min-available or max-unavailable must be specified");
    if (least !== "" && most !== "") {
      throw new CommandError("min-available and max-unavailable cannot be both specified");
    }
    return {
      kind: "PodDisruptionBudget",
      apiVersion: "policy/v1",
      metadata: { name },
      spec: {
        ...(least === "" ? {} : { minAvailable: countOrShare(least) }),
        selector: asLabelSelector(selector),
        ...(most === "" ? {} : { maxUnavailable: countOrShare(most) }),
      },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    };
  },
};

function countOrShare(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** A selector of the command line in its structured form (metav1.ParseToLabelSelector). */
function asLabelSelector(text: string): Fields {
  try {
    const requirements = parseLabelSelector(text);
    const matchLabels: Record<string, string> = {};
    const matchExpressions: Fields[] = [];
    for (const one of requirements) {
      const values = [...one.values];
      if (one.operator === "=") matchLabels[one.key] = values[0] ?? "";
      else if (one.operator === "in") matchExpressions.push({ key: one.key, operator: "In", values });
      else if (one.operator === "notin") matchExpressions.push({ key: one.key, operator: "NotIn", values });
      else if (one.operator === "exists") matchExpressions.push({ key: one.key, operator: "Exists", values: [] });
      else if (one.operator === "!") matchExpressions.push({ key: one.key, operator: "DoesNotExist", values: [] });
      else throw new CommandError(`"${one.operator}" is not a valid label selector operator`);
    }
    return {
      ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
      ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
    };
  } catch (error) {
    if (error instanceof SelectorError)
      throw new CommandError(`couldn't parse the selector string "${text}": ${error.message}`);
    throw error;
  }
}

const priorityClass: Generator = {
  name: "priorityclass",
  path: "create priorityclass",
  aliases: ["pc"],
  use: "NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]",
  short: "Create a priority class with the specified name",
  resource: { group: "scheduling.k8s.io", version: "v1", resource: "priorityclasses", namespaced: false },
  noun: "priorityclass",
  *make(kubectl, name) {
    const description = kubectl.flag("description");
    return {
      kind: "PriorityClass",
      apiVersion: "scheduling.k8s.io/v1",
      metadata: { name },
      value: kubectl.parsed.number("value"),
      ...(kubectl.isSet("global-default") ? { globalDefault: true } : {}),
      ...(description === "" ? {} : { description }),
      preemptionPolicy: kubectl.flag("preemption-policy"),
    };
  },
};

/** kubectl create namespace, serviceaccount, quota, poddisruptionbudget, priorityclass */
export const policyCommands = [namespace, serviceAccount, quota, disruptionBudget, priorityClass].map(generatorCommand);
