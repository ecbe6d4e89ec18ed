import { rfc3339 } from "../../base/rfc3339.ts";
import { type ContainerInfo, type PodSandbox, RuntimeUnavailable } from "../../machine/container-runtime.ts";
import { Signal } from "../../sim/signal.ts";
import { sleep, type Task, waitAtMost } from "../../sim/task.ts";
import type { Container, Pod, PodStatus } from "../api/types.generated.ts";
import { jitter } from "../client/back-off.ts";
import { referenceTo } from "../client/event-recorder.ts";
import { isPodTerminal } from "../client/pod-state.ts";
import { containerHash, sayer, startContainer } from "./container-starter.ts";
import { ephemeralContainers, isSidecar, shouldRun, type Waiting } from "./container-status.ts";
import { crashLoop } from "./crash-loop.ts";
import { evictedStatus, stopEvicted } from "./eviction/pod-eviction.ts";
import type { PodContext } from "./pod-context.ts";
import { type Ending, probeGraceMs } from "./pod-ending.ts";
import { podHostname } from "./pod-files.ts";
import { PodKiller } from "./pod-killer.ts";
import { podStatus } from "./pod-status.ts";
import {
  CONTAINER_HASH,
  GRACE_PERIOD,
  latest,
  POD_NAME,
  POD_NAMESPACE,
  POD_UID,
  type PodView,
  podView,
} from "./pod-view.ts";
import { PodVolumes } from "./pod-volumes.ts";
import { isSyncFailure, logStartFailure, networkIsMissing } from "./start-failure.ts";
import { podDirectory } from "./volumes.ts";

const RETRY_MS = 10_000;
const NETWORK_RETRY_MS = 1000;
/** How often the kubelet looks at the runtime for containers that started or ended (PLEG). */
export const RELIST_MS = 1000;

/**
 * Keeps one pod as its spec asks, until it is to end. One task does everything for the pod, one thing after another.
 *
 *     changed --> look at the runtime --> volumes --> sandbox --> init containers --> containers --> report
 *        ^                                                                                 |
 *        '------------- wait for: a change, a container's end, a probe, a back-off --------'
 *
 * Mirrors pkg/kubelet pod_workers.go and kuberuntime SyncPod.
 */
export class PodWorker {
  private readonly context: PodContext;
  private readonly changed = new Signal();
  private dirty = true;
  /** The runtime has said that something of the pod changed. */
  private stirred = false;
  /** States of the containers when the present round began. */
  private readonly roundStart = new Map<string, string>();
  private current: Pod;
  private ending: Ending | undefined;
  /** Why the pod has to leave the node. */
  private evictedFor: string | undefined;
  private readonly waiting = new Map<string, Waiting>();
  private readonly volumes: PodVolumes;
  private status: PodStatus | undefined;
  private startTime: string;
  private wakeAt = Number.POSITIVE_INFINITY;
  private readonly first: boolean;

  constructor(context: PodContext, pod: Pod) {
    this.context = context;
    this.current = pod;
    this.first = pod.status?.startTime === undefined;
    this.status = pod.status;
    this.startTime = pod.status?.startTime ?? rfc3339(context.tasks.clock.now);
    this.volumes = new PodVolumes(context, () => this.kick());
  }

  get pod(): Pod {
    return this.current;
  }

  get isEnding(): boolean {
    return this.ending !== undefined;
  }

  /** The pod's spec or metadata has changed. */
  update(pod: Pod): void {
    this.current = pod;
    this.kick();
  }

  /** The pod is to end; a later, shorter grace counts. */
  end(ending: Ending): void {
    const known = this.ending;
    if (known !== undefined && known.graceMs <= ending.graceMs && known.gone === ending.gone) return;
    this.ending = {
      graceMs: Math.min(known?.graceMs ?? ending.graceMs, ending.graceMs),
      gone: ending.gone || known?.gone === true,
    };
    this.kick();
  }

  /** The pod has to leave the node; it stays as failed. */
  evict(message: string): void {
    this.evictedFor = message;
    this.kick();
  }

  /** A container or the sandbox of the pod changed. */
  stir(): void {
    this.stirred = true;
    this.changed.notify();
  }

  /** An object that the pod's volumes or environment are made from has changed. */
  refresh(): void {
    this.volumes.refresh();
  }

  /** Something may have happened: look again. */
  kick(): void {
    this.dirty = true;
    this.changed.notify();
  }

