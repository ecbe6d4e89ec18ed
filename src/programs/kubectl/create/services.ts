import { CommandError } from "../core/failure.ts";
import type { Fields } from "../core/fields.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { type Generator, generatorCommand } from "./generator.ts";

const SERVICES = { group: "", version: "v1", resource: "services", namespaced: true };

function serviceGenerator(name: string, use: string, short: string, spec: (kubectl: Kubectl) => Fields): Generator {
  return {
    name,
    path: `create service ${name}`,
    use,
    short,
    resource: SERVICES,
    noun: `${SERVICE_TYPES[name]} service`,
    *make(kubectl, serviceName) {
      const labels = { app: serviceName };
      const type = SERVICE_TYPES[name];
      const { ports, ...rest } = spec(kubectl);
      const { externalName, ...others } = rest;
      return {
        kind: "Service",
        apiVersion: "v1",
        metadata: { name: serviceName, labels },
        spec: {
          ...(ports === undefined ? {} : { ports }),
          selector: labels,
          ...others,
          type,
          ...(externalName === undefined ? {} : { externalName }),
        },
        status: { loadBalancer: {} },
      };
    },
  };
}

const SERVICE_TYPES: Readonly<Record<string, string>> = {
  clusterip: "ClusterIP",
  nodeport: "NodePort",
  loadbalancer: "LoadBalancer",
  externalname: "ExternalName",
};

function tcpPorts(kubectl: Kubectl, nodePort?: number): { ports?: Fields[] } {
  const ports = kubectl.parsed.list("tcp").map((text) => tcpPort(text, nodePort));
  return ports.length === 0 ? {} : { ports };
}

function tcpPort(text: string, nodePort: number | undefined): Fields {
  const [portText = "", targetText, ...more] = text.split(":");
  if (more.length > 0) throw new CommandError(`invalid port format ${JSON.stringify(text)}`);
  if (!/^\d+$/.test(portText) || Number(portText) > 65535) {
    throw new CommandError(`strconv.ParseInt: parsing ${JSON.stringify(portText)}: invalid syntax`);
  }
  const target = targetText ?? portText;
  return {
    name: text.replace(":", "-"),
    protocol: "TCP",
    port: Number(portText),
    targetPort: /^\d+$/.test(target) ? Number(target) : target,
    ...(nodePort === undefined || nodePort === 0 ? {} : { nodePort }),
  };
}

function needPorts(kubectl: Kubectl): void {
  if (kubectl.parsed.list("tcp").length === 0) {
    throw new CommandError("at least one tcp port specifier must be provided");
  }
}

const clusterIp = serviceGenerator(
  "clusterip",
  "NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]",
  "Create a ClusterIP service",
  (kubectl) => {
    const clusterIP = kubectl.flag("clusterip");
    if (clusterIP !== "None") needPorts(kubectl);
    return { ...tcpPorts(kubectl), ...(clusterIP === "" ? {} : { clusterIP }) };
  },
);

const nodePort = serviceGenerator(
  "nodeport",
  "NAME [--tcp=port:targetPort] [--dry-run=server|client|none]",
  "Create a NodePort service",
  (kubectl) => {
    needPorts(kubectl);
    return tcpPorts(kubectl, kubectl.parsed.number("node-port"));
  },
);

const loadBalancer = serviceGenerator(
  "loadbalancer",
  "NAME [--tcp=port:targetPort] [--dry-run=server|client|none]",
  "Create a LoadBalancer service",
  (kubectl) => {
    needPorts(kubectl);
    return tcpPorts(kubectl);
  },
);

const externalName = serviceGenerator(
  "externalname",
  "NAME --external-name external.name [--dry-run=server|client|none]",
  "Create an ExternalName service",
  (kubectl) => {
    const name = kubectl.flag("external-name");
    if (!SUBDOMAIN.test(name)) throw new CommandError(`invalid service external name ${name}`);
    return { ...tcpPorts(kubectl), externalName: name };
  },
);

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** kubectl create service */
export const service: KubectlCommand = {
  name: "service",
  aliases: ["svc"],
  short: "Create a service using a specified subcommand",
  commands: [clusterIp, nodePort, loadBalancer, externalName].map(generatorCommand),
};
