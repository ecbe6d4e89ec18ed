import { compileRegex } from "../../base/regex/regex.ts";
import type { RegexLibrary } from "../../base/regex/regex-library.ts";
import { CLUSTER_MAKER } from "../kubeadm/cluster-maker.ts";
import { daemons } from "./daemons.ts";
import type { Facilities, ProgramGroup, ProgramSource } from "./program-group.ts";
import { tools } from "./tools.ts";

const GROUPS: Readonly<Record<string, ProgramGroup>> = { daemons, tools };

/** Regular expressions where nothing is loaded late. */
export const REGEXES_AT_HAND: RegexLibrary = {
  compile: compileRegex,
  request: (onReady) => onReady(compileRegex, ""),
};

/** All code at once, for Node and for tests; a page loads groups as they are needed (worker/program-loader.ts). */
export function allPrograms(facilities: Omit<Facilities, "regexes">): ProgramSource {
  return {
    clusterMaker: CLUSTER_MAKER,
    facilities: { ...facilities, regexes: REGEXES_AT_HAND },
    loaded: (group) => GROUPS[group],
    request: (group, done) => done(GROUPS[group], ""),
  };
}
