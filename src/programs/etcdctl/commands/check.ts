import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { FlagSpec } from "../../../base/cli/flag.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Task } from "../../../sim/task.ts";
import { type EtcdctlCommand, type EtcdctlContext, printError } from "../context.ts";

const LOADS: Readonly<Record<string, string>> = {
  s: "s",
  small: "s",
  m: "m",
  medium: "m",
  l: "l",
  large: "l",
  xl: "xl",
  xLarge: "xl",
};

/** `etcdctl check` and its commands. Measuring a simulated disk would say nothing, so the loads are not run. */
export const checkCommand: EtcdctlCommand = {
  name: "check",
  use: "<subcommand>",
  short: "commands for checking properties of the etcd cluster",
  commands: [
    { name: "perf", short: "Check the performance of the etcd cluster", flags: flags("perf"), run: refuse("perf") },
    {
      name: "datascale",
      short: "Check the memory usage of holding data for different workloads on a given server endpoint.",
      flags: flags("datascale"),
      run: refuse("datascale"),
    },
  ],
};

function flags(command: string): readonly FlagSpec[] {
  return [
    { name: "load", type: "string", default: "s", usage: "workload to check with", values: Object.keys(LOADS) },
    {
      name: "prefix",
      type: "string",
      default: `/etcdctl-check-${command}/`,
      usage: "prefix of the keys that are written",
    },
    { name: "auto-compact", type: "bool", usage: "compact the storage with the last revision after the check" },
    { name: "auto-defrag", type: "bool", usage: "defragment the storage after the check" },
  ];
}

function refuse(command: string) {
  return function* run(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
    const load = parsed.string("load");
    if (!Object.hasOwn(LOADS, load)) throw new CommandFailure(EXIT.badFeature, `unknown load option ${load}`);
    yield* printError(context, `not simulated in this sandbox: etcdctl check ${command}\n`);
    return EXIT.error;
  };
}
