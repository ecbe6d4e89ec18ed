import { utf8 } from "../../base/bytes.ts";
import { formatGoDuration } from "../../base/cli/go-duration.ts";
import type { Certificate } from "../../pki/certificate.ts";
import { AbortHandler, type HttpHeaders, type HttpRequest, type HttpResponse, jsonBody } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { accessRequest, forbiddenText } from "./auth/attributes.ts";
import type { Authenticator } from "./auth/authenticate.ts";
import type { Authorizer } from "./auth/authorize.ts";
import type { Discovery } from "./discovery/discovery.ts";
import type { OpenApi } from "./discovery/openapi.ts";
import { versionResponse } from "./discovery/version.ts";
import { createObject } from "./handlers/create.ts";
import { deleteCollection, deleteObject } from "./handlers/delete.ts";
import { patchObject } from "./handlers/patch.ts";
import { getObject, listObjects } from "./handlers/read.ts";
import { updateObject } from "./handlers/update.ts";
import { watchObjects } from "./handlers/watch.ts";
import type { Health } from "./health.ts";
import { metricsResponse } from "./metrics.ts";
import type { ServedKind } from "./registry/kind-index.ts";
import { ApiRequest, firstValue, type UserInfo } from "./request/api-request.ts";
import { impersonate } from "./request/impersonation.ts";
import { ANY_FORM, negotiate } from "./request/media-type.ts";
import { readable } from "./request/readable.ts";
import { type RequestInfo, requestInfo } from "./request/request-info.ts";
import type { ServerContext } from "./server-context.ts";
import {
  ApiError,
  failure,
  forbidden,
  HandlerTimeout,
  internalError,
  isPlain,
  methodNotSupported,
  noSuchPath,
  notFound,
  pageNotFound,
  unauthorized,
} from "./status.ts";
import type { ErrorLog } from "./storage/watch-feed.ts";
import type { SubresourceHandler, Subresources } from "./subresources/subresources.ts";

/** A request as it comes in, from a simulated or a real port. */
export interface ApiExchange {
  readonly request: HttpRequest;
  /** What the client showed in the handshake, leaf first. */
  readonly peerCertificates: readonly Certificate[];
  /** The hop of the trace that led to the client's connection, where it is known. */
  readonly cause?: number | undefined;
}

type Asking = Pick<ApiExchange, "request" | "cause">;

/** Who the API server is to itself. */
const LOOPBACK_USER: UserInfo = { name: "system:apiserver", groups: ["system:authenticated", "system:masters"] };

/** The parts that answer. */
export interface ApiServerParts {
  readonly context: ServerContext;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly discovery: Discovery;
  readonly openApi: OpenApi;
  readonly health: Health;
  readonly subresources: Subresources;
  readonly log: ErrorLog;
}

/**
 * The API server as a function from request to response:
 *
 *     authenticate ▶ impersonate ▶ authorize ▶ route ▶ (admission ▶ validation ▶ registry) ▶ etcd
 */
export class ApiServer {
  private readonly parts: ApiServerParts;

  constructor(parts: ApiServerParts) {
    this.parts = parts;
  }

  /** Answers a request; throws nothing but `AbortHandler`, when its time is up and no answer can be given. */
  *handle(exchange: ApiExchange): Task<HttpResponse> {
    const { request } = exchange;
    const warnings: string[] = [];
    try {
      const response = readable(request, yield* this.answer(exchange, warnings));
      return warnings.length === 0 ? response : { ...response, headers: withWarnings(response.headers, warnings) };
    } catch (error) {
      const known = this.known(request, error);
      if (known === undefined) throw new AbortHandler();
      const response = readable(request, errorResponse(known));
      return warnings.length === 0 ? response : { ...response, headers: withWarnings(response.headers, warnings) };
    }
  }

  /** What is answered for an error, after it was logged as upstream does; undefined: nothing can be answered any more. */
  private known(request: HttpRequest, error: unknown): ApiError | undefined {
    if (error instanceof HandlerTimeout) {
      this.logTimeout(request, error);
      return error.answer;
    }
    const known = error instanceof ApiError ? error : this.unexpected(request, error);
    if (isPlain(known)) this.logNoStatus(known.message);
    return known;
  }

