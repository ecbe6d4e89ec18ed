import type { Ingress, NetworkPolicy, Service } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import {
  duplicate,
  forbiddenField,
  invalidField,
  invalidValue,
  label1035Problems,
  labelProblems,
  notSupported,
  required,
  subdomainProblems,
} from "./names.ts";
import { portNameProblems, portProblems } from "./pod-spec.ts";

const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const SERVICE_TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

type ServicePort = NonNullable<Service["spec"]["ports"]>[number];

/** ValidateService. */
export function validateService({ spec }: Service): FieldError[] {
  const ports = spec.ports ?? [];
  const errors: FieldError[] = [];
  if (ports.length === 0 && spec.clusterIP !== "None" && spec.type !== "ExternalName")
    errors.push(required("spec.ports"));
  const names = new Set<string>();
  const seen = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const field = `spec.ports[${index}]`;
    errors.push(...servicePortErrors(port, field, ports.length > 1, names));
    if (port.nodePort && spec.type !== "NodePort" && spec.type !== "LoadBalancer") {
      errors.push(forbiddenField(`${field}.nodePort`, `may not be used when \`type\` is '${spec.type}'`));
    }
    const key = `${port.protocol}/${port.port}`;
    if (seen.has(key)) errors.push(duplicate(field, portWithoutRest(port)));
    seen.add(key);
  }
  if (!SERVICE_TYPES.includes(spec.type ?? "")) errors.push(notSupported("spec.type", spec.type ?? "", SERVICE_TYPES));
  if (spec.sessionAffinity && !["ClientIP", "None"].includes(spec.sessionAffinity)) {
    errors.push(notSupported("spec.sessionAffinity", spec.sessionAffinity, ["ClientIP", "None"]));
  }
  if (spec.type === "ExternalName") errors.push(...externalNameErrors(spec));
  return errors;
}

function externalNameErrors({ externalName, clusterIP }: Service["spec"]): FieldError[] {
  const errors: FieldError[] = [];
  if (clusterIP) errors.push(forbiddenField("spec.clusterIPs[0]", "may not be set when `type` is 'ExternalName'"));
  const name = (externalName ?? "").replace(/\.$/, "");
  if (name === "") errors.push(required("spec.externalName"));
  else errors.push(...invalidField("spec.externalName", externalName, subdomainProblems(name)));
  return errors;
}

/** What makes two ports the same, as Go shows the struct. */
function portWithoutRest({ protocol, port }: ServicePort) {
  return { Name: "", Protocol: protocol ?? "", AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
}

function servicePortErrors(port: ServicePort, field: string, named: boolean, names: Set<string>): FieldError[] {
  const errors: FieldError[] = [];
  if (!port.name && named) errors.push(required(`${field}.name`));
  else if (port.name) {
    errors.push(...invalidField(`${field}.name`, port.name, labelProblems(port.name)));
    if (names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name));
    names.add(port.name);
  }
  errors.push(...portProblems(port.port, `${field}.port`));
  if (!port.protocol) errors.push(required(`${field}.protocol`));
  else if (!PROTOCOLS.includes(port.protocol)) errors.push(notSupported(`${field}.protocol`, port.protocol, PROTOCOLS));
  if (typeof port.targetPort === "number") errors.push(...portProblems(port.targetPort, `${field}.targetPort`));
  else if (port.targetPort) {
    errors.push(...invalidField(`${field}.targetPort`, port.targetPort, portNameProblems(port.targetPort)));
  }
  return errors;
}

const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];

type Backend = NonNullable<Ingress["spec"]["defaultBackend"]>;

