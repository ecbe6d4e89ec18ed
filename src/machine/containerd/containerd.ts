import { hex } from "../../base/bytes.ts";
import { Emitter } from "../../base/event.ts";
import type { Kernel } from "../../sim/kernel.ts";
import type { Station } from "../../sim/network.ts";
import { Future } from "../../sim/signal.ts";
import { sleep, type Task, waitAtMost, waitFor } from "../../sim/task.ts";
import type { FileSystemView } from "../../vfs/file-system-view.ts";
import type { Volume, VolumeImage } from "../../vfs/volume.ts";
import {
  type Attachment,
  type ContainerConfig,
  ContainerError,
  type ContainerInfo,
  type ContainerRuntime,
  type ExecOptions,
  type ImageDefinition,
  type ImageInfo,
  type PodSandbox,
  type PodSandboxConfig,
  RuntimeUnavailable,
} from "../container-runtime.ts";
import type { ChildProcess } from "../process.ts";
import type { ProcessHost } from "../process-host.ts";
import { type Container, criState, newContainer } from "./container-record.ts";
import { ContainerRoot, firstRoot } from "./container-root.ts";
import { onDisk } from "./disk-failure.ts";
import { ImageStore, type PulledImages } from "./image-store.ts";
import { linkLog, unlinkLog } from "./log-links.ts";
import { hasNetworkConfiguration, podAddress } from "./network-configuration.ts";
import { PodAddresses } from "./pod-addresses.ts";
import { RunningContainer } from "./running-container.ts";

/** What containerd keeps over a restart of everything. */
export interface ContainerdImage {
  readonly sandboxes: readonly PodSandbox[];
  readonly containers: readonly { readonly info: ContainerInfo; readonly root: VolumeImage }[];
  readonly pulled: PulledImages;
  readonly podCidr: string;
  readonly lastAddress: number;
}

/** What containerd uses of its machine. */
export interface ContainerdSetting {
  readonly kernel: Kernel;
  readonly host: ProcessHost;
  readonly volume: Volume;
  readonly hostFs: FileSystemView;
  /** The host's network namespace. */
  readonly station: () => Station;
  readonly catalogue: readonly ImageDefinition[];
}

interface Sandbox {
  info: PodSandbox;
  station: Station | undefined;
}

/** What holds a pod's namespaces; `crictl images` shows it once a pod has been made. */
const SANDBOX_IMAGE = "registry.k8s.io/pause:3.10.1";
const SANDBOX_MS = 180;
const CREATE_MS = 25;
const START_MS = 60;
/** Taking down a pod's network. */
const STOP_SANDBOX_MS = 200;
const UNAVAILABLE =
  'connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"';

/** containerd of a machine. Its record is plain data; what runs is made from it. */
export class Containerd implements ContainerRuntime {
  readonly store: ImageStore;
  private readonly setting: ContainerdSetting;
  private readonly sandboxes = new Map<string, Sandbox>();
  private readonly records = new Map<string, Container>();
  private readonly addresses: PodAddresses;
  private podCidr: string;
  private up = false;
  private readonly changes = new Emitter<{ readonly containerId: string; readonly sandboxId: string }>();
  readonly onChange = this.changes.event;

  constructor(setting: ContainerdSetting, image: ContainerdImage) {
    this.setting = setting;
    const { kernel, host } = setting;
    this.store = new ImageStore(kernel.clock, kernel.random.fork(`pull/${host.name}`), setting.catalogue, image.pulled);
    this.podCidr = image.podCidr;
    this.addresses = new PodAddresses(image.podCidr, image.lastAddress);
    for (const info of image.sandboxes) this.sandboxes.set(info.id, { info, station: undefined });
    for (const { info, root } of image.containers) this.records.set(info.id, newContainer(info, root));
    host.onEnd((process) => this.processEnded(process.hostPid));
  }

  get available(): boolean {
    return this.up;
  }

  get networkReady(): boolean {
    return hasNetworkConfiguration(this.setting.hostFs);
  }

  /** The service was started or stopped; containers don't notice. */
  setAvailable(up: boolean): void {
    this.up = up;
  }

