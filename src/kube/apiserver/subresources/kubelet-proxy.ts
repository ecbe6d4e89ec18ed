import { concat, text, utf8 } from "../../../base/bytes.ts";
import type { Channel } from "../../../sim/channel.ts";
import { ChannelError } from "../../../sim/channel.ts";
import {
  bodyBytes,
  type HttpAnswer,
  type HttpBody,
  HttpProtocolError,
  type HttpRequest,
  type HttpResponse,
  httpRequest,
  newStream,
} from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import type { Node, Pod } from "../../api/types.generated.ts";
import { objectKey } from "../handlers/read.ts";
import type { ServedKind } from "../registry/kind-index.ts";
import type { ApiRequest } from "../request/api-request.ts";
import type { ServerContext } from "../server-context.ts";
import { ApiError, badRequest, failure, internalError, notFound } from "../status.ts";
import type { SubresourceHandler } from "./subresources.ts";

/** Opens an authenticated connection to a kubelet, for what `cause` led to. Throws Error with Go's text. */
export type KubeletDialer = (ip: string, port: number, cause: number | undefined) => Task<Channel>;

const DEFAULT_KUBELET_PORT = 10_250;

/** log, exec, attach and portforward of pods: handed on to the kubelet of the pod's node (pkg/registry/core/pod/rest). */
export function kubeletProxy(dial: KubeletDialer, what: "log" | "exec" | "attach" | "portforward"): SubresourceHandler {
  return function* handle(
    context: ServerContext,
    request: ApiRequest,
    { kind, cache }: ServedKind,
  ): Task<HttpResponse> {
    const { namespace, name } = request.info;
    if (cache === undefined) throw notFound(kind, name);
    const found = yield* context.objects.read(cache, objectKey(cache, kind, namespace, name), request.readDeadline);
    if (found === undefined) throw notFound(kind, name);
    const pod = found as Pod;
    const path = kubeletPath(request, pod, what);
    if (!pod.spec.nodeName) throw unassigned(pod, what);
    const { ip, port } = nodeAddress(context, pod.spec.nodeName);
    const answer = forward(context, request, dial, { ip, port, path });
    return what === "exec" || what === "attach" ? yield* translated(request, answer) : yield* answer;
  };
}

/** The error's channel of v5.channel.k8s.io. */
const ERROR_CHANNEL = 3;

/**
 * The client's connection is upgraded before the kubelet is asked: what goes wrong with that is told over the stream
 * (StreamTranslatorHandler).
 */
function* translated(request: ApiRequest, answer: Task<HttpResponse>): Task<HttpResponse> {
  try {
    return yield* answer;
  } catch (error) {
    if (!(error instanceof ApiError) || !isUpgrade(request)) throw error;
    const stream = newStream();
    const status = utf8(JSON.stringify(error.status));
    stream.items.push({ kind: "bytes", bytes: concat([new Uint8Array([ERROR_CHANNEL]), status]) });
    stream.items.close();
    const headers = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-protocol": "v5.channel.k8s.io" };
    return { status: 101, headers, body: stream };
  }
}

/** GET nodes/x/proxy/...: any path of the kubelet. */
export function nodeProxy(dial: KubeletDialer): SubresourceHandler {
  return function* handle(context: ServerContext, request: ApiRequest): Task<HttpResponse> {
    const { ip, port } = nodeAddress(context, request.info.name);
    const query = queryText(request);
    const path = `/${request.info.rest.join("/")}${query === "" ? "" : `?${query}`}`;
    return yield* forward(context, request, dial, { ip, port, path });
  };
}

interface Target {
  readonly ip: string;
  readonly port: number;
  readonly path: string;
}

function queryText(request: ApiRequest): string {
  const mark = request.http.path.indexOf("?");
  return mark < 0 ? "" : request.http.path.slice(mark + 1);
}

function kubeletPath(request: ApiRequest, pod: Pod, what: string): string {
  const { namespace = "", name = "" } = pod.metadata;
  const container = what === "portforward" ? "" : `/${containerOf(request, pod)}`;
  const route = what === "log" ? "containerLogs" : what === "portforward" ? "portForward" : what;
  const query = queryText(request)
    .split("&")
    .filter((part) => part !== "" && !part.startsWith("container="))
    .map((part) => (what === "log" ? part : kubeletOption(part)))
    .sort(byName)
    .join("&");
  return `/${route}/${namespace}/${name}${container}${query === "" ? "" : `?${query}`}`;
}

/** One option in the kubelet's words: streams have other names there, switches are 1. */
function kubeletOption(part: string): string {
  return part.replace(
    /^(stdin|stdout|stderr|tty|ports)=(true$)?/,
    (_, name: string, on?: string) => `${RENAMED[name] ?? name}=${on === undefined ? "" : "1"}`,
  );
}

