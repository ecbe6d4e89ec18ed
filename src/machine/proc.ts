import { Disk } from "../sim/disk.ts";
import { Inode, type InodeOptions } from "../vfs/inode.ts";
import { treeImage } from "../vfs/node-image.ts";
import { walk } from "../vfs/path-walk.ts";
import { firstVolumeImage, Volume } from "../vfs/volume.ts";
import { ROOT_USER } from "./base-tree.ts";
import type { Compartment } from "./compartment.ts";
import type { ProcessHost } from "./process-host.ts";
import type { RunningProcess } from "./running-process.ts";

/** Memory that `free` and /proc/meminfo show, in KiB. */
export const MEMORY_KIB = 4_026_532;
export const PROCESSORS = 2;
export const KERNEL_RELEASE = "6.1.0-31-cloud-amd64";

type Generated = () => string;

/** Mounts /proc in a compartment: made up as it is read, from the compartment's process table. */
export function mountProc(host: ProcessHost, compartment: () => Compartment): void {
  const { mounts } = compartment();
  const place = walk(mounts, ROOT_USER, "/proc", "/proc", true).place;
  if (place === undefined || mounts.mounts.some((tree) => tree.path === "/proc")) return;
  const proc = new ProcTree(host, compartment);
  mounts.mount(place.inode, { root: proc.root, readOnly: false, path: "/proc", source: "proc", type: "proc" });
}

class ProcTree {
  readonly root: Inode;
  private readonly host: ProcessHost;
  private readonly compartment: () => Compartment;
  private readonly volume: Volume;
  private readonly files: ReadonlyMap<string, Generated>;

  constructor(host: ProcessHost, compartment: () => Compartment) {
    this.host = host;
    this.compartment = compartment;
    const disk = new Disk(host.kernel.clock, host.kernel.random.fork("proc"));
    const image = firstVolumeImage(treeImage({}, host.kernel.clock.now));
    this.volume = new Volume(disk, { source: "proc", type: "proc", capacityBytes: 0 }, image);
    this.files = systemFiles(host, compartment);
    this.root = this.volume.root;
    this.root.mode = 0o555;
    this.root.dynamic = {
      names: () => [...this.pids(), ...this.files.keys(), "self"],
      lookup: (name) => this.lookup(name),
    };
  }

  private pids(): string[] {
    return this.compartment()
      .pids.all()
      .map((process) => String(this.numberOf(process)));
  }

  private numberOf(process: RunningProcess): number {
    return process.infoIn(this.compartment()).pid;
  }

  private lookup(name: string): Inode | undefined {
    const file = this.files.get(name);
    if (file !== undefined) return this.file(file);
    if (name === "self") {
      const self = this.host.machine.current;
      return self === undefined ? undefined : this.inode("symlink", 0o777, String(self.pid));
    }
    const process = /^\d+$/.test(name) ? this.compartment().pids.get(Number(name)) : undefined;
    return process === undefined ? undefined : this.processDirectory(process);
  }

  private processDirectory(process: RunningProcess): Inode {
    const files = processFiles(process, this.compartment());
    const directory = this.inode("directory", 0o555, "");
    directory.dynamic = {
      names: () => [...files.keys(), "cwd", "fd"],
      lookup: (name) => {
        const file = files.get(name);
        if (file !== undefined) return this.file(file);
        if (name === "cwd") return this.inode("symlink", 0o777, process.cwd);
        return name === "fd" ? this.descriptorDirectory(process) : undefined;
      },
    };
    return directory;
  }

  private descriptorDirectory(process: RunningProcess): Inode {
    const directory = this.inode("directory", 0o500, "");
    directory.dynamic = {
      names: () => [...process.fds.keys()].map(String),
      lookup: (name) => {
        const descriptor = process.fds.get(Number(name));
        if (descriptor === undefined) return undefined;
        const target = descriptor.kind === "terminal" ? `${process.terminal?.name}` : `${descriptor.kind}:[${name}]`;
        return this.inode("symlink", 0o700, descriptor.kind === "null" ? "/dev/null" : target);
      },
    };
    return directory;
  }