  /** A world goes on from an image: what ran runs again, from its beginning. */
  resume(): void {
    for (const sandbox of this.sandboxes.values()) if (sandbox.info.state === "ready") this.connect(sandbox);
    for (const record of this.records.values()) {
      if (record.info.state !== "running") continue;
      try {
        this.run(record);
      } catch (error) {
        if (!(error instanceof ContainerError)) throw error;
        this.startFailed(record, error);
      }
    }
  }

  /** The machine comes up after it was off: what ran is known to have ended, nobody knows how. */
  afterPowerOff(): void {
    for (const sandbox of this.sandboxes.values()) {
      sandbox.info = { ...sandbox.info, state: "notready" };
      sandbox.station = undefined;
    }
    for (const record of this.records.values()) {
      if (record.info.state !== "running") continue;
      this.close(record, { exitCode: 255, reason: "Unknown", message: "" });
    }
  }

  /** The power goes: running containers are no more, their record stays as it is. */
  vanish(): void {
    for (const record of this.records.values()) record.running = undefined;
    for (const sandbox of this.sandboxes.values()) this.disconnect(sandbox);
  }

  image(): ContainerdImage {
    return {
      sandboxes: [...this.sandboxes.values()].map((sandbox) => sandbox.info),
      containers: [...this.records.values()].map((record) => ({
        info: { ...record.info, pid: undefined }, // processes are new in a world that goes on
        root: record.root?.volume.image() ?? record.rootImage,
      })),
      pulled: this.store.image(),
      podCidr: this.podCidr,
      lastAddress: this.addresses.position,
    };
  }

  setPodCidr(cidr: string): void {
    this.podCidr = cidr;
    this.addresses.setCidr(cidr);
  }

  *pullImage(image: string): Task<ImageInfo> {
    this.demand(image);
    return yield* this.store.pull(image);
  }

  /** What the layers of its images take. */
  get imageBytes(): number {
    return this.store.bytes;
  }

  images(): readonly ImageInfo[] {
    this.demand();
    return this.store.list();
  }

  imageStatus(image: string): ImageInfo | undefined {
    this.demand();
    return this.store.status(image);
  }

  removeImage(image: string): boolean {
    this.demand();
    return this.store.remove(image);
  }

  *runPodSandbox(config: PodSandboxConfig): Task<string> {
    this.demand(config.name);
    this.store.preload(SANDBOX_IMAGE);
    yield* sleep(this.setting.kernel.clock, SANDBOX_MS);
    this.demand();
    const hostIp = this.setting.station().addresses[0] ?? "127.0.0.1";
    const used = new Set([...this.sandboxes.values()].filter((s) => s.info.state === "ready").map((s) => s.info.ip));
    const ip = config.hostNetwork ? hostIp : podAddress(this.setting.hostFs, this.addresses, used, this.podCidr);
    const { logDirectory } = config;
    onDisk("failed to create sandbox", 1, () =>
      this.setting.hostFs.mkdir(logDirectory, { parents: true, mode: 0o755 }),
    );
    const createdAt = this.setting.kernel.clock.now;
    const sandbox: Sandbox = { info: { id: this.newId(), config, state: "ready", createdAt, ip }, station: undefined };
    this.sandboxes.set(sandbox.info.id, sandbox);
    this.connect(sandbox);
    this.fire("", sandbox.info.id);
    return sandbox.info.id;
  }

  *stopPodSandbox(id: string): Task<void> {
    this.demand(id);
    const sandbox = this.sandboxes.get(id);
    if (sandbox === undefined) return;
    for (const record of this.of(id)) {
      record.running?.init.signal("SIGKILL");
      if (record.info.state === "running") yield* waitFor(record.ended);
    }
    if (sandbox.info.state === "ready" && !sandbox.info.config.hostNetwork)
      yield* sleep(this.setting.kernel.clock, STOP_SANDBOX_MS);
    this.disconnect(sandbox);
    if (sandbox.info.state === "notready") return;
    sandbox.info = { ...sandbox.info, state: "notready" };
    this.fire("", id);
  }

  *removePodSandbox(id: string): Task<void> {
    yield* this.stopPodSandbox(id);
    for (const record of this.of(id)) this.records.delete(record.info.id);
    this.sandboxes.delete(id);
    this.fire("", id);
  }

  podSandboxes(): readonly PodSandbox[] {
    this.demand();
    return [...this.sandboxes.values()].map((sandbox) => sandbox.info);
  }

