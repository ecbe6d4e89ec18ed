import { writeText } from "../machine/file-descriptor.ts";
import type { Program, ProgramTable } from "../machine/process.ts";
import { shells } from "../programs/bash/main.ts";
import { waitFor } from "../sim/task.ts";
import type { TreeEntry } from "../vfs/node-image.ts";
import { BINARIES, type BinaryPlace } from "./programs/binaries.ts";
import type { GroupName, ProgramGroup, ProgramSource } from "./programs/program-group.ts";
import type { EtcdProfile } from "./versions.ts";

/** The code behind every binary of a world; hosts have the etcd of the chosen profile. */
export function programTable(etcd: EtcdProfile, source: ProgramSource): ProgramTable {
  const table = new Map<string, Program>(Object.entries(shells(source.facilities.regexes)));
  const made = new Map<GroupName, Readonly<Record<string, Program>>>();
  const inGroup = (group: GroupName, code: ProgramGroup) => {
    const programs = made.get(group) ?? code(etcd, source.facilities);
    made.set(group, programs);
    return programs;
  };
  for (const { name, group } of BINARIES) table.set(name, whenLoaded(name, group, source, inGroup));
  return table;
}

type InGroup = (group: GroupName, code: ProgramGroup) => Readonly<Record<string, Program>>;

/** A program that waits for its code the first time; the page's pump holds the world's time meanwhile. */
function whenLoaded(name: string, group: GroupName, source: ProgramSource, inGroup: InGroup): Program {
  return function* (process) {
    const code = source.loaded(group) ?? (yield* waitFor(arrival(group, source)));
    const program = code === undefined ? undefined : inGroup(group, code)[name];
    if (program !== undefined) return yield* program(process);
    yield* writeText(
      process.stderr,
      `${name}: the sandbox could not load this program's code; is the network there?\n`,
    );
    return 126;
  };
}

function arrival(group: GroupName, source: ProgramSource) {
  return {
    begin(resume: (code: ProgramGroup | undefined) => void) {
      source.request(group, (code) => resume(code));
      return undefined;
    },
  };
}

/** Programs whose arguments Tab completes by asking them. */
const COMPLETING = ["kubectl", "etcdctl", "etcdutl", "crictl", "kubeadm", "lab"];

/** The binaries on a host's disk. A node runs etcd in a pod, so only a bare host has etcd itself. */
export function hostBinaries(kind: "bare" | "node"): Record<string, TreeEntry> {
  const places: readonly BinaryPlace[] = kind === "bare" ? ["everywhere", "etcd-host"] : ["everywhere", "node"];
  const names = [
    "bash",
    "sh",
    ...BINARIES.filter(({ on }) => on.some((place) => places.includes(place))).map(({ name }) => name),
  ];
  const binaries: Record<string, TreeEntry> = {};
  for (const name of names) {
    binaries[`${name === "sshd" ? "/usr/sbin" : "/usr/bin"}/${name}`] = { program: name, mode: 0o755 };
    if (COMPLETING.includes(name)) binaries[`/usr/share/bash-completion/completions/${name}`] = "";
  }
  return binaries;
}
