import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Task } from "../../../sim/task.ts";
import { completeUsers } from "../complete-live.ts";
import { connect } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, print, printBytes } from "../context.ts";
import { askNewPassword, readPassword } from "../password.ts";

const INTERACTIVE = {
  name: "interactive",
  type: "bool",
  default: true,
  usage: "ask for the password at the terminal; otherwise read it from standard input",
} as const;

/** `etcdctl user` and its commands. None of them has a timeout. */
export const userCommand: EtcdctlCommand = {
  name: "user",
  use: "<subcommand>",
  short: "User related commands",
  commands: [
    {
      name: "add",
      use: "<user name or user:password> [options]",
      short: "Adds a new user",
      flags: [
        INTERACTIVE,
        { name: "new-user-password", type: "string", usage: "the new user's password" },
        { name: "no-password", type: "bool", usage: "make a user without password (who logs in by certificate)" },
      ],
      run: runAdd,
    },
    { name: "delete", use: "<user name>", short: "Deletes a user", run: runDelete, complete: completeUsers },
    {
      name: "get",
      use: "<user name> [options]",
      short: "Gets detailed information of a user",
      flags: [{ name: "detail", type: "bool", usage: "show the permissions of the user's roles" }],
      run: runGet,
      complete: completeUsers,
    },
    { name: "list", short: "Lists all users", run: runList },
    {
      name: "passwd",
      use: "<user name> [options]",
      short: "Changes password of user",
      flags: [INTERACTIVE],
      run: runPasswd,
      complete: completeUsers,
    },
    {
      name: "grant-role",
      use: "<user name> <role name>",
      short: "Grants a role to a user",
      run: runGrant,
      complete: completeUsers,
    },
    {
      name: "revoke-role",
      use: "<user name> <role name>",
      short: "Revokes a role from a user",
      run: runRevoke,
      complete: completeUsers,
    },
  ],
};

function needs(parsed: ParsedFlags, count: number, message: string): void {
  if (parsed.args.length !== count) throw new CommandFailure(EXIT.badArgs, message);
}

function* runAdd(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  needs(parsed, 1, "user add command requires user name as its argument");
  const noPassword = parsed.bool("no-password");
  const { name, password } = noPassword
    ? { name: parsed.args[0] ?? "", password: "" }
    : yield* newUser(context, parsed, parsed.args[0] ?? "");
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/UserAdd", { name, password, noPassword });
  yield* printBytes(context, display.of("userAdd")(name, response));
  return EXIT.ok;
}

function* newUser(
  context: EtcdctlContext,
  parsed: ParsedFlags,
  argument: string,
): Task<{ readonly name: string; readonly password: string }> {
  const flag = parsed.string("new-user-password");
  if (flag !== "") return { name: argument, password: flag };
  const colon = argument.indexOf(":");
  if (colon < 0) {
    const interactive = parsed.bool("interactive");
    return { name: argument, password: yield* interactive ? askNewPassword(context, argument) : readPassword(context) };
  }
  if (colon === 0) throw new CommandFailure(EXIT.badArgs, "empty user name is not allowed");
  return { name: argument.slice(0, colon), password: argument.slice(colon + 1) };
}

function* runDelete(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  needs(parsed, 1, "user delete command requires user name as its argument");
  const name = parsed.args[0] ?? "";
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/UserDelete", { name });
  yield* printBytes(context, display.of("userDelete")(name, response));
  return EXIT.ok;
}

function* runGet(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  needs(parsed, 1, "user get command requires user name as its argument");
  const name = parsed.args[0] ?? "";
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/UserGet", { name });
  if (!parsed.bool("detail")) {
    yield* printBytes(context, display.of("userGet")(name, response));
    return EXIT.ok;
  }
  yield* print(context, `User: ${name}\n`);
  for (const role of response.roles) {
    yield* print(context, "\n");
    const detail = yield* client.call("etcdserverpb.Auth/RoleGet", { role });
    yield* printBytes(context, display.of("roleGet")(role, detail));
  }
  return EXIT.ok;
}

function* runList(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  needs(parsed, 0, "user list command requires no arguments");
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/UserList", {});
  yield* printBytes(context, display.of("userList")(response));
  return EXIT.ok;
}

function* runPasswd(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  needs(parsed, 1, "user passwd command requires user name as its argument");
  const name = parsed.args[0] ?? "";
  const password = yield* parsed.bool("interactive") ? askNewPassword(context, name) : readPassword(context);
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/UserChangePassword", { name, password });
  yield* printBytes(context, display.of("userChangePassword")(response));
  return EXIT.ok;
}

function* runGrant(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  needs(parsed, 2, "user grant command requires user name and role name as its argument");
  const [user = "", role = ""] = parsed.args;
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/UserGrantRole", { user, role });
  yield* printBytes(context, display.of("userGrantRole")(user, role, response));
  return EXIT.ok;
}

function* runRevoke(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  needs(parsed, 2, "user revoke-role requires user name and role name as its argument");
  const [name = "", role = ""] = parsed.args;
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.Auth/UserRevokeRole", { name, role });
  yield* printBytes(context, display.of("userRevokeRole")(name, role, response));
  return EXIT.ok;
}
