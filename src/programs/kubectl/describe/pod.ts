import { humanDuration } from "../../../base/duration.ts";
import { timeOrZero } from "../../../kube/api/time.ts";
import type { Task } from "../../../sim/task.ts";
import { type Fields, fieldsAt, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { describeContainers } from "./containers.ts";
import { eventsFor, writeEvents } from "./events.ts";
import { controllerText } from "./pod-template.ts";
import { describeSpread, describeTolerations, describeVolumes } from "./volumes.ts";
import { type DescribeWriter, longTime } from "./writer.ts";

/** kubectl describe pod */
export function* describePod(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const pod = info.object;
  const events = yield* eventsFor(kubectl, info);
  writeHead(writer, pod);
  writeStatus(writer, pod, kubectl.now);
  writeContainers(writer, pod);
  writeConditions(writer, listAt(pod, "status", "conditions"));
  describeVolumes(writer, listAt(pod, "spec", "volumes"), "");
  writer.line(0, `QoS Class:\t${textAt(pod, "status", "qosClass") || "BestEffort"}`);
  writer.labels(0, "Node-Selectors", stringsAt(pod, "spec", "nodeSelector"));
  describeTolerations(writer, listAt(pod, "spec", "tolerations"), "");
  describeSpread(writer, listAt(pod, "spec", "topologySpreadConstraints"), "");
  writeEvents(writer, events, kubectl.now);
}

function writeHead(writer: DescribeWriter, pod: Fields): void {
  writer.field(0, "Name", textAt(pod, "metadata", "name"));
  writer.field(0, "Namespace", textAt(pod, "metadata", "namespace"));
  const priority = numberAt(pod, "spec", "priority");
  if (priority !== undefined) writer.line(0, `Priority:\t${priority}`);
  optional(writer, "Priority Class Name", textAt(pod, "spec", "priorityClassName"));
  optional(writer, "Runtime Class Name", textAt(pod, "spec", "runtimeClassName"));
  optional(writer, "Service Account", textAt(pod, "spec", "serviceAccountName"));
  const node = textAt(pod, "spec", "nodeName");
  writer.field(0, "Node", node === "" ? "<none>" : `${node}/${textAt(pod, "status", "hostIP")}`);
  const started = textAt(pod, "status", "startTime");
  if (started !== "") writer.line(0, `Start Time:\t${longTime(started)}`);
  writer.labels(0, "Labels", stringsAt(pod, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(pod, "metadata", "annotations"));
}

function optional(writer: DescribeWriter, name: string, value: string): void {
  if (value !== "") writer.field(0, name, value);
}

function writeStatus(writer: DescribeWriter, pod: Fields, now: number): void {
  const deleting = textAt(pod, "metadata", "deletionTimestamp");
  if (deleting !== "") {
    const ago = terminatingFor(deleting, now);
    writer.line(0, `Status:\tTerminating (lasts ${ago})`);
    writer.line(0, `Termination Grace Period:\t${numberAt(pod, "metadata", "deletionGracePeriodSeconds") ?? 0}s`);
  } else writer.field(0, "Status", textAt(pod, "status", "phase"));
  optional(writer, "Reason", textAt(pod, "status", "reason"));
  optional(writer, "Message", textAt(pod, "status", "message"));
  const seccomp = fieldsAt(pod, "spec", "securityContext", "seccompProfile");
  optional(writer, "SeccompProfile", textAt(seccomp, "type"));
  writer.field(0, "IP", textAt(pod, "status", "podIP"));
  const ips = listAt(pod, "status", "podIPs");
  writer.line(0, `IPs:${ips.length === 0 ? "\t<none>" : ""}`);
  for (const ip of ips) writer.line(1, `IP:\t${textAt(ip, "ip")}`);
  const controller = controllerText(pod);
  if (controller !== "") writer.field(0, "Controlled By", controller);
  optional(writer, "NominatedNodeName", textAt(pod, "status", "nominatedNodeName"));
}

function terminatingFor(time: string, now: number): string {
  return humanDuration(now - timeOrZero(time));
}

function writeContainers(writer: DescribeWriter, pod: Fields): void {
  const init = listAt(pod, "spec", "initContainers");
  if (init.length > 0) {
    describeContainers(writer, "Init Containers", init, listAt(pod, "status", "initContainerStatuses"), "");
  }
  describeContainers(
    writer,
    "Containers",
    listAt(pod, "spec", "containers"),
    listAt(pod, "status", "containerStatuses"),
    "",
  );
  const ephemeral = listAt(pod, "spec", "ephemeralContainers");
  if (ephemeral.length > 0) {
    describeContainers(
      writer,
      "Ephemeral Containers",
      ephemeral,
      listAt(pod, "status", "ephemeralContainerStatuses"),
      "",
    );
  }
}

function writeConditions(writer: DescribeWriter, conditions: readonly unknown[]): void {
  if (conditions.length === 0) return;
  writer.line(0, "Conditions:\n  Type\tStatus");
  for (const one of conditions) writer.line(1, `${textAt(one, "type")} \t${textAt(one, "status")} `);
}
