import type { Machine } from "../../machine/machine.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { Task } from "../../sim/task.ts";
import type { TreeEntry } from "../../vfs/node-image.ts";
import { genesis, letDaysPass } from "./genesis.ts";
import { kubeadmTrees } from "./hosts.ts";

/** What makes a cluster from nothing. A world that goes on from an image needs none of it, so it is loaded apart. */
export interface ClusterMaker {
  /** The disks of the hosts, by name, as kubeadm leaves them. */
  trees(now: number, random: RandomStream): ReadonlyMap<string, Readonly<Record<string, TreeEntry>>>;
  /** What `kubeadm init` and the first users do through the API. */
  genesis(controlPlane: Machine): Task<void>;
  letDaysPass(controlPlane: Machine): Task<void>;
}

export const CLUSTER_MAKER: ClusterMaker = { trees: kubeadmTrees, genesis, letDaysPass };