  *createContainer(sandboxId: string, config: ContainerConfig): Task<string> {
    this.demand(config.name);
    const sandbox = this.sandboxes.get(sandboxId);
    if (sandbox === undefined) throw new ContainerError(`failed to find sandbox id "${sandboxId}": not found`, 1);
    const definition = this.store.find(config.image);
    if (definition === undefined) throw new ContainerError(`failed to resolve image "${config.image}": not found`, 1);
    yield* sleep(this.setting.kernel.clock, CREATE_MS);
    this.demand();
    const info: ContainerInfo = {
      id: this.newId(),
      sandboxId,
      config,
      imageId: definition.id,
      state: "created",
      createdAt: this.setting.kernel.clock.now,
      startedAt: undefined,
      finishedAt: undefined,
      exitCode: undefined,
      reason: "",
      message: "",
      pid: undefined,
    };
    this.records.set(info.id, newContainer(info, firstRoot(definition)));
    return info.id;
  }

  *startContainer(id: string): Task<void> {
    const record = this.known(id, id);
    if (record.info.state !== "created") throw new ContainerError(`container is in ${criState(record.info)} state`, 1);
    yield* sleep(this.setting.kernel.clock, START_MS);
    this.demand();
    try {
      this.run(record);
    } catch (error) {
      if (error instanceof ContainerError) this.startFailed(record, error);
      throw error;
    }
    const sandbox = this.sandboxes.get(record.info.sandboxId);
    if (sandbox !== undefined) linkLog(this.setting.hostFs, sandbox.info.config, record.info);
    this.fire(id, record.info.sandboxId);
  }

  *stopContainer(id: string, graceMs: number): Task<void> {
    const record = this.known(id, id);
    const running = record.running;
    if (running === undefined || record.info.state !== "running") return;
    const definition = this.store.find(record.info.imageId);
    if (graceMs > 0) {
      running.init.signal(definition?.stopSignal ?? "SIGTERM");
      const race = yield* waitAtMost(this.setting.kernel.clock, record.ended, graceMs);
      if (race.status === "value") return;
    }
    running.init.signal("SIGKILL");
    yield* waitFor(record.ended);
  }

  *removeContainer(id: string): Task<void> {
    this.demand(id);
    const record = this.records.get(id);
    if (record === undefined) return;
    if (record.info.state === "running") yield* this.stopContainer(id, 0);
    const sandbox = this.sandboxes.get(record.info.sandboxId);
    if (sandbox !== undefined) unlinkLog(this.setting.hostFs, sandbox.info.config, record.info);
    this.records.delete(id);
    this.fire(id, record.info.sandboxId);
  }

  containers(): readonly ContainerInfo[] {
    this.demand();
    return [...this.records.values()].map((record) => record.info);
  }

  writableBytes(id: string): number {
    const record = this.records.get(id);
    const definition = record === undefined ? undefined : this.store.find(record.info.imageId);
    if (record?.root === undefined || definition === undefined) return 0;
    const untouched = new ContainerRoot(this.setting.volume.disk, firstRoot(definition));
    return Math.max(0, record.root.volume.usedBytes - untouched.volume.usedBytes);
  }

  container(id: string): ContainerInfo | undefined {
    this.demand();
    return this.records.get(id)?.info;
  }

  exec(id: string, options: ExecOptions): ChildProcess {
    const record = this.known(id);
    if (record.running === undefined) throw new ContainerError(`container is in ${criState(record.info)} state`, 1);
    return record.running.exec(options, this.newId());
  }

  attach(id: string): Attachment {
    const record = this.known(id);
    if (record.running === undefined) throw new ContainerError(`container is in ${criState(record.info)} state`, 1);
    return record.running.attachment;
  }

  station(sandboxId: string): Station | undefined {
    return this.sandboxes.get(sandboxId)?.station;
  }

  /** Starts a container's process. Throws `ContainerError`. */
  private run(record: Container): void {
    onDisk("failed to create containerd task", 128, () => this.runOnDisk(record));
  }

