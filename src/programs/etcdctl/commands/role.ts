import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { PermissionType } from "../../../etcd/rpc/messages.ts";
import type { Task } from "../../../sim/task.ts";
import { completeRoles } from "../complete-live.ts";
import { connect } from "../connect.ts";
import { argumentBytes, type EtcdctlCommand, type EtcdctlContext, printBytes } from "../context.ts";
import { prefixEnd } from "../key-range.ts";

/** `etcdctl role` and its commands. None of them has a timeout. */
export const roleCommand: EtcdctlCommand = {
  name: "role",
  use: "<subcommand>",
  short: "Role related commands",
  commands: [
    { name: "add", use: "<role name>", short: "Adds a new role", run: runAdd },
    { name: "delete", use: "<role name>", short: "Deletes a role", run: runDelete, complete: completeRoles },
    {
      name: "get",
      use: "<role name>",
      short: "Gets detailed information of a role",
      run: runGet,
      complete: completeRoles,
    },
    { name: "list", short: "Lists all roles", run: runList },
    {
      name: "grant-permission",
      use: "[options] <role name> <permission type> <key> [endkey]",
      short: "Grants a key to a role",
      flags: [
        { name: "prefix", type: "bool", usage: "grant all keys that begin with the key" },
        { name: "from-key", type: "bool", usage: "grant all keys from the key on, in byte order" },
      ],
      run: runGrant,
      complete: completeRoles,
    },
    {
      name: "revoke-permission",
      use: "<role name> <key> [endkey]",
      short: "Revokes a key from a role",
      flags: [
        { name: "prefix", type: "bool", usage: "revoke the permission on all keys that begin with the key" },
        { name: "from-key", type: "bool", usage: "revoke the permission on all keys from the key on" },
      ],
      run: runRevoke,
      complete: completeRoles,
    },
  ],
};

function roleName(parsed: ParsedFlags, command: string): string {
  if (parsed.args.length !== 1) {
    throw new CommandFailure(EXIT.badArgs, `role ${command} command requires role name as its argument`);
  }
  return parsed.args[0] ?? "";
}

function* runAdd(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const name = roleName(parsed, "add");
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/RoleAdd", { name });
  yield* printBytes(context, display.of("roleAdd")(name, response));
  return EXIT.ok;
}

function* runDelete(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const name = roleName(parsed, "delete");
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/RoleDelete", { role: name });
  yield* printBytes(context, display.of("roleDelete")(name, response));
  return EXIT.ok;
}

function* runGet(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const role = roleName(parsed, "get");
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/RoleGet", { role });
  yield* printBytes(context, display.of("roleGet")(role, response));
  return EXIT.ok;
}

function* runList(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  if (parsed.args.length !== 0) {
    throw new CommandFailure(EXIT.badArgs, "role list command requires no arguments");
  }
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/RoleList", {});
  yield* printBytes(context, display.of("roleList")(response));
  return EXIT.ok;
}

function* runGrant(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const [name = "", type = ""] = parsed.args;
  if (parsed.args.length < 3) {
    const what = "role grant command requires role name, permission type, and key [endkey] as its argument";
    throw new CommandFailure(EXIT.badArgs, what);
  }
  const permType = permissionType(type);
  const range = permissionRange(parsed, parsed.args.slice(2));
  const { client, display } = yield* connect(context, parsed);
  const request = { name, perm: { permType, ...range } };
  const response = yield* client.call("etcdserverpb.Auth/RoleGrantPermission", request);
  yield* printBytes(context, display.of("roleGrantPermission")(name, response));
  return EXIT.ok;
}

function permissionType(text: string): PermissionType {
  const type = text.toUpperCase();
  if (type === "READ" || type === "WRITE" || type === "READWRITE") return type;
  throw new CommandFailure(EXIT.badArgs, `invalid permission type: ${text}`);
}

function* runRevoke(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const [role = ""] = parsed.args;
  if (parsed.args.length < 2) {
    const what = "role revoke-permission command requires role name and key [endkey] as its argument";
    throw new CommandFailure(EXIT.badArgs, what);
  }
  const range = permissionRange(parsed, parsed.args.slice(1));
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/RoleRevokePermission", { role, ...range });
  yield* printBytes(context, display.of("roleRevokePermission")(role, range.key, range.rangeEnd, response));
  return EXIT.ok;
}

/** The range of `key [endkey]` with --prefix or --from-key. */
function permissionRange(
  parsed: ParsedFlags,
  [first = "", end]: readonly string[],
): { readonly key: string; readonly rangeEnd: string } {
  const prefix = parsed.bool("prefix");
  const fromKey = parsed.bool("from-key");
  const key = argumentBytes(first);
  if (prefix && fromKey) {
    throw new CommandFailure(EXIT.badArgs, "--from-key and --prefix flags are mutually exclusive");
  }
  if (end !== undefined && (prefix || fromKey)) {
    const flag = prefix ? "--prefix" : "--from-key";
    throw new CommandFailure(EXIT.badArgs, `unexpected endkey argument with ${flag} flag`);
  }
  if (key === "" && (prefix || fromKey)) return { key: "\0", rangeEnd: "\0" };
  if (prefix) return { key, rangeEnd: prefixEnd(key) };
  return { key, rangeEnd: fromKey ? "\0" : argumentBytes(end ?? "") };
}
