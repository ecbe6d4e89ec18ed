import { rfc3339, rfc3339Micro } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import { parseTime } from "../../api/time.ts";
import type { IPAddress, ObjectReference, Service } from "../../api/types.generated.ts";
import { contains, type IpRange } from "../service/ip-range.ts";
import { IP_ADDRESSES } from "../service/service-hooks.ts";
import { type BootstrapContext, ensure } from "./hooks.ts";

const SERVICE_CIDRS = { group: "networking.k8s.io", version: "v1", resource: "servicecidrs" };
const EVENTS = { group: "", version: "v1", resource: "events" };
/** An address without its service is left alone this long, since the service may be on its way. */
const GRACE_MS = 60_000;

/** ServiceCIDR `kubernetes` (pkg/controlplane/controller/defaultservicecidr). */
export function* ensureServiceCidr(context: BootstrapContext, cidr: string): Task<void> {
  const cache = context.index.cache("networking.k8s.io", "v1", "servicecidrs");
  if (cache.get(`${cache.prefix}kubernetes`) !== undefined) return;
  yield* ensure(context, SERVICE_CIDRS, { metadata: { name: "kubernetes" }, ...{ spec: { cidrs: [cidr] } } });
  const found = yield* context.loopback.get(SERVICE_CIDRS, "", "kubernetes");
  if (found === undefined) return;
  const condition = {
    type: "Ready",
    status: "True",
    lastTransitionTime: rfc3339(context.clock.now),
    reason: "",
    message: "Kubernetes default Service CIDR is ready",
  };
  yield* context.loopback.update(
    SERVICE_CIDRS,
    { ...found, status: { conditions: [condition] } } as typeof found,
    "status",
  );
}

/** Makes missing IPAddress objects and frees leaked ones (core/service/ipallocator/controller/repairip.go). */
export function* repairIps(context: BootstrapContext, range: IpRange): Task<void> {
  const services = context.index.cache("", "v1", "services");
  const addresses = context.index.cache("networking.k8s.io", "v1", "ipaddresses");
  const wanted = new Map<string, Service>();
  for (const { object } of services.list(services.prefix)) {
    const ip = (object as Service).spec.clusterIP ?? "";
    if (contains(range, ip)) wanted.set(ip, object as Service);
  }
  for (const [ip, service] of wanted)
    if (addresses.get(addresses.prefix + ip) === undefined) yield* make(context, ip, service);
  for (const { object } of addresses.list(addresses.prefix)) {
    const address = object as IPAddress;
    const name = address.metadata.name ?? "";
    const young = context.clock.now - (parseTime(address.metadata.creationTimestamp) ?? 0) < GRACE_MS;
    if (!wanted.has(name) && !young && address.spec.parentRef?.resource === "services") {
      context.log("repairip.go:523", `"Unhandled Error" err="IPAddress ${name} appears to have leaked: cleaning up"`);
      yield* tellOfLeak(context, address);
      yield* context.loopback.delete(IP_ADDRESSES, "", name);
    }
  }
}

function* tellOfLeak(context: BootstrapContext, address: IPAddress): Task<void> {
  const { name = "", uid } = address.metadata;
  const { namespace = "", name: service = "" } = address.spec.parentRef ?? {};
  yield* warn(
    context,
    { kind: "IPAddress", apiVersion: "networking.k8s.io/v1", name, uid },
    "IPAddressAllocation",
    "IPAddressNotAllocated",
    `IPAddress: ${name} for Service ${namespace}/${service} appears to have leaked: cleaning up`,
  );
}

function* warn(
  context: BootstrapContext,
  involvedObject: ObjectReference,
  action: string,
  reason: string,
  message: string,
): Task<void> {
  const name = `${involvedObject.name}.${BigInt(Math.round(context.clock.now * 1e6)).toString(16)}`;
  yield* ensure(context, EVENTS, {
    metadata: { name, namespace: involvedObject.namespace ?? "default" },
    ...{
      involvedObject,
      eventTime: rfc3339Micro(context.clock.now),
      reportingComponent: "ipallocator-repair-controller",
      reportingInstance: "ipallocator-repair-controller-kube-apiserver",
      action,
      type: "Warning",
      reason,
      message,
    },
  });
}

function* make(context: BootstrapContext, ip: string, service: Service): Task<void> {
  const labels = {
    "ipaddress.kubernetes.io/ip-family": "IPv4",
    "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
  };
  const { namespace = "", name = "", uid } = service.metadata;
  context.log(
    "repairip.go:328",
    `"Unhandled Error" err="the ClusterIP [IPv4]: ${ip} for Service ${namespace}/${name} is not allocated; repairing"`,
  );
  yield* warn(
    context,
    { kind: "Service", apiVersion: "v1", namespace, name, uid },
    "ClusterIPAllocation",
    "ClusterIPNotAllocated",
    `Cluster IP [IPv4]: ${ip} is not allocated; repairing`,
  );
  yield* ensure(context, IP_ADDRESSES, {
    metadata: { name: ip, labels } as { name: string },
    ...{ spec: { parentRef: { resource: "services", namespace, name } } },
  });
}
