import type { Task } from "../../../sim/task.ts";
import { at, type Fields, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { eventsFor, writeEvents } from "./events.ts";
import { writeMeta } from "./pod-template.ts";
import type { DescribeWriter } from "./writer.ts";

/** kubectl describe service */
export function* describeService(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const { object } = info;
  const query = { labelSelector: `kubernetes.io/service-name=${info.name}` };
  const slices = listAt(
    yield* kubectl.request("GET", `/apis/discovery.k8s.io/v1/namespaces/${info.namespace}/endpointslices`, { query }),
    "items",
  );
  const events = yield* eventsFor(kubectl, info);
  writeMeta(writer, object, true);
  writeSelector(writer, stringsAt(object, "spec", "selector"));
  writer.field(0, "Type", textAt(object, "spec", "type"));
  const families = listAt(object, "spec", "ipFamilies");
  const policy = textAt(object, "spec", "ipFamilyPolicy");
  if (policy !== "") writer.field(0, "IP Family Policy", policy);
  writer.field(0, "IP Families", families.length === 0 ? "<none>" : families.join(","));
  writer.field(0, "IP", textAt(object, "spec", "clusterIP"));
  const ips = listAt(object, "spec", "clusterIPs");
  writer.field(0, "IPs", ips.length === 0 ? "<none>" : ips.join(","));
  optional(writer, "External IPs", listAt(object, "spec", "externalIPs").join(","));
  optional(writer, "Desired LoadBalancer IP", textAt(object, "spec", "loadBalancerIP"));
  optional(writer, "External Name", textAt(object, "spec", "externalName"));
  optional(
    writer,
    "LoadBalancer Ingress",
    listAt(object, "status", "loadBalancer", "ingress")
      .map((one) => textAt(one, "ip") || textAt(one, "hostname"))
      .join(", "),
  );
  for (const port of listAt(object, "spec", "ports")) writePort(writer, port, slices);
  writer.field(0, "Session Affinity", textAt(object, "spec", "sessionAffinity"));
  optional(writer, "External Traffic Policy", textAt(object, "spec", "externalTrafficPolicy"));
  optional(writer, "Internal Traffic Policy", textAt(object, "spec", "internalTrafficPolicy"));
  optional(writer, "LoadBalancer Source Ranges", listAt(object, "spec", "loadBalancerSourceRanges").join(","));
  writeEvents(writer, events, kubectl.now);
}

function optional(writer: DescribeWriter, name: string, value: string): void {
  if (value !== "") writer.field(0, name, value);
}

function writeSelector(writer: DescribeWriter, selector: Readonly<Record<string, string>>): void {
  const keys = Object.keys(selector).sort();
  writer.field(0, "Selector", keys.length === 0 ? "<none>" : keys.map((key) => `${key}=${selector[key]}`).join(","));
}

function writePort(writer: DescribeWriter, port: unknown, slices: readonly unknown[]): void {
  const name = textAt(port, "name") || "<unset>";
  const protocol = textAt(port, "protocol");
  writer.line(0, `Port:\t${name}\t${numberAt(port, "port") ?? 0}/${protocol}`);
  writer.line(0, `TargetPort:\t${textAt(port, "targetPort")}/${protocol}`);
  const nodePort = numberAt(port, "nodePort") ?? 0;
  if (nodePort !== 0) writer.line(0, `NodePort:\t${name}\t${nodePort}/${protocol}`);
  writer.line(0, `Endpoints:\t${endpointsOf(slices, textAt(port, "name"))}`);
}

const ENDPOINTS_SHOWN = 3;

/** The ready addresses behind a service's port, three at most (formatEndpointSlices). */
export function endpointsOf(slices: readonly unknown[], portName: string): string {
  if (slices.length === 0) return "<none>";
  const all: string[] = [];
  for (const slice of slices) {
    for (const port of listAt(slice, "ports")) {
      if (textAt(port, "name") !== portName) continue;
      for (const endpoint of listAt(slice, "endpoints")) {
        if (at(endpoint, "conditions", "ready") === false) continue;
        for (const address of listAt(endpoint, "addresses")) {
          const ip = String(address);
          all.push(`${ip.includes(":") ? `[${ip}]` : ip}:${numberAt(port, "port") ?? 0}`);
        }
      }
    }
  }
  if (all.length === 0) return "";
  const shown = all.slice(0, ENDPOINTS_SHOWN).join(",");
  return all.length > ENDPOINTS_SHOWN ? `${shown} + ${all.length - ENDPOINTS_SHOWN} more...` : shown;
}

/** kubectl describe endpoints */
export function* describeEndpoints(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  writeMeta(writer, info.object, true);
  writer.line(0, "Subsets:");
  const subsets = listAt(info.object, "subsets");
  for (const subset of subsets) {
    const list = (key: string) =>
      listAt(subset, key)
        .map((one) => textAt(one, "ip"))
        .join(",") || "<none>";
    writer.line(1, `Addresses:\t${list("addresses")}`);
    writer.line(1, `NotReadyAddresses:\t${list("notReadyAddresses")}`);
    const ports = listAt(subset, "ports");
    if (ports.length > 0) {
      writer.line(1, "Ports:");
      writer.line(2, "Name\tPort\tProtocol");
      writer.line(2, "----\t----\t--------");
      for (const port of ports) {
        writer.line(
          2,
          `${textAt(port, "name") || "<unset>"}\t${numberAt(port, "port") ?? 0}\t${textAt(port, "protocol")}`,
        );
      }
    }
    writer.raw("\n");
  }
  writeEvents(writer, events, kubectl.now);
}

/** kubectl describe endpointslice */
export function* describeEndpointSlice(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  const { object } = info;
  writeMeta(writer, object, true);
  writer.field(0, "AddressType", textAt(object, "addressType"));
  const ports = listAt(object, "ports");
  writer.line(0, `Ports:${ports.length === 0 ? " <unset>" : ""}`);
  if (ports.length > 0) {
    writer.line(1, "Name\tPort\tProtocol");
    writer.line(1, "----\t----\t--------");
    for (const port of ports) {
      writer.line(
        1,
        `${textAt(port, "name") || "<unset>"}\t${textAt(port, "port") || "<unset>"}\t${textAt(port, "protocol")}`,
      );
    }
  }
  const endpoints = listAt(object, "endpoints");
  writer.line(0, `Endpoints:${endpoints.length === 0 ? " <none>" : ""}`);
  for (const one of endpoints) writeEndpoint(writer, one as Fields);
  writeEvents(writer, events, kubectl.now);
}

function writeEndpoint(writer: DescribeWriter, endpoint: Fields): void {
  const unset = (value: string) => (value === "" ? "<unset>" : value);
  writer.line(1, `- Addresses:\t${listAt(endpoint, "addresses").join(", ")}`);
  writer.line(2, "Conditions:");
  writer.line(
    3,
    `Ready:\t${at(endpoint, "conditions", "ready") === undefined ? "<unset>" : String(at(endpoint, "conditions", "ready"))}`,
  );
  writer.line(2, `Hostname:\t${unset(textAt(endpoint, "hostname"))}`);
  const kind = textAt(endpoint, "targetRef", "kind");
  if (kind !== "") writer.line(2, `TargetRef:\t${kind}/${textAt(endpoint, "targetRef", "name")}`);
  writer.line(2, `NodeName:\t${unset(textAt(endpoint, "nodeName"))}`);
  writer.line(2, `Zone:\t${unset(textAt(endpoint, "zone"))}`);
}
