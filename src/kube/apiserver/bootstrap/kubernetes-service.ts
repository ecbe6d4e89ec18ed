import { utf8 } from "../../../base/bytes.ts";
import { Signal } from "../../../sim/signal.ts";
import { type Task, waitFor } from "../../../sim/task.ts";
import { decodeStruct, type Fields } from "../../api/decode.ts";
import { equalValues } from "../../api/equal.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import { schemaOf } from "../../api/schema.ts";
import type { EndpointSlice, Endpoints } from "../../api/types.generated.ts";
import type { EtcdStore } from "../storage/etcd-store.ts";
import { prefixEnd } from "../storage/etcd-store.ts";
import { type BootstrapContext, ensure } from "./hooks.ts";

const SERVICES = { group: "", version: "v1", resource: "services" };
const ENDPOINTS = { group: "", version: "v1", resource: "endpoints" };
const SLICES = { group: "discovery.k8s.io", version: "v1", resource: "endpointslices" };
const LEASE_SECONDS = 15;
/** Upstream's reconciler asks etcd without a time limit: while etcd is away its turn does not end. */
const PATIENCE_MS = 1e12;
const NAME = "kubernetes";
const NAMESPACE = "default";

export interface KubernetesServiceOptions {
  readonly serviceIp: string;
  readonly advertiseIp: string;
  readonly port: number;
  readonly etcdRoot: string;
}

/**
 * Keeps Service `kubernetes` with the addresses of all living API servers, each of which has a leased key under
 * masterleases (pkg/controlplane/controller/kubernetesservice and reconcilers/lease).
 */
export class KubernetesService {
  private readonly context: BootstrapContext;
  private readonly etcd: EtcdStore;
  private readonly options: KubernetesServiceOptions;
  private generation = 0;
  private busy = false;
  private stopped = false;
  private readonly idle = new Signal();

  constructor(context: BootstrapContext, etcd: EtcdStore, options: KubernetesServiceOptions) {
    this.context = context;
    this.etcd = etcd;
    this.options = options;
  }

  *reconcile(): Task<void> {
    if (this.stopped) return;
    this.busy = true;
    try {
      yield* this.ensureService();
      yield* this.renewLease();
      const ips = yield* this.livingServers();
      yield* this.ensureEndpoints(ips);
      yield* this.ensureSlice(ips);
    } finally {
      this.busy = false;
      this.idle.notify();
    }
  }

  /**
   * Takes this server's address out when it stops (pre-shutdown hook stop-kubernetes-service-controller). Waits for the
   * turn that is under way, which hangs for as long as etcd is away.
   */
  *withdraw(): Task<void> {
    this.stopped = true;
    while (this.busy) yield* waitFor(this.idle);
    const { kv } = yield* this.etcd.get(this.leaseKey, this.deadline);
    if (kv !== undefined) yield* this.etcd.delete(this.leaseKey, kv.modRevision, this.deadline);
  }

  private get leaseKey(): string {
    return `${this.options.etcdRoot}/masterleases/${this.options.advertiseIp}`;
  }

  private get deadline() {
    return { at: this.context.clock.uptime + PATIENCE_MS, error: () => new Error("context deadline exceeded") };
  }

  /** The value is an Endpoints object whose generation counts renewals. */
  private *renewLease(): Task<void> {
    const key = this.leaseKey;
    this.generation++;
    const lease = {
      kind: "Endpoints",
      apiVersion: "v1",
      metadata: { generation: this.generation },
      subsets: [{ addresses: [{ ip: this.options.advertiseIp }] }],
    };
    const { kv } = yield* this.etcd.get(key, this.deadline);
    yield* this.etcd.put(key, utf8(`${JSON.stringify(lease)}\n`), kv?.modRevision ?? 0, LEASE_SECONDS, this.deadline);
  }

  private *livingServers(): Task<string[]> {
    const prefix = `${this.options.etcdRoot}/masterleases/`;
    const response = yield* this.etcd.range(prefix, prefixEnd(prefix), 0, 0, this.deadline);
    return response.kvs.map(({ key }) => key.slice(prefix.length)).sort();
  }

  private *ensureService(): Task<void> {
    yield* ensure(this.context, SERVICES, {
      metadata: { name: NAME, namespace: NAMESPACE, labels: { provider: NAME, component: "apiserver" } } as {
        name: string;
        namespace: string;
      },
      ...{
        spec: {
          ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: this.options.port }],
          clusterIP: this.options.serviceIp,
          sessionAffinity: "None",
          type: "ClusterIP",
        },
      },
    });
  }

  private *ensureEndpoints(ips: readonly string[]): Task<void> {
    const subsets = [
      { addresses: ips.map((ip) => ({ ip })), ports: [{ name: "https", port: this.options.port, protocol: "TCP" }] },
    ];
    const labels = { "endpointslice.kubernetes.io/skip-mirror": "true" };
    yield* this.put<Endpoints>(ENDPOINTS, "core/v1.Endpoints", {
      metadata: { name: NAME, namespace: NAMESPACE, labels },
      subsets,
    });
  }

  private *ensureSlice(ips: readonly string[]): Task<void> {
    yield* this.put<EndpointSlice>(SLICES, "discovery/v1.EndpointSlice", {
      metadata: { name: NAME, namespace: NAMESPACE, labels: { "kubernetes.io/service-name": NAME } },
      addressType: "IPv4",
      endpoints: ips.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
      ports: [{ name: "https", port: this.options.port, protocol: "TCP" }],
    });
  }

  private *put<T extends KubeObject>(of: typeof ENDPOINTS, schemaKey: string, wanted: T): Task<void> {
    const cache = this.context.index.cache(of.group, of.version, of.resource);
    const known = cache.get(`${cache.prefix}${NAMESPACE}/${NAME}`)?.object as T | undefined;
    if (known === undefined) {
      yield* ensure(this.context, of, wanted as unknown as { metadata: { name: string; namespace: string } });
      return;
    }
    const next = decodeStruct(schemaOf(schemaKey), {
      ...known,
      ...wanted,
      metadata: { ...known.metadata, labels: wanted.metadata.labels },
    });
    if (!equalValues(withoutKind(next), withoutKind(known as unknown as Fields))) {
      yield* this.context.loopback.update(of, {
        ...next,
        kind: known.kind,
        apiVersion: known.apiVersion,
      } as unknown as KubeObject);
    }
  }
}

function withoutKind(object: Fields): Fields {
  const { kind: _kind, apiVersion: _version, ...rest } = object;
  return rest;
}
