import type { Disposable } from "../base/disposable.ts";
import { Disk } from "../sim/disk.ts";
import type { Kernel } from "../sim/kernel.ts";
import type { Station } from "../sim/network.ts";
import { FileSystemView } from "../vfs/file-system-view.ts";
import { MountNamespace } from "../vfs/mount-namespace.ts";
import { type TreeEntry, treeImage } from "../vfs/node-image.ts";
import { firstVolumeImage, Volume, type VolumeImage } from "../vfs/volume.ts";
import { baseTree, DEFAULT_PATH, ROOT_USER } from "./base-tree.ts";
import type { Compartment } from "./compartment.ts";
import type { ImageDefinition } from "./container-runtime.ts";
import { plainDevice } from "./device.ts";
import { findProgram } from "./exec.ts";
import type { FileDescriptor } from "./file-descriptor.ts";
import type { MachineServices, ProgramTable, User } from "./process.ts";
import { ProcessHost } from "./process-host.ts";
import type { RunningProcess } from "./running-process.ts";
import type { Terminal } from "./terminal.ts";

/** What a machine is made of. */
export interface MachineSpec {
  readonly name: string;
  /** Its addresses, the first is the one it calls from. */
  readonly addresses: readonly string[];
  /** The code behind the binaries on its disk. */
  readonly programs: ProgramTable;
  /** What the registries hold that its container runtime pulls from. */
  readonly imageCatalogue: readonly ImageDefinition[];
  /** Besides root. */
  readonly users?: readonly User[];
  /** What the disk holds at first, besides a bare system. Binaries: `{ program: "kubectl" }`. */
  readonly files?: Readonly<Record<string, TreeEntry>>;
  readonly diskBytes?: number;
  /** Network of the pods, for example `10.244.1.0/24`. */
  readonly podCidr?: string;
}

/** All of a machine that survives. */
export interface MachineImage {
  readonly disk: VolumeImage;
  readonly power: "on" | "off";
}

/** How to start a process from outside. */
export interface StartOptions {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly user?: User;
  readonly stdin?: FileDescriptor;
  readonly stdout?: FileDescriptor;
  readonly stderr?: FileDescriptor;
  readonly terminal?: Terminal;
}

const DISK_BYTES = 20 * 1024 * 1024 * 1024;

/** A host: its disk, its processes, its place in the network. */
export class Machine implements Disposable {
  readonly kernel: Kernel;
  readonly spec: MachineSpec;
  readonly name: string;
  readonly volume: Volume;
  readonly host: ProcessHost;
  /** The disk as root sees it, whether the machine is on or off. */
  readonly fs: FileSystemView;
  private compartmentOrNone: Compartment | undefined;
  private readonly mounts: MountNamespace;

  constructor(kernel: Kernel, spec: MachineSpec, image?: MachineImage) {
    this.kernel = kernel;
    this.spec = spec;
    this.name = spec.name;
    const random = kernel.random.fork(`disk/${spec.name}`);
    const disk = new Disk(kernel.clock, random);
    const options = { source: "/dev/nvme0n1p1", type: "ext4", capacityBytes: spec.diskBytes ?? DISK_BYTES };
    this.volume = new Volume(disk, options, image?.disk ?? firstDisk(spec, kernel.clock.now));
    this.mounts = new MountNamespace({
      root: this.volume.root,
      readOnly: false,
      source: options.source,
      type: options.type,
    });
    this.host = new ProcessHost(kernel, spec.name, spec.programs);
    this.fs = new FileSystemView({
      namespace: this.mounts,
      who: ROOT_USER,
      cwd: "/",
      umask: 0o022,
      device: (name) => plainDevice(name, () => random),
    });
    this.powerOn();
  }

  get station(): Station {
    return this.compartment.net;
  }

  get compartment(): Compartment {
    if (this.compartmentOrNone === undefined) throw new Error(`${this.name} is off`);
    return this.compartmentOrNone;
  }

  /** Starts a process of the host. Throws FsError as execvp fails. */
  start(options: StartOptions): RunningProcess {
    const user = options.user ?? ROOT_USER;
    const env = new Map(Object.entries({ ...loginEnvironment(user), ...options.env }));
    const fds = new Map<number, FileDescriptor>();
    if (options.stdin !== undefined) fds.set(0, options.stdin);
    if (options.stdout !== undefined) fds.set(1, options.stdout);
    if (options.stderr !== undefined) fds.set(2, options.stderr);
    const cwd = options.cwd ?? user.home;
    const found = findProgram({ fs: this.fs, cwd }, this.spec.programs, options.argv, undefined, env.get("PATH"));
    return this.host.start({
      argv: found.argv,
      env,
      user,
      cwd,
      umask: 0o022,
      fds,
      compartment: this.compartment,
      parent: undefined,
      processGroup: "new",
      session: "new",
      terminal: options.terminal,
      ignored: [],
      program: found.program,
    });
  }

  image(): MachineImage {
    return { disk: this.volume.image(), power: this.compartmentOrNone === undefined ? "off" : "on" };
  }

  dispose(): void {
    this.host.vanish();
    this.kernel.network.detach(this.name);
  }

  private powerOn(): void {
    const net = this.kernel.network.attach(this.name, this.spec.addresses);
    const compartment: Compartment = {
      mounts: this.mounts,
      pids: this.host.pids,
      net,
      hostname: this.fs.readText("/etc/hostname").trim(),
      services: this.servicesFor(() => compartment),
    };
    this.compartmentOrNone = compartment;
  }

  private servicesFor(compartment: () => Compartment): MachineServices {
    return {
      processes: () =>
        compartment()
          .pids.all()
          .map((process) => process.infoIn(compartment())),
      kill: (pid, signal) => this.host.kill(compartment(), pid, signal),
      service: () => undefined,
    };
  }
}

/** The environment that login gives. */
export function loginEnvironment(user: User): Record<string, string> {
  return {
    SHELL: "/bin/bash",
    HOME: user.home,
    LOGNAME: user.name,
    USER: user.name,
    PATH: DEFAULT_PATH,
    LANG: "C.UTF-8",
  };
}

function firstDisk(spec: MachineSpec, nowMs: number): VolumeImage {
  const users = [ROOT_USER, ...(spec.users ?? [])];
  return firstVolumeImage(treeImage({ ...baseTree(spec.name, spec.addresses, users), ...spec.files }, nowMs));
}
