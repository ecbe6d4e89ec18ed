import { textOfByteString } from "../../base/bytes.ts";
import { COMPLETION, type Completion } from "../../base/cli/completion.ts";
import { CommandFailure, QuietExit } from "../../base/cli/exit.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import type { KeyValue } from "../../etcd/rpc/messages.ts";
import type { Task } from "../../sim/task.ts";
import { ClientError, type EtcdClient } from "./client.ts";
import { connect } from "./connect.ts";
import { argumentBytes, type EtcdctlCommand, type EtcdctlContext } from "./context.ts";
import { prefixRange } from "./key-range.ts";

const TIMEOUT_MS = 1000;
const KEYS_MAX = 2000;
const NOTHING: Completion = { offers: [], directive: COMPLETION.noFiles };

/** Offers keys of the live cluster that begin with `word`, up to their next `/`. */
export function* completeKeys(context: EtcdctlContext, parsed: ParsedFlags, word: string): Task<Completion> {
  if (parsed.args.length > 1) return NOTHING;
  return yield* askCluster(context, parsed, function* keys(client, deadline) {
    const request = { ...prefixRange(argumentBytes(word)), keysOnly: true, limit: KEYS_MAX, serializable: true };
    const { kvs } = yield* client.call("etcdserverpb.KV/Range", request, deadline);
    const offers = nextSegments(kvs, word);
    return { offers, directive: COMPLETION.noFiles | (offers.some(isOpen) ? COMPLETION.noSpace : 0) };
  });
}

type Complete = NonNullable<EtcdctlCommand["complete"]>;

/** Offers what `list` finds in the live cluster, for a command's first argument. */
function completeFirst(list: (client: EtcdClient, deadline: number) => Task<readonly string[]>): Complete {
  return function* complete(context, parsed, word) {
    if (parsed.args.length > 0) return NOTHING;
    return yield* askCluster(context, parsed, function* names(client, deadline) {
      const found = yield* list(client, deadline);
      return { offers: found.filter((name) => name.startsWith(word)), directive: COMPLETION.noFiles };
    });
  };
}

/** Offers members by ID, with their names. */
export const completeMembers: Complete = completeFirst(function* members(client, deadline) {
  const request = { linearizable: false };
  const response = yield* client.call("etcdserverpb.Cluster/MemberList", request, deadline);
  return response.members.map((member) => `${member.id.toString(16)}\t${member.name}`);
});

/** Offers leases by ID. */
export const completeLeases: Complete = completeFirst(function* leases(client, deadline) {
  const response = yield* client.call("etcdserverpb.Lease/LeaseLeases", {}, deadline);
  return response.leases.map((id) => id.toString(16).padStart(16, "0"));
});

/** Offers users' names. */
export const completeUsers: Complete = completeFirst(function* users(client, deadline) {
  return (yield* client.call("etcdserverpb.Auth/UserList", {}, deadline)).users;
});

/** Offers roles' names. */
export const completeRoles: Complete = completeFirst(function* roles(client, deadline) {
  return (yield* client.call("etcdserverpb.Auth/RoleList", {}, deadline)).roles;
});

function* askCluster(
  context: EtcdctlContext,
  parsed: ParsedFlags,
  ask: (client: EtcdClient, deadline: number) => Task<Completion>,
): Task<Completion> {
  try {
    const { client } = yield* connect(context, parsed);
    return yield* ask(client, context.process.clock.uptime + TIMEOUT_MS);
  } catch (error) {
    if (error instanceof ClientError || error instanceof CommandFailure || error instanceof QuietExit) return NOTHING;
    throw error;
  }
}

function isOpen(offer: string): boolean {
  return offer.endsWith("/");
}

function nextSegments(kvs: readonly KeyValue[], word: string): string[] {
  const offers = new Set<string>();
  for (const kv of kvs) {
    const key = textOfByteString(kv.key);
    const slash = key.indexOf("/", word.length + (word === "" ? 1 : 0));
    offers.add(slash < 0 ? key : key.slice(0, slash + 1));
  }
  return [...offers];
}
