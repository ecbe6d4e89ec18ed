import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "../../base/bytes.ts";
import type { Permission } from "../rpc/messages.ts";
import { type Plain, Reader, Writer } from "../snapshot/codec.ts";
import { type Access, isValidRange, permits } from "./auth-permission.ts";
import type { Backend } from "./backend.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Logger } from "./log.ts";
import type { AuthRequest } from "./request.ts";

interface User {
  readonly hashedPassword: string;
  readonly noPassword: boolean;
  readonly roles: readonly string[];
}

/** Who asks, and which revision of the auth store let them in. */
export interface AuthInfo {
  readonly username: string;
  readonly revision: number;
  /** Common name of the client's certificate, whether auth is on or not; for the trace. */
  readonly client?: string;
}

/** What auth requests answer, besides the header. */
export interface AuthAnswer {
  readonly enabled?: boolean;
  readonly authRevision?: number;
  readonly users?: readonly string[];
  readonly roles?: readonly string[];
  readonly perm?: readonly Permission[];
  readonly token?: string;
}

const ROOT = "root";
const ROOT_PERMISSION: Permission = { permType: "READWRITE", key: "", rangeEnd: "\0" };

/** Users, roles and who may do what. Mirrors etcd server/auth/store.go. */
export class AuthStore {
  enabled = false;
  /** Grows with every change; requests let in under an older one are refused. */
  revision = 1;
  private readonly users = new Map<string, User>();
  private readonly roles = new Map<string, readonly Permission[]>();
  private readonly tokens = new Map<string, string>();
  private readonly backend: Backend;
  private readonly log: Logger;
  /** 3.6 shows the root role's permission on everything, 3.5 what is stored: nothing. */
  private readonly showsRootPermission: boolean;

  constructor(backend: Backend, log: Logger, showsRootPermission: boolean) {
    this.backend = backend;
    this.showsRootPermission = showsRootPermission;
    this.log = log;
    this.load();
  }

  /** Whether name and password belong together. Throws `EtcdError`. */
  checkPassword(name: string, password: string): void {
    if (!this.enabled) throw new EtcdError("AuthNotEnabled");
    const user = this.users.get(name);
    if (user === undefined) throw new EtcdError("AuthFailed");
    if (user.noPassword) throw new EtcdError("NoPasswordUser");
    const [salt = "", digest = ""] = user.hashedPassword.split("$");
    if (digest === hashPassword(password, salt).split("$")[1]) return;
    this.log.info("auth/store.go:390", "invalid password", { "user-name": name });
    throw new EtcdError("AuthFailed");
  }

  /** The user of a token; undefined for an unknown token. */
  userOfToken(token: string): AuthInfo | undefined {
    const username = this.tokens.get(token);
    return username === undefined ? undefined : { username, revision: this.revision };
  }

  /** Throws `EtcdError` unless the user may do that with the range. */
  checkAccess(info: AuthInfo, access: Access, key: string, end: string): void {
    if (!this.enabled) return;
    if (info.revision === 0 || info.username === "") throw new EtcdError("UserEmpty");
    if (info.revision < this.revision) throw new EtcdError("AuthOldRevision");
    const user = this.users.get(info.username);
    if (user === undefined) {
      this.log.error("auth/store.go:885", "cannot find a user for permission check", { "user-name": info.username });
      throw new EtcdError("PermissionDenied");
    }
    if (user.roles.includes(ROOT)) return;
    const perms = user.roles.flatMap((role) => this.roles.get(role) ?? []);
    if (!permits(perms, access, key, end)) throw new EtcdError("PermissionDenied");
  }

  /** Throws `EtcdError` unless the user is an administrator. */
  checkAdmin(info: AuthInfo): void {
    if (!this.enabled) return;
    if (info.username === "") throw new EtcdError("UserEmpty");
    if (this.users.get(info.username)?.roles.includes(ROOT) !== true) throw new EtcdError("PermissionDenied");
  }

  /** Throws `EtcdError` unless somebody is known. */
  checkUser(info: AuthInfo): void {
    if (this.enabled && info.username === "") throw new EtcdError("UserEmpty");
  }

  /** Runs a request of the log. Throws `EtcdError`. */
  apply(request: AuthRequest, info: AuthInfo): AuthAnswer {
    switch (request.op) {
      case "authenticate":
        return this.authenticate(request.name, request.token);
      case "auth_user_get":
        if (request.name !== info.username) this.checkAdmin(info);
        return { roles: this.user(request.name).roles };
      case "auth_role_get":
        if (this.users.get(info.username)?.roles.includes(request.role) !== true) this.checkAdmin(info);
        return { perm: this.permissions(request.role) };
      default:
        this.checkAdmin(info);
        return this.administrate(request);
    }
  }