  private runOnDisk(record: Container): void {
    const { kernel, host, hostFs, volume } = this.setting;
    const { info } = record;
    const sandbox = this.sandboxes.get(info.sandboxId);
    const definition = this.store.find(info.imageId);
    if (sandbox === undefined || sandbox.station === undefined || definition === undefined)
      throw new ContainerError("failed to create containerd task: sandbox container is not running", 128);
    const root = new ContainerRoot(volume.disk, record.rootImage);
    root.volume.beforeChange = (inode) => host.tellDeed("file", () => inode.path, info.id);
    record.root = root;
    const hostname = `${sandbox.info.config.hostname}\n`;
    // A container that a resumed world goes on with has it already, and its image must not change by that.
    if (!root.fs.exists("/etc/hostname") || root.fs.readText("/etc/hostname") !== hostname)
      root.fs.writeFile("/etc/hostname", hostname);
    root.mountAll(hostFs, info.config.mounts);
    const station = sandbox.station;
    record.running = new RunningContainer({
      host,
      hostFs,
      station,
      sandbox: sandbox.info.config,
      config: info.config,
      definition,
      root,
      goesOn: info.state === "running",
    });
    record.ended = new Future();
    const startedAt = info.startedAt ?? kernel.clock.now;
    record.info = { ...info, state: "running", startedAt, pid: record.running.init.hostPid };
    kernel.trace.emit(`containerd/${host.name}`, "container.start", this.traced(record));
  }

  private traced({ info }: Container): { container: string; pod: string; namespace: string; id: string } {
    const pod = this.sandboxes.get(info.sandboxId)?.info.config;
    return { container: info.config.name, pod: pod?.name ?? "", namespace: pod?.namespace ?? "", id: info.id };
  }

  private processEnded(hostPid: number): void {
    for (const record of this.records.values()) {
      const init = record.running?.init;
      if (init === undefined || init.hostPid !== hostPid || !init.hasEnded) continue;
      const exitCode = init.exitCode ?? 255;
      this.close(record, { exitCode, reason: exitCode === 0 ? "Completed" : "Error", message: "" });
      const { kernel, host } = this.setting;
      kernel.trace.emit(`containerd/${host.name}`, "container.exit", { ...this.traced(record), exitCode });
      this.fire(record.info.id, record.info.sandboxId);
      return;
    }
  }

  private startFailed(record: Container, error: ContainerError): void {
    this.close(record, { exitCode: error.exitCode, reason: "StartError", message: error.message });
    this.fire(record.info.id, record.info.sandboxId);
  }

  private close(record: Container, end: { exitCode: number; reason: string; message: string }): void {
    record.running?.finish();
    record.running = undefined;
    record.info = {
      ...record.info,
      ...end,
      state: "exited",
      pid: undefined,
      finishedAt: this.setting.kernel.clock.now,
    };
    record.ended.settle(undefined);
  }

  private connect(sandbox: Sandbox): void {
    const { kernel, station } = this.setting;
    if (sandbox.info.config.hostNetwork) {
      sandbox.station = station();
      return;
    }
    sandbox.station = kernel.network.attach(`pod/${sandbox.info.id.slice(0, 13)}`, [sandbox.info.ip], station());
    // A pod's packets pass through its node, so the node's service rules hold for them.
    sandbox.station.rewrite = (to, transport) => station().rewrite?.(to, transport);
  }

  private disconnect(sandbox: Sandbox): void {
    if (!sandbox.info.config.hostNetwork && sandbox.station !== undefined)
      this.setting.kernel.network.detach(sandbox.station.name);
    sandbox.station = undefined;
  }

  private of(sandboxId: string): Container[] {
    return [...this.records.values()].filter((record) => record.info.sandboxId === sandboxId);
  }

  private known(id: string, changes?: string): Container {
    this.demand(changes);
    const record = this.records.get(id);
    if (record === undefined)
      throw new ContainerError(`an error occurred when try to find container "${id}": not found`, 1);
    return record;
  }

  /** Throws unless the runtime is up; tells first what is about to be changed. */
  private demand(changes?: string): void {
    if (changes !== undefined) this.setting.host.tellDeed("container", changes);
    if (!this.up) throw new RuntimeUnavailable(UNAVAILABLE);
  }

  private newId(): string {
    return hex(this.setting.kernel.random.fork(`containerd/${this.setting.host.name}`).bytes(32));
  }

  private fire(containerId: string, sandboxId: string): void {
    this.changes.fire({ containerId, sandboxId });
  }
}

/** A node that has run nothing yet. */
export function firstContainerdImage(podCidr: string): ContainerdImage {
  return { sandboxes: [], containers: [], pulled: [], podCidr, lastAddress: 1 };
}