  /** Runs until the pod has ended and nothing of it is left. */
  *run(): Task<void> {
    while (this.ending === undefined) {
      this.dirty = false;
      this.stirred = false;
      this.wakeAt = Number.POSITIVE_INFINITY;
      yield* this.guarded();
      if (this.dirty || this.stirred || this.ending !== undefined) continue;
      const left = this.wakeAt - this.context.tasks.clock.uptime;
      yield* waitAtMost(
        this.context.tasks.clock,
        this.changed,
        left === Number.POSITIVE_INFINITY ? undefined : Math.max(0, left),
      );
    }
    yield* this.finish();
  }

  private *guarded(): Task<void> {
    try {
      yield* this.sync();
    } catch (error) {
      if (!isSyncFailure(error)) throw error;
      this.context.log.error("pod_workers.go:1324", "Error syncing pod, skipping", error, { pod: this.label });
      this.wakeIn(jitter(this.context.random, RETRY_MS, 0.5));
    }
  }

  private get label(): string {
    return `${this.current.metadata.namespace}/${this.current.metadata.name}`;
  }

  private get uid(): string {
    return this.current.metadata.uid ?? "";
  }

  private view(): PodView {
    return podView(this.context.runtime, this.uid);
  }

  private wakeIn(ms: number): void {
    this.wakeAt = Math.min(this.wakeAt, this.context.tasks.clock.uptime + ms);
  }

  private *sync(): Task<void> {
    const { current } = this;
    if (this.evictedFor !== undefined) yield* stopEvicted(this.context, current, this.view(), this.changed, RELIST_MS);
    const view = this.view();
    this.noteStart(view);
    this.followProbes(view);
    this.report(view);
    if (isPodTerminal(current) || isPodTerminal({ ...current, status: this.status })) {
      yield* this.rest(view);
      return;
    }
    if (networkIsMissing(this.context, current)) {
      this.wakeIn(jitter(this.context.random, NETWORK_RETRY_MS, 0.5));
      return;
    }
    yield* this.context.ready(current);
    const paths = yield* this.volumes.mount(current, view.sandbox?.ip ?? "");
    if (paths === undefined) {
      this.wakeIn(this.volumes.retryMs);
      return;
    }
    this.wakeAt = Math.min(this.wakeAt, this.volumes.refreshAt(current));
    const sandbox = yield* this.ensureSandbox(this.view());
    if (sandbox === undefined || this.ending !== undefined) return;
    yield* this.killUnwanted(this.view());
    yield* this.runEphemeral(sandbox, paths);
    if (yield* this.runInit(sandbox, paths)) yield* this.runMain(sandbox, paths);
    const after = this.view();
    this.followProbes(after);
    yield* this.dropOld(after);
    if (!this.hasStarted(this.view())) this.report(this.view());
  }

  /** Whether this round has started a container: that is told when the next relist has seen it. */
  private hasStarted(view: PodView): boolean {
    return [...this.allContainers(), ...ephemeralContainers(this.current)].some((container) => {
      const info = latest(view, container.name);
      return info !== undefined && info.state !== "created" && !this.roundStart.has(info.id);
    });
  }

  private noteStart(view: PodView): void {
    this.roundStart.clear();
    for (const list of view.containers.values()) for (const info of list) this.roundStart.set(info.id, info.state);
  }

  /** A pod that has ended keeps its containers' record, but no sandbox. */
  private *rest(view: PodView): Task<void> {
    for (const sandbox of view.sandboxes) {
      if (sandbox.state !== "ready") continue;
      yield* this.context.runtime.stopPodSandbox(sandbox.id);
    }
  }

  private *ensureSandbox(view: PodView): Task<PodSandbox | undefined> {
    if (view.sandbox !== undefined) return view.sandbox;
    const { runtime, recorder } = this.context;
    if (view.sandboxes.length > 0) {
      if (!this.wantsContainers(view)) return undefined;
      recorder.event(
        referenceTo("Pod", "v1", this.current),
        "Normal",
        "SandboxChanged",
        "Pod sandbox changed, it will be killed and re-created.",
      );
      for (const old of view.sandboxes) yield* runtime.stopPodSandbox(old.id);
    }
    const attempt = (view.sandboxes.at(-1)?.config.attempt ?? -1) + 1;
    const { name = "", namespace = "" } = this.current.metadata;
    yield* runtime.runPodSandbox({
      name,
      namespace,
      uid: this.uid,
      attempt,
      labels: { ...this.current.metadata.labels, [POD_NAME]: name, [POD_NAMESPACE]: namespace, [POD_UID]: this.uid },
      annotations: { [GRACE_PERIOD]: String(this.current.spec.terminationGracePeriodSeconds ?? 30) },
      hostNetwork: this.current.spec.hostNetwork === true,
      logDirectory: `/var/log/pods/${namespace}_${name}_${this.uid}`,
      hostname: podHostname(this.current, this.context.config.nodeName),
    });
    const made = this.view();
    this.report(made);
    return made.sandbox;
  }