  /**
   * What the filter and the handler say after a timeout: when the stream is reset, the request's end; else the handler's
   * vain tries to write an error of its own. At last, how long the handler went on after its time was up.
   */
  private logTimeout({ method, path }: HttpRequest, { timedOutAt, answer, message }: HandlerTimeout): void {
    const { context, log } = this.parts;
    const by = `method=${JSON.stringify(method)}`;
    if (answer === undefined) {
      const at = `${by} URI=${JSON.stringify(path)} auditID=${JSON.stringify(context.random.uuid())}`;
      log("wrap.go:57", `"Timeout or abort while handling" logger="UnhandledError" ${at}`);
    } else {
      this.logUnhandled("writers.go:123", `apiserver was unable to write a JSON response: ${message}`);
      this.logNoStatus(message);
      this.logUnhandled("writers.go:136", `apiserver was unable to write a fallback JSON response: ${message}`);
    }
    const elapsed = formatGoDuration(context.clock.uptime - timedOutAt);
    const [plain = ""] = path.split("?");
    const activity = `timeElapsed=${JSON.stringify(elapsed)} ${by} path=${JSON.stringify(plain)} result=null`;
    log("timeout.go:140", `"Post-timeout activity" logger="UnhandledError" ${activity}`);
  }

  /** Errors that carry no Status are logged as such (endpoints/handlers/responsewriters/status.go). */
  private logNoStatus(text: string): void {
    const corrupt = /^illegal base64 data at input byte (\d+)$/.exec(text)?.[1];
    const value = corrupt ?? `&errors.errorString{s:${JSON.stringify(text)}}`;
    this.logUnhandled("status.go:71", `apiserver received an error that is not an metav1.Status: ${value}: ${text}`);
  }

  private logUnhandled(place: string, text: string): void {
    this.parts.log(place, `"Unhandled Error" err=${JSON.stringify(text)} logger="UnhandledError"`);
  }

  private unexpected(request: HttpRequest, error: unknown): ApiError {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.parts.log(
      "runtime.go:221",
      `"Observed a panic" URI=${JSON.stringify(request.path)} err=${JSON.stringify(text)}`,
    );
    return internalError(error instanceof Error ? error.message : String(error));
  }

  private *answer({ request, peerCertificates, cause }: ApiExchange, warnings: string[]): Task<HttpResponse> {
    const { authenticator, authorizer } = this.parts;
    const info = requestInfo(request.method, request.path);
    const real = authenticator.authenticate(request, peerCertificates);
    if (real === undefined) throw unauthorized();
    const user = impersonate(request, real, (access) => authorizer.authorize(access));
    this.authorize(user, info);
    return yield* this.dispatch({ request, cause }, info, user, warnings);
  }

  /** Answers the server's own request as its own user, past authentication and authorization; throws `ApiError`. */
  *loopback(request: HttpRequest): Task<HttpResponse> {
    return yield* this.dispatch({ request }, requestInfo(request.method, request.path), LOOPBACK_USER, []);
  }

  private *dispatch(
    { request, cause }: Asking,
    info: RequestInfo,
    user: UserInfo,
    warnings: string[],
  ): Task<HttpResponse> {
    const form = negotiate(firstValue(request.headers, "accept")) ?? (info.isResource ? undefined : ANY_FORM);
    if (form === undefined) throw notAcceptable();
    const api = new ApiRequest(request, info, user, form, this.parts.context.clock, cause);
    try {
      return info.isResource ? yield* this.resource(api) : yield* this.other(api);
    } finally {
      warnings.push(...api.warnings);
    }
  }

  private authorize(user: UserInfo, info: RequestInfo): void {
    const access = accessRequest(user, info);
    const decision = this.parts.authorizer.authorize(access);
    if (decision.allowed) return;
    const text = forbiddenText(access);
    throw forbidden(
      { group: info.group, resource: info.resource },
      info.name,
      decision.reason === "" ? text : `${text}: ${decision.reason}`,
    );
  }

