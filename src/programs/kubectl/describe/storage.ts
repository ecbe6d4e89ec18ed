import type { Task } from "../../../sim/task.ts";
import { at, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { eventsFor, writeEvents } from "./events.ts";
import { type DescribeWriter, longTime } from "./writer.ts";

const DEFAULT_CLASS = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
] as const;

/** kubectl describe storageclass */
export function* describeStorageClass(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  const { object } = info;
  const annotations = stringsAt(object, "metadata", "annotations");
  writer.field(0, "Name", info.name);
  writer.field(0, "IsDefaultClass", DEFAULT_CLASS.some((key) => annotations[key] === "true") ? "Yes" : "No");
  writer.raw(`Annotations:\t${pairs(annotations)}\n`);
  writer.field(0, "Provisioner", textAt(object, "provisioner"));
  writer.field(0, "Parameters", pairs(stringsAt(object, "parameters")));
  const expands = at(object, "allowVolumeExpansion");
  writer.field(0, "AllowVolumeExpansion", expands === undefined ? "<unset>" : expands === true ? "True" : "False");
  const mount = listAt(object, "mountOptions");
  writer.line(0, `MountOptions:${mount.length === 0 ? "\t<none>" : ""}`);
  for (const option of mount) writer.line(1, String(option));
  writer.field(0, "ReclaimPolicy", textAt(object, "reclaimPolicy"));
  writer.field(0, "VolumeBindingMode", textAt(object, "volumeBindingMode"));
  writeTopologies(writer, listAt(object, "allowedTopologies"));
  writeEvents(writer, events, kubectl.now);
}

function writeTopologies(writer: DescribeWriter, terms: readonly unknown[]): void {
  if (terms.length === 0) return;
  writer.line(0, "AllowedTopologies:\t");
  terms.forEach((term, index) => {
    const needs = listAt(term, "matchLabelExpressions").map(
      (one) => `${textAt(one, "key")} in [${listAt(one, "values").join(", ")}]`,
    );
    writer.line(1, `Term ${index}:\t${needs[0] ?? "<none>"}`);
    for (const need of needs.slice(1)) writer.line(1, `\t${need}`);
  });
}

/** A map on one line; `<none>` when it is empty. */
export function pairs(values: Readonly<Record<string, string>>): string {
  const keys = Object.keys(values).sort();
  return keys.length === 0 ? "<none>" : keys.map((key) => `${key}=${values[key]}`).join(",");
}

/** kubectl describe volumeattributesclass */
export function* describeVolumeAttributes(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  writer.field(0, "Name", info.name);
  writer.raw(`Annotations:\t${pairs(stringsAt(info.object, "metadata", "annotations"))}\n`);
  writer.field(0, "DriverName", textAt(info.object, "driverName"));
  writer.field(0, "Parameters", pairs(stringsAt(info.object, "parameters")));
  writeEvents(writer, events, kubectl.now);
}

/** kubectl describe csinode */
export function* describeCsiNode(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  const { object } = info;
  writer.field(0, "Name", info.name);
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  writer.line(0, `CreationTimestamp:\t${longTime(textAt(object, "metadata", "creationTimestamp"))}`);
  writer.line(0, "Spec:");
  const drivers = listAt(object, "spec", "drivers");
  if (at(object, "spec", "drivers") != null) writer.line(1, "Drivers:");
  for (const driver of drivers) {
    writer.line(2, `${textAt(driver, "name")}:`);
    writer.line(3, `Node ID:\t${textAt(driver, "nodeID")}`);
    const count = numberAt(driver, "allocatable", "count");
    if (count !== undefined) writer.line(3, `Allocatables:\n        Count:\t${count}`);
    if (at(driver, "topologyKeys") != null)
      writer.line(3, `Topology Keys:\t[${listAt(driver, "topologyKeys").join(" ")}]`);
  }
  writeEvents(writer, events, kubectl.now);
}