/** By name only, as Go encodes url.Values: the words of a command keep their order. */
function byName(a: string, b: string): number {
  const [left = "", right = ""] = [a.split("=", 1)[0], b.split("=", 1)[0]];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** What the kubelet calls otherwise. */
const RENAMED: Readonly<Record<string, string>> = { stdin: "input", stdout: "output", stderr: "error", ports: "port" };

function containerOf(request: ApiRequest, pod: Pod): string {
  const asked = request.info.query.get("container");
  const containers = pod.spec.containers ?? [];
  const all = [...containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].map(
    (one) => one.name,
  );
  const name = pod.metadata.name ?? "";
  if (asked !== "") {
    if (!all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  if (containers.length === 1) return containers[0]?.name ?? "";
  const names = containers.map((one) => one.name).join(" ");
  const init = (pod.spec.initContainers ?? []).map((one) => one.name).join(" ");
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${names}]${init === "" ? "" : ` or one of the init containers: [${init}]`}`,
  );
}

function unassigned(pod: Pod, what: string): ApiError {
  if (what === "log") return badRequest(`pod ${pod.metadata.name ?? ""} does not have a host assigned`);
  return badRequest(`pod ${pod.metadata.name ?? ""} does not have a host assigned`);
}

function nodeAddress(context: ServerContext, name: string): { ip: string; port: number } {
  const cache = context.index.cache("", "v1", "nodes");
  const node = cache.get(cache.prefix + name)?.object as Node | undefined;
  if (node === undefined) throw notFound({ group: "", resource: "nodes" }, name);
  const addresses = node.status?.addresses ?? [];
  for (const type of ["InternalIP", "ExternalIP"]) {
    const found = addresses.find((one) => one.type === type);
    if (found !== undefined)
      return { ip: found.address, port: node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? DEFAULT_KUBELET_PORT };
  }
  throw internalError(`no preferred addresses found; known addresses: []`);
}

function* forward(
  context: ServerContext,
  request: ApiRequest,
  dial: KubeletDialer,
  target: Target,
): Task<HttpResponse> {
  const url = `https://${target.ip}:${target.port}${target.path}`;
  let answer: HttpAnswer;
  try {
    const { method, headers, body } = request.http;
    const { authorization: _secret, ...kept } = headers;
    const message = { method, path: target.path, headers: kept, body };
    answer = yield* exchange(dial(target.ip, target.port, request.cause), message);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ApiError) throw error;
    // Streams are asked for with POST, whatever way the client came.
    const method = isUpgrade(request) ? "POST" : request.http.method;
    const where = `${method.charAt(0)}${method.slice(1).toLowerCase()} ${JSON.stringify(url)}: ${error.message}`;
    if (isUpgrade(request)) throw internalError(`error sending request: ${where}`);
    throw failure(500, "", where);
  }
  if (answer.body !== undefined) {
    const isLog = request.info.subresource === "log";
    if (answer.status >= 300 && (isLog || isUpgrade(request)))
      throw kubeletProblem(request, answer.status, bodyText(answer.body));
    return { status: answer.status, headers: answer.headers, body: answer.body };
  }
  return streamed(context, answer);
}

/** Sends a request over a connection of its own, which stays open only for an answer that goes on. */
export function* exchange(dialling: Task<Channel>, message: HttpRequest): Task<HttpAnswer> {
  const channel = yield* dialling;
  let answer: HttpAnswer | undefined;
  try {
    answer = yield* httpRequest(channel, "http1", message);
    return answer;
  } finally {
    if (answer === undefined || answer.body !== undefined) channel.close();
  }
}

/** What the kubelet refused, as a Status (registry/generic/rest GenericHttpResponseChecker, StreamTranslatorHandler). */
function kubeletProblem(request: ApiRequest, status: number, message: string): ApiError {
  if (isUpgrade(request)) return internalError(`unable to upgrade connection: ${message}`);
  if (status === 400) return badRequest(message);
  if (status === 404) return failure(404, "NotFound", "the server could not find the requested resource");
  return internalError(message);
}

function bodyText(body: HttpBody): string {
  return text(bodyBytes(body)).trimEnd();
}

function isUpgrade(request: ApiRequest): boolean {
  return request.header("upgrade") !== undefined;
}

/** Joins the client's stream and that of what answers. */
export function streamed(context: ServerContext, answer: HttpAnswer): HttpResponse {
  const stream = newStream();
  const down = context.tasks.spawn(
    "kubelet-proxy/down",
    pump(
      answer,
      (item) => stream.items.push(item),
      () => stream.items.close(),
    ),
  );
  const up = context.tasks.spawn(
    "kubelet-proxy/up",
    (function* send(): Task<void> {
      for (let item = yield* stream.fromClient.take(); item !== undefined; item = yield* stream.fromClient.take())
        answer.send(item);
      answer.endSending();
    })(),
  );
  stream.onAbort = () => {
    down.cancel();
    up.cancel();
    answer.abort();
  };
  return { status: answer.status, headers: answer.headers, body: stream };
}

function* pump(answer: HttpAnswer, push: (item: HttpBody) => void, end: () => void): Task<void> {
  try {
    for (let item = yield* answer.next(); item !== undefined; item = yield* answer.next()) push(item);
  } catch (error) {
    if (!(error instanceof ChannelError) && !(error instanceof HttpProtocolError)) throw error;
  } finally {
    end();
  }
}
