import type { ContainerRuntime } from "../../machine/container-runtime.ts";
import type { Process } from "../../machine/process.ts";
import { Future } from "../../sim/signal.ts";
import { sleep, type Task, waitFor } from "../../sim/task.ts";
import type { ConfigMap, PersistentVolume, Pod, PodStatus, Secret } from "../api/types.generated.ts";
import { BackOff } from "../client/back-off.ts";
import { EventRecorder, referenceTo } from "../client/event-recorder.ts";
import { Informer, objectKey, type StoreChange } from "../client/informer.ts";
import type { Klog } from "../client/klog.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { isPodTerminal } from "../client/pod-state.ts";
import {
  CONFIG_MAPS,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from "../client/resources.ts";
import { isNotFound } from "../client/status-error.ts";
import { diskGuard } from "./eviction/disk-guard.ts";
import { ImagePuller } from "./image-puller.ts";
import type { KubeletConfig } from "./kubelet-config.ts";
import type { PodRules } from "./manifest.ts";
import { MirrorPods } from "./mirror-pods.ts";
import { NodeAgent } from "./node-agent.ts";
import type { MachineFacts } from "./node-status.ts";
import { ObjectCache, references } from "./object-cache.ts";
import { isChange } from "./pod-change.ts";
import type { PodContext } from "./pod-context.ts";
import { graceOf } from "./pod-ending.ts";
import { POD_UID, podView } from "./pod-view.ts";
import { PodWorker, RELIST_MS } from "./pod-worker.ts";
import { ProbeActions } from "./probe-actions.ts";
import { Prober } from "./prober.ts";
import { isMirror, isStatic, StaticPods } from "./static-pods.ts";
import { StatusWriter } from "./status-writer.ts";
import { MountError } from "./volumes.ts";

/** How often upstream looks for pods to clean up or to begin again (housekeepingPeriod). */
const CLEANUP_MS = 2000;
const HOUSEKEEPING_MS = 120_000;
const RESTART_FIRST_MS = 10_000;
const RESTART_MAX_MS = 300_000;

export interface KubeletOptions {
  readonly process: Process;
  readonly runtime: ContainerRuntime;
  readonly config: KubeletConfig;
  readonly facts: MachineFacts;
  readonly client: KubeClient;
  readonly podRules: PodRules;
  readonly log: Klog;
}

/**
 * The agent of a node: brings the pods of its manifests and of the API to life, and tells of them. It works without
 * the API server as far as its manifests go. Mirrors pkg/kubelet kubelet.go syncLoop.
 *
 *     manifests --> StaticPods --.                        .--> StatusWriter --> API
 *                                +--> PodWorker per pod --+
 *     API ------> pods informer -'        |    ^          '--> MirrorPods --> API
 *                                      runtime's events
 */
export class Kubelet {
  private readonly options: KubeletOptions;
  private readonly workers = new Map<string, PodWorker>();
  private staticPods: readonly Pod[] = [];
  private readonly staticSource: StaticPods;
  private readonly pods: Informer<Pod>;
  private readonly services;
  private readonly mirrors: MirrorPods;
  private readonly statuses: StatusWriter;
  readonly node: NodeAgent;
  private readonly disk: ReturnType<typeof diskGuard>;
  private readonly context: PodContext;
  private readonly configMaps: ObjectCache<ConfigMap>;
  private readonly secrets: ObjectCache<Secret>;
  private readonly apiKnown = new Future<void>();
  /** Pods of which the runtime has told something since the last relist. */
  private readonly stirred = new Set<string>();
  private startedAt = 0;

  constructor(options: KubeletOptions) {
    this.options = options;
    const { process, client, config, runtime, log, facts } = options;
    const { tasks, random, fs, net, clock, hostname } = process;
    const recorder = new EventRecorder(tasks, client, { component: "kubelet", host: config.nodeName });
    const hostIp = net.addresses[0] ?? "127.0.0.1";
    const informer = {
      tasks,
      random,
      onError: (error: unknown) => log.error("reflector.go:204", "Failed to watch", error),
    };
    const onNode = { fieldSelector: `spec.nodeName=${config.nodeName}` };
    this.pods = new Informer<Pod>({ ...informer, name: "pods", source: client.source(PODS, onNode) });
    this.services = new Informer({ ...informer, name: "services", source: client.source(SERVICES) });
    this.staticSource = new StaticPods({ fs, config, log, tasks, rules: options.podRules });
    const hasDiskPressure = () => this.disk.eviction.hasPressure;
    const node = { client, config, facts, runtime, address: hostIp, tasks, random, recorder, log };
    this.node = new NodeAgent({ ...node, hasDiskPressure, begins: !process.isResumed });
    this.disk = diskGuard({
      ...node,
      fs,
      node: this.node.about,
      pods: () => this.runningPods(),
      evict: ({ metadata }, message) => this.workers.get(metadata.uid ?? "")?.evict(message),
    });
    this.statuses = new StatusWriter(client, tasks, log);
    this.mirrors = new MirrorPods(client, tasks, random, log, config.nodeName);
    this.configMaps = new ObjectCache(CONFIG_MAPS, client, tasks, random, (key) =>
      this.objectChanged("configMaps", key),
    );
    this.secrets = new ObjectCache(SECRETS, client, tasks, random, (key) => this.objectChanged("secrets", key));
    const sources = {
      nodeName: config.nodeName,
      hostIp,
      configMap: (namespace: string, name: string) => this.configMaps.get(namespace, name),
      secret: (namespace: string, name: string) => this.secrets.get(namespace, name),
    };
    this.context = {
      runtime,
      fs,
      tasks,
      random,
      log,
      recorder,
      config,
      hostIp,
      puller: new ImagePuller(runtime, clock),
      restarts: new BackOff(RESTART_FIRST_MS, RESTART_MAX_MS),
      prober: new Prober(new ProbeActions(net, runtime, clock), tasks, random),
      environment: { ...sources, services: () => this.services.values() },
      volumes: {
        ...sources,
        fs,
        now: () => clock.now,
        token: (pod, audience, seconds) => this.token(pod, audience, seconds),
        claimedVolume: (namespace, claim) => this.claimedVolume(namespace, claim),
      },
      ready: (pod) => this.readyFor(pod),
      networkProblem: () => this.node.networkProblem,
      report: (pod, status) => this.report(pod, status),
      terminated: (pod) => this.terminated(pod),
    };
    log.info("kubelet.go:359", "Adding static pod path", { path: config.staticPodPath });
    log.info("kubelet.go:384", "Adding apiserver pod source", { host: hostname });
  }

  /** Begins everything. */
  start(): void {
    const { process, config, client, log } = this.options;
    const { tasks, random } = process;
    this.startedAt = process.clock.uptime;
    this.options.runtime.onChange(({ sandboxId }) => this.runtimeChanged(sandboxId));
    tasks.spawn(
      "kubelet/static-pods",
      this.staticSource.follow(config.fileCheckMs, (pods) => this.setStatic(pods)),
    );
    this.node.start();
    const node = client.source(NODES, { fieldSelector: `metadata.name=${config.nodeName}` });
    const nodes = new Informer({ name: "node", source: node, tasks, random });
    nodes.onChange(({ object }) => this.node.observe(object));
    nodes.start();
    this.pods.onChange((change) => this.onApiPod(change));
    this.pods.start();
    this.services.start();
    tasks.spawn("kubelet/api-known", this.noteSync());
    tasks.spawn("kubelet/housekeeping", this.keepHouse());
    tasks.spawn("kubelet/eviction", this.disk.eviction.run());
    tasks.spawn("kubelet/image-gc", this.disk.images.run());
    log.info("kubelet.go:2460", "Starting kubelet main sync loop");
  }

  /** The pods that this node runs, with their statuses, as /pods shows them. */
  runningPods(): Pod[] {
    return [...this.workers.values()].map(({ pod }) => ({ ...pod, status: this.statusOf(pod) ?? pod.status }) as Pod);
  }

  /** A pod by namespace and name. */
  findPod(namespace: string, name: string): Pod | undefined {
    return this.runningPods().find((pod) => pod.metadata.namespace === namespace && pod.metadata.name === name);
  }

  private statusOf(pod: Pod): PodStatus | undefined {
    const mirror = isStatic(pod) ? this.mirrors.get(objectKey(pod.metadata)) : undefined;
    return this.statuses.get((mirror ?? pod).metadata.uid ?? "");
  }

  private *noteSync(): Task<void> {
    yield* this.pods.waitForSync();
    this.apiKnown.settle(undefined);
    this.mirrors.setListed();
    for (const pod of this.staticPods) this.workers.get(pod.metadata.uid ?? "")?.kick();
  }

  private setStatic(pods: readonly Pod[]): void {
    this.staticPods = pods;
    const uids = new Set(pods.map((pod) => pod.metadata.uid));
    for (const worker of this.workers.values()) {
      if (!isStatic(worker.pod) || uids.has(worker.pod.metadata.uid)) continue;
      worker.end({ graceMs: graceOf(worker.pod, this.options.process.clock.now), gone: true });
    }
    for (const pod of pods) if (!this.workers.has(pod.metadata.uid ?? "")) this.begin(pod);
    this.wantMirrors();
  }

  private wantMirrors(): void {
    const held = new Set<string>();
    for (const { metadata } of this.staticPods) {
      const worker = this.workers.get(metadata.uid ?? "");
      if (worker !== undefined && this.predecessor(worker, objectKey(metadata)) !== undefined)
        held.add(objectKey(metadata));
    }
    this.mirrors.want(this.staticPods, held);
  }

  private onApiPod({ key, old, object }: StoreChange<Pod>): void {
    const pod = object ?? old;
    if (pod === undefined) return;
    if (isMirror(pod)) {
      this.onMirror(key, pod, object);
      return;
    }
    if (old !== undefined && old.metadata.uid !== object?.metadata.uid) this.apiPodGone(old);
    if (object === undefined) return;
    const now = this.options.process.clock.now;
    this.statuses.observe(object);
    const worker = this.workers.get(object.metadata.uid ?? "");
    if (worker !== undefined) {
      if (isChange(worker.pod, object)) worker.update(object);
    } else this.admit(object);
    if (object.metadata.deletionTimestamp !== undefined) {
      this.workers.get(object.metadata.uid ?? "")?.end({ graceMs: graceOf(object, now), gone: false });
    }
  }

  private onMirror(key: string, mirror: Pod, object: Pod | undefined): void {
    this.mirrors.observe(key, object);
    if (object === undefined) {
      this.statuses.forget(mirror.metadata.uid ?? "");
      return;
    }
    this.statuses.observe(object);
    const own = this.staticPods.find((pod) => objectKey(pod.metadata) === key);
    if (own !== undefined && this.statuses.get(object.metadata.uid ?? "") === undefined)
      this.workers.get(own.metadata.uid ?? "")?.kick();
  }

  /** The API forgot the pod, with or without asking us: its containers go, with the grace that they were promised. */
  private apiPodGone(pod: Pod): void {
    const uid = pod.metadata.uid ?? "";
    this.statuses.forget(uid);
    const forced = pod.metadata.deletionTimestamp !== undefined && pod.metadata.deletionGracePeriodSeconds === 0;
    const seconds = forced ? 1 : (pod.spec.terminationGracePeriodSeconds ?? 30);
    this.workers.get(uid)?.end({ graceMs: seconds * 1000, gone: true });
  }

  /** Takes a pod, or says that it can't be taken now. */
  private admit(pod: Pod): void {
    const refusal = isPodTerminal(pod) ? undefined : this.disk.eviction.refusal(pod);
    if (refusal === undefined) {
      this.begin(pod);
      return;
    }
    this.context.recorder.event(referenceTo("Pod", "v1", pod), "Warning", "Evicted", refusal);
    const message = `Pod was rejected: ${refusal}`;
    this.statuses.set(pod, { ...pod.status, phase: "Failed", reason: "Evicted", message });
  }

  private begin(pod: Pod): void {
    const uid = pod.metadata.uid ?? "";
    const worker = new PodWorker(this.context, pod);
    this.workers.set(uid, worker);
    const task = this.options.process.tasks.spawn(`pod/${objectKey(pod.metadata)}`, this.runWorker(worker));
    task.onEnd(() => this.workerEnded(uid, worker));
  }

  /** A static pod must wait until its predecessor of the same name has ended. */
  private *runWorker(worker: PodWorker): Task<void> {
    const key = objectKey(worker.pod.metadata);
    while (isStatic(worker.pod) && !worker.isEnding && this.predecessor(worker, key) !== undefined) {
      yield* sleep(this.options.process.clock, 500);
    }
    yield* worker.run();
  }

  private predecessor(worker: PodWorker, key: string): PodWorker | undefined {
    for (const other of this.workers.values()) {
      if (other !== worker && other.isEnding && objectKey(other.pod.metadata) === key) return other;
    }
    return undefined;
  }

  private workerEnded(uid: string, worker: PodWorker): void {
    if (this.workers.get(uid) === worker) this.workers.delete(uid);
    if (this.wanted(worker.pod) !== undefined)
      this.options.process.tasks.spawn("kubelet/pod-cleanups", this.beginAgain(worker.pod));
    if (isStatic(worker.pod)) this.wantMirrors();
    this.dropUnused();
  }

  /** The pod as its source has it now, if it is to run: with the uid that it had. */
  private wanted({ metadata }: Pod): Pod | undefined {
    const pod = this.staticPods.find((own) => own.metadata.uid === metadata.uid) ?? this.pods.get(objectKey(metadata));
    const same = pod?.metadata.uid === metadata.uid && pod?.metadata.deletionTimestamp === undefined;
    return same ? pod : undefined;
  }

  /**
   * A pod that came back with the same uid while it was still ending (a manifest moved away and put back, a store put
   * back from a backup) begins again at the next round of clean-ups. Mirrors HandlePodCleanups' podsToRestart.
   */
  private *beginAgain(ended: Pod): Task<void> {
    const { clock } = this.options.process;
    yield* sleep(clock, CLEANUP_MS - ((clock.uptime - this.startedAt) % CLEANUP_MS));
    const pod = this.wanted(ended);
    if (pod === undefined || this.workers.has(pod.metadata.uid ?? "")) return;
    this.begin(pod);
    if (isStatic(pod)) this.wantMirrors();
  }

  private report(pod: Pod, status: PodStatus): void {
    // Of a pod that has ended and left nothing here there is nothing new to say.
    if (isPodTerminal(pod) && podView(this.options.runtime, pod.metadata.uid ?? "").sandboxes.length === 0) return;
    const shown = isStatic(pod) ? this.mirrors.get(objectKey(pod.metadata)) : pod;
    if (shown === undefined || (shown.metadata.deletionTimestamp !== undefined && isMirror(shown))) return;
    this.statuses.set(
      shown,
      isMirror(shown) ? ({ ...status, observedGeneration: shown.metadata.generation } as PodStatus) : status,
    );
  }

  private terminated(pod: Pod): void {
    if (!isStatic(pod) && this.pods.get(objectKey(pod.metadata))?.metadata.uid === pod.metadata.uid)
      this.statuses.remove(pod);
  }

  private runtimeChanged(sandboxId: string): void {
    const { runtime } = this.options;
    if (!runtime.available) return;
    const uid = runtime.podSandboxes().find((sandbox) => sandbox.id === sandboxId)?.config.uid;
    if (uid === undefined) return;
    if (this.stirred.size === 0) this.options.process.tasks.spawn("kubelet/pleg", this.relist());
    this.stirred.add(uid);
  }

  /** Passes the runtime's changes on at the next relist, when upstream's kubelet would see them (GenericPLEG). */
  private *relist(): Task<void> {
    const { clock } = this.options.process;
    yield* sleep(clock, RELIST_MS - ((clock.uptime - this.startedAt) % RELIST_MS));
    const changed = [...this.stirred];
    this.stirred.clear();
    for (const uid of changed) this.workers.get(uid)?.stir();
  }

  private objectChanged(kind: "configMaps" | "secrets", key: string): void {
    for (const worker of this.workers.values()) {
      if (references(worker.pod)[kind].includes(key)) worker.refresh();
    }
  }

  /** Lets go of objects that no pod refers to any more. */
  private dropUnused(): void {
    const maps = new Set<string>();
    const secrets = new Set<string>();
    for (const worker of this.workers.values()) {
      const used = references(worker.pod);
      for (const key of used.configMaps) maps.add(key);
      for (const key of used.secrets) secrets.add(key);
    }
    this.configMaps.keepOnly(maps);
    this.secrets.keepOnly(secrets);
  }

  /** Pods of the API may use services' addresses; those of manifests must do without the API. */
  private *readyFor(pod: Pod): Task<void> {
    if (!isStatic(pod)) yield* this.services.waitForSync();
  }

  private *token(pod: Pod, audience: string, expirationSeconds: number): Task<string> {
    const { namespace = "", name = "", uid } = pod.metadata;
    const account = pod.spec.serviceAccountName ?? "default";
    const bound = { kind: "Pod", apiVersion: "v1", name, uid };
    const spec = { audiences: audience === "" ? [] : [audience], expirationSeconds, boundObjectRef: bound };
    const body = { kind: "TokenRequest", apiVersion: "authentication.k8s.io/v1", metadata: {}, spec };
    try {
      const answer = yield* this.options.client.createSub<{ status: { token: string } }>(
        SERVICE_ACCOUNTS,
        namespace,
        account,
        "token",
        body,
      );
      return answer.status.token;
    } catch (error) {
      if (error instanceof Error) throw new MountError(`failed to fetch token: ${error.message}`);
      throw error;
    }
  }

  private *claimedVolume(namespace: string, claim: string): Task<PersistentVolume> {
    const { client } = this.options;
    try {
      const found = yield* client.get(PERSISTENT_VOLUME_CLAIMS, namespace, claim);
      if (found.status?.phase !== "Bound" || found.spec?.volumeName === undefined)
        throw new MountError(`PVC is not bound`);
      return yield* client.get(PERSISTENT_VOLUMES, "", found.spec.volumeName);
    } catch (error) {
      if (isNotFound(error)) throw new MountError(`error processing PVC ${namespace}/${claim}: ${error.message}`);
      throw error;
    }
  }

  /** Ends what the runtime still has of pods that nobody wants any more; again every two minutes. */
  private *keepHouse(): Task<void> {
    yield* waitFor(this.apiKnown);
    for (;;) {
      if (this.options.runtime.available) yield* this.removeOrphans();
      yield* sleep(this.options.process.clock, HOUSEKEEPING_MS);
    }
  }

  private *removeOrphans(): Task<void> {
    const { runtime } = this.options;
    const orphans = new Set<string>();
    for (const sandbox of runtime.podSandboxes()) {
      const uid = sandbox.config.labels[POD_UID] ?? sandbox.config.uid;
      if (!this.workers.has(uid)) orphans.add(uid);
    }
    for (const uid of orphans) {
      if (this.workers.has(uid)) continue; // it came while we were busy with others
      for (const info of podView(runtime, uid).running) yield* runtime.stopContainer(info.id, 30_000);
      for (const sandbox of podView(runtime, uid).sandboxes) yield* runtime.removePodSandbox(sandbox.id);
    }
  }
}