/** ValidateIngressCreate. */
export function validateIngress({ spec }: Ingress): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.rules ?? []).length === 0 && spec.defaultBackend == null) {
    errors.push(invalidValue("spec", null, "either `defaultBackend` or `rules` must be specified"));
  }
  if (spec.defaultBackend != null) errors.push(...backendErrors(spec.defaultBackend, "spec.defaultBackend"));
  for (const [index, rule] of (spec.rules ?? []).entries()) {
    const field = `spec.rules[${index}]`;
    if (rule.host) errors.push(...hostErrors(rule.host, `${field}.host`));
    const paths = rule.http?.paths;
    if (rule.http != null && (paths ?? []).length === 0) errors.push(required(`${field}.http.paths`));
    for (const [at, path] of (paths ?? []).entries()) {
      const where = `${field}.http.paths[${at}]`;
      errors.push(...pathErrors(path.path ?? "", path.pathType, where));
      errors.push(...backendErrors(path.backend, `${where}.backend`));
    }
  }
  for (const [index, entry] of (spec.tls ?? []).entries()) {
    for (const [at, host] of (entry.hosts ?? []).entries())
      errors.push(...hostErrors(host, `spec.tls[${index}].hosts[${at}]`, false));
  }
  return errors;
}

const WILDCARD =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function hostErrors(host: string, field: string, addresses = true): FieldError[] {
  if (addresses && /^\d+\.\d+\.\d+\.\d+$/.test(host))
    return [invalidValue(field, host, "must be a DNS name, not an IP address")];
  if (!host.includes("*")) return invalidField(field, host, subdomainProblems(host));
  const valid = host.startsWith("*.") && subdomainProblems(host.slice(2)).length === 0;
  return valid ? [] : [invalidValue(field, host, WILDCARD)];
}

function pathErrors(path: string, type: string | null | undefined, field: string): FieldError[] {
  if (type == null) return [required(`${field}.pathType`, "pathType must be specified")];
  const errors: FieldError[] = [];
  if (!PATH_TYPES.includes(type)) return [notSupported(`${field}.pathType`, type, PATH_TYPES)];
  if (type === "ImplementationSpecific") {
    if (path !== "" && !path.startsWith("/"))
      errors.push(invalidValue(`${field}.path`, path, "must be an absolute path"));
    return errors;
  }
  if (!path.startsWith("/")) errors.push(invalidValue(`${field}.path`, path, "must be an absolute path"));
  for (const part of ["//", "/./", "/../", "%2f", "%2F"]) {
    if (path.includes(part)) errors.push(invalidValue(`${field}.path`, path, `must not contain '${part}'`));
  }
  for (const end of ["/..", "/."]) {
    if (path.endsWith(end)) errors.push(invalidValue(`${field}.path`, path, `cannot end with '${end}'`));
  }
  return errors;
}

function backendErrors(backend: Backend | undefined, field: string): FieldError[] {
  if (backend?.resource != null) {
    if (backend.service != null) return [invalidValue(field, "", "cannot set both resource and service backends")];
    return [];
  }
  if (backend?.service == null) return [required(field, "either service or resource must be set")];
  const { name, port } = backend.service;
  const errors: FieldError[] = [];
  if (!name) errors.push(required(`${field}.service.name`));
  else errors.push(...invalidField(`${field}.service.name`, name, label1035Problems(name)));
  if (port?.name && port.number) {
    errors.push(invalidValue(field, "", "cannot set both port name & port number"));
  } else if (port?.name)
    errors.push(...invalidField(`${field}.service.port.name`, port.name, portNameProblems(port.name)));
  else if (port?.number) errors.push(...portProblems(port.number, `${field}.service.port.number`));
  else errors.push(required(field, "port name or number is required"));
  return errors;
}

type Peer = NonNullable<NonNullable<NetworkPolicy["spec"]>["ingress"]>[number] extends { from?: infer F }
  ? NonNullable<F> extends readonly (infer P)[]
    ? P
    : never
  : never;
type PolicyPort = NonNullable<NonNullable<NonNullable<NetworkPolicy["spec"]>["ingress"]>[number]["ports"]>[number];