  private administrate(
    request: Exclude<AuthRequest, { op: "authenticate" | "auth_user_get" | "auth_role_get" }>,
  ): AuthAnswer {
    switch (request.op) {
      case "auth_enable":
        return this.enable();
      case "auth_disable":
        return this.disable();
      case "auth_status":
        return { enabled: this.enabled, authRevision: this.revision };
      case "auth_user_list":
        return { users: [...this.users.keys()].sort() };
      case "auth_role_list":
        return { roles: [...this.roles.keys()].sort() };
      case "auth_user_add":
        return this.addUser(request.name, request);
      case "auth_user_delete":
        return this.deleteUser(request.name);
      case "auth_user_change_password":
        this.saveUser(request.name, { ...this.user(request.name), hashedPassword: request.hashedPassword });
        this.log.info("auth/store.go:520", "changed a password of a user", { "user-name": request.name });
        return this.changed();
      case "auth_user_grant_role":
        return this.grantRole(request.user, request.role);
      case "auth_user_revoke_role":
        return this.revokeRole(request.name, request.role);
      case "auth_role_add":
        return this.addRole(request.name);
      case "auth_role_delete":
        return this.deleteRole(request.role);
      case "auth_role_grant_permission":
        return this.grantPermission(request.name, request.perm);
      case "auth_role_revoke_permission":
        return this.revokePermission(request.role, request.key, request.rangeEnd);
    }
  }

  private authenticate(name: string, token: string): AuthAnswer {
    if (!this.enabled) throw new EtcdError("AuthNotEnabled");
    if (!this.users.has(name)) throw new EtcdError("AuthFailed");
    this.tokens.set(token, name);
    return { token };
  }

  private enable(): AuthAnswer {
    if (this.enabled) {
      this.log.info("auth/store.go:270", "authentication is already enabled; ignored auth enable request");
      return {};
    }
    const root = this.users.get(ROOT);
    if (root === undefined) throw new EtcdError("RootUserNotExist");
    if (!root.roles.includes(ROOT)) throw new EtcdError("RootRoleNotExist");
    this.enabled = true;
    this.backend.set("auth", "authEnabled", new Uint8Array([1]));
    this.log.info("auth/store.go:299", "enabled authentication");
    return {};
  }

  private disable(): AuthAnswer {
    if (!this.enabled) return {};
    this.enabled = false;
    this.backend.set("auth", "authEnabled", new Uint8Array([0]));
    this.tokens.clear();
    this.log.info("auth/store.go:320", "disabled authentication");
    return this.changed();
  }

  private addUser(name: string, user: { hashedPassword: string; noPassword: boolean }): AuthAnswer {
    if (name === "") throw new EtcdError("UserEmpty");
    if (this.users.has(name)) throw new EtcdError("UserExists");
    this.saveUser(name, { hashedPassword: user.hashedPassword, noPassword: user.noPassword, roles: [] });
    this.log.info("auth/store.go:464", "added a user", { "user-name": name });
    return this.changed();
  }

  private deleteUser(name: string): AuthAnswer {
    if (this.enabled && name === ROOT) {
      this.log.error("auth/store.go:471", "cannot delete 'root' user", { "user-name": name });
      throw new EtcdError("InvalidAuthMgmt");
    }
    const { roles } = this.user(name);
    this.saveUser(name, undefined);
    for (const [token, owner] of this.tokens) if (owner === name) this.tokens.delete(token);
    this.log.info("auth/store.go:492", "deleted a user", { "user-name": name, "user-role-names": roles });
    return this.changed();
  }

  private grantRole(name: string, role: string): AuthAnswer {
    const user = this.user(name);
    if (role !== ROOT) this.permissions(role);
    if (user.roles.includes(role)) {
      this.log.warn("auth/store.go:560", "ignored grant role request to a user", {
        "user-name": name,
        "user-role-names": user.roles,
        "duplicate-role-name": role,
      });
      return {};
    }
    this.saveUser(name, { ...user, roles: [...user.roles, role].sort() });
    this.log.info("auth/store.go:578", "granted a role to a user", {
      "user-name": name,
      "user-role-names": [...user.roles, role].sort(),
      "added-role-name": role,
    });
    return this.changed();
  }

