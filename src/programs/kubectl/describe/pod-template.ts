import { formatLabelSelector } from "../../../kube/api/labels.ts";
import type { LabelSelector } from "../../../kube/api/types.generated.ts";
import { at, type Fields, fields, fieldsAt, listAt, stringsAt, textAt } from "../core/fields.ts";
import { describeContainers } from "./containers.ts";
import { describeSpread, describeTolerations, describeVolumes } from "./volumes.ts";
import type { DescribeWriter } from "./writer.ts";

/** `ReplicaSet/web-1`: the owner that controls an object; empty when there is none. */
export function controllerText(object: Fields): string {
  const owner = listAt(object, "metadata", "ownerReferences").find((one) => at(one, "controller") === true);
  return owner === undefined ? "" : `${textAt(owner, "kind")}/${textAt(owner, "name")}`;
}

/** Name, namespace (unless cluster-wide), labels, annotations. */
export function writeMeta(writer: DescribeWriter, object: Fields, namespaced: boolean): void {
  writer.field(0, "Name", textAt(object, "metadata", "name"));
  if (namespaced) writer.field(0, "Namespace", textAt(object, "metadata", "namespace"));
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
}

/** A LabelSelector object as text; `<none>` when it has no demands. */
export function selectorText(selector: unknown): string {
  const text = formatLabelSelector(fields(selector) as LabelSelector);
  return text === "" ? "<none>" : text;
}

/** `Pod Template:` and what is in it. */
export function describePodTemplate(writer: DescribeWriter, template: Fields): void {
  writer.line(0, "Pod Template:");
  describeTemplateBody(writer, template);
}

/** A template without its heading, as rollout history shows it. */
export function describeTemplateBody(writer: DescribeWriter, template: Fields): void {
  writer.labels(1, "Labels", stringsAt(template, "metadata", "labels"));
  const annotations = stringsAt(template, "metadata", "annotations");
  if (Object.keys(annotations).length > 0) writer.labels(1, "Annotations", annotations, ": ");
  const spec = fieldsAt(template, "spec");
  const account = textAt(spec, "serviceAccountName");
  if (account !== "") writer.field(1, "Service Account", account);
  const init = listAt(spec, "initContainers");
  if (init.length > 0) describeContainers(writer, "Init Containers", init, undefined, "  ");
  describeContainers(writer, "Containers", listAt(spec, "containers"), undefined, "  ");
  describeVolumes(writer, listAt(spec, "volumes"), "  ");
  describeSpread(writer, listAt(spec, "topologySpreadConstraints"), "  ");
  const priority = textAt(spec, "priorityClassName");
  if (priority !== "") writer.field(1, "Priority Class Name", priority);
  writer.labels(1, "Node-Selectors", stringsAt(spec, "nodeSelector"));
  describeTolerations(writer, listAt(spec, "tolerations"), "  ");
}

/** Amounts of a resource list, sorted by name. */
export function sortedEntries(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.keys(values)
    .sort()
    .map((key) => [key, values[key] ?? ""]);
}
