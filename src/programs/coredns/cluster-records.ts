import type { DnsRecord, RecordType } from "../../dns/message.ts";
import type { Endpoint, EndpointSlice, Service, ServicePort } from "../../kube/api/types.generated.ts";

/** The objects that names are made of, as the watches keep them. */
export interface ClusterView {
  hasNamespace(name: string): boolean;
  service(namespace: string, name: string): Service | undefined;
  services(): Iterable<Service>;
  slicesOf(namespace: string, service: string): readonly EndpointSlice[];
  slices(): Iterable<EndpointSlice>;
}

/** What the cluster says of a name: its records (maybe none of the type asked for), or that there is no such name. */
export type ZoneAnswer = readonly DnsRecord[] | "no such name";

/** A place that a name stands for. */
interface Place {
  readonly ip: string;
  readonly port: number;
  /** The name of its own, which SRV records point to. */
  readonly name: string;
}

const NO_SUCH_NAME: ZoneAnswer = "no such name";

/** Answers for names of the cluster's zone. Mirrors coredns plugin/kubernetes parseRequest, findServices and findPods. */
export function clusterRecords(view: ClusterView, zone: string, name: string, type: RecordType): ZoneAnswer {
  const lower = name.toLowerCase();
  if (lower === zone) return [];
  const labels = lower.slice(0, -zone.length - 1).split(".");
  const branch = labels.pop();
  if (branch !== "svc" && branch !== "pod") return NO_SUCH_NAME;
  const namespace = labels.pop();
  if (namespace === undefined) return [];
  if (!view.hasNamespace(namespace)) return NO_SUCH_NAME;
  const owner = labels.pop();
  if (owner === undefined) return [];
  if (branch === "pod") return labels.length > 0 ? NO_SUCH_NAME : podRecords(name, owner, type);
  const service = view.service(namespace, owner);
  if (service === undefined || labels.length > 2) return NO_SUCH_NAME;
  const external = externalName(service);
  if (external !== undefined) return [{ name, type: "CNAME", data: external }];
  const places = placesOf(view, service, labels, `${owner}.${namespace}.svc.${zone}`);
  return places.length === 0 ? NO_SUCH_NAME : records(name, type, places);
}

function records(name: string, type: RecordType, places: readonly Place[]): DnsRecord[] {
  if (type === "A") return unique(places.map(({ ip }) => ip)).map((data) => ({ name, type, data }));
  if (type !== "SRV") return [];
  const weight = Math.max(1, Math.floor(100 / places.length));
  return places
    .filter(({ port }) => port > 0)
    .map((place) => ({ name, type, data: `0 ${weight} ${place.port} ${place.name}` }));
}

/** `pods insecure`: the address is in the name. */
function podRecords(name: string, owner: string, type: RecordType): ZoneAnswer {
  const ip = owner.replaceAll("-", ".");
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(ip)) return NO_SUCH_NAME;
  return type === "A" ? [{ name, type, data: ip }] : [];
}

function externalName(service: Service): string | undefined {
  return service.spec?.type === "ExternalName" ? service.spec.externalName?.replace(/\.$/, "") : undefined;
}

function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === "None";
}

/** `labels` is what stands before the service: nothing, an endpoint's name, or `_port._protocol`. */
function placesOf(view: ClusterView, service: Service, labels: readonly string[], name: string): Place[] {
  const [first, protocol] = labels;
  const endpoint = protocol === undefined ? first : undefined;
  const wanted = protocol === undefined ? undefined : { port: unmark(first ?? ""), protocol: unmark(protocol) };
  if (!isHeadless(service) && endpoint === undefined) {
    const ip = service.spec?.clusterIP ?? "";
    return (service.spec?.ports ?? []).filter((port) => isWanted(port, wanted)).map(({ port }) => ({ ip, port, name }));
  }
  const { namespace = "", name: own = "" } = service.metadata;
  return view.slicesOf(namespace, own).flatMap((slice) =>
    readyEndpoints(slice)
      .filter((other) => endpoint === undefined || hostnameOf(other) === endpoint)
      .flatMap((other) => endpointPlaces(slice, other, wanted, name)),
  );
}

interface Wanted {
  readonly port: string;
  readonly protocol: string;
}

function endpointPlaces(slice: EndpointSlice, endpoint: Endpoint, wanted: Wanted | undefined, name: string): Place[] {
  const ports = slice.ports?.length ? slice.ports : [{ port: 0 }];
  const ip = endpoint.addresses[0] ?? "";
  return ports
    .filter((port) => isWanted(port, wanted))
    .map(({ port = 0 }) => ({ ip, port, name: `${hostnameOf(endpoint)}.${name}` }));
}

function isWanted(port: Pick<ServicePort, "name" | "protocol">, wanted: Wanted | undefined): boolean {
  if (wanted === undefined) return true;
  return (port.name ?? "") === wanted.port && (port.protocol ?? "TCP").toLowerCase() === wanted.protocol;
}

/** Only who is ready has a name; a service that publishes the others says that they are. */
function readyEndpoints(slice: EndpointSlice): Endpoint[] {
  return (slice.endpoints ?? []).filter(
    ({ conditions, addresses }) => conditions?.ready !== false && addresses.length > 0,
  );
}

/** A pod's name within its service: its host name, or its address with dashes. */
function hostnameOf(endpoint: Endpoint): string {
  return endpoint.hostname || (endpoint.addresses[0] ?? "").replaceAll(".", "-");
}

function unmark(label: string): string {
  return label.replace(/^_/, "");
}

/** The names of an address that belongs to the cluster; undefined when it does not. */
export function reverseRecords(view: ClusterView, zone: string, name: string, type: RecordType): ZoneAnswer {
  const ip = name
    .replace(/\.in-addr\.arpa$/i, "")
    .split(".")
    .reverse()
    .join(".");
  const names = namesOf(view, zone, ip);
  if (names.length === 0) return NO_SUCH_NAME;
  return type === "PTR" ? names.map((data) => ({ name, type, data })) : [];
}

function namesOf(view: ClusterView, zone: string, ip: string): string[] {
  for (const { metadata, spec } of view.services())
    if (spec?.clusterIP === ip || spec?.clusterIPs?.includes(ip))
      return [`${metadata.name}.${metadata.namespace}.svc.${zone}`];
  const names: string[] = [];
  for (const slice of view.slices()) {
    const service = slice.metadata.labels?.[SERVICE_NAME];
    if (service === undefined) continue;
    for (const endpoint of readyEndpoints(slice))
      if (endpoint.addresses.includes(ip))
        names.push(`${hostnameOf(endpoint)}.${service}.${slice.metadata.namespace}.svc.${zone}`);
  }
  return unique(names);
}

export const SERVICE_NAME = "kubernetes.io/service-name";

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
