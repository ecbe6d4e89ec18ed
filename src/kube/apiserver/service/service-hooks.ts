import type { RandomStream } from "../../../sim/random.ts";
import type { Task } from "../../../sim/task.ts";
import type { Service } from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import type { Loopback } from "../loopback.ts";
import type { KindHooks, Rollback } from "../registry/hooks.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import { ApiError, type FieldError, invalid } from "../status.ts";
import { contains, type IpRange, ipText } from "./ip-range.ts";

export const IP_ADDRESSES = { group: "networking.k8s.io", version: "v1", resource: "ipaddresses" };
const SERVICE = { group: "", kind: "Service" };
/** Dynamic addresses come from above this offset; below, people choose (ipallocator calculateRangeOffset). */
const STATIC_BAND_MAX = 256;
const STATIC_BAND_MIN = 16;
const ATTEMPTS = 64;
const NODE_PORT_FIRST = 30_000;
const NODE_PORT_LAST = 32_767;

/** Addresses and node ports of Services (pkg/registry/core/service/storage/alloc.go). */
export function serviceHooks(index: KindIndex, loopback: Loopback, random: RandomStream, range: IpRange): KindHooks {
  const allocator = new ServiceAllocator(index, loopback, random, range);
  return {
    *beforeWrite(draft, old, _deadline, dryRun) {
      return yield* allocator.prepare(draft as unknown as Draft<Service>, old as Service | undefined, dryRun);
    },
    *afterDelete(object) {
      yield* allocator.release(object as Service);
    },
  };
}

class ServiceAllocator {
  private readonly index: KindIndex;
  private readonly loopback: Loopback;
  private readonly random: RandomStream;
  private readonly range: IpRange;

  constructor(index: KindIndex, loopback: Loopback, random: RandomStream, range: IpRange) {
    this.index = index;
    this.loopback = loopback;
    this.random = random;
    this.range = range;
  }

  *prepare(draft: Draft<Service>, old: Service | undefined, dryRun: boolean): Task<Rollback> {
    this.keepOld(draft, old);
    this.assignNodePorts(draft, old);
    const { spec } = draft;
    if (spec.type === "ExternalName") {
      delete spec.clusterIP;
      delete spec.clusterIPs;
      return undefined;
    }
    spec.ipFamilies ??= ["IPv4"];
    spec.ipFamilyPolicy ??= "SingleStack";
    if (spec.clusterIP === "None") {
      spec.clusterIPs = ["None"];
      return undefined;
    }
    if (old?.spec.clusterIP && old.spec.clusterIP === spec.clusterIP) return undefined;
    const wanted = spec.clusterIP || spec.clusterIPs?.[0] || undefined;
    const ip = dryRun ? (wanted ?? this.candidate()) : yield* this.allocate(draft, wanted);
    spec.clusterIP = ip;
    spec.clusterIPs = [ip];
    return dryRun ? undefined : () => this.loopback.delete(IP_ADDRESSES, "", ip);
  }

  *release(service: Service): Task<void> {
    for (const ip of service.spec.clusterIPs ?? [])
      if (ip !== "None") yield* this.loopback.delete(IP_ADDRESSES, "", ip);
  }

  private keepOld({ spec }: Draft<Service>, old: Service | undefined): void {
    if (old === undefined || spec.type === "ExternalName" || old.spec.type === "ExternalName") return;
    if (!spec.clusterIP) {
      if (old.spec.clusterIP !== undefined) spec.clusterIP = old.spec.clusterIP;
      if (old.spec.clusterIPs != null) spec.clusterIPs = [...old.spec.clusterIPs];
    }
    if (old.spec.ipFamilies != null) spec.ipFamilies ??= [...old.spec.ipFamilies];
    if (old.spec.ipFamilyPolicy != null) spec.ipFamilyPolicy ??= old.spec.ipFamilyPolicy;
  }

