import type { ClusterMaker } from "../sandbox/kubeadm/cluster-maker.ts";
import type { Facilities, GroupName, ProgramGroup, ProgramSource } from "../sandbox/programs/program-group.ts";
import { jqLoader } from "./jq-loader.ts";
import { regexLoader } from "./regex-loader.ts";

const IMPORTS: Readonly<Record<GroupName, () => Promise<ProgramGroup>>> = {
  daemons: async () => (await import("../sandbox/programs/daemons.ts")).daemons,
  tools: async () => (await import("../sandbox/programs/tools.ts")).tools,
};

/**
 * Loads groups of programs as files of their own, each once. While what people type is on its way, `onBusy(true)` holds
 * the world's time. The cluster's daemons are not held for: they start when they are there, and the prompt is alive
 * meanwhile.
 */
export class ProgramLoader implements ProgramSource {
  private readonly groups = new Map<GroupName, ProgramGroup>();
  private readonly supplies = new Map<GroupName, () => Promise<void>>();
  /** Under way or done; a failed one is forgotten. */
  private readonly supplied = new Map<GroupName, Promise<void>>();
  private readonly onBusy: (busy: boolean) => void;
  readonly facilities: Facilities;
  clusterMaker: ClusterMaker | undefined;

  constructor(onBusy: (busy: boolean) => void) {
    this.onBusy = onBusy;
    this.facilities = { jq: jqLoader(undefined, onBusy), regexes: regexLoader(onBusy) };
  }

  loaded(group: GroupName): ProgramGroup | undefined {
    return this.groups.get(group);
  }

  /** Lets a group count as loaded only when it is supplied too: daemons need their files. Begins with that at once. */
  requires(group: GroupName, supply: () => Promise<void>): void {
    this.supplies.set(group, supply);
    this.supply(group).catch(() => undefined); // told when it is waited for
  }

  request(group: GroupName, done: (group: ProgramGroup | undefined, problem: string) => void): void {
    const holds = group === "tools";
    if (holds) this.onBusy(true);
    this.ready(group)
      .then(
        (code) => done(code, ""),
        (error: unknown) => done(undefined, error instanceof Error ? error.message : String(error)),
      )
      .finally(() => {
        if (holds) this.onBusy(false);
      });
  }

  /** Loads what a cluster is made with, when it is not to be had as an image. */
  async readyToMake(): Promise<void> {
    await this.ready("daemons");
    this.clusterMaker = (await import("../sandbox/kubeadm/cluster-maker.ts")).CLUSTER_MAKER;
  }

  /** Loads a group; a failed load is tried again the next time. */
  async ready(group: GroupName): Promise<ProgramGroup> {
    const code = this.groups.get(group) ?? (await IMPORTS[group]());
    await this.supply(group);
    this.groups.set(group, code);
    return code;
  }

  private supply(group: GroupName): Promise<void> {
    const under = this.supplied.get(group);
    if (under !== undefined) return under;
    const supplying = this.supplies.get(group)?.() ?? Promise.resolve();
    this.supplied.set(group, supplying);
    supplying.catch(() => this.supplied.delete(group));
    return supplying;
  }
}
