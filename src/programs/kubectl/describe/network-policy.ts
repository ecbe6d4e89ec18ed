import { goTime } from "../../../base/calendar.ts";
import { timeOrZero } from "../../../kube/api/time.ts";
import type { Task } from "../../../sim/task.ts";
import { at, fieldsAt, listAt, stringsAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { selectorText } from "./pod-template.ts";
import type { DescribeWriter } from "./writer.ts";

/** kubectl describe networkpolicy */
export function* describeNetworkPolicy(_kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const { object } = info;
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  writer.field(0, "Created on", timeText(textAt(object, "metadata", "creationTimestamp")));
  writer.labels(0, "Labels", stringsAt(object, "metadata", "labels"));
  writer.annotations("Annotations", stringsAt(object, "metadata", "annotations"));
  writer.line(0, "Spec:");
  const selector = fieldsAt(object, "spec", "podSelector");
  const everyPod = "<none> (Allowing the specific traffic to all pods in this namespace)";
  writer.line(
    1,
    `PodSelector: ${Object.keys(selector).length === 0 ? `    ${everyPod}` : `    ${selectorText(selector)}`}`,
  );
  const types = listAt(object, "spec", "policyTypes").map(String);
  for (const direction of DIRECTIONS) {
    if (!types.includes(direction.type)) {
      writer.line(1, `Not affecting ${direction.noun} traffic`);
      continue;
    }
    writer.line(1, `Allowing ${direction.noun} traffic:`);
    writeRules(writer, listAt(object, "spec", direction.noun), direction);
  }
  writer.line(1, `Policy Types: ${types.join(", ") || "<none>"}`);
}

interface Direction {
  readonly type: string;
  readonly noun: "ingress" | "egress";
  readonly peers: "from" | "to";
  readonly anyPeer: string;
}

const DIRECTIONS: readonly Direction[] = [
  { type: "Ingress", noun: "ingress", peers: "from", anyPeer: "From: <any> (traffic not restricted by source)" },
  { type: "Egress", noun: "egress", peers: "to", anyPeer: "To: <any> (traffic not restricted by destination)" },
];

function writeRules(writer: DescribeWriter, rules: readonly unknown[], { noun, peers, anyPeer }: Direction): void {
  if (rules.length === 0) writer.line(2, `<none> (Selected pods are isolated for ${noun} connectivity)`);
  rules.forEach((rule, index) => {
    if (index > 0) writer.line(2, "----------");
    const ports = listAt(rule, "ports");
    if (ports.length === 0) writer.line(2, "To Port: <any> (traffic allowed to all ports)");
    for (const port of ports) writer.line(2, portText(port));
    const others = listAt(rule, peers);
    if (others.length === 0) writer.line(2, anyPeer);
    for (const peer of others) {
      writer.line(2, peers === "from" ? "From:" : "To:");
      writePeer(writer, peer);
    }
  });
}

function portText(port: unknown): string {
  const protocol = textAt(port, "protocol") || "TCP";
  const number = at(port, "port") === undefined ? "<nil>" : textAt(port, "port");
  const last = textAt(port, "endPort");
  return last === "" ? `To Port: ${number}/${protocol}` : `To Port Range: ${number}-${last}/${protocol}`;
}

function writePeer(writer: DescribeWriter, peer: unknown): void {
  const selectors = ["namespaceSelector", "podSelector"].filter((key) => at(peer, key) !== undefined);
  for (const key of selectors) {
    writer.line(3, `${key === "podSelector" ? "PodSelector" : "NamespaceSelector"}: ${selectorText(at(peer, key))}`);
  }
  if (selectors.length > 0 || at(peer, "ipBlock") === undefined) return;
  writer.line(3, "IPBlock:");
  writer.line(4, `CIDR: ${textAt(peer, "ipBlock", "cidr")}`);
  writer.line(4, `Except: ${listAt(peer, "ipBlock", "except").join(", ")}`);
}

function timeText(time: string): string {
  const ms = timeOrZero(time);
  return ms === 0 ? "<unset>" : goTime(ms);
}
