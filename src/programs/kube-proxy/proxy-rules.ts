import type { EndpointSlice, Service } from "../../kube/api/types.generated.ts";
import type { Address } from "../../sim/channel.ts";
import type { DestinationRewrite, Transport } from "../../sim/network.ts";
import type { RandomStream } from "../../sim/random.ts";

const SERVICE_NAME = "kubernetes.io/service-name";

/** Where connections to one address of a service go. */
interface Rule {
  readonly backends: readonly Address[];
  readonly affinity: boolean;
  chosen: Address | undefined;
}

/**
 * What iptables would hold for the services: each cluster IP and port, and each node port, with its backends.
 * A service without backends refuses, as the REJECT rule does.
 */
export class ProxyRules {
  private readonly rules = new Map<string, Rule>();
  private readonly nodePorts = new Map<string, Rule>();
  private readonly random: RandomStream;
  private nodeAddresses: ReadonlySet<string> = new Set();

  constructor(random: RandomStream) {
    this.random = random;
  }

  /** Takes the present services, slices and nodes over: node ports answer at every node's address. */
  replace(services: Iterable<Service>, slices: Iterable<EndpointSlice>, nodeAddresses: readonly string[]): void {
    this.nodeAddresses = new Set(nodeAddresses);
    const byService = new Map<string, EndpointSlice[]>();
    for (const slice of slices) {
      const key = `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME] ?? ""}`;
      byService.set(key, [...(byService.get(key) ?? []), slice]);
    }
    this.rules.clear();
    this.nodePorts.clear();
    for (const service of services)
      this.add(service, byService.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? []);
  }

  /** The rewrite that a station asks before it dials or sends. */
  readonly rewrite: DestinationRewrite = (to, transport) => {
    const rule = this.rules.get(`${transport} ${to.ip}:${to.port}`) ?? this.nodeRule(to, transport);
    if (rule === undefined) return undefined;
    if (rule.backends.length === 0) return "refuse";
    if (rule.affinity && rule.chosen !== undefined && rule.backends.includes(rule.chosen)) return rule.chosen;
    rule.chosen = this.random.pick(rule.backends);
    return rule.chosen;
  };

  private nodeRule(to: Address, transport: Transport): Rule | undefined {
    return this.nodeAddresses.has(to.ip) ? this.nodePorts.get(`${transport} ${to.port}`) : undefined;
  }

  private add(service: Service, slices: readonly EndpointSlice[]): void {
    const { clusterIP = "", clusterIPs, ports = [], externalIPs = [], type } = service.spec ?? {};
    if (clusterIP === "" || clusterIP === "None" || type === "ExternalName") return;
    const ingress = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
    const affinity = service.spec?.sessionAffinity === "ClientIP";
    for (const port of ports) {
      const rule: Rule = { backends: backends(slices, port.name ?? ""), affinity, chosen: undefined };
      const transport = port.protocol ?? "TCP";
      for (const ip of [...(clusterIPs ?? [clusterIP]), ...externalIPs, ...ingress])
        this.rules.set(`${transport} ${ip}:${port.port}`, rule);
      if (port.nodePort !== undefined && port.nodePort > 0) this.nodePorts.set(`${transport} ${port.nodePort}`, rule);
    }
  }
}

/** Ready endpoints; when none is ready, those that still serve while they terminate. */
function backends(slices: readonly EndpointSlice[], portName: string): Address[] {
  const ready: Address[] = [];
  const serving: Address[] = [];
  for (const slice of slices) {
    const port = (slice.ports ?? []).find((other) => (other.name ?? "") === portName)?.port;
    if (port === undefined) continue;
    for (const { addresses, conditions } of slice.endpoints ?? []) {
      const ip = addresses[0];
      if (ip === undefined) continue;
      if (conditions?.ready !== false) ready.push({ ip, port });
      else if (conditions.serving === true && conditions.terminating === true) serving.push({ ip, port });
    }
  }
  return ready.length > 0 ? ready : serving;
}
