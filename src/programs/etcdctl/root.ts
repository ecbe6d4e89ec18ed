import { helpCommand } from "../../base/cli/command.ts";
import { authCommand } from "./commands/auth.ts";
import { checkCommand } from "./commands/check.ts";
import { compactionCommand } from "./commands/compaction.ts";
import { completionCommand, versionCommand } from "./commands/completion.ts";
import { delCommand } from "./commands/del.ts";
import { endpointCommand } from "./commands/endpoint.ts";
import { getCommand } from "./commands/get.ts";
import { leaseCommand } from "./commands/lease.ts";
import { electCommand, lockCommand } from "./commands/lock.ts";
import { alarmCommand, defragCommand, downgradeCommand, moveLeaderCommand } from "./commands/maintenance.ts";
import { makeMirrorCommand } from "./commands/make-mirror.ts";
import { memberCommand } from "./commands/member.ts";
import { putCommand } from "./commands/put.ts";
import { roleCommand } from "./commands/role.ts";
import { snapshotCommand } from "./commands/snapshot.ts";
import { txnCommand } from "./commands/txn.ts";
import { userCommand } from "./commands/user.ts";
import { watchCommand } from "./commands/watch.ts";
import type { EtcdctlCommand, EtcdctlCommandLine } from "./context.ts";
import { globalFlags } from "./global-flags.ts";
import { type EtcdctlProfile, is35 } from "./profile.ts";

/** etcdctl's whole command line. Commands stand in upstream's order, which is the order of suggestions. */
export function etcdctlCommandLine(profile: EtcdctlProfile): EtcdctlCommandLine {
  return { root: etcdctlRoot(profile), prefixMatching: true };
}

function etcdctlRoot(profile: EtcdctlProfile): EtcdctlCommand {
  return {
    name: "etcdctl",
    short: is35(profile) ? "A simple command line client for etcd3." : "A simple command line client for etcd.",
    suggestFor: ["etcdctl"],
    flags: globalFlags(profile),
    commands: [
      getCommand(profile),
      putCommand,
      delCommand,
      txnCommand,
      compactionCommand,
      alarmCommand,
      defragCommand(profile),
      endpointCommand,
      moveLeaderCommand,
      watchCommand,
      versionCommand,
      leaseCommand,
      memberCommand(profile),
      snapshotCommand(profile),
      makeMirrorCommand(profile),
      lockCommand,
      electCommand,
      authCommand,
      userCommand,
      roleCommand,
      checkCommand,
      completionCommand(profile),
      ...(is35(profile) ? [] : [downgradeCommand]),
      helpCommand("Help about any command"),
    ],
  };
}
