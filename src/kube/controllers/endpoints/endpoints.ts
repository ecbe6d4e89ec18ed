import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import type { EndpointAddress, EndpointSubset, Endpoints, Service } from "../../api/types.generated.ts";
import { splitKey } from "../../client/informer.ts";
import { sameJson } from "../../client/json-value.ts";
import { ENDPOINTS, SERVICES } from "../../client/resources.ts";
import { isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";
import { type Backend, backendsOf, portsKey } from "./backends.ts";
import { hasSelector, ServiceQueue } from "./service-queue.ts";

const TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
const MANAGED_BY = "endpoints.kubernetes.io/managed-by";
const HEADLESS = "service.kubernetes.io/headless";

/** Writes the Endpoints of services with a selector. */
export const endpointsController: ControllerDefinition = {
  name: "endpoints-controller",
  serviceAccount: "endpoint-controller",
  eventSource: "endpoint-controller",
  start: (context) => new EndpointsController(context).start(),
};

/** Mirrors pkg/controller/endpoint. */
class EndpointsController {
  private readonly context: ControllerContext;
  private readonly queue;
  private readonly source: ServiceQueue;
  private readonly endpoints;
  /** Services that were seen to go: their Endpoints go too, whoever made them. */
  private readonly gone = new Set<string>();

  constructor(context: ControllerContext) {
    this.context = context;
    this.queue = newQueue(context);
    context.informer(SERVICES).onChange(({ key, object }) => {
      if (object === undefined) this.gone.add(key);
      else this.gone.delete(key);
    });
    this.source = new ServiceQueue(context, this.queue);
    this.endpoints = context.informer(ENDPOINTS);
  }

  start(): void {
    this.endpoints.onChange(({ key }) => this.queue.add(key));
    const informers = [this.source.services, this.source.pods, this.endpoints];
    runWorkers(this.context, "endpoints", this.queue, (key) => this.reconcile(key), informers);
  }

  private *reconcile(key: string): Task<void> {
    const service = this.source.services.get(key);
    const known = this.endpoints.get(key);
    if (service === undefined) {
      if (this.gone.has(key) || known?.metadata.labels?.[MANAGED_BY] !== undefined) yield* this.remove(key);
      this.gone.delete(key);
      return;
    }
    if (!hasSelector(service)) return;
    const subsets = subsetsOf(backendsOf(service, this.source.podsOf(service)));
    const labels: Record<string, string> = { ...service.metadata.labels, [MANAGED_BY]: "endpoint-controller" };
    if (service.spec?.clusterIP === "None") labels[HEADLESS] = "";
    if (known !== undefined && sameJson(known.subsets, subsets) && sameJson(known.metadata.labels, labels)) return;
    yield* this.write(service, known, subsets, labels);
  }

  private *write(
    service: Service,
    known: Endpoints | undefined,
    subsets: EndpointSubset[],
    labels: Record<string, string>,
  ): Task<void> {
    const { name, namespace } = service.metadata;
    const annotations = { ...known?.metadata.annotations, [TRIGGER_TIME]: rfc3339(this.context.clock.now) };
    const metadata = { ...(known?.metadata ?? { name, namespace }), labels, annotations };
    const object = { metadata, ...(subsets.length === 0 ? {} : { subsets }) } as Endpoints;
    if (known === undefined) yield* this.context.client.create(ENDPOINTS, object);
    else yield* this.context.client.update(ENDPOINTS, object);
  }

  private *remove(key: string): Task<void> {
    const { namespace, name } = splitKey(key);
    try {
      yield* this.context.client.delete(ENDPOINTS, namespace, name);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** Addresses grouped by the ports they serve, sorted as upstream's RepackSubsets does. */
function subsetsOf(backends: readonly Backend[]): EndpointSubset[] {
  const groups = new Map<string, { ready: EndpointAddress[]; notReady: EndpointAddress[]; backend: Backend }>();
  for (const backend of backends) {
    if (backend.terminating) continue;
    const key = portsKey(backend.ports);
    const group = groups.get(key) ?? { ready: [], notReady: [], backend };
    groups.set(key, group);
    (backend.ready ? group.ready : group.notReady).push(address(backend));
  }
  return [...groups.values()].map(({ ready, notReady, backend }) => ({
    ...(ready.length === 0 ? {} : { addresses: ready.sort(byIp) }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady.sort(byIp) }),
    ports: backend.ports.map(({ name, port, protocol }) => ({ ...(name ? { name } : {}), port, protocol })),
  })) as EndpointSubset[];
}

function byIp(a: EndpointAddress, b: EndpointAddress): number {
  return a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0;
}

function address({ pod, ip }: Backend): EndpointAddress {
  const { namespace, name, uid } = pod.metadata;
  const hostname = pod.spec.hostname === undefined ? {} : { hostname: pod.spec.hostname };
  return {
    ip,
    ...hostname,
    nodeName: pod.spec.nodeName,
    targetRef: { kind: "Pod", namespace, name, uid },
  } as EndpointAddress;
}