  /** Whether any container would be started in a new sandbox. */
  private wantsContainers(view: PodView): boolean {
    return this.current.spec.containers.some((container) => shouldRun(this.current, latest(view, container.name)));
  }

  /** Stops containers that are not what the spec asks for any more, or whose probes have failed. */
  private *killUnwanted(view: PodView): Task<void> {
    for (const container of this.allContainers()) {
      const info = latest(view, container.name);
      if (info?.state !== "running") continue;
      const reason = this.reasonToKill(info, container);
      if (reason === undefined) continue;
      sayer(this.context, this.current, container)(
        "Normal",
        "Killing",
        `Container ${container.name} ${reason}, will be restarted`,
      );
      yield* this.context.runtime.stopContainer(info.id, probeGraceMs(this.current, container));
      this.context.prober.unwatch(info.id);
    }
  }

  private reasonToKill(info: ContainerInfo, container: Container): string | undefined {
    if (info.config.annotations[CONTAINER_HASH] !== containerHash(container)) return "definition changed";
    const failed = this.context.prober.failure(info.id);
    return failed === undefined ? undefined : `failed ${failed.toLowerCase()} probe`;
  }

  private allContainers(): readonly Container[] {
    return [...(this.current.spec.initContainers ?? []), ...this.current.spec.containers];
  }

  /** Containers put into the pod to debug it run once, whatever becomes of the others. */
  private *runEphemeral(sandbox: PodSandbox, paths: ReadonlyMap<string, string>): Task<void> {
    for (const container of ephemeralContainers(this.current)) {
      const info = latest(this.view(), container.name);
      if (info === undefined || info.state === "created") yield* this.startOrWait(sandbox, paths, container, info);
    }
  }

  /** Runs init containers in order; true when the pod's own containers may start. */
  private *runInit(sandbox: PodSandbox, paths: ReadonlyMap<string, string>): Task<boolean> {
    const mainStarted = this.current.spec.containers.some(
      (container) => latest(this.view(), container.name) !== undefined,
    );
    for (const container of this.current.spec.initContainers ?? []) {
      const info = latest(this.view(), container.name);
      if (isSidecar(container)) {
        if (info?.state !== "running") yield* this.startOrWait(sandbox, paths, container, info);
        const now = latest(this.view(), container.name);
        if (now?.state !== "running" && !mainStarted) return false;
        this.followProbes(this.view());
        if (now !== undefined && !this.context.prober.isStarted(now.id, container) && !mainStarted) return false;
        continue;
      }
      if (mainStarted || (info?.state === "exited" && info.exitCode === 0)) continue;
      if (info?.state === "running") return false;
      if (info?.state === "exited" && this.current.spec.restartPolicy === "Never") return false;
      yield* this.startOrWait(sandbox, paths, container, info);
      return false;
    }
    return true;
  }

  private *runMain(sandbox: PodSandbox, paths: ReadonlyMap<string, string>): Task<void> {
    for (const container of this.current.spec.containers) {
      if (this.ending !== undefined) return;
      const info = latest(this.view(), container.name);
      if (shouldRun(this.current, info)) yield* this.startOrWait(sandbox, paths, container, info);
    }
  }

  /** Starts a container, unless it must wait for its back-off first. */
  private *startOrWait(
    sandbox: PodSandbox,
    paths: ReadonlyMap<string, string>,
    container: Container,
    info: ContainerInfo | undefined,
  ): Task<void> {
    if (info?.state === "exited" && this.mustBackOff(container, info)) return;
    if (info?.state === "created") yield* this.context.runtime.removeContainer(info.id);
    const attempt = info === undefined ? 0 : info.config.attempt + (info.state === "created" ? 0 : 1);
    const retry = this.context.puller.retryAfterMs(this.uid, container.image ?? "");
    const problem = yield* startContainer(
      this.context,
      { pod: this.current, sandbox, volumes: paths },
      container,
      attempt,
    );
    if (problem === undefined) {
      this.waiting.delete(container.name);
      return;
    }
    this.waiting.set(container.name, problem);
    logStartFailure(this.context, this.current, container, problem);
    this.wakeIn(this.retryMs(problem, retry));
  }

