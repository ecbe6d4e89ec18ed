import type { RegexLibrary } from "../../base/regex/regex-library.ts";
import type { Program } from "../../machine/process.ts";
import type { JqLoader } from "../../programs/jq/jq-engine.ts";
import type { HistoryLink } from "../history/history-link.ts";
import type { ClusterMaker } from "../kubeadm/cluster-maker.ts";
import type { PreviewLink } from "../preview/preview-link.ts";
import type { EtcdProfile } from "../versions.ts";

/** Programs whose code comes together: in a page each group is a file of its own, loaded when first needed. */
export type GroupName = "daemons" | "tools";

/** What the host of a world lends to programs because it cannot be part of the core. */
export interface Facilities {
  readonly jq: JqLoader;
  readonly regexes: RegexLibrary;
  /** The world's history, for the program `lab`; a sandbox brings its own. */
  readonly history?: HistoryLink;
  /** Its way to forks of itself, for `lab preview`; a sandbox brings its own. */
  readonly previews?: PreviewLink;
}

/** A loaded group: its programs by the name that binaries on disks carry. */
export type ProgramGroup = (etcd: EtcdProfile, facilities: Facilities) => Readonly<Record<string, Program>>;

/** Where the code of programs comes from. In Node and in tests all is there at once. */
export interface ProgramSource {
  /** Needed for a world that is made and not booted from an image. */
  readonly clusterMaker?: ClusterMaker | undefined;
  readonly facilities: Facilities;
  /** The group if its code is there. */
  loaded(group: GroupName): ProgramGroup | undefined;
  /** Begins loading if need be; calls back when the code is there, or with what went wrong. */
  request(group: GroupName, done: (group: ProgramGroup | undefined, problem: string) => void): void;
}