  private *other(request: ApiRequest): Task<HttpResponse> {
    const { path, query } = request.info;
    const health = yield* this.parts.health.respond(path, query);
    if (health !== undefined) return health;
    if (path === "/version" || path === "/version/") return versionResponse();
    if (path === "/metrics") return metricsResponse(this.parts.context);
    const clean = path.replace(/\/+$/, "");
    const discovered = this.parts.discovery.respond(request, clean);
    if (discovered !== undefined && request.form === ANY_FORM) throw notAcceptable();
    const found = discovered ?? this.parts.openApi.respond(clean);
    if (found !== undefined) return found;
    if (clean === "")
      return {
        status: 200,
        headers: {},
        body: jsonBody({
          paths: [
            "/api",
            "/apis",
            "/healthz",
            "/livez",
            "/metrics",
            "/openapi/v2",
            "/openapi/v3",
            "/readyz",
            "/version",
          ],
        }),
      };
    throw noSuchPath();
  }

  private *resource(request: ApiRequest): Task<HttpResponse> {
    const { context, subresources } = this.parts;
    const { group, version, resource, subresource } = request.info;
    const served = context.index.find(group, version, resource);
    if (served === undefined) throw this.isBuiltIn(group, version) ? noSuchPath() : pageNotFound();
    if (served.kind.strategy.deprecation !== undefined) request.warn(served.kind.strategy.deprecation);
    const custom = served.kind.openApiSchema !== undefined;
    if (custom && subresource !== "" && !(subresource in served.kind.subresources)) {
      throw notFound(served.kind, request.info.name);
    }
    const special = subresources.find(served.kind, subresource);
    if (special !== undefined) return yield* this.special(special, request, served);
    if (subresource !== "" && !(subresource === "status" && served.kind.strategy.status === true)) throw noSuchPath();
    return yield* this.generic(request, served);
  }

  /** Whether the group is one of the server's own: those of custom resources end elsewhere when nothing is found. */
  private isBuiltIn(group: string, version: string): boolean {
    for (const { kind } of this.parts.context.index.all())
      if (kind.group === group && kind.version === version && kind.openApiSchema === undefined) return true;
    return false;
  }

  private *special(handler: SubresourceHandler, request: ApiRequest, served: ServedKind): Task<HttpResponse> {
    return yield* handler(this.parts.context, request, served);
  }

  private *generic(request: ApiRequest, { kind, cache }: ServedKind): Task<HttpResponse> {
    const { context } = this.parts;
    const { verb, name } = request.info;
    if (cache === undefined) throw methodNotSupported(kind, verb);
    if (kind.namespaced && request.info.namespace === "" && !["list", "watch"].includes(verb)) throw noSuchPath();
    if (name === "" && !["list", "watch", "create", "deletecollection"].includes(verb))
      throw methodNotSupported(kind, verb);
    switch (verb) {
      case "get":
        if (request.info.query.flag("watch")) return yield* watchObjects(context, request, kind, cache);
        return yield* getObject(context, request, kind, cache);
      case "list":
        return yield* listObjects(context, request, kind, cache);
      case "watch":
        return yield* watchObjects(context, request, kind, cache);
      case "create":
        if (name !== "") throw methodNotSupported(kind, verb);
        return yield* createObject(context, request, kind, cache);
      case "update":
        return yield* updateObject(context, request, kind, cache);
      case "patch":
        return yield* patchObject(context, request, kind, cache);
      case "delete":
        return yield* deleteObject(context, request, kind, cache);
      case "deletecollection":
        return yield* deleteCollection(context, request, kind, cache);
      default:
        throw methodNotSupported(kind, verb);
    }
  }
}

function errorResponse(error: ApiError): HttpResponse {
  if (error.headers["content-type"] !== undefined)
    return { status: error.code, headers: error.headers, body: { kind: "bytes", bytes: utf8(error.message) } };
  const headers = { "content-type": "application/json", "cache-control": "no-cache, private", ...error.headers };
  return { status: error.code, headers, body: jsonBody(error.status) };
}

function withWarnings(headers: HttpHeaders, warnings: readonly string[]): HttpHeaders {
  return { ...headers, warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`) };
}

function notAcceptable(): ApiError {
  const message = "only the following media types are accepted: application/json, application/yaml";
  return failure(406, "NotAcceptable", message);
}
