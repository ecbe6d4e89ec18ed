import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { parseGoInt } from "../../../base/cli/go-number.ts";
import { RpcError } from "../../../etcd/rpc/client.ts";
import type { LeaseKeepAliveResponse } from "../../../etcd/rpc/messages.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import { ClientError, type EtcdClient, errorText } from "../client.ts";
import { completeLeases } from "../complete-live.ts";
import { commandDeadline, connect } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, print, printBytes } from "../context.ts";

/** `etcdctl lease` and its commands. */
export const leaseCommand: EtcdctlCommand = {
  name: "lease",
  use: "<subcommand>",
  short: "Lease related commands",
  commands: [
    { name: "grant", use: "<ttl>", short: "Creates leases", run: runGrant },
    { name: "revoke", use: "<leaseID>", short: "Revokes leases", run: runRevoke, complete: completeLeases },
    {
      name: "timetolive",
      use: "<leaseID> [options]",
      short: "Get lease information",
      flags: [{ name: "keys", type: "bool", usage: "show the keys that are attached to the lease" }],
      run: runTimeToLive,
      complete: completeLeases,
    },
    { name: "list", use: "", short: "List all active leases", run: runList },
    {
      name: "keep-alive",
      use: "[options] <leaseID>",
      short: "Keeps leases alive (renew)",
      flags: [{ name: "once", type: "bool", usage: "renew the lease once and end" }],
      run: runKeepAlive,
      complete: completeLeases,
    },
  ],
};

function* runGrant(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length === 0) {
    throw new CommandFailure(EXIT.badArgs, "lease grant command needs TTL argument");
  }
  const ttl = parseGoInt(parsed.args[0] ?? "", 10, 64);
  if ("error" in ttl) throw new CommandFailure(EXIT.badArgs, `bad TTL (${ttl.error})`);
  const { client, display } = yield* connect(context, parsed);
  const deadline = commandDeadline(context, parsed);
  const answer = client.call("etcdserverpb.Lease/LeaseGrant", { ttl: Number(ttl.value) }, deadline);
  const response = yield* orFail(answer, EXIT.error, (text) => `failed to grant lease (${text})`);
  yield* printBytes(context, display.of("leaseGrant")(response));
  return EXIT.ok;
}

function* runRevoke(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length === 0) {
    throw new CommandFailure(EXIT.badArgs, "lease revoke command needs 1 argument");
  }
  const id = leaseIdOf(parsed.args[0] ?? "");
  const { client, display } = yield* connect(context, parsed);
  const answer = client.call("etcdserverpb.Lease/LeaseRevoke", { id }, commandDeadline(context, parsed));
  const response = yield* orFail(answer, EXIT.error, (text) => `failed to revoke lease (${text})`);
  yield* printBytes(context, display.of("leaseRevoke")(id, response));
  return EXIT.ok;
}

function* runTimeToLive(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 1) {
    throw new CommandFailure(EXIT.badArgs, "lease timetolive command needs lease ID as argument");
  }
  const withKeys = parsed.bool("keys");
  const id = leaseIdOf(parsed.args[0] ?? "");
  const { client, display } = yield* connect(context, parsed);
  const answer = client.call("etcdserverpb.Lease/LeaseTimeToLive", { id, keys: withKeys });
  const response = yield* orFail(answer, EXIT.badConnection, (text) => text);
  yield* printBytes(context, display.of("leaseTimeToLive")({ response, withKeys }));
  return EXIT.ok;
}

function* runList(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const { client, display } = yield* connect(context, parsed);
  const answer = client.call("etcdserverpb.Lease/LeaseLeases", {});
  const response = yield* orFail(answer, EXIT.badConnection, (text) => text);
  yield* printBytes(context, display.of("leaseList")(response));
  return EXIT.ok;
}

function* runKeepAlive(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 1) {
    throw new CommandFailure(EXIT.badArgs, "lease keep-alive command needs lease ID as argument");
  }
  const id = leaseIdOf(parsed.args[0] ?? "");
  const { client, display } = yield* connect(context, parsed);
  if (parsed.bool("once")) {
    const response = yield* orFail(keepAliveOnce(client, id), EXIT.badConnection, (text) => text);
    yield* printBytes(context, display.of("leaseKeepAlive")(response));
    return EXIT.ok;
  }
  yield* keepAlive(context, client, id, (response) => printBytes(context, display.of("leaseKeepAlive")(response)));
  // upstream stays silent about it in the formats for programs
  yield* print(
    context,
    display.format === "simple" ? `lease ${id.toString(16).padStart(16, "0")} expired or revoked.\n` : "",
  );
  return EXIT.ok;
}

/** Reads a lease ID argument; it is hexadecimal. */
function leaseIdOf(text: string): bigint {
  const id = parseGoInt(text, 16, 64);
  if ("error" in id) throw new CommandFailure(EXIT.badArgs, `bad lease ID arg (${id.error}), expecting ID in Hex`);
  return id.value;
}

function* keepAliveOnce(client: EtcdClient, id: bigint): Task<LeaseKeepAliveResponse> {
  const stream = yield* client.stream("etcdserverpb.Lease/LeaseKeepAlive");
  try {
    stream.send({ id });
    const response = yield* stream.receive();
    if (response === undefined || response.ttl <= 0) {
      throw new CommandFailure(EXIT.badConnection, "etcdserver: requested lease not found");
    }
    return response;
  } finally {
    stream.cancel();
  }
}

const RETRY_MS = 500;

/** Renews a lease every third of its TTL until it is gone; a broken stream is opened anew. */
export function* keepAlive(
  context: EtcdctlContext,
  client: EtcdClient,
  id: bigint,
  onAnswer: (response: LeaseKeepAliveResponse) => Task<void>,
): Task<void> {
  for (;;) {
    const stream = yield* client.stream("etcdserverpb.Lease/LeaseKeepAlive");
    try {
      for (;;) {
        stream.send({ id });
        const response = yield* stream.receive();
        if (response === undefined) break;
        if (response.ttl <= 0) return;
        yield* onAnswer(response);
        yield* sleep(context.process.clock, (response.ttl * 1000) / 3);
      }
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (error.code !== "Unavailable" && error.code !== "Canceled") return;
    } finally {
      stream.cancel();
    }
    yield* sleep(context.process.clock, RETRY_MS);
  }
}

/** Runs a call and gives its failure another exit code and text. */
function* orFail<T>(call: Task<T>, code: number, text: (message: string) => string): Task<T> {
  try {
    return yield* call;
  } catch (error) {
    if (error instanceof ClientError) throw new CommandFailure(code, text(error.message));
    if (error instanceof RpcError) throw new CommandFailure(code, text(errorText(error)));
    throw error;
  }
}
