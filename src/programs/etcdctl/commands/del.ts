import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { FlagSpec } from "../../../base/cli/flag.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { goQuote } from "../../../base/go-quote.ts";
import type { DeleteRangeRequest } from "../../../etcd/rpc/messages.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import { completeKeys } from "../complete-live.ts";
import { commandDeadline, connect } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, printBytes, printError } from "../context.ts";
import { is35 } from "../profile.ts";
import { keyRange } from "./get.ts";

/** The flags of del, which txn's requests take as well. */
export const DEL_FLAGS: readonly FlagSpec[] = [
  { name: "prefix", type: "bool", usage: "delete all keys that begin with the key" },
  { name: "prev-kv", type: "bool", usage: "return what was deleted" },
  { name: "from-key", type: "bool", usage: "delete all keys from the key on, in byte order" },
  { name: "range", type: "bool", usage: "delete the range of keys without the delay" },
];

/** `etcdctl del` */
export const delCommand: EtcdctlCommand = {
  name: "del",
  use: "[options] <key> [range_end]",
  short: "Removes the specified key or range of keys [key, range_end)",
  flags: DEL_FLAGS,
  run: runDel,
  complete: completeKeys,
};

const PAUSE_MS = 2000;

function* runDel(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const request = deleteRequest(parsed);
  if (parsed.args.length > 1 && !parsed.bool("range")) yield* warnOfRange(context, parsed.args);
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.KV/DeleteRange", request, commandDeadline(context, parsed));
  yield* printBytes(context, display.of("del")(response));
  return EXIT.ok;
}

function* warnOfRange(context: EtcdctlContext, args: readonly string[]): Task<void> {
  if (is35(context.profile)) {
    const notice =
      "In etcd v3.6, the operation will be suspended for a few seconds to provide the user time to verify range.";
    yield* printError(context, `${notice}\n`);
    return;
  }
  const keys = `Warning: Keys between ${goQuote(args[0] ?? "")} and ${goQuote(args[1] ?? "")} will be deleted.`;
  const way =
    "Please interrupt the command within next 2 seconds to cancel. You can provide `--range` flag to avoid the delay.";
  yield* printError(context, `${keys} ${way}\n`);
  yield* sleep(context.process.clock, PAUSE_MS);
}

/** The request that a del's arguments and flags describe. */
export function deleteRequest(parsed: ParsedFlags): DeleteRangeRequest {
  if (parsed.args.length === 0 || parsed.args.length > 2) {
    const what = "del command needs one argument as key and an optional argument as range_end";
    throw new CommandFailure(EXIT.badArgs, what);
  }
  return { ...keyRange(parsed), prevKv: parsed.bool("prev-kv") };
}
