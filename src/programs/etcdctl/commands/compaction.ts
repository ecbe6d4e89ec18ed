import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { parseGoInt } from "../../../base/cli/go-number.ts";
import type { Task } from "../../../sim/task.ts";
import { commandDeadline, connect } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, print } from "../context.ts";

/** `etcdctl compaction` */
export const compactionCommand: EtcdctlCommand = {
  name: "compaction",
  use: "[options] <revision>",
  short: "Compacts the event history in etcd",
  flags: [{ name: "physical", type: "bool", usage: "wait until the revisions are gone from the database" }],
  run: runCompaction,
};

function* runCompaction(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 1) throw new CommandFailure(EXIT.badArgs, "compaction command needs 1 argument");
  const revision = parseGoInt(parsed.args[0] ?? "", 10, 64);
  if ("error" in revision) throw new CommandFailure(EXIT.error, revision.error);
  const { client } = yield* connect(context, parsed);
  const request = { revision: Number(revision.value), physical: parsed.bool("physical") };
  yield* client.call("etcdserverpb.KV/Compact", request, commandDeadline(context, parsed));
  yield* print(context, `compacted revision ${revision.value}\n`);
  return EXIT.ok;
}