  /** A failed pull is looked at again at the runtime's next report, everything else by the sync's own back-off. */
  private retryMs({ reason }: Waiting, pullRetryMs: number): number {
    if (reason === "ErrImagePull") return RELIST_MS;
    return reason === "ImagePullBackOff" ? Math.max(pullRetryMs, RETRY_MS) : jitter(this.context.random, RETRY_MS, 0.5);
  }

  private mustBackOff(container: Container, info: ContainerInfo): boolean {
    const crash = crashLoop(this.context, this.current, container, info);
    if (crash === undefined) return false;
    this.waiting.set(container.name, crash.waiting);
    this.wakeIn(crash.leftMs);
    return true;
  }

  /** Keeps one ended container of each name, for its logs. */
  private *dropOld(view: PodView): Task<void> {
    for (const list of view.containers.values()) {
      const ended = list.filter((info) => info.state === "exited" && info !== list.at(-1));
      for (const info of ended.slice(0, -1)) yield* this.context.runtime.removeContainer(info.id);
    }
  }

  /** Probes what runs, and nothing else. */
  private followProbes(view: PodView): void {
    for (const container of this.allContainers()) {
      for (const info of view.containers.get(container.name) ?? []) {
        if (info.state !== "running") this.context.prober.unwatch(info.id);
        else if (this.ending === undefined) this.probe(container, info, view.sandbox?.ip ?? this.context.hostIp);
      }
    }
  }

  private probe(container: Container, info: ContainerInfo, podIp: string): void {
    const say = sayer(this.context, this.current, container);
    const known = this.current.status?.containerStatuses?.find(
      (status) => status.containerID === `containerd://${info.id}`,
    );
    this.context.prober.watch(
      { containerId: info.id, container, podIp },
      {
        onFailure: (kind, text) => say("Warning", "Unhealthy", `${kind} probe failed: ${text}`),
        onVerdict: () => this.kick(),
      },
      known?.ready === true && !this.first,
    );
  }

  private report(view: PodView): void {
    const { context, current } = this;
    const status = podStatus({
      pod: current,
      view,
      runtime: context.runtime,
      waiting: this.waiting,
      probes: context.prober,
      hostIp: context.hostIp,
      podIp: view.sandbox?.ip ?? (isPodTerminal({ ...current, status: this.status }) ? this.status?.podIP : undefined),
      startTime: this.startTime,
      nowMs: context.tasks.clock.now,
      old: this.status,
    });
    const now = context.tasks.clock.now;
    this.status = this.evictedFor === undefined ? status : evictedStatus(current, status, this.evictedFor, now);
    context.report(current, this.status);
  }

  /** Stops everything, tells the API, and cleans up. */
  private *finish(): Task<void> {
    const { context } = this;
    this.volumes.dispose();
    const killer = new PodKiller(context);
    const view = yield* this.patiently(() => this.view());
    yield* killer.stopAll(this.current, view.running, () => this.ending?.graceMs ?? 0, this.changed);
    // That they have ended is seen when the runtime is next looked at (PLEG).
    if (view.running.length > 0) yield* sleep(context.tasks.clock, RELIST_MS);
    const ended = yield* this.patiently(() => this.view());
    for (const list of ended.containers.values()) for (const info of list) context.prober.unwatch(info.id);
    for (const sandbox of ended.sandboxes) yield* context.runtime.stopPodSandbox(sandbox.id);
    if (this.ending?.gone !== true) this.report(this.view());
    context.terminated(this.current);
    for (const sandbox of this.view().sandboxes) yield* context.runtime.removePodSandbox(sandbox.id);
    context.fs.removeTree(podDirectory(this.uid));
  }

  private *patiently<T>(look: () => T): Task<T> {
    for (;;) {
      try {
        return look();
      } catch (error) {
        if (!(error instanceof RuntimeUnavailable)) throw error;
        yield* waitAtMost(this.context.tasks.clock, this.changed, RETRY_MS);
      }
    }
  }
}