  private file(generate: Generated): Inode {
    const inode = this.inode("file", 0o444, "");
    inode.generate = generate;
    return inode;
  }

  private inode(type: "file" | "directory" | "symlink", mode: number, target: string): Inode {
    const options: InodeOptions = { mode, uid: 0, gid: 0, modifiedAt: this.host.kernel.clock.now, target };
    return new Inode(this.volume, type, 1, options);
  }
}

function processFiles(process: RunningProcess, compartment: Compartment): Map<string, Generated> {
  const info = () => process.infoIn(compartment);
  const comm = () => (process.argv[0] ?? "").split("/").pop()?.slice(0, 15) ?? "";
  return new Map<string, Generated>([
    ["cmdline", () => process.argv.map((argument) => `${argument}\0`).join("")],
    ["comm", () => `${comm()}\n`],
    ["environ", () => [...process.env].map(([name, value]) => `${name}=${value}\0`).join("")],
    [
      "status",
      () =>
        `Name:\t${comm()}\nUmask:\t${process.umask.toString(8).padStart(4, "0")}\nState:\t${STATES[info().state]}\n` +
        `Pid:\t${info().pid}\nPPid:\t${info().parentPid}\nUid:\t${`${process.user.uid}\t`.repeat(4).trimEnd()}\n` +
        `Gid:\t${`${process.user.gid}\t`.repeat(4).trimEnd()}\nThreads:\t1\n`,
    ],
  ]);
}

const STATES = { R: "R (running)", S: "S (sleeping)", T: "T (stopped)", Z: "Z (zombie)" } as const;

function systemFiles(host: ProcessHost, compartment: () => Compartment): ReadonlyMap<string, Generated> {
  const uptime = () => (host.kernel.clock.uptime - host.bootedAt) / 1000;
  return new Map<string, Generated>([
    ["uptime", () => `${uptime().toFixed(2)} ${(uptime() * PROCESSORS * 0.9).toFixed(2)}\n`],
    ["loadavg", () => `0.24 0.31 0.28 1/${host.pids.size} ${host.pids.size}\n`],
    ["version", () => `Linux version ${KERNEL_RELEASE} (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC\n`],
    ["meminfo", memoryInfo],
    ["cpuinfo", processorInfo],
    ["cmdline", () => "BOOT_IMAGE=/boot/vmlinuz root=/dev/nvme0n1p1 ro console=tty0\n"],
    ["filesystems", () => "nodev\tproc\nnodev\ttmpfs\nnodev\toverlay\n\text4\n"],
    ["mounts", () => mountTable(compartment())],
  ]);
}

function memoryInfo(): string {
  const row = (name: string, kib: number) => `${`${name}:`.padEnd(16)}${String(kib).padStart(8)} kB\n`;
  return (
    row("MemTotal", MEMORY_KIB) +
    row("MemFree", MEMORY_KIB - 2_214_340) +
    row("MemAvailable", MEMORY_KIB - 1_462_100) +
    row("Buffers", 84_120) +
    row("Cached", 902_880) +
    row("SwapTotal", 0) +
    row("SwapFree", 0)
  );
}

function processorInfo(): string {
  let text = "";
  for (let number = 0; number < PROCESSORS; number++)
    text += `processor\t: ${number}\nvendor_id\t: Sandbox\nmodel name\t: Simulated processor\ncpu cores\t: ${PROCESSORS}\n\n`;
  return text;
}

/** Lines of /proc/mounts. */
function mountTable(compartment: Compartment): string {
  return compartment.mounts.mounts
    .map((tree) => `${tree.source} ${tree.path} ${tree.type} ${tree.readOnly ? "ro" : "rw"},relatime 0 0\n`)
    .join("");
}