  private revokeRole(name: string, role: string): AuthAnswer {
    if (this.enabled && name === ROOT && role === ROOT) {
      this.log.error("auth/store.go:608", "'root' user cannot revoke 'root' role", {
        "user-name": name,
        "role-name": role,
      });
      throw new EtcdError("InvalidAuthMgmt");
    }
    const user = this.user(name);
    if (!user.roles.includes(role)) throw new EtcdError("RoleNotGranted");
    this.saveUser(name, { ...user, roles: user.roles.filter((other) => other !== role) });
    return this.changed();
  }

  private addRole(name: string): AuthAnswer {
    if (name === "") throw new EtcdError("RoleEmpty");
    if (this.roles.has(name)) throw new EtcdError("RoleExists");
    this.saveRole(name, []);
    this.log.info("auth/store.go:785", "created a role", { "role-name": name });
    return this.changed();
  }

  private deleteRole(role: string): AuthAnswer {
    if (this.enabled && role === ROOT) {
      this.log.error("auth/store.go:721", "cannot delete 'root' role", { "role-name": role });
      throw new EtcdError("InvalidAuthMgmt");
    }
    this.permissions(role);
    this.saveRole(role, undefined);
    for (const [name, user] of this.users)
      if (user.roles.includes(role))
        this.saveUser(name, { ...user, roles: user.roles.filter((other) => other !== role) });
    this.log.info("auth/store.go:760", "deleted a role", { "role-name": role });
    return this.changed();
  }

  private grantPermission(role: string, perm: Permission): AuthAnswer {
    const perms = this.roles.get(role);
    if (perms === undefined) throw new EtcdError("RoleNotFound");
    if (!isValidRange(perm.key, perm.rangeEnd)) throw new EtcdError("InvalidAuthMgmt");
    const others = perms.filter((other) => other.key !== perm.key || other.rangeEnd !== perm.rangeEnd);
    this.saveRole(
      role,
      [...others, perm].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)),
    );
    this.log.info("auth/store.go:849", "granted/updated a permission to a user", {
      "user-name": role,
      "permission-name": perm.permType,
      key: perm.key,
      "range-end": perm.rangeEnd,
    });
    return this.changed();
  }

  private revokePermission(role: string, key: string, rangeEnd: string): AuthAnswer {
    const perms = this.roles.get(role);
    if (perms === undefined) throw new EtcdError("RoleNotFound");
    const left = perms.filter((perm) => perm.key !== key || perm.rangeEnd !== rangeEnd);
    if (left.length === perms.length) throw new EtcdError("PermissionNotGranted");
    this.saveRole(role, left);
    return this.changed();
  }

  private user(name: string): User {
    const user = this.users.get(name);
    if (user === undefined) throw new EtcdError("UserNotFound");
    return user;
  }

  private permissions(role: string): readonly Permission[] {
    const perms = this.roles.get(role);
    if (perms === undefined) throw new EtcdError("RoleNotFound");
    return role === ROOT && this.showsRootPermission ? [ROOT_PERMISSION] : perms;
  }

  private changed(): AuthAnswer {
    this.revision++;
    this.backend.set("auth", "authRevision", encode(this.revision));
    return {};
  }

  private saveUser(name: string, user: User | undefined): void {
    if (user === undefined) this.users.delete(name);
    else this.users.set(name, user);
    this.backend.set("authUsers", name, user === undefined ? undefined : encode({ ...user }));
  }

  private saveRole(name: string, perms: readonly Permission[] | undefined): void {
    if (perms === undefined) this.roles.delete(name);
    else this.roles.set(name, perms);
    this.backend.set("authRoles", name, perms === undefined ? undefined : encode(perms.map((perm) => ({ ...perm }))));
  }

  /** Takes everything from the backend; tokens are kept nowhere. */
  load(): void {
    this.users.clear();
    this.roles.clear();
    this.tokens.clear();
    this.enabled = this.backend.get("auth", "authEnabled")?.[0] === 1;
    const revision = this.backend.get("auth", "authRevision");
    if (revision === undefined) this.backend.set("auth", "authRevision", encode(this.revision));
    else this.revision = decode<number>(revision);
    for (const [name, value] of this.backend.all("authUsers")) this.users.set(name, decode<User>(value));
    for (const [name, value] of this.backend.all("authRoles")) this.roles.set(name, decode<Permission[]>(value));
  }
}

/** A salted digest, `salt$digest`; etcd's bcrypt would cost a second of a browser's time. */
export function hashPassword(password: string, salt: string): string {
  return `${salt}$${hex(sha256(utf8(`${salt}$${password}`)))}`;
}

function encode(value: Plain): Uint8Array {
  const writer = new Writer();
  writer.value(value);
  return writer.take();
}

function decode<T>(bytes: Uint8Array): T {
  return new Reader(bytes).value() as T;
}
