import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { parseGoUint } from "../../../base/cli/go-number.ts";
import { goQuote } from "../../../base/go-quote.ts";
import { urlFault } from "../../../base/go-url.ts";
import type { MemberAddResponse } from "../../../etcd/rpc/messages.ts";
import type { Task } from "../../../sim/task.ts";
import { completeMembers } from "../complete-live.ts";
import { commandDeadline, connect } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, print, printBytes } from "../context.ts";
import { type EtcdctlProfile, is35 } from "../profile.ts";

/** `etcdctl member` and its commands. */
export function memberCommand(profile: EtcdctlProfile): EtcdctlCommand {
  const peerUrls = { name: "peer-urls", type: "string", usage: "comma separated peer URLs of the member" } as const;
  return {
    name: "member",
    use: "<subcommand>",
    short: "Membership related commands",
    commands: [
      {
        name: "add",
        use: "<memberName> [options]",
        short: "Adds a member into the cluster",
        flags: [peerUrls, { name: "learner", type: "bool", usage: "add it as a learner, that has no vote" }],
        run: runAdd,
      },
      {
        name: "remove",
        use: "<memberID>",
        short: "Removes a member from the cluster",
        run: runRemove,
        complete: completeMembers,
      },
      {
        name: "update",
        use: "<memberID> [options]",
        short: "Updates a member in the cluster",
        flags: [peerUrls],
        run: runUpdate,
        complete: completeMembers,
      },
      {
        name: "list",
        short: "Lists all members in the cluster",
        long: `Lists all members in the cluster. With --write-out=simple, the columns are:
ID, status, name, peer addresses, client addresses, is learner.`,
        flags: is35(profile) ? [] : [CONSISTENCY],
        run: runList,
      },
      {
        name: "promote",
        use: "<memberID>",
        short: "Promotes a non-voting member in the cluster",
        run: runPromote,
        complete: completeMembers,
      },
    ],
  };
}

const CONSISTENCY = {
  name: "consistency",
  type: "string",
  default: "l",
  usage: "Linearizable(l) or Serializable(s)",
  values: ["l\tlinearizable", "s\tserializable"],
} as const;

function* runAdd(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const [name, extra] = parsed.args;
  if (name === undefined) throw new CommandFailure(EXIT.badArgs, "member name not provided");
  if (extra !== undefined) {
    const hint = extra.includes("http") ? `, did you mean --peer-urls=${extra}` : "";
    throw new CommandFailure(EXIT.badArgs, `too many arguments${hint}`);
  }
  const joined = parsed.string("peer-urls");
  if (joined === "") throw new CommandFailure(EXIT.badArgs, "member peer urls not provided");
  const peerUrls = joined.split(",");
  const { client, display } = yield* connect(context, parsed);
  checkUrls(peerUrls);
  const request = { peerUrls, isLearner: parsed.bool("learner") };
  const deadline = commandDeadline(context, parsed);
  const response = yield* client.call("etcdserverpb.Cluster/MemberAdd", request, deadline);
  yield* printBytes(context, display.of("memberAdd")(response));
  if (display.format === "simple") yield* print(context, joinSettings(name, joined, response));
  return EXIT.ok;
}

/** The environment that the new member is to be started with. */
function joinSettings(name: string, peerUrls: string, response: MemberAddResponse): string {
  const cluster = response.members.flatMap((member) =>
    member.peerUrls.map((url) => `${member.id === response.member.id ? name : member.name}=${url}`),
  );
  return [
    "",
    `ETCD_NAME=${goQuote(name)}`,
    `ETCD_INITIAL_CLUSTER=${goQuote(cluster.join(","))}`,
    `ETCD_INITIAL_ADVERTISE_PEER_URLS=${goQuote(peerUrls)}`,
    'ETCD_INITIAL_CLUSTER_STATE="existing"',
    "",
  ].join("\n");
}

function checkUrls(urls: readonly string[]): void {
  for (const url of urls) {
    const fault = urlFault(url.trim());
    if (fault !== undefined) throw new CommandFailure(EXIT.error, fault);
  }
}

function memberIdOf(parsed: ParsedFlags): bigint {
  if (parsed.args.length !== 1) throw new CommandFailure(EXIT.badArgs, "member ID is not provided");
  const id = parseGoUint(parsed.args[0] ?? "", 16, 64);
  if ("error" in id) throw new CommandFailure(EXIT.badArgs, `bad member ID arg (${id.error}), expecting ID in Hex`);
  return id.value;
}

function* runRemove(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const id = memberIdOf(parsed);
  const { client, display } = yield* connect(context, parsed);
  const deadline = commandDeadline(context, parsed);
  const response = yield* client.call("etcdserverpb.Cluster/MemberRemove", { id }, deadline);
  yield* printBytes(context, display.of("memberRemove")(id, response));
  return EXIT.ok;
}

function* runUpdate(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const id = memberIdOf(parsed);
  const joined = parsed.string("peer-urls");
  if (joined === "") throw new CommandFailure(EXIT.badArgs, "member peer urls not provided");
  const peerUrls = joined.split(",");
  const { client, display } = yield* connect(context, parsed);
  checkUrls(peerUrls);
  const deadline = commandDeadline(context, parsed);
  const response = yield* client.call("etcdserverpb.Cluster/MemberUpdate", { id, peerUrls }, deadline);
  yield* printBytes(context, display.of("memberUpdate")(id, response));
  return EXIT.ok;
}

function* runPromote(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const id = memberIdOf(parsed);
  const { client, display } = yield* connect(context, parsed);
  const deadline = commandDeadline(context, parsed);
  const response = yield* client.call("etcdserverpb.Cluster/MemberPromote", { id }, deadline);
  yield* printBytes(context, display.of("memberPromote")(id, response));
  return EXIT.ok;
}

function* runList(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const consistency = parsed.flags.get("consistency") === undefined ? "l" : parsed.string("consistency");
  if (consistency !== "l" && consistency !== "s") {
    // upstream names the value of get's flag here, which is at its default
    throw new CommandFailure(EXIT.badFeature, 'unknown consistency flag "l"');
  }
  const { client, display } = yield* connect(context, parsed);
  const request = { linearizable: consistency === "l" };
  const deadline = commandDeadline(context, parsed);
  const response = yield* client.call("etcdserverpb.Cluster/MemberList", request, deadline);
  yield* printBytes(context, display.of("memberList")(response));
  return EXIT.ok;
}