  private *allocate(service: Draft<Service>, wanted: string | undefined): Task<string> {
    const { namespace = "", name = "" } = service.metadata;
    if (wanted !== undefined) {
      if (!contains(this.range, wanted))
        throw this.refuse(
          name,
          wanted,
          `failed to allocate IP ${wanted}: the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${ipText(this.range.first)}/${32 - Math.log2(this.range.size)}`,
        );
      if (yield* this.take(wanted, namespace, name)) return wanted;
      throw this.refuse(name, wanted, `failed to allocate IP ${wanted}: provided IP is already allocated`);
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const ip = this.candidate();
      if (yield* this.take(ip, namespace, name)) return ip;
    }
    throw this.refuse(name, "", "failed to allocate a serviceIP: range is full");
  }

  private candidate(): string {
    const offset = Math.min(STATIC_BAND_MAX, Math.max(STATIC_BAND_MIN, Math.floor(this.range.size / 16)));
    return ipText(this.range.first + offset + this.random.below(Math.max(1, this.range.size - offset - 1)));
  }

  private *take(ip: string, namespace: string, name: string): Task<boolean> {
    const labels = {
      "ipaddress.kubernetes.io/ip-family": "IPv4",
      "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
    };
    const spec = { parentRef: { resource: "services", namespace, name } };
    try {
      yield* this.loopback.create(IP_ADDRESSES, "", { metadata: { name: ip, labels }, spec });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.reason === "AlreadyExists") return false;
      throw error;
    }
  }

  private refuse(name: string, ip: string, detail: string): ApiError {
    const error: FieldError = {
      type: "FieldValueInvalid",
      field: "spec.clusterIPs",
      value: ip === "" ? [] : [ip],
      detail,
    };
    return invalid(SERVICE, name, [error]);
  }

  private assignNodePorts({ spec, metadata }: Draft<Service>, old: Service | undefined): void {
    if (spec.type !== "NodePort" && spec.type !== "LoadBalancer") {
      for (const port of spec.ports ?? []) delete port.nodePort;
      return;
    }
    const used = this.usedPorts(metadata.namespace ?? "", metadata.name ?? "");
    for (const [index, port] of (spec.ports ?? []).entries()) {
      const before = old?.spec.ports?.find((one) => one.port === port.port && one.protocol === port.protocol)?.nodePort;
      if (!port.nodePort && before) port.nodePort = before;
      if (port.nodePort) this.checkNodePort(metadata.name ?? "", index, port.nodePort, used);
      else port.nodePort = this.freePort(used);
      used.add(port.nodePort);
    }
  }

  private usedPorts(namespace: string, name: string): Set<number> {
    const cache = this.index.cache("", "v1", "services");
    const used = new Set<number>();
    for (const { key, object } of cache.list(cache.prefix)) {
      if (key === `${cache.prefix}${namespace}/${name}`) continue;
      for (const { nodePort } of (object as Service).spec.ports ?? []) if (nodePort) used.add(nodePort);
    }
    return used;
  }

  private checkNodePort(name: string, index: number, port: number, used: ReadonlySet<number>): void {
    const field = `spec.ports[${index}].nodePort`;
    const outside = port < NODE_PORT_FIRST || port > NODE_PORT_LAST;
    if (!outside && !used.has(port)) return;
    const detail = outside
      ? `provided port is not in the valid range. The range of valid ports is ${NODE_PORT_FIRST}-${NODE_PORT_LAST}`
      : "provided port is already allocated";
    throw invalid(SERVICE, name, [{ type: "FieldValueInvalid", field, value: port, detail }]);
  }

  private freePort(used: ReadonlySet<number>): number {
    const size = NODE_PORT_LAST - NODE_PORT_FIRST + 1;
    for (let attempt = 0; attempt < size * 2; attempt++) {
      const port = NODE_PORT_FIRST + this.random.below(size);
      if (!used.has(port)) return port;
    }
    return NODE_PORT_FIRST;
  }
}
