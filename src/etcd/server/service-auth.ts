import type { Task } from "../../sim/task.ts";
import type { UnaryMethod } from "../rpc/messages.ts";
import { type AuthAnswer, type AuthInfo, hashPassword } from "./auth-store.ts";
import { EtcdError } from "./etcd-error.ts";
import { type Member, NOBODY } from "./member.ts";
import { simpleToken } from "./member-id.ts";
import type { AuthRequest } from "./request.ts";
import type { MethodTable } from "./service.ts";

type AuthMethod = Extract<UnaryMethod, `etcdserverpb.Auth/${string}`>;

/** All auth calls go through the log, reads too; the header is of the time of the answer. */
export const AUTH_METHODS: MethodTable<AuthMethod> = {
  *"etcdserverpb.Auth/AuthEnable"(member, _request, info) {
    return yield* run(member, { op: "auth_enable" }, info);
  },
  *"etcdserverpb.Auth/AuthDisable"(member, _request, info) {
    return yield* run(member, { op: "auth_disable" }, info);
  },
  *"etcdserverpb.Auth/AuthStatus"(member, _request, info) {
    const answer = yield* run(member, { op: "auth_status" }, info);
    return { header: answer.header, enabled: answer.enabled ?? false, authRevision: answer.authRevision ?? 0 };
  },
  *"etcdserverpb.Auth/Authenticate"(member, request) {
    yield* member.readBarrier();
    try {
      member.state.auth.checkPassword(request.name, request.password);
    } catch (error) {
      if (error instanceof EtcdError && error.kind !== "AuthNotEnabled") logRefused(member, request.name, error);
      throw error;
    }
    const token = simpleToken(member.host.random, member.appliedIndex);
    yield* member.propose({ op: "authenticate", name: request.name, token }, NOBODY);
    return { header: member.header(), token };
  },
  *"etcdserverpb.Auth/UserAdd"(member, request, info) {
    const { name, noPassword } = request;
    const hashedPassword = noPassword ? "" : hashed(member, request.password);
    return yield* run(member, { op: "auth_user_add", name, hashedPassword, noPassword }, info);
  },
  *"etcdserverpb.Auth/UserGet"(member, request, info) {
    const answer = yield* run(member, { op: "auth_user_get", name: request.name }, info);
    return { header: answer.header, roles: answer.roles ?? [] };
  },
  *"etcdserverpb.Auth/UserList"(member, _request, info) {
    const answer = yield* run(member, { op: "auth_user_list" }, info);
    return { header: answer.header, users: answer.users ?? [] };
  },
  *"etcdserverpb.Auth/UserDelete"(member, request, info) {
    return yield* run(member, { op: "auth_user_delete", name: request.name }, info);
  },
  *"etcdserverpb.Auth/UserChangePassword"(member, request, info) {
    const hashedPassword = hashed(member, request.password);
    return yield* run(member, { op: "auth_user_change_password", name: request.name, hashedPassword }, info);
  },
  *"etcdserverpb.Auth/UserGrantRole"(member, request, info) {
    return yield* run(member, { op: "auth_user_grant_role", user: request.user, role: request.role }, info);
  },
  *"etcdserverpb.Auth/UserRevokeRole"(member, request, info) {
    return yield* run(member, { op: "auth_user_revoke_role", name: request.name, role: request.role }, info);
  },
  *"etcdserverpb.Auth/RoleAdd"(member, request, info) {
    return yield* run(member, { op: "auth_role_add", name: request.name }, info);
  },
  *"etcdserverpb.Auth/RoleGet"(member, request, info) {
    const answer = yield* run(member, { op: "auth_role_get", role: request.role }, info);
    return { header: answer.header, perm: answer.perm ?? [] };
  },
  *"etcdserverpb.Auth/RoleList"(member, _request, info) {
    const answer = yield* run(member, { op: "auth_role_list" }, info);
    return { header: answer.header, roles: answer.roles ?? [] };
  },
  *"etcdserverpb.Auth/RoleDelete"(member, request, info) {
    return yield* run(member, { op: "auth_role_delete", role: request.role }, info);
  },
  *"etcdserverpb.Auth/RoleGrantPermission"(member, request, info) {
    return yield* run(member, { op: "auth_role_grant_permission", name: request.name, perm: request.perm }, info);
  },
  *"etcdserverpb.Auth/RoleRevokePermission"(member, request, info) {
    const { role, key, rangeEnd } = request;
    return yield* run(member, { op: "auth_role_revoke_permission", role, key, rangeEnd }, info);
  },
};

function* run(
  member: Member,
  request: AuthRequest,
  info: AuthInfo,
): Task<AuthAnswer & { header: ReturnType<Member["header"]> }> {
  const answer = (yield* member.propose(request, info)) as AuthAnswer;
  return { ...answer, header: member.header() };
}

function hashed(member: Member, password: string): string {
  return hashPassword(password, member.host.random.letters(8, "abcdefghijklmnopqrstuvwxyz0123456789"));
}

function logRefused(member: Member, user: string, error: EtcdError): void {
  member.host.log.warn("etcdserver/v3_server.go:630", "invalid authentication was requested", {
    user,
    error: error.message,
  });
}
