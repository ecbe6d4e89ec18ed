import type { Task } from "../../sim/task.ts";
import type { Lease } from "../mvcc/lessor.ts";
import type { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from "../rpc/messages.ts";
import type { ServerStream } from "../rpc/serve.ts";
import type { AuthInfo } from "./auth-store.ts";
import { askLeader } from "./lease-forwarding.ts";
import type { Member } from "./member.ts";
import type { MethodTable } from "./service.ts";
import { checkQuota } from "./service-kv.ts";

type LeaseMethod = `etcdserverpb.Lease/${"LeaseGrant" | "LeaseRevoke" | "LeaseTimeToLive" | "LeaseLeases"}`;

/** What one lease costs the quota. */
const LEASE_COST = 64;

export const LEASE_METHODS: MethodTable<LeaseMethod> = {
  *"etcdserverpb.Lease/LeaseGrant"(member, request, info) {
    member.state.auth.checkUser(info);
    yield* checkQuota(member, LEASE_COST);
    const asked = request.id ?? 0n;
    const id = asked === 0n ? member.ids.next() & 0x7fff_ffff_ffff_ffffn : asked;
    const answer = (yield* member.propose({ op: "lease_grant", id, ttl: request.ttl }, info)) as {
      id: bigint;
      ttl: number;
    };
    return { header: member.header(), ...answer };
  },

  *"etcdserverpb.Lease/LeaseRevoke"(member, request, info) {
    member.state.auth.checkUser(info);
    yield* member.propose({ op: "lease_revoke", id: request.id }, info);
    return { header: member.header() };
  },

  *"etcdserverpb.Lease/LeaseTimeToLive"(member, request, info) {
    yield* member.readBarrier();
    const { auth, lessor } = member.state;
    auth.checkUser(info);
    const lease = lessor.get(request.id);
    const left = lease === undefined ? -1 : yield* secondsLeft(member, lease);
    if (lease === undefined || left <= 0)
      return { header: member.header(), id: request.id, ttl: -1, grantedTtl: 0, keys: [] };
    const keys = request.keys === true ? [...lease.keys].sort((a, b) => (a < b ? -1 : 1)) : [];
    for (const key of keys) auth.checkAccess(info, "READ", key, "");
    return { header: member.header(), id: request.id, ttl: Math.floor(left), grantedTtl: lease.ttl, keys };
  },

  *"etcdserverpb.Lease/LeaseLeases"(member, _request, info) {
    yield* member.readBarrier();
    member.state.auth.checkUser(info);
    return { header: member.header(), leases: member.state.lessor.list().map((lease) => lease.id) };
  },
};

function* secondsLeft(member: Member, lease: Lease): Task<number> {
  if (!member.isLeader) return yield* askLeader(member, lease.id, "time");
  return (lease.expiresAt - member.host.clock.uptime) / 1000;
}

/** Renews leases as long as the client asks; a lease that is gone answers with TTL 0. */
export function* keepAlive(
  member: Member,
  stream: ServerStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse>,
  _info: AuthInfo,
): Task<void> {
  for (let request = yield* stream.receive(); request !== undefined; request = yield* stream.receive()) {
    const header = member.header();
    yield* member.readBarrier();
    const ttl = member.isLeader
      ? (member.state.lessor.renew(request.id, member.host.clock.uptime) ?? 0)
      : yield* askLeader(member, request.id, "renew");
    stream.send({ header, id: request.id, ttl });
  }
}
