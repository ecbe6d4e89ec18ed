import { utf8 } from "../../../base/bytes.ts";
import { compileRegex } from "../../../base/regex/regex.ts";
import type { RestRequest } from "../../../kube/client/rest.ts";
import { ConnectionError } from "../../../kube/client/status-error.ts";
import { ChannelError, NetError } from "../../../sim/channel.ts";
import {
  type HttpAnswer,
  HttpProtocolError,
  type HttpRequest,
  type HttpResponse,
  newStream,
} from "../../../sim/http.ts";
import { acceptHttp } from "../../../sim/http-server.ts";
import type { Listener } from "../../../sim/network.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError, notSimulated, PlainError } from "../core/failure.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";

/** kubectl proxy: an HTTP server here whose requests go to the API server with this user's credentials. */
export const proxy: KubectlCommand = {
  name: "proxy",
  use: "[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]",
  short: "Run a proxy to the Kubernetes API server",
  example: "  # The API at http://127.0.0.1:8001/\n  kubectl proxy &\n  curl http://127.0.0.1:8001/api/v1/namespaces",
  group: "debugging",
  flags: flagsFor("proxy"),
  run: runProxy,
};

function* runProxy(kubectl: Kubectl): Task<number> {
  for (const flag of ["unix-socket", "www"]) {
    if (kubectl.flag(flag) !== "") throw notSimulated(`kubectl proxy --${flag}`);
  }
  const filter = filterOf(kubectl);
  const listener = listenerOf(kubectl);
  if (kubectl.isSet("disable-filter")) {
    yield* kubectl.err(kubectl.log("W", "proxy.go:177", DANGER));
  }
  const { ip, port } = listener.address;
  yield* kubectl.out(`Starting to serve on ${ip}:${port}\n`);
  yield* acceptHttp(kubectl.process.tasks, listener, ({ request }) => relay(kubectl, filter, request));
  return 0;
}

const DANGER = "Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious";

function listenerOf(kubectl: Kubectl): Listener {
  const address = kubectl.flag("address");
  const port = kubectl.parsed.number("port");
  try {
    return kubectl.process.net.listen(address, port);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const why = error.code === "EADDRINUSE" ? "bind: address already in use" : error.message;
    throw new CommandError(`listen tcp ${address}:${port}: ${why}`);
  }
}

/** Which requests are let through (kubectl/pkg/proxy FilterServer). */
interface Filter {
  readonly prefix: string;
  readonly accepts: (method: string, path: string, host: string) => boolean;
}

function filterOf(kubectl: Kubectl): Filter {
  const [hosts, paths, badPaths, badMethods] = ["accept-hosts", "accept-paths", "reject-paths", "reject-methods"].map(
    (flag) => anyOf(kubectl, flag),
  );
  const prefix = `/${kubectl.flag("api-prefix")}/`.replace(/\/+/g, "/");
  if (kubectl.isSet("disable-filter")) return { prefix, accepts: () => true };
  return {
    prefix,
    accepts: (method, path, host) =>
      badPaths?.(path) === false && badMethods?.(method) === false && paths?.(path) === true && hosts?.(host) === true,
  };
}

/** Whether a text matches one of the expressions in a flag's list; an empty list has none. Ends kubectl for a wrong one. */
function anyOf(kubectl: Kubectl, flag: string): (text: string) => boolean {
  const list = kubectl.flag(flag);
  const expressions = (list === "" ? [] : list.split(",")).map((text) => {
    const regex = compileRegex(text, { syntax: "re2" });
    if (typeof regex !== "string") return regex;
    const line = kubectl.log("F", "proxy_server.go:80", `Error compiling re: error parsing regexp: ${regex}`);
    throw new PlainError(line.trimEnd(), 255);
  });
  return (text) => expressions.some((one) => one.test(text));
}

function* relay(kubectl: Kubectl, filter: Filter, request: HttpRequest): Task<HttpResponse> {
  const [path = "/"] = request.path.split("?");
  const host = hostOf(request);
  if (!filter.accepts(request.method, path, host)) return plain(403, "Forbidden\n");
  if (!request.path.startsWith(filter.prefix)) return plain(404, "404 page not found\n");
  const { authorization: _own, host: _here, ...headers } = request.headers;
  try {
    const answer = yield* kubectl.client.open({
      method: request.method as RestRequest["method"],
      path: `/${request.path.slice(filter.prefix.length)}`,
      headers,
      body: request.body,
      stream: true,
    });
    if (answer.body !== undefined) return { status: answer.status, headers: answer.headers, body: answer.body };
    return streamed(kubectl, answer);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    return plain(502, `Error: '${error.cause}'\nTrying to reach: '${error.url}'`);
  }
}

function hostOf(request: HttpRequest): string {
  const given = request.headers["host"];
  const host = typeof given === "string" ? given : (given?.[0] ?? "localhost");
  return host.replace(/:\d+$/, "");
}

function plain(status: number, content: string): HttpResponse {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return { status, headers, body: { kind: "bytes", bytes: utf8(content) } };
}

/** Hands an answer that goes on (a watch, a log) through as it comes. */
function streamed(kubectl: Kubectl, answer: HttpAnswer): HttpResponse {
  const stream = newStream();
  const task = kubectl.process.tasks.spawn(
    "kubectl/proxy",
    (function* down(): Task<void> {
      try {
        for (let item = yield* answer.next(); item !== undefined; item = yield* answer.next()) stream.items.push(item);
      } catch (error) {
        if (!(error instanceof ChannelError) && !(error instanceof HttpProtocolError)) throw error;
      } finally {
        stream.items.close();
      }
    })(),
  );
  stream.onAbort = () => {
    task.cancel();
    answer.abort();
  };
  return { status: answer.status, headers: answer.headers, body: stream };
}
