import { fromBase64 } from "../../../base/bytes.ts";
import type { Task } from "../../../sim/task.ts";
import { at, fields, fieldsAt, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { eventsFor, writeEvents } from "./events.ts";
import { writeLimits, writeNamespaceQuota } from "./limits.ts";
import { sortedEntries, writeMeta } from "./pod-template.ts";
import { pairs } from "./storage.ts";
import { describeVolumeSource } from "./volumes.ts";
import { type DescribeWriter, longTime } from "./writer.ts";

type Describer = (kubectl: Kubectl, info: Info, writer: DescribeWriter) => Task<void>;

function* configMap(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  writeMeta(writer, info.object, true);
  writer.raw("\nData\n====\n");
  for (const [key, value] of sortedEntries(stringsAt(info.object, "data"))) writer.raw(`${key}:\n----\n${value}\n\n`);
  writer.raw("\nBinaryData\n====\n");
  for (const [key, value] of sortedEntries(stringsAt(info.object, "binaryData")))
    writer.raw(`${key}: ${byteCount(value)} bytes\n`);
  writer.raw("\n");
  writeEvents(writer, events, kubectl.now);
}

function byteCount(encoded: string): number {
  const decoded = fromBase64(encoded);
  return "bytes" in decoded ? decoded.bytes.length : encoded.length;
}

function* secret(_kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  writeMeta(writer, info.object, true);
  writer.raw(`\nType:\t${textAt(info.object, "type")}\n\nData\n====\n`);
  const token = textAt(info.object, "type") === "kubernetes.io/service-account-token";
  for (const [key, value] of sortedEntries(stringsAt(info.object, "data"))) {
    const decoded = fromBase64(value);
    const shown =
      token && key === "token" && "bytes" in decoded
        ? new TextDecoder().decode(decoded.bytes)
        : `${byteCount(value)} bytes`;
    writer.raw(`${key}:\t${shown}\n`);
  }
}

function* serviceAccount(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  writeMeta(writer, info.object, true);
  const secrets = listAt(info.object, "imagePullSecrets").map((one) => textAt(one, "name"));
  writer.line(0, `Image pull secrets:\t${secrets[0] ?? "<none>"}`);
  for (const name of secrets.slice(1)) writer.line(0, `\t${name}`);
  writeEvents(writer, events, kubectl.now);
}

function* namespace(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const quotas = listAt(
    yield* kubectl.request("GET", `/api/v1/namespaces/${info.name}/resourcequotas`, { query: { limit: 500 } }),
    "items",
  );
  const ranges = listAt(
    yield* kubectl.request("GET", `/api/v1/namespaces/${info.name}/limitranges`, { query: { limit: 500 } }),
    "items",
  );
  writeMeta(writer, info.object, false);
  writer.field(0, "Status", textAt(info.object, "status", "phase"));
  const conditions = listAt(info.object, "status", "conditions");
  if (conditions.length > 0) {
    writer.line(0, "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage");
    writer.line(1, "----\t------\t------------------\t------\t-------");
    for (const one of conditions) {
      writer.line(
        1,
        `${textAt(one, "type")}\t${textAt(one, "status")}\t${longTime(textAt(one, "lastTransitionTime"))}\t${textAt(one, "reason")}\t${textAt(one, "message")}`,
      );
    }
  }
  if (quotas.length === 0) writer.raw("\nNo resource quota.\n");
  else {
    writer.raw("\nResource Quotas\n");
    for (const quota of quotas) writeNamespaceQuota(writer, fields(quota));
  }
  if (ranges.length === 0) writer.raw("\nNo LimitRange resource.\n");
  else {
    writer.raw("\nResource Limits\n");
    writeLimits(writer, ranges, " ");
  }
}

function* role(_kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  writeMeta(writer, info.object, false);
  writer.line(0, "PolicyRule:");
  writer.line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs");
  writer.line(1, "---------\t-----------------\t--------------\t-----");
  const list = (rule: unknown, key: string) => `[${listAt(rule, key).join(" ")}]`;
  for (const rule of compactRules(listAt(info.object, "rules"))) {
    writer.line(
      1,
      `${rule.resource}\t${list(rule.rule, "nonResourceURLs")}\t${list(rule.rule, "resourceNames")}\t[${rule.verbs.join(" ")}]`,
    );
  }
}

interface CompactRule {
  readonly resource: string;
  readonly rule: unknown;
  readonly verbs: string[];
}

/**
 * One row per group, resource and name, verbs joined; each URL and verb a row of its own. Sorted as upstream's
 * BreakdownRule, CompactRules and SortableRuleSlice do.
 */
export function compactRules(rules: readonly unknown[]): CompactRule[] {
  const rows = new Map<string, CompactRule>();
  const others: CompactRule[] = [];
  for (const rule of rules) {
    const verbs = listAt(rule, "verbs").map(String);
    for (const url of listAt(rule, "nonResourceURLs"))
      for (const verb of verbs) others.push({ resource: "", rule: { nonResourceURLs: [url] }, verbs: [verb] });
    for (const [group, resource, names] of resourcesOf(rule)) {
      const key = JSON.stringify([group, resource, names]);
      const known = rows.get(key);
      const one = { apiGroups: [group], resources: [resource], resourceNames: names };
      if (known === undefined) rows.set(key, { resource: combineResource(resource, group), rule: one, verbs });
      else known.verbs.push(...verbs.filter((verb) => !known.verbs.includes(verb)));
    }
  }
  return [...rows.values(), ...others].sort((a, b) => (ruleText(a) < ruleText(b) ? -1 : 1));
}

function* resourcesOf(rule: unknown): Generator<[group: string, resource: string, names: readonly string[]]> {
  const names = listAt(rule, "resourceNames").map(String);
  for (const group of listAt(rule, "apiGroups").map(String)) {
    for (const resource of listAt(rule, "resources").map(String)) {
      if (names.length === 0) yield [group, resource, []];
      for (const name of names) yield [group, resource, [name]];
    }
  }
}

/** Rules are ordered by the text of the whole rule, which begins with its verbs. */
function ruleText({ rule, verbs }: CompactRule): string {
  const list = (key: string) => `[${listAt(rule, key).join(" ")}]`;
  const rest = ["apiGroups", "resources", "resourceNames", "nonResourceURLs"].map(list).join(",");
  return `[${verbs.join(" ")}],${rest}`;
}

function combineResource(resource: string, group: string): string {
  if (group === "") return resource;
  const [name = "", subresource] = resource.split("/");
  return subresource === undefined ? `${name}.${group}` : `${name}.${group}/${subresource}`;
}

function* binding(_kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  writeMeta(writer, info.object, false);
  writer.line(0, "Role:");
  writer.line(1, `Kind:\t${textAt(info.object, "roleRef", "kind")}`);
  writer.line(1, `Name:\t${textAt(info.object, "roleRef", "name")}`);
  writer.line(0, "Subjects:");
  writer.line(1, "Kind\tName\tNamespace");
  writer.line(1, "----\t----\t---------");
  for (const subject of listAt(info.object, "subjects")) {
    writer.line(1, `${textAt(subject, "kind")}\t${textAt(subject, "name")}\t${textAt(subject, "namespace")}`);
  }
}

function* priorityClass(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  writer.field(0, "Name", info.name);
  writer.line(0, `Value:\t${numberAt(info.object, "value") ?? 0}`);
  writer.line(0, `GlobalDefault:\t${at(info.object, "globalDefault") === true}`);
  writer.field(0, "PreemptionPolicy", textAt(info.object, "preemptionPolicy"));
  writer.field(0, "Description", textAt(info.object, "description"));
  writer.raw(`Annotations:\t${pairs(stringsAt(info.object, "metadata", "annotations"))}\n`);
  writeEvents(writer, events, kubectl.now);
}

function* persistentVolumeClaim(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const pods = listAt(yield* kubectl.request("GET", `/api/v1/namespaces/${info.namespace}/pods`), "items");
  const events = yield* eventsFor(kubectl, info);
  const { object } = info;
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  writer.field(0, "StorageClass", textAt(object, "spec", "storageClassName"));
  const deleting = textAt(object, "metadata", "deletionTimestamp") !== "";
  writer.field(0, "Status", deleting ? "Terminating" : textAt(object, "status", "phase"));
  writer.field(0, "Volume", textAt(object, "spec", "volumeName"));
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  writer.line(0, `Finalizers:\t[${listAt(object, "metadata", "finalizers").join(" ")}]`);
  const bound = textAt(object, "spec", "volumeName") !== "";
  writer.field(0, "Capacity", bound ? textAt(object, "status", "capacity", "storage") : "");
  writer.field(0, "Access Modes", bound ? accessModes(listAt(object, "status", "accessModes")) : "");
  writer.field(0, "VolumeMode", textAt(object, "spec", "volumeMode"));
  const users = pods.filter((pod) =>
    listAt(pod, "spec", "volumes").some((volume) => textAt(volume, "persistentVolumeClaim", "claimName") === info.name),
  );
  const names = users.map((pod) => textAt(pod, "metadata", "name"));
  writer.line(0, `Used By:\t${names[0] ?? "<none>"}`);
  for (const name of names.slice(1)) writer.line(0, `\t${name}`);
  writeEvents(writer, events, kubectl.now);
}

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

function accessModes(modes: readonly unknown[]): string {
  return modes.map((mode) => MODES[String(mode)] ?? String(mode)).join(",");
}

function* persistentVolume(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  const { object } = info;
  writer.field(0, "Name", info.name);
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  writer.line(0, `Finalizers:\t[${listAt(object, "metadata", "finalizers").join(" ")}]`);
  writer.field(0, "StorageClass", textAt(object, "spec", "storageClassName"));
  const deleting = textAt(object, "metadata", "deletionTimestamp") !== "";
  writer.field(0, "Status", deleting ? "Terminating" : textAt(object, "status", "phase"));
  const claim = fieldsAt(object, "spec", "claimRef");
  writer.field(
    0,
    "Claim",
    Object.keys(claim).length === 0 ? "" : `${textAt(claim, "namespace")}/${textAt(claim, "name")}`,
  );
  writer.field(0, "Reclaim Policy", textAt(object, "spec", "persistentVolumeReclaimPolicy"));
  writer.field(0, "Access Modes", accessModes(listAt(object, "spec", "accessModes")));
  writer.field(0, "VolumeMode", textAt(object, "spec", "volumeMode"));
  writer.field(0, "Capacity", textAt(object, "spec", "capacity", "storage"));
  writeNodeAffinity(writer, listAt(object, "spec", "nodeAffinity", "required", "nodeSelectorTerms"));
  writer.field(0, "Message", textAt(object, "status", "message"));
  writer.line(0, "Source:");
  describeVolumeSource(writer, fieldsAt(object, "spec"));
  writeEvents(writer, events, kubectl.now);
}

function writeNodeAffinity(writer: DescribeWriter, terms: readonly unknown[]): void {
  if (terms.length === 0) {
    writer.line(0, "Node Affinity:\t<none>");
    return;
  }
  writer.line(0, "Node Affinity:\t");
  writer.line(1, "Required Terms:\t");
  terms.forEach((term, index) => {
    const needs = listAt(term, "matchExpressions").map((one) => {
      const values = listAt(one, "values");
      const of = values.length === 0 ? "" : ` [${values.join(", ")}]`;
      return `${textAt(one, "key")} ${textAt(one, "operator").toLowerCase()}${of}`;
    });
    writer.line(2, `Term ${index}:\t${needs[0] ?? "<none>"}`);
    for (const need of needs.slice(1)) writer.line(2, `\t${need}`);
  });
}

/** Describers by kind and group. */
export const SMALL_DESCRIBERS: Readonly<Record<string, Describer>> = {
  "ConfigMap.": configMap,
  "Secret.": secret,
  "ServiceAccount.": serviceAccount,
  "Namespace.": namespace,
  "PersistentVolumeClaim.": persistentVolumeClaim,
  "PersistentVolume.": persistentVolume,
  "Role.rbac.authorization.k8s.io": role,
  "ClusterRole.rbac.authorization.k8s.io": role,
  "RoleBinding.rbac.authorization.k8s.io": binding,
  "ClusterRoleBinding.rbac.authorization.k8s.io": binding,
  "PriorityClass.scheduling.k8s.io": priorityClass,
};
