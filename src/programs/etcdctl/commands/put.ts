import { NO_BYTES, utf8 } from "../../../base/bytes.ts";
import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { FlagSpec } from "../../../base/cli/flag.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { parseGoInt } from "../../../base/cli/go-number.ts";
import type { PutRequest } from "../../../etcd/rpc/messages.ts";
import { readToEnd } from "../../../machine/file-descriptor.ts";
import type { Task } from "../../../sim/task.ts";
import { completeKeys } from "../complete-live.ts";
import { commandDeadline, connect } from "../connect.ts";
import { argumentBytes, type EtcdctlCommand, type EtcdctlContext, printBytes } from "../context.ts";

/** The flags of put, which txn's requests take as well. */
export const PUT_FLAGS: readonly FlagSpec[] = [
  { name: "lease", type: "string", default: "0", usage: "lease ID (in hexadecimal) to attach to the key" },
  { name: "prev-kv", type: "bool", usage: "return the key and value as they were before" },
  { name: "ignore-value", type: "bool", usage: "keep the key's current value" },
  { name: "ignore-lease", type: "bool", usage: "keep the key's current lease" },
];

/** `etcdctl put` */
export const putCommand: EtcdctlCommand = {
  name: "put",
  use: "[options] <key> <value> (<value> can also be given from stdin)",
  short: "Puts the given key into the store",
  long: `Puts the given key into the store.

A value that begins with '-' is taken for a flag. Write '--' before it, or give the value on standard input:

    put <key> -- <value>
    echo <value> | put <key>

Standard input is taken whole, with its last newline.`,
  flags: PUT_FLAGS,
  run: runPut,
  complete: completeKeys,
};

function* runPut(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const request = yield* putRequest(parsed, readToEnd(context.process.stdin));
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.KV/Put", request, commandDeadline(context, parsed));
  yield* printBytes(context, display.of("put")(response));
  return EXIT.ok;
}

const NEEDS_VALUE = "put command needs 1 argument and input from stdin or 2 arguments";

/** The request that a put's arguments and flags describe; without a value argument the value is read by `stdin`. */
export function* putRequest(parsed: ParsedFlags, stdin: Task<Uint8Array>): Task<PutRequest> {
  const { args } = parsed;
  const ignoreValue = parsed.bool("ignore-value");
  if (args.length === 0) throw new CommandFailure(EXIT.badArgs, NEEDS_VALUE);
  if (ignoreValue && args.length > 1) {
    throw new CommandFailure(EXIT.badArgs, "put command needs only 1 argument when 'ignore-value' is set");
  }
  const value = ignoreValue ? NO_BYTES : args[1] === undefined ? yield* stdin : utf8(args[1]);
  if (!ignoreValue && args[1] === undefined && value.length === 0) {
    throw new CommandFailure(EXIT.badArgs, NEEDS_VALUE);
  }
  const lease = parseGoInt(parsed.string("lease"), 16, 64);
  if ("error" in lease) {
    throw new CommandFailure(EXIT.badArgs, `bad lease ID (${lease.error}), expecting ID in Hex`);
  }
  return {
    key: argumentBytes(args[0] ?? ""),
    value,
    lease: lease.value,
    prevKv: parsed.bool("prev-kv"),
    ignoreValue,
    ignoreLease: parsed.bool("ignore-lease"),
  };
}
