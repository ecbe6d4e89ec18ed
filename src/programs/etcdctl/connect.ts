import { type CommandPath, inheritedFlags } from "../../base/cli/command.ts";
import { CommandFailure, EXIT } from "../../base/cli/exit.ts";
import type { FlagSpec } from "../../base/cli/flag.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import { findChild } from "../../base/cli/resolution.ts";
import type { Task } from "../../sim/task.ts";
import { type ClientConfig, ClientError, EtcdClient } from "./client.ts";
import { type Etcdctl, type EtcdctlContext, printError } from "./context.ts";
import { Display, isFormat } from "./display.ts";
import { environmentDump, readEnvironment } from "./environment.ts";
import { failedLookup } from "./host-lookup.ts";
import { askPassword } from "./password.ts";
import { is35 } from "./profile.ts";
import { readTlsFiles } from "./tls-files.ts";

/** A client and the output format, as the command line and the environment ask for them. */
export interface Connected {
  readonly client: EtcdClient;
  readonly display: Display;
}

/** Reads environment and flags, and makes a client without waiting for the server, but logs in if a user is given. */
export function* connect(context: EtcdctlContext, parsed: ParsedFlags): Task<Connected> {
  const { config, display } = yield* readClientConfig(context, parsed);
  return { client: yield* openClient(context, config), display };
}

/** A client, logged in. Fails with exit code 2, as clientv3.New's errors do. */
export function* openClient(context: EtcdctlContext, config: ClientConfig): Task<EtcdClient> {
  if (config.endpoints.length === 0) {
    throw new CommandFailure(EXIT.badConnection, "etcdclient: no available endpoints");
  }
  const client = new EtcdClient(context, config);
  try {
    yield* client.login();
  } catch (error) {
    if (error instanceof ClientError) throw new CommandFailure(EXIT.badConnection, error.message);
    throw error;
  }
  return client;
}

/** The client's configuration; variables in the environment are complained about here (clientConfigFromCmd). */
export function* readClientConfig(
  context: EtcdctlContext,
  parsed: ParsedFlags,
): Task<{ readonly config: ClientConfig; readonly display: Display }> {
  const inherited = inheritedFlagsOf(context, parsed);
  const silent = parsed.path.includes("watch") ? ["watch-key", "watch-range-end"] : [];
  yield* readEnvironment(context, parsed, inherited, silent);
  if (parsed.bool("debug")) yield* printError(context, environmentDump(parsed, inherited));
  const endpoints = endpointsOf(context, parsed);
  const tls = tlsOf(context, parsed);
  const login = yield* loginOf(context, parsed);
  const format = parsed.string("write-out");
  if (!isFormat(format)) throw new CommandFailure(EXIT.badFeature, "unsupported output format");
  const config: ClientConfig = {
    endpoints,
    dialTimeoutMs: parsed.number("dial-timeout"),
    keepAlive: {
      timeMs: Math.max(10_000, parsed.number("keepalive-time")),
      timeoutMs: parsed.number("keepalive-timeout"),
    },
    tls,
    ...login,
    maxRequestBytes: numberOrZero(parsed, "max-request-bytes"),
    maxReceiveBytes: numberOrZero(parsed, "max-recv-bytes"),
  };
  return { config, display: new Display(format, parsed.bool("hex"), context.profile) };
}

/** Of a flag that 3.5 does not have. */
function numberOrZero(parsed: ParsedFlags, name: string): number {
  return parsed.flags.get(name) === undefined ? 0 : parsed.number(name);
}

function inheritedFlagsOf(context: EtcdctlContext, parsed: ParsedFlags): readonly FlagSpec[] {
  let path: CommandPath<Etcdctl> = [context.line.root];
  for (const name of parsed.path.slice(1)) {
    const child = findChild(path[path.length - 1] ?? path[0], name, false);
    if (child !== undefined) path = [...path, child] as CommandPath<Etcdctl>;
  }
  return inheritedFlags(path);
}

/** Until when a command's calls may take (`--command-timeout`). */
export function commandDeadline(context: EtcdctlContext, parsed: ParsedFlags): number {
  return context.process.clock.uptime + parsed.number("command-timeout");
}

function endpointsOf(context: EtcdctlContext, parsed: ParsedFlags): readonly string[] {
  const domain = parsed.string("discovery-srv");
  if (domain === "") return parsed.list("endpoints");
  const service = parsed.string("discovery-srv-name");
  const suffix = service === "" ? "" : `-${service}`;
  const lookup = (scheme: string) => failedLookup(context.process, `_etcd-client${scheme}${suffix}._tcp.${domain}`);
  throw new CommandFailure(EXIT.error, `dns lookup errors: ${lookup("-ssl")} and ${lookup("")}`);
}

function tlsOf(context: EtcdctlContext, parsed: ParsedFlags): ClientConfig["tls"] {
  for (const name of ["cert", "key", "cacert"]) {
    if (parsed.changed(name) && parsed.string(name) === "") {
      throw new CommandFailure(EXIT.badArgs, `empty string is passed to --${name} option`);
    }
  }
  const files = { cert: parsed.string("cert"), key: parsed.string("key"), cacert: parsed.string("cacert") };
  const skipVerify = parsed.bool("insecure-skip-tls-verify");
  const given = files.cert !== "" || files.key !== "" || files.cacert !== "";
  if (given) return readTlsFiles(context.process.fs, files, skipVerify);
  // 3.5 has forgotten to skip the verification when it leaves TLS to the endpoint's scheme.
  if (parsed.bool("insecure-transport") && (!skipVerify || is35(context.profile))) return undefined;
  return { rootCas: undefined, certificate: undefined, insecureSkipVerify: skipVerify };
}

function* loginOf(
  context: EtcdctlContext,
  parsed: ParsedFlags,
): Task<{ readonly user: string; readonly password: string }> {
  const user = parsed.string("user");
  const password = parsed.string("password");
  if (user === "") return { user: "", password: "" };
  if (password !== "") return { user, password };
  const colon = user.indexOf(":");
  if (colon >= 0) return { user: user.slice(0, colon), password: user.slice(colon + 1) };
  return { user, password: yield* askPassword(context, "Password: ") };
}
