import type { MachineSpec } from "../machine/machine.ts";
import { Random } from "../sim/random.ts";
import type { TreeEntry } from "../vfs/node-image.ts";
import { IMAGE_CATALOGUE } from "./images/catalogue.ts";
import { CLUSTER_HOSTS } from "./kubeadm/cluster-hosts.ts";
import type { ClusterMaker } from "./kubeadm/cluster-maker.ts";
import { hostBinaries, programTable } from "./program-table.ts";
import type { ProgramSource } from "./programs/program-group.ts";
import type { Sandbox, SandboxOptions } from "./sandbox.ts";

export type TopologyName = "kubeadm" | "bare";

/** The machines of a world and how it comes to rest. */
export interface Topology {
  readonly machines: readonly MachineSpec[];
  /** Runs a world that was just made until it is what its topology promises. */
  settle(sandbox: Sandbox): void;
}

/** `bornAt` is when the disks are made; undefined when they come from an image. */
export function topology(options: SandboxOptions, source: ProgramSource, bornAt: number | undefined): Topology {
  return options.topology === "kubeadm" ? kubeadm(options, source, bornAt) : bare(options, source);
}

/** One host with etcd's programs on its disk and nothing running. */
function bare(options: SandboxOptions, source: ProgramSource): Topology {
  const spec: MachineSpec = {
    name: "bare",
    addresses: ["10.0.1.10"],
    defaultRoute: false,
    programs: programTable(options.etcd, source),
    imageCatalogue: [],
    get files() {
      return { ...hostBinaries("bare"), ...LOGIN_FILES };
    },
  };
  return { machines: [spec], settle: () => undefined };
}

/** A control plane and two workers, as kubeadm leaves them. */
function kubeadm(options: SandboxOptions, source: ProgramSource, bornAt: number | undefined): Topology {
  const programs = programTable(options.etcd, source);
  const random = new Random(options.seed).fork("kubeadm");
  const trees = bornAt === undefined ? undefined : makerOf(source).trees(bornAt, random);
  const machines = CLUSTER_HOSTS.map((host, index) => ({
    name: host.name,
    addresses: [host.ip],
    programs,
    imageCatalogue: IMAGE_CATALOGUE,
    podCidr: `10.244.${index}.0/24`,
    // Asked for only by a machine without a disk: worlds that go on from an image are many, and want their prompt soon.
    get files() {
      return { ...hostBinaries("node"), ...LOGIN_FILES, ...trees?.get(host.name) };
    },
  }));
  return { machines, settle: (sandbox) => settleKubeadm(sandbox, makerOf(source)) };
}

/** Long enough for the slowest start-up, in the world's time. */
const SETTLE_LIMIT_MS = 600_000;

function makerOf(source: ProgramSource): ClusterMaker {
  if (source.clusterMaker === undefined) throw new Error("the code that makes clusters is not loaded");
  return source.clusterMaker;
}

function settleKubeadm(sandbox: Sandbox, maker: ClusterMaker): void {
  const controlPlane = sandbox.machines.get(CLUSTER_HOSTS[0]?.name ?? "");
  if (controlPlane === undefined) throw new Error("a kubeadm world needs its control plane");
  const made = sandbox.kernel.tasks.spawn("genesis", maker.genesis(controlPlane));
  sandbox.runUntil(() => made.outcome !== undefined, SETTLE_LIMIT_MS);
  sandbox.run(60_000);
  const passed = sandbox.kernel.tasks.spawn("genesis/days", maker.letDaysPass(controlPlane));
  sandbox.runUntil(() => passed.outcome !== undefined, SETTLE_LIMIT_MS);
}

const LOGIN_FILES: Readonly<Record<string, TreeEntry>> = {
  "/etc/profile":
    "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n[ -f ~/.bashrc ] && . ~/.bashrc\n",
  "/root/.bashrc": "PS1='\\u@\\h:\\w\\$ '\nalias ll='ls -alF'\nalias la='ls -A'\n",
};
