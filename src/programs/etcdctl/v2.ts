import type { Process } from "../../machine/process.ts";
import { ChannelError } from "../../sim/channel.ts";
import { HttpProtocolError, httpRequest, NO_BODY, readAll } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { type EtcdctlContext, print, printError } from "./context.ts";

const DEFAULT_ENDPOINTS = "http://127.0.0.1:2379,http://127.0.0.1:4001";
const EXIT = { failure: 1, badConnection: 2, noHelpTopic: 3, server: 4 } as const;
/** They ask for the members first, to know whom to ask. */
const KEY_COMMANDS = "get ls set setdir mk mkdir rm rmdir update updatedir watch exec-watch".split(" ");

/**
 * `etcdctl` 3.5 with ETCDCTL_API=2: the client of the old API, which no server of today offers. So every command ends
 * with what it says of a server that answers 404.
 */
export function* runV2(context: EtcdctlContext): Task<number> {
  const { argv, env } = context.process;
  const [command = "", sub = ""] = argv.slice(1);
  const endpoints = (env.get("ETCDCTL_ENDPOINTS") ?? DEFAULT_ENDPOINTS).split(",");
  if (command === "--version" || command === "-v") {
    yield* print(context, `etcdctl version: ${context.profile.version}\nAPI version: 2\n`);
    return 0;
  }
  const known = [...KEY_COMMANDS, "cluster-health", "member", "user", "role", "auth", "backup"].includes(command);
  if (!known && command !== "" && !command.startsWith("-")) {
    yield* printError(context, `No help topic for '${command}'\n`);
    return EXIT.noHelpTopic;
  }
  const isRefused = !KEY_COMMANDS.includes(command) && command !== "cluster-health" && command + sub !== "memberlist";
  if (isRefused || argv.some((arg) => arg.startsWith("--")) || endpoints.some((one) => one.startsWith("https:"))) {
    yield* printError(context, "not simulated in this sandbox: etcdctl with ETCDCTL_API=2\n");
    return EXIT.failure;
  }
  const answer = yield* ask(context.process, endpoints);
  return yield* tell(context, command, answer);
}

/** The status of the first endpoint that answers, or why none does. */
type Answer = { readonly status: number } | { readonly unreachable: string };

function* tell(context: EtcdctlContext, command: string, answer: Answer): Task<number> {
  const isReached = "status" in answer;
  const fault = isReached ? `unexpected status code ${answer.status}` : answer.unreachable;
  if (command === "member") {
    yield* printError(context, `${fault}\n`);
    return EXIT.failure;
  }
  if (command === "cluster-health") {
    yield* print(context, "cluster may be unhealthy: failed to list members\n");
    yield* printError(context, `Error:  ${fault}\n`);
    return EXIT.server;
  }
  const noJson = "client: response is invalid json. The endpoint is probably not valid etcd cluster endpoint";
  yield* printError(context, `Error:  ${isReached ? noJson : fault}\n`);
  return isReached ? EXIT.server : EXIT.badConnection;
}

function* ask(process: Process, endpoints: readonly string[]): Task<Answer> {
  const failures: string[] = [];
  for (const endpoint of endpoints) {
    const [ip = "127.0.0.1", port = "2379"] = endpoint.replace(/^http:\/\//, "").split(":");
    const address = { ip: ip === "localhost" ? "127.0.0.1" : ip, port: Number(port) };
    try {
      return yield* get(process, address);
    } catch (error) {
      if (!(error instanceof ChannelError || error instanceof HttpProtocolError)) throw error;
      failures.push(error instanceof ChannelError ? `dial tcp ${ip}:${port}: ${error.message}` : "EOF");
    }
  }
  const causes = failures.map((failure, i) => `; error #${i}: ${failure}\n`).join("");
  return { unreachable: `client: etcd cluster is unavailable or misconfigured${causes}` };
}

function* get(process: Process, address: { ip: string; port: number }): Task<Answer> {
  const channel = yield* process.net.dial(address);
  try {
    const headers = { host: `${address.ip}:${address.port}` };
    const request = { method: "GET", path: "/v2/members", headers, body: NO_BODY };
    const response = yield* httpRequest(channel, "http1", request);
    yield* readAll(response);
    return { status: response.status };
  } finally {
    channel.close();
  }
}
