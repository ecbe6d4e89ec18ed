import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import type { Endpoint, EndpointSlice, Service } from "../../api/types.generated.ts";
import { sameJson } from "../../client/json-value.ts";
import { controllerReference } from "../../client/owner.ts";
import { ENDPOINT_SLICES, SERVICES } from "../../client/resources.ts";
import { isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { type Backend, backendsOf, portsKey } from "../endpoints/backends.ts";
import { hasSelector, ServiceQueue } from "../endpoints/service-queue.ts";
import { WrittenObjects } from "../written-objects.ts";

const SERVICE_NAME = "kubernetes.io/service-name";
const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
const MANAGER = "endpointslice-controller.k8s.io";
const TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
const HEADLESS = "service.kubernetes.io/headless";
const PER_SLICE = 100;
const BY_SERVICE = "service";

/** Writes the EndpointSlices of services with a selector. */
export const endpointSliceController: ControllerDefinition = {
  name: "endpointslice-controller",
  serviceAccount: "endpointslice-controller",
  eventSource: "endpoint-slice-controller",
  start: (context) => new EndpointSliceController(context).start(),
};

interface Wanted {
  readonly endpoints: readonly Endpoint[];
  readonly ports: EndpointSlice["ports"];
}

/** Mirrors pkg/controller/endpointslice and its reconciler, for IPv4. */
class EndpointSliceController {
  private readonly context: ControllerContext;
  private readonly queue;
  private readonly source: ServiceQueue;
  private readonly slices;
  private readonly written;

  constructor(context: ControllerContext) {
    this.context = context;
    this.queue = newQueue(context);
    this.source = new ServiceQueue(context, this.queue);
    this.slices = context.informer(ENDPOINT_SLICES);
    this.written = new WrittenObjects(this.slices);
    this.slices.addIndex(BY_SERVICE, (slice) => [serviceKey(slice)]);
  }

  start(): void {
    this.slices.onChange(({ object, old }) => {
      const slice = object ?? old;
      if (slice?.metadata.labels?.[MANAGED_BY] === MANAGER) this.queue.add(serviceKey(slice));
    });
    const informers = [this.source.services, this.source.pods, this.slices];
    runWorkers(this.context, "endpointslice", this.queue, (key) => this.reconcile(key), informers, 1);
  }

  private *reconcile(key: string): Task<void> {
    const service = this.source.services.get(key);
    if (service === undefined || !hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return;
    const isOwn = (slice: EndpointSlice) =>
      slice.metadata.labels?.[MANAGED_BY] === MANAGER && serviceKey(slice) === key;
    const own = this.written.newest(this.slices.byIndex(BY_SERVICE, key).filter(isOwn), isOwn);
    const wanted = wantedSlices(backendsOf(service, this.source.podsOf(service)));
    const left = [...own];
    for (const want of wanted) {
      const index = left.findIndex((slice) => sameJson(slice.ports, want.ports));
      const match = left.splice(Math.max(0, index), 1)[0];
      yield* this.write(service, match, want);
    }
    for (const surplus of left) yield* this.remove(surplus);
  }

  private *write(service: Service, known: EndpointSlice | undefined, wanted: Wanted): Task<void> {
    const labels = labelsOf(service);
    const { endpoints, ports } = wanted;
    if (
      known !== undefined &&
      sameJson(known.endpoints, endpoints) &&
      sameJson(known.ports, ports) &&
      sameJson(known.metadata.labels, labels)
    )
      return;
    const annotations =
      endpoints.length === 0 && known === undefined
        ? undefined
        : { ...known?.metadata.annotations, [TRIGGER_TIME]: rfc3339(this.context.clock.now) };
    const { name, namespace } = service.metadata;
    const fresh = { generateName: `${name}-`, namespace, ownerReferences: [controllerReference(SERVICES, service)] };
    const metadata = { ...(known?.metadata ?? fresh), labels, ...(annotations === undefined ? {} : { annotations }) };
    const object = { ...known, metadata, addressType: "IPv4", endpoints, ports } as EndpointSlice;
    const { client } = this.context;
    const written =
      known === undefined ? client.create(ENDPOINT_SLICES, object) : client.update(ENDPOINT_SLICES, object);
    this.written.remember(yield* written);
  }

  private *remove(slice: EndpointSlice): Task<void> {
    this.written.forget(slice);
    try {
      yield* this.context.client.delete(ENDPOINT_SLICES, slice.metadata.namespace ?? "", slice.metadata.name ?? "");
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function serviceKey(slice: EndpointSlice): string {
  return `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME] ?? ""}`;
}

function labelsOf(service: Service): Record<string, string> {
  const labels: Record<string, string> = {
    ...service.metadata.labels,
    [MANAGED_BY]: MANAGER,
    [SERVICE_NAME]: service.metadata.name ?? "",
  };
  if (service.spec?.clusterIP === "None") labels[HEADLESS] = "";
  return labels;
}

/** One slice for each set of ports, at least one, each of at most a hundred endpoints. */
function wantedSlices(backends: readonly Backend[]): Wanted[] {
  const groups = new Map<string, Backend[]>();
  for (const backend of backends) {
    const key = portsKey(backend.ports);
    groups.set(key, [...(groups.get(key) ?? []), backend]);
  }
  const wanted: Wanted[] = [];
  for (const group of groups.values()) {
    for (let from = 0; from < group.length; from += PER_SLICE) {
      wanted.push({
        endpoints: group.slice(from, from + PER_SLICE).map(endpoint),
        ports: group[0]?.ports as EndpointSlice["ports"],
      });
    }
  }
  return wanted.length === 0 ? [{ endpoints: [], ports: undefined as never }] : wanted;
}

function endpoint({ pod, ip, ready, terminating }: Backend): Endpoint {
  const { namespace, name, uid } = pod.metadata;
  return {
    addresses: [ip],
    conditions: { ready: ready && !terminating, serving: ready, terminating },
    ...(pod.spec.hostname === undefined ? {} : { hostname: pod.spec.hostname }),
    targetRef: { kind: "Pod", namespace, name, uid },
    nodeName: pod.spec.nodeName,
  } as Endpoint;
}
