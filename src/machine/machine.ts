import type { Disposable } from "../base/disposable.ts";
import { DNS_PORT } from "../dns/ask.ts";
import { OUTSIDE_NAME_SERVER, outsideNameServer } from "../dns/outside.ts";
import { Disk } from "../sim/disk.ts";
import type { Kernel } from "../sim/kernel.ts";
import type { Station } from "../sim/network.ts";
import { sleep, type Task } from "../sim/task.ts";
import { FileSystemView } from "../vfs/file-system-view.ts";
import { MountNamespace } from "../vfs/mount-namespace.ts";
import { type TreeEntry, treeImage } from "../vfs/node-image.ts";
import { firstVolumeImage, Volume, type VolumeImage } from "../vfs/volume.ts";
import { baseTree, ROOT_USER } from "./base-tree.ts";
import type { ImageDefinition } from "./container-runtime.ts";
import { Containerd, type ContainerdImage, firstContainerdImage } from "./containerd/containerd.ts";
import { containerdDaemon } from "./containerd/daemon.ts";
import { plainDevice } from "./device.ts";
import type { FileDescriptor } from "./file-descriptor.ts";
import type { ProgramTable, User } from "./process.ts";
import { ProcessHost } from "./process-host.ts";
import { PseudoTerminal } from "./pseudo-terminal.ts";
import { RunningMachine } from "./running-machine.ts";
import type { RunningProcess } from "./running-process.ts";
import type { ManagerImage, PowerRequest, SystemdManager } from "./systemd/manager.ts";
import type { Terminal } from "./terminal.ts";

/** What a machine is made of. */
export interface MachineSpec {
  readonly name: string;
  /** Its addresses, the first is the one it calls from. */
  readonly addresses: readonly string[];
  /** Whether a router leads out of its subnets (default: yes). */
  readonly defaultRoute?: boolean;
  /** The code behind the binaries on its disk. */
  readonly programs: ProgramTable;
  /** What the registries hold that its container runtime pulls from. */
  readonly imageCatalogue: readonly ImageDefinition[];
  /** References of images that the node has from the beginning. */
  readonly preloadedImages?: readonly string[];
  /** Besides root. */
  readonly users?: readonly User[];
  /** What the disk holds at first, besides a bare system. Binaries: `{ program: "kubectl" }`. */
  readonly files?: Readonly<Record<string, TreeEntry>>;
  readonly diskBytes?: number;
  /** Network of the pods until the kubelet says another, for example `10.244.1.0/24`. */
  readonly podCidr?: string;
  /** When the machine was installed: the date of its files (default: now). */
  readonly installedAt?: number;
}

/** All of a machine that survives. */
export interface MachineImage {
  readonly disk: VolumeImage;
  readonly power: "on" | "off";
  readonly bootedAt: number;
  readonly services: ManagerImage;
  readonly containers: ContainerdImage;
  /** The network interface is set down. */
  readonly interfaceDown?: boolean;
}

/** How to start a process from outside. */
export interface StartOptions {
  readonly argv: readonly string[];
  /** The file to run when it is not argv[0]. */
  readonly executable?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly user?: User;
  readonly stdin?: FileDescriptor;
  readonly stdout?: FileDescriptor;
  readonly stderr?: FileDescriptor;
  readonly terminal?: Terminal;
  readonly umask?: number;
  /** The hop of the trace that leads to it. */
  readonly cause?: number;
  /** What the program kept (see `Process.kept`). */
  readonly kept?: unknown;
}

/** What ext4 leaves of a disk of 20 GiB. */
const DISK_BYTES = 20_134_592 * 1024;
/** The system's own files, which are not all here. */
const SYSTEM_BYTES = 2_246_096 * 1024;
const FIRMWARE_MS = 8000;
/**
 * What daemons that an image brings back take until their first step. Whoever opens a terminal at the same moment has the
 * prompt before them: a world that was reset shows that it is there, then wakes its cluster.
 */
const RESUMED_START_MS = 5;
const NO_SERVICES: ManagerImage = { services: [] };

/**
 * A host: its disk, its containers' record, and while it is on its processes and services. A new machine is switched on
 * at once; services start with the first step of the clock, so that files can still be put on the disk before.
 */
export class Machine implements Disposable {
  readonly kernel: Kernel;
  readonly spec: MachineSpec;
  readonly name: string;
  readonly volume: Volume;
  readonly host: ProcessHost;
  readonly containerd: Containerd;
  /** The disk as root sees it, whether the machine is on or off. */
  readonly fs: FileSystemView;
  private readonly mounts: MountNamespace;
  private running: RunningMachine | undefined;
  /** An orderly way down, and up again after a reboot; a cut ends it. */
  private goingDown: Disposable | undefined;
  private imageBytes: () => number = () => 0;
  private savedServices: ManagerImage;
  private nextTerminal = 0;

