import { CLUSTER_MAKER } from "../kubeadm/cluster-maker.ts";
import { daemons } from "./daemons.ts";
import type { Facilities, ProgramGroup, ProgramSource } from "./program-group.ts";
import { tools } from "./tools.ts";

const GROUPS: Readonly<Record<string, ProgramGroup>> = { daemons, tools };

/** All code at once, for Node and for tests; a page loads groups as they are needed (worker/program-loader.ts). */
export function allPrograms(facilities: Facilities): ProgramSource {
  return {
    clusterMaker: CLUSTER_MAKER,
    facilities,
    loaded: (group) => GROUPS[group],
    request: (group, done) => done(GROUPS[group], ""),
  };
}
