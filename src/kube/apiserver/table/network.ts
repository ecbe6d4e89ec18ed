import { formatLabelSelector } from "../../api/labels.ts";
import type {
  DiscoveryEndpointPort,
  EndpointSlice,
  Endpoints,
  Ingress,
  IngressClass,
  IPAddress,
  NetworkPolicy,
  Service,
  ServiceCIDR,
} from "../../api/types.generated.ts";
import { ageOf, firstFew, labelsText, layout, type TableLayout } from "./layout.ts";

function servicePorts(service: Service): string {
  const ports = (service.spec.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol ?? ""}` : `${port}/${protocol ?? ""}`,
  );
  return ports.length === 0 ? "<none>" : ports.join(",");
}

function externalIps(service: Service): string {
  const { type, externalIPs = [], externalName } = service.spec;
  if (type === "ExternalName") return externalName ?? "";
  if (type !== "LoadBalancer") return (externalIPs ?? []).length > 0 ? (externalIPs ?? []).join(",") : "<none>";
  const ingress = (service.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
  const all = [...ingress, ...(externalIPs ?? [])];
  return all.length === 0 ? "<pending>" : all.join(",");
}

const service = layout<Service>("Name Type Cluster-IP External-IP Port(s) Age +Selector", (object, now) => [
  object.metadata.name,
  object.spec.type ?? "",
  object.spec.clusterIPs?.[0] ?? object.spec.clusterIP ?? "<none>",
  externalIps(object),
  servicePorts(object),
  ageOf(object, now),
  labelsText(object.spec.selector),
]);

function endpointList(endpoints: Endpoints): string {
  const all: string[] = [];
  for (const subset of endpoints.subsets ?? []) {
    const ports = subset.ports ?? [];
    if (ports.length === 0) for (const { ip } of subset.addresses ?? []) all.push(ip);
    for (const { port } of ports) for (const { ip } of subset.addresses ?? []) all.push(`${ip}:${port}`);
  }
  return all.length === 0 ? "<none>" : firstFew(all, 3);
}

const endpoints = layout<Endpoints>("Name Endpoints Age", (object, now) => [
  object.metadata.name,
  endpointList(object),
  ageOf(object, now),
]);

function slicePorts(ports: readonly DiscoveryEndpointPort[] | undefined | null): string {
  if (ports == null || ports.length === 0) return "<unset>";
  return firstFew(
    ports.map(({ port, name }) => (port == null ? name || "*" : String(port))),
    3,
  );
}

const endpointSlice = layout<EndpointSlice>("Name AddressType Ports Endpoints Age", (object, now) => {
  const addresses = (object.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []);
  return [
    object.metadata.name,
    object.addressType,
    slicePorts(object.ports),
    addresses.length === 0 ? "<unset>" : firstFew(addresses, 3),
    ageOf(object, now),
  ];
});

function ingressHosts(ingress: Ingress): string {
  const hosts = (ingress.spec.rules ?? []).map(({ host }) => host ?? "").filter((host) => host !== "");
  return hosts.length === 0 ? "*" : firstFew(hosts, 3);
}

const ingress = layout<Ingress>("Name Class Hosts Address Ports Age", (object, now) => [
  object.metadata.name,
  object.spec.ingressClassName ?? "<none>",
  ingressHosts(object),
  (object.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "").join(","),
  (object.spec.tls ?? []).length > 0 ? "80, 443" : "80",
  ageOf(object, now),
]);

const ingressClass = layout<IngressClass>("Name Controller Parameters Age", (object, now) => {
  const parameters = object.spec.parameters;
  const group = parameters?.apiGroup ? `.${parameters.apiGroup}` : "";
  return [
    object.metadata.name,
    object.spec.controller ?? "",
    parameters == null ? "<none>" : `${parameters.kind}${group}/${parameters.name}`,
    ageOf(object, now),
  ];
});

const networkPolicy = layout<NetworkPolicy>("Name Pod-Selector Age", (object, now) => [
  object.metadata.name,
  formatLabelSelector(object.spec.podSelector),
  ageOf(object, now),
]);

const serviceCidr = layout<ServiceCIDR>("Name CIDRs Age", (object, now) => [
  object.metadata.name,
  (object.spec.cidrs ?? []).join(","),
  ageOf(object, now),
]);

function parentText(address: IPAddress): string {
  const parent = address.spec.parentRef;
  if (parent == null) return "<none>";
  return [parent.group, parent.resource, parent.namespace, parent.name].filter((part) => part).join("/");
}

const ipAddress = layout<IPAddress>("Name ParentRef", (object) => [object.metadata.name, parentText(object)]);

/** Layouts of networking kinds, by kind. */
export const NETWORK_LAYOUTS: Readonly<Record<string, TableLayout>> = {
  Service: service,
  Endpoints: endpoints,
  EndpointSlice: endpointSlice,
  Ingress: ingress,
  IngressClass: ingressClass,
  NetworkPolicy: networkPolicy,
  ServiceCIDR: serviceCidr,
  IPAddress: ipAddress,
};
