import { StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { at, fieldsAt, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { eventsFor, writeEvents } from "./events.ts";
import { endpointsOf } from "./network.ts";
import { writeMeta } from "./pod-template.ts";
import { type DescribeWriter, longTime } from "./writer.ts";

/** kubectl describe ingress */
export function* describeIngress(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  const { object } = info;
  writer.field(0, "Name", info.name);
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.field(0, "Namespace", info.namespace);
  const addresses = listAt(object, "status", "loadBalancer", "ingress");
  writer.field(0, "Address", addresses.map((one) => textAt(one, "ip") || textAt(one, "hostname")).join(","));
  writer.field(0, "Ingress Class", textAt(object, "spec", "ingressClassName") || "<none>");
  const fallback = at(object, "spec", "defaultBackend");
  const fallbackText = fallback === undefined ? "<default>" : yield* backendText(kubectl, info.namespace, fallback);
  writer.line(0, `Default backend:\t${fallbackText}`);
  writeTls(writer, listAt(object, "spec", "tls"));
  writer.line(0, "Rules:\n  Host\tPath\tBackends");
  writer.line(1, "----\t----\t--------");
  const rules = listAt(object, "spec", "rules").filter((rule) => at(rule, "http") !== undefined);
  for (const rule of rules) {
    writer.line(1, `${textAt(rule, "host") || "*"}\t`);
    for (const path of listAt(rule, "http", "paths")) {
      const backend = yield* backendText(kubectl, info.namespace, at(path, "backend"));
      writer.line(2, `\t${textAt(path, "path")} \t${backend}`);
    }
  }
  if (rules.length === 0) writer.line(1, `*\t*\t${fallbackText}`);
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  writeEvents(writer, events, kubectl.now);
}

function writeTls(writer: DescribeWriter, entries: readonly unknown[]): void {
  if (entries.length > 0) writer.line(0, "TLS:");
  for (const one of entries) {
    const hosts = listAt(one, "hosts").join(",");
    const secret = textAt(one, "secretName");
    writer.line(1, secret === "" ? `SNI routes ${hosts}` : `${secret} terminates ${hosts}`);
  }
}

/** A backend with the addresses behind it, or why there are none. */
function* backendText(kubectl: Kubectl, namespace: string, backend: unknown): Task<string> {
  const resource = fieldsAt(backend, "resource");
  const service = textAt(backend, "service", "name");
  if (service === "" && Object.keys(resource).length > 0) {
    const group = textAt(resource, "apiGroup") || "<none>";
    return `APIGroup: ${group}, Kind: ${textAt(resource, "kind")}, Name: ${textAt(resource, "name")}`;
  }
  const number = numberAt(backend, "service", "port", "number") ?? 0;
  const name = textAt(backend, "service", "port", "name");
  const shown = `${service}:${number === 0 ? name : number}`;
  try {
    const query = { labelSelector: `kubernetes.io/service-name=${service}` };
    const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
    const found = listAt(yield* kubectl.request("GET", slices, { query }), "items");
    const object = yield* kubectl.request("GET", `/api/v1/namespaces/${namespace}/services/${service}`);
    const port = listAt(object, "spec", "ports").find((one) =>
      number === 0 ? textAt(one, "name") === name : numberAt(one, "port") === number,
    );
    return `${shown} (${endpointsOf(found, textAt(port, "name"))})`;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return `${shown} (<error: ${error.message}>)`;
  }
}

/** kubectl describe ingressclass */
export function* describeIngressClass(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  writeMeta(writer, info.object, false);
  writer.field(0, "Controller", textAt(info.object, "spec", "controller"));
  const parameters = fieldsAt(info.object, "spec", "parameters");
  if (Object.keys(parameters).length > 0) {
    writer.line(0, "Parameters:");
    const group = textAt(parameters, "apiGroup");
    if (group !== "") writer.field(1, "APIGroup", group);
    writer.field(1, "Kind", textAt(parameters, "kind"));
    writer.field(1, "Name", textAt(parameters, "name"));
  }
  writeEvents(writer, events, kubectl.now);
}

/** kubectl describe servicecidr */
export function* describeServiceCidr(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  writeMeta(writer, info.object, false);
  writer.field(0, "CIDRs", listAt(info.object, "spec", "cidrs").join(", "));
  const conditions = listAt(info.object, "status", "conditions");
  if (conditions.length > 0) {
    writer.line(0, "Status:\nConditions:");
    writer.line(1, "Type\tStatus\tLastTransitionTime\tReason\tMessage");
    writer.line(1, "----\t------\t------------------\t------\t-------");
  }
  for (const one of conditions) {
    const time = longTime(textAt(one, "lastTransitionTime"));
    writer.line(
      1,
      [textAt(one, "type"), textAt(one, "status"), time, textAt(one, "reason"), textAt(one, "message")].join("\t"),
    );
  }
  writeEvents(writer, events, kubectl.now);
}

/** kubectl describe ipaddress */
export function* describeIpAddress(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  writeMeta(writer, info.object, false);
  const parent = fieldsAt(info.object, "spec", "parentRef");
  if (Object.keys(parent).length > 0) {
    writer.line(0, "Parent Reference:");
    for (const key of ["group", "resource", "namespace", "name"]) {
      writer.field(1, key.charAt(0).toUpperCase() + key.slice(1), textAt(parent, key));
    }
  }
  writeEvents(writer, events, kubectl.now);
}
