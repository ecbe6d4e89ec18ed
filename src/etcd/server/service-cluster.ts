import type { Task } from "../../sim/task.ts";
import type { MembersResponse, UnaryMethod } from "../rpc/messages.ts";
import type { AuthInfo } from "./auth-store.ts";
import { EtcdError } from "./etcd-error.ts";
import { type Member, NOBODY } from "./member.ts";
import { memberId } from "./member-id.ts";
import { checkChange, promote } from "./reconfiguration.ts";
import type { ConfChange } from "./request.ts";
import type { MethodTable } from "./service.ts";

type ClusterMethod = Extract<UnaryMethod, `etcdserverpb.Cluster/${string}`>;

/** Membership. Headers of this service carry no revision. */
export const CLUSTER_METHODS: MethodTable<ClusterMethod> = {
  *"etcdserverpb.Cluster/MemberAdd"(member, request, info) {
    if (request.peerUrls.length === 0) throw new EtcdError("BadUrls");
    const isLearner = request.isLearner === true;
    const peerUrls = [...request.peerUrls].sort();
    const id = memberId(peerUrls, "", Math.floor(member.host.clock.now / 1000));
    const added = { id, name: "", peerUrls, clientUrls: [], isLearner };
    const answer = yield* change(member, { op: "member_add", member: added }, info);
    return { ...answer, member: added };
  },
  *"etcdserverpb.Cluster/MemberRemove"(member, request, info) {
    return yield* change(member, { op: "member_remove", id: request.id }, info);
  },
  *"etcdserverpb.Cluster/MemberUpdate"(member, request, info) {
    const peerUrls = [...request.peerUrls].sort();
    return yield* change(member, { op: "member_update", id: request.id, peerUrls }, info);
  },
  *"etcdserverpb.Cluster/MemberList"(member, request, info) {
    if (request.linearizable) yield* member.readBarrier();
    member.state.auth.checkUser(info);
    return { header: member.header(0), members: member.state.membership.list() };
  },
  *"etcdserverpb.Cluster/MemberPromote"(member, request, info) {
    member.state.auth.checkAdmin(info);
    const change = { op: "member_promote", id: request.id } as const;
    const members = yield* promote(member, request.id, () => commit(member, change, info));
    return { header: member.header(0), members };
  },
};

/** Promotes for another member, which asked this one since it leads. Throws `EtcdError`. */
export function* promoteHere(member: Member, id: bigint): Task<void> {
  if (!member.isLeader) throw new EtcdError("NotLeader");
  yield* promote(member, id, () => commit(member, { op: "member_promote", id }, NOBODY));
}

function* commit(member: Member, change: ConfChange, info: AuthInfo): Task<void> {
  yield* member.propose(change, info);
}

function* change(member: Member, request: ConfChange, info: AuthInfo): Task<MembersResponse> {
  member.state.auth.checkAdmin(info);
  if (request.op === "member_remove" && member.state.membership.get(request.id) === undefined)
    throw new EtcdError("MemberNotFound");
  checkChange(member, request);
  yield* member.propose(request, info);
  return { header: member.header(0), members: member.state.membership.list() };
}
