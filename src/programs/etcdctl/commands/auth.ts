import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Task } from "../../../sim/task.ts";
import { ClientError, type EtcdClient } from "../client.ts";
import { commandDeadline, connect } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, print, printBytes } from "../context.ts";

/** `etcdctl auth` and its commands. */
export const authCommand: EtcdctlCommand = {
  name: "auth",
  use: "<enable or disable>",
  short: "Enable or disable authentication",
  commands: [
    { name: "enable", short: "Enables authentication", run: runEnable },
    { name: "disable", short: "Disables authentication", run: runDisable },
    { name: "status", short: "Returns authentication status", run: runStatus },
  ],
};

function refuseArguments(parsed: ParsedFlags, command: string): void {
  if (parsed.args.length !== 0) {
    throw new CommandFailure(EXIT.badArgs, `auth ${command} command does not accept any arguments`);
  }
}

function* runEnable(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  refuseArguments(parsed, "enable");
  const { client } = yield* connect(context, parsed);
  const deadline = commandDeadline(context, parsed);
  while (!(yield* tryEnable(client, deadline))) {
    yield* client.call("etcdserverpb.Auth/RoleAdd", { name: "root" }, deadline);
    yield* client.call("etcdserverpb.Auth/UserGrantRole", { user: "root", role: "root" }, deadline);
  }
  yield* print(context, "Authentication Enabled\n");
  return EXIT.ok;
}

/** False when only the user root's role is wanting, which etcdctl then makes itself. */
function* tryEnable(client: EtcdClient, deadline: number): Task<boolean> {
  try {
    yield* client.call("etcdserverpb.Auth/AuthEnable", {}, deadline);
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.message === "etcdserver: root user does not have root role") return false;
    throw error;
  }
}

function* runDisable(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  refuseArguments(parsed, "disable");
  const { client } = yield* connect(context, parsed);
  yield* client.call("etcdserverpb.Auth/AuthDisable", {}, commandDeadline(context, parsed));
  yield* print(context, "Authentication Disabled\n");
  return EXIT.ok;
}

function* runStatus(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  refuseArguments(parsed, "status");
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/AuthStatus", {}, commandDeadline(context, parsed));
  yield* printBytes(context, display.of("authStatus")(response));
  return EXIT.ok;
}