/** ValidateNetworkPolicy. */
export function validateNetworkPolicy({ spec }: NetworkPolicy): FieldError[] {
  const errors: FieldError[] = [];
  const rules = [
    ...(spec?.ingress ?? []).map((rule, index) => ({
      field: `spec.ingress[${index}]`,
      ports: rule.ports,
      key: "from",
      peers: rule.from,
    })),
    ...(spec?.egress ?? []).map((rule, index) => ({
      field: `spec.egress[${index}]`,
      ports: rule.ports,
      key: "to",
      peers: rule.to,
    })),
  ];
  for (const { field, ports, key, peers } of rules) {
    for (const [index, port] of (ports ?? []).entries())
      errors.push(...policyPortErrors(port, `${field}.ports[${index}]`));
    for (const [index, peer] of (peers ?? []).entries()) errors.push(...peerErrors(peer, `${field}.${key}[${index}]`));
  }
  const types = spec?.policyTypes ?? [];
  if (types.length > 2)
    return [...errors, invalidValue("spec.policyTypes", types, "may not specify more than two policyTypes")];
  for (const [index, type] of types.entries()) {
    if (!["Egress", "Ingress"].includes(type))
      errors.push(notSupported(`spec.policyTypes[${index}]`, type, ["Egress", "Ingress"]));
  }
  return errors;
}

function policyPortErrors({ protocol, port, endPort }: PolicyPort, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (protocol && !PROTOCOLS.includes(protocol)) errors.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS));
  if (typeof port === "number") {
    errors.push(...portProblems(port, `${field}.port`));
    if (endPort != null && endPort < port)
      errors.push(invalidValue(`${field}.endPort`, endPort, "must be greater than or equal to `port`"));
    if (endPort != null) errors.push(...portProblems(endPort, `${field}.endPort`));
    return errors;
  }
  if (endPort != null) {
    const why = port == null ? "not specified" : "non-numeric";
    errors.push(invalidValue(`${field}.endPort`, endPort, `may not be specified when \`port\` is ${why}`));
  }
  if (port != null) errors.push(...invalidField(`${field}.port`, port, portNameProblems(port)));
  return errors;
}

const CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

function peerErrors(peer: Peer, field: string): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (podSelector == null && namespaceSelector == null && ipBlock == null)
    return [required(field, "must specify a peer")];
  if (ipBlock == null) return [];
  const errors: FieldError[] = [];
  if (!ipBlock.cidr) errors.push(required(`${field}.ipBlock.cidr`));
  else if (!isCidr(ipBlock.cidr)) errors.push(invalidValue(`${field}.ipBlock.cidr`, ipBlock.cidr, CIDR));
  else {
    for (const [index, except] of (ipBlock.except ?? []).entries()) {
      const where = `${field}.ipBlock.except[${index}]`;
      if (!isCidr(except)) errors.push(invalidValue(where, except, CIDR));
      else if (!isInside(except, ipBlock.cidr))
        errors.push(invalidValue(where, except, "must be a strict subset of `cidr`"));
    }
  }
  if (podSelector != null || namespaceSelector != null)
    errors.push(forbiddenField(field, "may not specify both ipBlock and another peer"));
  return errors;
}

function isCidr(text: string): boolean {
  const [address = "", bits = ""] = text.split("/");
  if (!/^\d+$/.test(bits)) return false;
  if (address.includes(":")) return Number(bits) <= 128;
  const octets = address.split(".");
  return (
    Number(bits) <= 32 && octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) < 256)
  );
}

function isInside(inner: string, outer: string): boolean {
  if (inner.includes(":") || outer.includes(":")) return inner.includes(":") === outer.includes(":");
  const [base = "", bits = "0"] = outer.split("/");
  const [address = "", innerBits = "0"] = inner.split("/");
  const mask = (value: string) => Math.floor(ipNumber(value) / 2 ** (32 - Number(bits)));
  return Number(innerBits) > Number(bits) && mask(address) === mask(base);
}

function ipNumber(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}