  constructor(kernel: Kernel, spec: MachineSpec, image?: MachineImage) {
    this.kernel = kernel;
    this.spec = spec;
    this.name = spec.name;
    kernel.network.outside.set(`${OUTSIDE_NAME_SERVER}:${DNS_PORT}`, outsideNameServer);
    const random = kernel.random.fork(`disk/${spec.name}`);
    const volumeOptions = {
      source: "/dev/nvme0n1p1",
      type: "ext4",
      capacityBytes: spec.diskBytes ?? DISK_BYTES,
      foreignBytes: () => SYSTEM_BYTES + this.imageBytes(),
    };
    const disk = new Disk(kernel.clock, random);
    this.volume = new Volume(disk, volumeOptions, image?.disk ?? firstDisk(spec, kernel.clock.now));
    this.mounts = new MountNamespace({ ...volumeOptions, root: this.volume.root, readOnly: false });
    this.host = new ProcessHost(kernel, spec.name, new Map([["containerd", containerdDaemon], ...spec.programs]));
    this.volume.beforeChange = (inode) => this.host.tellDeed("file", () => inode.path);
    this.fs = new FileSystemView({
      namespace: this.mounts,
      who: ROOT_USER,
      cwd: "/",
      umask: 0o022,
      device: (name) => plainDevice(name, () => random),
    });
    this.containerd = new Containerd(
      {
        kernel,
        host: this.host,
        volume: this.volume,
        hostFs: this.fs,
        station: () => this.station,
        catalogue: spec.imageCatalogue,
      },
      image?.containers ?? firstContainerdImage(spec.podCidr ?? "10.244.0.0/24"),
    );
    this.imageBytes = () => this.containerd.imageBytes;
    this.savedServices = image?.services ?? NO_SERVICES;
    if (image === undefined) this.firstStart();
    else if (image.power === "on") this.resume(image);
    else this.host.bootedAt = image.bootedAt;
  }

  get isOn(): boolean {
    return this.running !== undefined;
  }

  /** The host's network namespace; throws when the machine is off. */
  get station(): Station {
    return this.on.compartment.net;
  }

  get systemd(): SystemdManager {
    return this.on.systemd;
  }

  /** Starts a process of the host. Throws FsError as execvp fails. */
  start(options: StartOptions): RunningProcess {
    return this.on.start(options);
  }

  /** A new terminal of this machine (`/dev/pts/0` and so on). */
  openTerminal(columns = 80, rows = 24): PseudoTerminal {
    return new PseudoTerminal(this.kernel.clock, `/dev/pts/${this.nextTerminal++}`, columns, rows);
  }

  /** Terminals that processes of this machine and its containers have. */
  terminals(): readonly PseudoTerminal[] {
    return this.host.terminals;
  }

  /** Starts a login on a terminal, by default root's bash. The session's leader is given back. */
  login(terminal: PseudoTerminal, options: Partial<StartOptions> = {}): RunningProcess {
    const descriptor = terminal.open();
    const process = this.start({
      argv: ["-bash"],
      executable: "/bin/bash",
      stdin: descriptor,
      stdout: descriptor,
      stderr: descriptor,
      terminal,
      ...options,
      env: { TERM: "xterm-256color", ...options.env },
    });
    descriptor.close();
    terminal.attach(process);
    return process;
  }

  /** Switches the machine on after it was off: a start from the disk. */
  powerOn(): void {
    if (this.running !== undefined) return;
    const running = this.newRunning(this.kernel.clock.uptime);
    running.clearRun();
    this.containerd.afterPowerOff();
    running.boot();
  }

  /** Stops the services in order, writes everything to the disk, switches off; `reboot` comes up again. */
  *shutDown(what: PowerRequest): Task<void> {
    const running = this.running;
    if (running === undefined) return;
    yield* running.stopAll();
    if (this.running !== running) return;
    this.volume.sync();
    this.switchOff(running);
    if (what !== "reboot") return;
    yield* sleep(this.kernel.clock, FIRMWARE_MS);
    this.powerOn();
  }

  /** Someone pulls the plug: what was not synced is lost, no `finally` gets to write. */
  powerCut(): void {
    this.goingDown?.dispose();
    const running = this.running;
    if (running === undefined) return;
    this.volume.powerCut(this.kernel.random.fork(`power-cut/${this.name}`));
    this.volume.offline = true;
    this.switchOff(running);
    this.volume.offline = false;
  }

  image(): MachineImage {
    return {
      disk: this.volume.image(),
      power: this.running === undefined ? "off" : "on",
      bootedAt: this.host.bootedAt,
      services: this.running?.systemd.image() ?? this.savedServices,
      containers: this.containerd.image(),
      ...(this.running?.compartment.net.interfaceUp === false ? { interfaceDown: true } : {}),
    };
  }

  /** Ends everything active; the disk stays readable. */
  dispose(): void {
    if (this.running !== undefined) this.switchOff(this.running);
  }

  private get on(): RunningMachine {
    if (this.running === undefined) throw new Error(`${this.name} is switched off`);
    return this.running;
  }

  private firstStart(): void {
    for (const image of this.spec.preloadedImages ?? []) this.containerd.store.preload(image);
    this.volume.sync();
    this.newRunning(this.kernel.clock.uptime).boot();
  }

  private resume(image: MachineImage): void {
    const running = this.newRunning(image.bootedAt);
    if (image.interfaceDown === true) running.compartment.net.interfaceUp = false;
    this.host.startDelayMs = RESUMED_START_MS;
    this.containerd.resume();
    running.resume(image.services);
    this.host.startDelayMs = 0;
  }

  private newRunning(bootedAt: number): RunningMachine {
    this.host.bootedAt = bootedAt;
    this.running = new RunningMachine({
      kernel: this.kernel,
      host: this.host,
      fs: this.fs,
      mounts: this.mounts,
      addresses: this.spec.addresses,
      hasDefaultRoute: this.spec.defaultRoute ?? true,
      containerd: this.containerd,
      power: (what) => {
        this.goingDown = this.kernel.tasks.spawn(`${this.name}/${what}`, this.shutDown(what));
      },
    });
    return this.running;
  }

  private switchOff(running: RunningMachine): void {
    this.savedServices = NO_SERVICES;
    this.running = undefined;
    running.vanish();
    this.containerd.setAvailable(false);
    this.containerd.vanish();
  }
}

function firstDisk(spec: MachineSpec, nowMs: number): VolumeImage {
  const users = [ROOT_USER, ...(spec.users ?? [])];
  const tree = { ...baseTree(spec.name, spec.addresses, users), ...spec.files };
  return firstVolumeImage(treeImage(tree, spec.installedAt ?? nowMs));
}
