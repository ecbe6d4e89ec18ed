import type { HttpAnswer, HttpBody, HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import type { EndpointSlice, Pod, Service } from "../../api/types.generated.ts";
import { objectKey } from "../handlers/read.ts";
import type { ServedKind } from "../registry/kind-index.ts";
import type { ApiRequest } from "../request/api-request.ts";
import type { ServerContext } from "../server-context.ts";
import { ApiError, badRequest, failure, notFound } from "../status.ts";
import { exchange, type KubeletDialer, streamed } from "./kubelet-proxy.ts";
import type { SubresourceHandler } from "./subresources.ts";

/** Where a request goes on to. */
interface Backend {
  readonly ip: string;
  readonly port: number;
  readonly tls: boolean;
}

/** Connections to pods: plain, and with TLS for `https:` names. */
export interface BackendDialers {
  readonly plain: KubeletDialer;
  readonly tls: KubeletDialer;
}

/** `[scheme:]name[:port]`, as the paths name pods and services (apimachinery util/net SplitSchemeNamePort). */
function splitName(
  what: "pod" | "service",
  text: string,
): { readonly scheme: string; readonly name: string; readonly port: string } {
  const parts = text.split(":");
  if (parts.length === 1) return { scheme: "", name: text, port: "" };
  const [scheme = "", name = "", port = ""] = parts.length === 2 ? ["", ...parts] : parts;
  const known = scheme === "" || scheme === "http" || scheme === "https";
  if (!known || name === "" || parts.length > 3) throw badRequest(`invalid ${what} request ${JSON.stringify(text)}`);
  return { scheme, name, port };
}

/** ANY pods/x/proxy/...: any path of what listens in a pod (pkg/registry/core/pod ResourceLocation). */
export function podProxy(dialers: BackendDialers): SubresourceHandler {
  return function* handle(context, request, served): Task<HttpResponse> {
    const { scheme, name, port } = splitName("pod", request.info.name);
    const pod = (yield* stored(context, request, served, name)) as Pod;
    const ip = pod.status?.podIP;
    if (!ip) throw badRequest("address not allowed");
    const declared = (pod.spec.containers ?? []).flatMap((container) => container.ports ?? [])[0]?.containerPort;
    const number = port === "" ? (declared ?? (scheme === "https" ? 443 : 80)) : portNumber(port);
    return yield* pass(context, request, dialers, { ip, port: number, tls: scheme === "https" });
  };
}

/** ANY services/x/proxy/...: any path of one of the pods behind a service (pkg/registry/core/service ResourceLocation). */
export function serviceProxy(dialers: BackendDialers): SubresourceHandler {
  return function* handle(context, request, served): Task<HttpResponse> {
    const { scheme, name, port } = splitName("service", request.info.name);
    const service = (yield* stored(context, request, served, name)) as Service;
    const portName = servicePortName(service, port);
    const slices = slicesOf(context, request.info.namespace, name);
    const backends = slices.flatMap((slice) => addressesOf(slice, portName));
    const chosen = backends[context.random.below(Math.max(1, backends.length))];
    if (chosen === undefined) {
      const hasAny = slices.some(({ endpoints }) => (endpoints ?? []).length > 0);
      throw unavailable(`no endpoints available for service ${JSON.stringify(hasAny ? request.info.name : name)}`);
    }
    return yield* pass(context, request, dialers, { ...chosen, tls: scheme === "https" });
  };
}

/** Containers' names of ports mean nothing here: Go's dialer looks names up among the well known ones. */
function portNumber(text: string): number {
  const port = WELL_KNOWN[text] ?? Number(text);
  if (Number.isInteger(port)) return port;
  throw unavailable(`error trying to reach service: dial tcp: lookup tcp/${text}: unknown port`);
}

const WELL_KNOWN: Readonly<Record<string, number>> = { http: 80, https: 443 };

function* stored(
  context: ServerContext,
  request: ApiRequest,
  { kind, cache }: ServedKind,
  name: string,
): Task<unknown> {
  if (cache === undefined) throw notFound(kind, name);
  const key = objectKey(cache, kind, request.info.namespace, name);
  const found = yield* context.objects.read(cache, key, request.readDeadline);
  if (found === undefined) throw notFound(kind, name);
  return found;
}

/** The name of the port that was asked for: only numbers are looked up, and nothing asked is the port without a name. */
function servicePortName(service: Service, asked: string): string {
  if (!/^[+-]?\d+$/.test(asked)) return asked;
  const found = (service.spec.ports ?? []).find(({ port }) => port === Number(asked));
  if (found !== undefined) return found.name ?? "";
  const name = service.metadata.name ?? "";
  throw unavailable(`no service port ${Number(asked)} found for service ${JSON.stringify(name)}`);
}

function slicesOf(context: ServerContext, namespace: string, service: string): EndpointSlice[] {
  const cache = context.index.cache("discovery.k8s.io", "v1", "endpointslices");
  const slices = cache.list(`${cache.prefix}${namespace}/`).map(({ object }) => object as EndpointSlice);
  return slices.filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === service);
}

function addressesOf({ ports, endpoints }: EndpointSlice, portName: string): { ip: string; port: number }[] {
  const port = (ports ?? []).find((one) => (one.name ?? "") === portName)?.port;
  if (port == null) return [];
  const ready = (endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready !== false);
  return ready.map((endpoint) => ({ ip: endpoint.addresses[0] ?? "", port }));
}

function unavailable(message: string): ApiError {
  return failure(503, "ServiceUnavailable", message);
}

function* pass(
  context: ServerContext,
  request: ApiRequest,
  dialers: BackendDialers,
  { ip, port, tls }: Backend,
): Task<HttpResponse> {
  const [path = "", query] = request.http.path.split("?", 2);
  const { rest } = request.info;
  if (rest.length === 0 && !path.endsWith("/")) {
    const location = `${path}/${query === undefined ? "" : `?${query}`}`;
    return { status: 301, headers: { location }, body: { kind: "bytes", bytes: new Uint8Array() } };
  }
  const { authorization: _secret, ...headers } = request.http.headers;
  const message = {
    method: request.http.method,
    path: `/${rest.join("/")}${rest.length > 0 && path.endsWith("/") ? "/" : ""}${query === undefined ? "" : `?${query}`}`,
    headers: { ...headers, host: `${ip}:${port}` },
    body: request.http.body,
  };
  let answer: HttpAnswer;
  try {
    answer = yield* exchange((tls ? dialers.tls : dialers.plain)(ip, port, request.cause), message);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ApiError || error instanceof TypeError) throw error;
    throw unavailable(`error trying to reach service: ${error.message}`);
  }
  const body: HttpBody | undefined = answer.body;
  return body === undefined ? streamed(context, answer) : { status: answer.status, headers: answer.headers, body };
}
