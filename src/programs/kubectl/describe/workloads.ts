import { humanDuration } from "../../../base/duration.ts";
import { formatRequirements, fromLabelSelector, matchesLabels } from "../../../kube/api/labels.ts";
import { timeOrZero } from "../../../kube/api/time.ts";
import type { LabelSelector } from "../../../kube/api/types.generated.ts";
import { sameJson } from "../../../kube/client/json-value.ts";
import type { Task } from "../../../sim/task.ts";
import { at, type Fields, fields, fieldsAt, listAt, numberAt, stringsAt, textAt, withAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { eventsFor, writeEvents } from "./events.ts";
import { controllerText, describePodTemplate, selectorText, writeMeta } from "./pod-template.ts";
import { type DescribeWriter, longTime } from "./writer.ts";

/** kubectl describe deployment */
export function* describeDeployment(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const { object } = info;
  const sets = yield* ownedReplicaSets(kubectl, info);
  const events = yield* eventsFor(kubectl, info);
  const number = (...path: string[]) => numberAt(object, ...path) ?? 0;
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  writer.line(0, `CreationTimestamp:\t${longTime(textAt(object, "metadata", "creationTimestamp"))}`);
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  writer.field(0, "Selector", selectorText(at(object, "spec", "selector")));
  writer.line(
    0,
    `Replicas:\t${number("spec", "replicas")} desired | ${number("status", "updatedReplicas")} updated | ${number("status", "replicas")} total | ${number("status", "availableReplicas")} available | ${number("status", "unavailableReplicas")} unavailable`,
  );
  writer.field(0, "StrategyType", textAt(object, "spec", "strategy", "type"));
  writer.line(0, `MinReadySeconds:\t${number("spec", "minReadySeconds")}`);
  const rolling = fieldsAt(object, "spec", "strategy", "rollingUpdate");
  if (Object.keys(rolling).length > 0) {
    writer.line(
      0,
      `RollingUpdateStrategy:\t${textAt(rolling, "maxUnavailable")} max unavailable, ${textAt(rolling, "maxSurge")} max surge`,
    );
  }
  describePodTemplate(writer, fieldsAt(object, "spec", "template"));
  writeDeploymentConditions(writer, listAt(object, "status", "conditions"));
  if (sets !== undefined && sets.length > 0) writeReplicaSets(writer, object, sets);
  writeEvents(writer, events, kubectl.now);
}

function writeDeploymentConditions(writer: DescribeWriter, conditions: readonly unknown[]): void {
  if (conditions.length === 0) return;
  writer.line(0, "Conditions:\n  Type\tStatus\tReason");
  writer.line(1, "----\t------\t------");
  for (const one of conditions)
    writer.line(1, `${textAt(one, "type")} \t${textAt(one, "status")}\t${textAt(one, "reason")}`);
}

/** The replica sets that a deployment owns, or undefined when they cannot be listed. */
export function* ownedReplicaSets(kubectl: Kubectl, info: Info): Task<Fields[] | undefined> {
  const requirements = fromLabelSelector(fieldsAt(info.object, "spec", "selector") as LabelSelector);
  const labelSelector = requirements === "nothing" ? "" : formatRequirements(requirements);
  const path = `/apis/apps/v1/namespaces/${info.namespace}/replicasets`;
  const list = yield* kubectl.request("GET", path, { query: { labelSelector } });
  const uid = textAt(info.object, "metadata", "uid");
  return listAt(list, "items")
    .map(fields)
    .filter((set) => listAt(set, "metadata", "ownerReferences").some((owner) => textAt(owner, "uid") === uid));
}

function writeReplicaSets(writer: DescribeWriter, deployment: Fields, sets: readonly Fields[]): void {
  const newest = newReplicaSet(deployment, sets);
  const old = sets.filter((set) => set !== newest).sort(byCreation);
  writer.field(0, "OldReplicaSets", old.length === 0 ? "<none>" : old.map(replicaSetText).join(", "));
  writer.field(0, "NewReplicaSet", newest === undefined ? "<none>" : replicaSetText(newest));
}

function byCreation(a: Fields, b: Fields): number {
  const left = textAt(a, "metadata", "creationTimestamp");
  const right = textAt(b, "metadata", "creationTimestamp");
  if (left !== right) return left < right ? -1 : 1;
  return textAt(a, "metadata", "name") < textAt(b, "metadata", "name") ? -1 : 1;
}

function replicaSetText(set: Fields): string {
  const name = textAt(set, "metadata", "name");
  return `${name} (${numberAt(set, "status", "replicas") ?? 0}/${numberAt(set, "spec", "replicas") ?? 0} replicas created)`;
}

/** The replica set of the deployment's current template: the one with its revision. */
/** The oldest whose template is the deployment's: there is none yet of what a paused one is asked for. */
function newReplicaSet(deployment: Fields, sets: readonly Fields[]): Fields | undefined {
  const wanted = fieldsAt(deployment, "spec", "template");
  return [...sets].sort(byCreation).find((set) => {
    const template = fieldsAt(set, "spec", "template");
    const { "pod-template-hash": _, ...labels } = stringsAt(template, "metadata", "labels");
    return sameJson(withAt(template, ["metadata", "labels"], labels), wanted);
  });
}

export const REVISION = "deployment.kubernetes.io/revision";

/** Counts of an owner's pods by phase. */
function* podCounts(kubectl: Kubectl, info: Info): Task<string | undefined> {
  const selector = fieldsAt(info.object, "spec", "selector");
  const requirements =
    Object.hasOwn(selector, "matchLabels") || Object.hasOwn(selector, "matchExpressions")
      ? fromLabelSelector(selector as LabelSelector)
      : fromLabelSelector({ matchLabels: stringsAt(info.object, "spec", "selector") });
  if (requirements === "nothing") return undefined;
  const path = `/api/v1/namespaces/${info.namespace}/pods`;
  const list = yield* kubectl.request("GET", path, { query: { labelSelector: formatRequirements(requirements) } });
  const uid = textAt(info.object, "metadata", "uid");
  const pods = listAt(list, "items").filter(
    (pod) =>
      matchesLabels(requirements, stringsAt(pod, "metadata", "labels")) &&
      listAt(pod, "metadata", "ownerReferences").some((owner) => textAt(owner, "uid") === uid),
  );
  const count = (phase: string) => pods.filter((pod) => textAt(pod, "status", "phase") === phase).length;
  return `${count("Running")} Running / ${count("Pending")} Waiting / ${count("Succeeded")} Succeeded / ${count("Failed")} Failed`;
}

/** kubectl describe replicaset, replicationcontroller */
export function* describeReplicaSet(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const { object } = info;
  const counts = yield* podCounts(kubectl, info);
  const events = yield* eventsFor(kubectl, info);
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  writer.field(0, "Selector", selectorText(at(object, "spec", "selector")));
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  const controller = controllerText(object);
  if (controller !== "") writer.field(0, "Controlled By", controller);
  writer.line(
    0,
    `Replicas:\t${numberAt(object, "status", "replicas") ?? 0} current / ${numberAt(object, "spec", "replicas") ?? 0} desired`,
  );
  if (counts !== undefined) writer.line(0, `Pods Status:\t${counts}`);
  describePodTemplate(writer, fieldsAt(object, "spec", "template"));
  const conditions = listAt(object, "status", "conditions");
  if (conditions.length > 0) writeDeploymentConditions(writer, conditions);
  writeEvents(writer, events, kubectl.now);
}

/** kubectl describe daemonset */
export function* describeDaemonSet(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const { object } = info;
  const counts = yield* podCounts(kubectl, info);
  const events = yield* eventsFor(kubectl, info);
  const status = (key: string) => numberAt(object, "status", key) ?? 0;
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  writer.field(0, "Selector", selectorText(at(object, "spec", "selector")));
  const nodeSelector = stringsAt(object, "spec", "template", "spec", "nodeSelector");
  const keys = Object.keys(nodeSelector).sort();
  writer.field(
    0,
    "Node-Selector",
    keys.length === 0 ? "<none>" : keys.map((key) => `${key}=${nodeSelector[key]}`).join(","),
  );
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  writer.line(0, `Desired Number of Nodes Scheduled: ${status("desiredNumberScheduled")}`);
  writer.line(0, `Current Number of Nodes Scheduled: ${status("currentNumberScheduled")}`);
  writer.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status("updatedNumberScheduled")}`);
  writer.line(0, `Number of Nodes Scheduled with Available Pods: ${status("numberAvailable")}`);
  writer.line(0, `Number of Nodes Misscheduled: ${status("numberMisscheduled")}`);
  if (counts !== undefined) writer.line(0, `Pods Status:\t${counts}`);
  describePodTemplate(writer, fieldsAt(object, "spec", "template"));
  writeEvents(writer, events, kubectl.now);
}

/** kubectl describe statefulset */
export function* describeStatefulSet(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const { object } = info;
  const counts = yield* podCounts(kubectl, info);
  const events = yield* eventsFor(kubectl, info);
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  writer.line(0, `CreationTimestamp:\t${longTime(textAt(object, "metadata", "creationTimestamp"))}`);
  writer.field(0, "Selector", selectorText(at(object, "spec", "selector")));
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  writer.line(
    0,
    `Replicas:\t${numberAt(object, "spec", "replicas") ?? 0} desired | ${numberAt(object, "status", "replicas") ?? 0} total`,
  );
  writer.field(0, "Update Strategy", textAt(object, "spec", "updateStrategy", "type"));
  const partition = numberAt(object, "spec", "updateStrategy", "rollingUpdate", "partition");
  if (partition !== undefined) writer.line(1, `Partition:\t${partition}`);
  if (counts !== undefined) writer.line(0, `Pods Status:\t${counts}`);
  describePodTemplate(writer, fieldsAt(object, "spec", "template"));
  writeClaimTemplates(writer, listAt(object, "spec", "volumeClaimTemplates"));
  writeEvents(writer, events, kubectl.now);
}

function writeClaimTemplates(writer: DescribeWriter, templates: readonly unknown[]): void {
  if (templates.length === 0) {
    writer.line(0, "Volume Claims:\t<none>");
    return;
  }
  writer.line(0, "Volume Claims:");
  for (const template of templates) {
    writer.line(1, `Name:\t${textAt(template, "metadata", "name")}`);
    writer.line(1, `StorageClass:\t${textAt(template, "spec", "storageClassName")}`);
    writer.labels(1, "Labels", stringsAt(template, "metadata", "labels"));
    writer.labels(1, "Annotations", stringsAt(template, "metadata", "annotations"));
    writer.line(1, `Capacity:\t${textAt(template, "spec", "resources", "requests", "storage") || "<default>"}`);
    writer.line(1, `Access Modes:\t[${listAt(template, "spec", "accessModes").join(" ")}]`);
  }
}

/** kubectl describe job */
export function* describeJob(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const { object } = info;
  const events = yield* eventsFor(kubectl, info);
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  writer.field(0, "Selector", selectorText(at(object, "spec", "selector")));
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  const controller = controllerText(object);
  if (controller !== "") writer.field(0, "Controlled By", controller);
  writer.line(0, `Parallelism:\t${textAt(object, "spec", "parallelism")}`);
  writer.line(0, `Completions:\t${textAt(object, "spec", "completions") || "<unset>"}`);
  const mode = textAt(object, "spec", "completionMode");
  if (mode !== "") writer.line(0, `Completion Mode:\t${mode}`);
  writer.line(0, `Suspend:\t${at(object, "spec", "suspend") === true}`);
  writer.line(0, `Backoff Limit:\t${numberAt(object, "spec", "backoffLimit") ?? 6}`);
  const ttl = numberAt(object, "spec", "ttlSecondsAfterFinished");
  if (ttl !== undefined) writer.line(0, `TTL Seconds After Finished:\t${ttl}`);
  writeJobTimes(writer, object);
  const deadline = numberAt(object, "spec", "activeDeadlineSeconds");
  if (deadline !== undefined) writer.line(0, `Active Deadline Seconds:\t${deadline}s`);
  const status = (key: string) => numberAt(object, "status", key) ?? 0;
  const ready = numberAt(object, "status", "ready");
  writer.line(
    0,
    ready === undefined
      ? `Pods Statuses:\t${status("active")} Active / ${status("succeeded")} Succeeded / ${status("failed")} Failed`
      : `Pods Statuses:\t${status("active")} Active (${ready} Ready) / ${status("succeeded")} Succeeded / ${status("failed")} Failed`,
  );
  if (mode === "Indexed")
    writer.line(0, `Completed Indexes:\t${shortIndexes(textAt(object, "status", "completedIndexes")) || "<none>"}`);
  describePodTemplate(writer, fieldsAt(object, "spec", "template"));
  writeEvents(writer, events, kubectl.now);
}

/** Long lists of indexes end at the comma after fifty characters. */
function shortIndexes(indexes: string): string {
  const end = indexes.indexOf(",", 50);
  return end < 0 ? indexes : `${indexes.slice(0, end + 1)}...`;
}

/** kubectl describe cronjob */
export function* describeCronJob(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  const { object } = info;
  const template = fieldsAt(object, "spec", "jobTemplate");
  const orUnset = (text: string) => (text === "" ? "<unset>" : text);
  writeMeta(writer, object, true);
  writer.field(0, "Schedule", textAt(object, "spec", "schedule"));
  writer.field(0, "Concurrency Policy", textAt(object, "spec", "concurrencyPolicy"));
  const suspend = at(object, "spec", "suspend");
  writer.field(0, "Suspend", suspend === undefined ? "<unset>" : suspend === true ? "True" : "False");
  writer.field(0, "Successful Job History Limit", orUnset(textAt(object, "spec", "successfulJobsHistoryLimit")));
  writer.field(0, "Failed Job History Limit", orUnset(textAt(object, "spec", "failedJobsHistoryLimit")));
  const deadline = textAt(object, "spec", "startingDeadlineSeconds");
  writer.field(0, "Starting Deadline Seconds", deadline === "" ? "<unset>" : `${deadline}s`);
  const selector = at(template, "spec", "selector");
  writer.field(0, "Selector", selector === undefined ? "<unset>" : selectorText(selector));
  writer.field(0, "Parallelism", orUnset(textAt(template, "spec", "parallelism")));
  writer.field(0, "Completions", orUnset(textAt(template, "spec", "completions")));
  const active = textAt(template, "spec", "activeDeadlineSeconds");
  if (active !== "") writer.field(0, "Active Deadline Seconds", `${active}s`);
  describePodTemplate(writer, fieldsAt(template, "spec", "template"));
  writer.field(0, "Last Schedule Time", longTime(textAt(object, "status", "lastScheduleTime")));
  const jobs = listAt(object, "status", "active").map((job) => textAt(job, "name"));
  writer.field(0, "Active Jobs", jobs.join(", ") || "<none>");
  writeEvents(writer, events, kubectl.now);
}

function writeJobTimes(writer: DescribeWriter, object: Fields): void {
  const started = textAt(object, "status", "startTime");
  const completed = textAt(object, "status", "completionTime");
  if (started !== "") writer.line(0, `Start Time:\t${longTime(started)}`);
  if (completed !== "") writer.line(0, `Completed At:\t${longTime(completed)}`);
  if (started !== "" && completed !== "") {
    writer.line(0, `Duration:\t${humanDuration(timeOrZero(completed) - timeOrZero(started))}`);
  }
}
