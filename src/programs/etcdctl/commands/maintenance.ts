import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { formatGoDuration } from "../../../base/cli/go-duration.ts";
import { parseGoUint } from "../../../base/cli/go-number.ts";
import type { AlarmMember } from "../../../etcd/rpc/messages.ts";
import { type Task, waitFor } from "../../../sim/task.ts";
import { ClientError } from "../client.ts";
import { completeMembers } from "../complete-live.ts";
import { commandDeadline, connect, openClient } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, print, printBytes, printError } from "../context.ts";
import { type EtcdctlProfile, is35 } from "../profile.ts";
import { askedEndpoints } from "./endpoint.ts";

/** `etcdctl alarm` and its commands. */
export const alarmCommand: EtcdctlCommand = {
  name: "alarm",
  use: "<subcommand>",
  short: "Alarm related commands",
  commands: [
    { name: "disarm", short: "Disarms all alarms", run: runDisarm },
    { name: "list", short: "Lists all alarms", run: runList },
  ],
};

function* runList(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 0) {
    throw new CommandFailure(EXIT.badArgs, "alarm list command accepts no arguments");
  }
  const { client, display } = yield* connect(context, parsed);
  const request = { action: "GET", memberId: 0n, alarm: "NONE" } as const;
  const response = yield* client.call("etcdserverpb.Maintenance/Alarm", request, commandDeadline(context, parsed));
  yield* printBytes(context, display.of("alarm")(response));
  return EXIT.ok;
}

/** Disarms each raised alarm by itself; the answer is put together here, so it has no header. */
function* runDisarm(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 0) {
    throw new CommandFailure(EXIT.badArgs, "alarm disarm command accepts no arguments");
  }
  const { client, display } = yield* connect(context, parsed);
  const deadline = commandDeadline(context, parsed);
  const all = { action: "GET", memberId: 0n, alarm: "NONE" } as const;
  const { alarms } = yield* client.call("etcdserverpb.Maintenance/Alarm", all, deadline);
  const disarmed: AlarmMember[] = [];
  for (const one of alarms) {
    const request = { action: "DEACTIVATE", ...one } as const;
    const response = yield* client.call("etcdserverpb.Maintenance/Alarm", request, deadline);
    disarmed.push(...response.alarms);
  }
  yield* printBytes(context, display.of("alarm")({ alarms: disarmed }));
  return EXIT.ok;
}

/** `etcdctl defrag` */
export function defragCommand(profile: EtcdctlProfile): EtcdctlCommand {
  const offline = {
    name: "data-dir",
    type: "string",
    usage: "defragment a data directory that no etcd uses (deprecated)",
  } as const;
  return {
    name: "defrag",
    short: "Defragments the storage of the etcd members with given endpoints",
    flags: [
      { name: "cluster", type: "bool", persistent: true, usage: "use all endpoints from the member list" },
      ...(is35(profile) ? [offline] : []),
    ],
    run: runDefrag,
  };
}

function* runDefrag(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.flags.get("data-dir") !== undefined && parsed.string("data-dir") !== "") {
    return yield* defragOffline(context, parsed.string("data-dir"));
  }
  const { clock } = context.process;
  const { config, endpoints } = yield* askedEndpoints(context, parsed);
  const client = yield* openClient(context, config);
  let failed = false;
  for (const endpoint of endpoints) {
    const startedAt = clock.uptime;
    const took = () => (is35(context.profile) ? "" : `. took ${formatGoDuration(clock.uptime - startedAt)}`);
    try {
      const deadline = commandDeadline(context, parsed);
      yield* client.forEndpoint(endpoint).call("etcdserverpb.Maintenance/Defragment", {}, deadline);
      yield* print(context, `Finished defragmenting etcd member[${endpoint}]${took()}\n`);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failed = true;
      const stop = took() === "" ? "" : ".";
      const text = `Failed to defragment etcd member[${endpoint}]${took()}${stop} (${error.message})\n`;
      yield* printError(context, text);
    }
  }
  return failed ? EXIT.error : EXIT.ok;
}

/** etcdctl 3.5 has the same code as `etcdutl defrag`; here etcdutl itself is run. */
function* defragOffline(context: EtcdctlContext, dataDir: string): Task<number> {
  return yield* runEtcdutl(context, ["defrag", "--data-dir", dataDir]);
}

/** Runs etcdutl in place of code that etcdctl 3.5 shares with it. */
export function* runEtcdutl(context: EtcdctlContext, args: readonly string[]): Task<number> {
  const child = context.process.spawn({ argv: ["etcdutl", ...args] });
  return yield* waitFor(child.exited);
}

/** `etcdctl move-leader` */
export const moveLeaderCommand: EtcdctlCommand = {
  name: "move-leader",
  use: "<transferee-member-id>",
  short: "Transfers leadership to another etcd cluster member.",
  run: runMoveLeader,
  complete: completeMembers,
};

function* runMoveLeader(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 1) throw new CommandFailure(EXIT.badArgs, "move-leader command needs 1 argument");
  const target = parseGoUint(parsed.args[0] ?? "", 16, 64);
  if ("error" in target) throw new CommandFailure(EXIT.badArgs, target.error);
  const { client, display } = yield* connect(context, parsed);
  const deadline = commandDeadline(context, parsed);
  const { endpoints } = client.config;
  for (const endpoint of endpoints) {
    const member = client.forEndpoint(endpoint);
    const status = yield* member.call("etcdserverpb.Maintenance/Status", {}, deadline);
    if (status.leader !== status.header.memberId) continue;
    yield* member.call("etcdserverpb.Maintenance/MoveLeader", { targetId: target.value }, deadline);
    yield* printBytes(context, display.of("moveLeader")(status.leader, target.value));
    return EXIT.ok;
  }
  throw new CommandFailure(EXIT.badArgs, `no leader endpoint given at [${endpoints.join(" ")}]`);
}

/** `etcdctl downgrade` and its commands. */
export const downgradeCommand: EtcdctlCommand = {
  name: "downgrade",
  use: "<TARGET_VERSION>",
  short: "Downgrade related commands",
  commands: [
    { name: "validate", use: "<TARGET_VERSION>", short: "Validate downgrade capability", run: downgrade("VALIDATE") },
    { name: "enable", use: "<TARGET_VERSION>", short: "Start a downgrade action to cluster", run: downgrade("ENABLE") },
    { name: "cancel", short: "Cancel the ongoing downgrade action to cluster", run: downgrade("CANCEL") },
  ],
};

function downgrade(action: "VALIDATE" | "ENABLE" | "CANCEL") {
  return function* run(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
    const { args } = parsed;
    if (action !== "CANCEL" && args.length < 1) throw new CommandFailure(EXIT.badArgs, "TARGET_VERSION not provided");
    if (action !== "CANCEL" && args.length > 1) throw new CommandFailure(EXIT.badArgs, "too many arguments");
    const { client, display } = yield* connect(context, parsed);
    const request = { action, version: args[0] ?? "" };
    const deadline = commandDeadline(context, parsed);
    const response = yield* client.call("etcdserverpb.Maintenance/Downgrade", request, deadline);
    yield* printBytes(context, display.of("downgrade")(action.toLowerCase(), response));
    return EXIT.ok;
  };
}
