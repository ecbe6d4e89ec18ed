import type { EndpointSlice, Namespace, Service } from "../../kube/api/types.generated.ts";
import { Informer } from "../../kube/client/informer.ts";
import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from "../../kube/client/resources.ts";
import { inClusterConfig } from "../../kube/client/rest-config.ts";
import { RestKubeClient } from "../../kube/client/rest-kube-client.ts";
import type { Process } from "../../machine/process.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { type ClusterView, SERVICE_NAME } from "./cluster-records.ts";
import type { CorednsLog } from "./log.ts";

const LOOK_MS = 100;
const TELL_MS = 500;
const START_UP_MS = 5000;
const BY_SERVICE = "service";

/** What CoreDNS knows of the cluster: copies of three collections, which outlive the API server. */
export class ClusterWatch implements ClusterView {
  private readonly namespaces: Informer<Namespace>;
  private readonly known: Informer<Service>;
  private readonly endpoints: Informer<EndpointSlice>;
  private readonly process: Process;
  private readonly log: CorednsLog;

  /** Throws ConfigError outside of a pod. */
  constructor(process: Process, log: CorednsLog) {
    const { tasks, random } = process;
    this.process = process;
    this.log = log;
    const client = new RestKubeClient(process, {
      ...inClusterConfig(process.env, process.fs),
      userAgent: "coredns/v0.0.0 (linux/amd64) kubernetes/$Format",
    });
    const onError = (error: unknown) => {
      if (!(error instanceof Error)) throw error;
      log.write("ERROR", `plugin/kubernetes: Failed to watch: ${error.message}`);
    };
    const common = { tasks, random, onError };
    this.namespaces = new Informer({ name: "namespaces", source: client.source(NAMESPACES), ...common });
    this.known = new Informer({ name: "services", source: client.source(SERVICES), ...common });
    this.endpoints = new Informer({ name: "endpointslices", source: client.source(ENDPOINT_SLICES), ...common });
    this.endpoints.addIndex(BY_SERVICE, ({ metadata }) => [
      `${metadata.namespace}/${metadata.labels?.[SERVICE_NAME] ?? ""}`,
    ]);
  }

  get hasSynced(): boolean {
    return this.namespaces.hasSynced && this.known.hasSynced && this.endpoints.hasSynced;
  }

  /** Begins to watch. */
  watch(): void {
    for (const informer of [this.namespaces, this.known, this.endpoints]) informer.start();
  }

  /** Begins to watch, and waits for a while until all is there. */
  *start(): Task<void> {
    const { clock } = this.process;
    this.watch();
    const began = clock.uptime;
    for (let told = began; !this.hasSynced; ) {
      yield* sleep(clock, LOOK_MS);
      if (this.hasSynced) return;
      if (clock.uptime - began >= START_UP_MS) {
        this.log.write("WARNING", "plugin/kubernetes: starting server with unsynced Kubernetes API");
        return;
      }
      if (clock.uptime - told < TELL_MS) continue;
      told = clock.uptime;
      this.log.write("INFO", "plugin/kubernetes: waiting for Kubernetes API before starting server");
    }
  }

  hasNamespace(name: string): boolean {
    return this.namespaces.get(name) !== undefined;
  }

  service(namespace: string, name: string): Service | undefined {
    return this.known.get(`${namespace}/${name}`);
  }

  services(): Iterable<Service> {
    return this.known.values();
  }

  slicesOf(namespace: string, service: string): readonly EndpointSlice[] {
    return this.endpoints.byIndex(BY_SERVICE, `${namespace}/${service}`);
  }

  slices(): Iterable<EndpointSlice> {
    return this.endpoints.values();
  }
}
