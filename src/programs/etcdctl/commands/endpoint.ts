import { fromByteString } from "../../../base/bytes.ts";
import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { formatGoDuration } from "../../../base/cli/go-duration.ts";
import { Queue } from "../../../sim/signal.ts";
import type { Task } from "../../../sim/task.ts";
import { type ClientConfig, ClientError, EtcdClient } from "../client.ts";
import { commandDeadline, openClient, readClientConfig } from "../connect.ts";
import { type EtcdctlCommand, type EtcdctlContext, printBytes, printError } from "../context.ts";
import type { Display } from "../display.ts";
import type { EndpointHash, EndpointHealth, EndpointStatus } from "../output/renderings.ts";
import { healthLine } from "../output/simple-renderings.ts";

/** `etcdctl endpoint` and its commands. */
export const endpointCommand: EtcdctlCommand = {
  name: "endpoint",
  use: "<subcommand>",
  short: "Endpoint related commands",
  flags: [{ name: "cluster", type: "bool", persistent: true, usage: "use all endpoints from the member list" }],
  commands: [
    { name: "health", short: "Checks the healthiness of endpoints specified in `--endpoints` flag", run: runHealth },
    {
      name: "status",
      short: "Prints out the status of endpoints specified in `--endpoints` flag",
      run: runStatus,
    },
    {
      name: "hashkv",
      short: "Prints the KV history hash for each endpoint in --endpoints",
      flags: [{ name: "rev", type: "int64", usage: "highest revision to hash (default: all)" }],
      run: runHashKv,
    },
  ],
};

interface Asked {
  readonly config: ClientConfig;
  readonly display: Display;
  readonly endpoints: readonly string[];
}

/** The endpoints that are meant: those of the flags, or with --cluster those that the members advertise. */
export function* askedEndpoints(context: EtcdctlContext, parsed: ParsedFlags): Task<Asked> {
  const { config, display } = yield* readClientConfig(context, parsed);
  if (!parsed.bool("cluster")) return { config, display, endpoints: config.endpoints };
  const client = yield* openClient(context, config);
  const deadline = commandDeadline(context, parsed);
  const call = client.call("etcdserverpb.Cluster/MemberList", { linearizable: true }, deadline);
  try {
    const { members } = yield* call;
    const endpoints = members.flatMap((member) => member.clientUrls);
    return { config: { ...config, endpoints }, display, endpoints };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const what = `failed to fetch endpoints from etcd cluster member list: ${error.message}`;
    throw new CommandFailure(EXIT.error, what);
  } finally {
    client.close();
  }
}

function* runHealth(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const { config, display, endpoints } = yield* askedEndpoints(context, parsed);
  const results = new Queue<EndpointHealth>();
  for (const endpoint of endpoints) {
    context.process.tasks.spawn(`health of ${endpoint}`, reportHealth(context, parsed, config, endpoint, results));
  }
  const list: EndpointHealth[] = [];
  while (list.length < endpoints.length) {
    const one = yield* results.take();
    if (one !== undefined) list.push(one);
  }
  yield* printHealth(context, display, list);
  if (list.some((one) => one.error !== "")) throw new CommandFailure(EXIT.error, "unhealthy cluster");
  return EXIT.ok;
}

function* printHealth(context: EtcdctlContext, display: Display, list: readonly EndpointHealth[]): Task<void> {
  if (display.format !== "simple") {
    yield* printBytes(context, display.of("endpointHealth")(list));
    return;
  }
  for (const one of list) {
    const to = one.error === "" ? context.process.stdout : context.process.stderr;
    yield* to.write(fromByteString(healthLine(one)));
  }
}

function* reportHealth(
  context: EtcdctlContext,
  parsed: ParsedFlags,
  config: ClientConfig,
  endpoint: string,
  results: Queue<EndpointHealth>,
): Task<void> {
  const { clock } = context.process;
  const client = new EtcdClient(context, { ...config, endpoints: [endpoint] }, "client");
  const startedAt = clock.uptime;
  const deadline = commandDeadline(context, parsed);
  const error = yield* healthFault(client, deadline);
  const took = formatGoDuration(clock.uptime - startedAt);
  results.push({ endpoint, health: error === "", took, error });
}

/** What is wrong with a member: whether it serves a linearizable read, and no alarm is raised. Empty: nothing. */
function* healthFault(client: EtcdClient, deadline: number): Task<string> {
  try {
    yield* client.login();
    yield* readAnyKey(client, deadline);
  } catch (error) {
    if (error instanceof ClientError) return error.message;
    throw error;
  }
  try {
    const request = { action: "GET", memberId: 0n, alarm: "NONE" } as const;
    const { alarms } = yield* client.call("etcdserverpb.Maintenance/Alarm", request, deadline);
    if (alarms.length === 0) return "";
    return `Active Alarm(s): ${alarms.map((one) => `${one.alarm === "NONE" ? "UNKNOWN" : one.alarm} `).join("")}`;
  } catch (error) {
    if (error instanceof ClientError) return "Unable to fetch the alarm list";
    throw error;
  }
}

function* readAnyKey(client: EtcdClient, deadline: number): Task<void> {
  try {
    yield* client.call("etcdserverpb.KV/Range", { key: "health" }, deadline);
  } catch (error) {
    // a member that refuses the read for want of permission has still agreed on it
    if (error instanceof ClientError && error.message === "etcdserver: permission denied") return;
    throw error;
  }
}

function* runStatus(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const { config, display, endpoints } = yield* askedEndpoints(context, parsed);
  const client = yield* openClient(context, config);
  const list: EndpointStatus[] = [];
  let failed = false;
  for (const endpoint of endpoints) {
    try {
      const deadline = commandDeadline(context, parsed);
      const status = yield* client.forEndpoint(endpoint).call("etcdserverpb.Maintenance/Status", {}, deadline);
      list.push({ endpoint, status });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failed = true;
      yield* printError(context, `Failed to get the status of endpoint ${endpoint} (${error.message})\n`);
    }
  }
  yield* printBytes(context, display.of("endpointStatus")(list));
  return failed ? EXIT.error : EXIT.ok;
}

function* runHashKv(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const { config, display, endpoints } = yield* askedEndpoints(context, parsed);
  const client = yield* openClient(context, config);
  const request = { revision: parsed.number("rev") };
  const list: EndpointHash[] = [];
  let failure: string | undefined;
  for (const endpoint of endpoints) {
    try {
      const deadline = commandDeadline(context, parsed);
      const hash = yield* client.forEndpoint(endpoint).call("etcdserverpb.Maintenance/HashKV", request, deadline);
      list.push({ endpoint, hash });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failure = error.message;
      yield* printError(context, `Failed to get the hash of endpoint ${endpoint} (${error.message})\n`);
    }
  }
  yield* printBytes(context, display.of("endpointHashKv")(list));
  if (failure !== undefined) throw new CommandFailure(EXIT.error, failure);
  return EXIT.ok;
}
