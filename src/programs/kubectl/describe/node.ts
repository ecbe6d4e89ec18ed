import { humanDuration } from "../../../base/duration.ts";
import { goSort } from "../../../base/go-sort.ts";
import { addQuantities, quantityMilliValue, quantityValue } from "../../../kube/api/quantity.ts";
import { timeOrZero } from "../../../kube/api/time.ts";
import { StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { at, type Fields, listAt, stringsAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { eventsFor, writeEvents } from "./events.ts";
import { sortedEntries } from "./pod-template.ts";
import { type DescribeWriter, longTime } from "./writer.ts";

/** kubectl describe node */
export function* describeNode(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const node = info.object;
  const lease = yield* leaseOf(kubectl, info.name);
  const selector = `spec.nodeName=${info.name},status.phase!=Failed,status.phase!=Succeeded`;
  const pods = listAt(
    yield* kubectl.request("GET", "/api/v1/pods", { query: { fieldSelector: selector, limit: 500 } }),
    "items",
  );
  const events = yield* eventsFor(kubectl, info);
  writer.field(0, "Name", info.name);
  writer.field(0, "Roles", rolesOf(node));
  writer.labels(0, "Labels", stringsAt(node, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(node, "metadata", "annotations"));
  writer.line(0, `CreationTimestamp:\t${longTime(textAt(node, "metadata", "creationTimestamp"))}`);
  writeTaints(writer, listAt(node, "spec", "taints"));
  writer.line(0, `Unschedulable:\t${at(node, "spec", "unschedulable") === true}`);
  writeLease(writer, lease);
  writeConditions(writer, listAt(node, "status", "conditions"));
  writer.line(0, "Addresses:");
  for (const one of listAt(node, "status", "addresses"))
    writer.line(1, `${textAt(one, "type")}:\t${textAt(one, "address")}`);
  writeAmounts(writer, "Capacity", stringsAt(node, "status", "capacity"));
  writeAmounts(writer, "Allocatable", stringsAt(node, "status", "allocatable"));
  writeSystemInfo(writer, node);
  writePods(writer, node, pods, kubectl.now);
  writeEvents(writer, events, kubectl.now);
}

/** Roles from the node-role labels. */
function rolesOf(node: Fields): string {
  const roles = Object.keys(stringsAt(node, "metadata", "labels"))
    .filter((key) => key.startsWith("node-role.kubernetes.io/"))
    .map((key) => key.slice("node-role.kubernetes.io/".length))
    .filter((role) => role !== "")
    .sort();
  return roles.length === 0 ? "<none>" : roles.join(",");
}

/** The node's lease, or why it can't be had. */
function* leaseOf(kubectl: Kubectl, name: string): Task<Fields | string> {
  try {
    const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`;
    return (yield* kubectl.request("GET", path)) as Fields;
  } catch (error) {
    if (error instanceof StatusError) return error.message;
    throw error;
  }
}

function writeTaints(writer: DescribeWriter, taints: readonly unknown[]): void {
  if (taints.length === 0) {
    writer.line(0, "Taints:\t<none>");
    return;
  }
  const order = (one: unknown) => `${textAt(one, "effect")},${textAt(one, "key")}`;
  const texts = goSort(taints, (a, b) => order(a) < order(b)).map((one) => {
    const value = textAt(one, "value");
    return `${textAt(one, "key")}${value === "" ? "" : `=${value}`}:${textAt(one, "effect")}`;
  });
  texts.forEach((text, index) => {
    writer.line(0, `${index === 0 ? "Taints:" : ""}\t${text}`);
  });
}

function writeLease(writer: DescribeWriter, lease: Fields | string): void {
  if (typeof lease === "string") {
    writer.line(0, `Lease:\tFailed to get lease: ${lease}`);
    return;
  }
  writer.line(0, "Lease:");
  writer.line(1, `HolderIdentity:\t${textAt(lease, "spec", "holderIdentity") || "<unset>"}`);
  writer.line(1, `AcquireTime:\t${longTime(textAt(lease, "spec", "acquireTime"))}`);
  writer.line(1, `RenewTime:\t${longTime(textAt(lease, "spec", "renewTime"))}`);
}

function writeConditions(writer: DescribeWriter, conditions: readonly unknown[]): void {
  if (conditions.length === 0) return;
  writer.line(0, "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage");
  writer.line(1, "----\t------\t-----------------\t------------------\t------\t-------");
  for (const one of conditions) {
    const heartbeat = longTime(textAt(one, "lastHeartbeatTime"));
    const transition = longTime(textAt(one, "lastTransitionTime"));
    writer.line(
      1,
      `${textAt(one, "type")} \t${textAt(one, "status")} \t${heartbeat} \t${transition} \t${textAt(one, "reason")} \t${textAt(one, "message")}`,
    );
  }
}

function writeAmounts(writer: DescribeWriter, name: string, amounts: Readonly<Record<string, string>>): void {
  if (Object.keys(amounts).length === 0) return;
  writer.line(0, `${name}:`);
  for (const [key, value] of sortedEntries(amounts)) writer.line(1, `${key}:\t${value}`);
}

const SYSTEM_INFO: readonly (readonly [label: string, key: string])[] = [
  ["Machine ID", "machineID"],
  ["System UUID", "systemUUID"],
  ["Boot ID", "bootID"],
  ["Kernel Version", "kernelVersion"],
  ["OS Image", "osImage"],
  ["Operating System", "operatingSystem"],
  ["Architecture", "architecture"],
  ["Container Runtime Version", "containerRuntimeVersion"],
  ["Kubelet Version", "kubeletVersion"],
  ["Kube-Proxy Version", "kubeProxyVersion"],
];

function writeSystemInfo(writer: DescribeWriter, node: Fields): void {
  writer.line(0, "System Info:");
  for (const [label, key] of SYSTEM_INFO) writer.line(1, `${label}:\t${textAt(node, "status", "nodeInfo", key)}`);
  const cidr = textAt(node, "spec", "podCIDR");
  if (cidr !== "") writer.line(0, `PodCIDR:\t${cidr}`);
  const cidrs = listAt(node, "spec", "podCIDRs");
  if (cidrs.length > 0) writer.line(0, `PodCIDRs:\t${cidrs.join(",")}`);
  const provider = textAt(node, "spec", "providerID");
  if (provider !== "") writer.line(0, `ProviderID:\t${provider}`);
}

type Totals = Map<string, string>;

/** What a pod asks for: the sum over its containers, or an init container that asks for more. */
function podAmounts(pod: unknown, which: "requests" | "limits"): Totals {
  const totals: Totals = new Map();
  for (const container of listAt(pod, "spec", "containers")) {
    for (const [name, amount] of Object.entries(stringsAt(container, "resources", which))) {
      const sum = totals.get(name);
      totals.set(name, sum === undefined ? amount : addQuantities(sum, amount));
    }
  }
  for (const container of listAt(pod, "spec", "initContainers")) {
    for (const [name, amount] of Object.entries(stringsAt(container, "resources", which))) {
      if (quantityMilliValue(amount) > quantityMilliValue(totals.get(name) ?? "0")) totals.set(name, amount);
    }
  }
  return totals;
}

function writePods(writer: DescribeWriter, node: Fields, pods: readonly unknown[], now: number): void {
  writer.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  writer.line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge");
  writer.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---");
  const allocatable = { ...stringsAt(node, "status", "capacity"), ...stringsAt(node, "status", "allocatable") };
  const requests: Totals = new Map();
  const limits: Totals = new Map();
  for (const pod of pods) {
    const wanted = podAmounts(pod, "requests");
    const most = podAmounts(pod, "limits");
    add(requests, wanted);
    add(limits, most);
    const cells = [
      share(wanted, "cpu", allocatable),
      share(most, "cpu", allocatable),
      share(wanted, "memory", allocatable),
      share(most, "memory", allocatable),
    ];
    const age = humanDuration(now - timeOrZero(textAt(pod, "metadata", "creationTimestamp")));
    writer.line(
      1,
      `${textAt(pod, "metadata", "namespace")}\t${textAt(pod, "metadata", "name")}\t\t${cells.join("\t")}\t${age}`,
    );
  }
  writeTotals(writer, requests, limits, allocatable);
}

function add(into: Totals, amounts: Totals): void {
  for (const [name, amount] of amounts) {
    const sum = into.get(name);
    into.set(name, sum === undefined ? amount : addQuantities(sum, amount));
  }
}

/** `100m (5%)` */
function share(amounts: Totals, name: string, allocatable: Readonly<Record<string, string>>): string {
  const amount = amounts.get(name) ?? "0";
  const whole = allocatable[name] ?? "0";
  const percent =
    quantityValue(whole) === 0 ? 0 : Math.trunc((quantityMilliValue(amount) / quantityMilliValue(whole)) * 100);
  return `${amount} (${percent}%)`;
}

function writeTotals(
  writer: DescribeWriter,
  requests: Totals,
  limits: Totals,
  allocatable: Readonly<Record<string, string>>,
): void {
  writer.line(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)");
  writer.line(1, "Resource\tRequests\tLimits");
  writer.line(1, "--------\t--------\t------");
  const standard = ["cpu", "memory", "ephemeral-storage"];
  const extra = Object.keys(allocatable)
    .filter((name) => !standard.includes(name) && name !== "pods")
    .sort();
  for (const name of [...standard, ...extra]) {
    writer.line(1, `${name}\t${share(requests, name, allocatable)}\t${share(limits, name, allocatable)}`);
  }
}
