import { base64, text, utf8 } from "../../base/bytes.ts";
import { formatGoDuration } from "../../base/cli/go-duration.ts";
import { type Channel, ChannelError, formatAddress } from "../../sim/channel.ts";
import {
  type HttpAnswer,
  type HttpBody,
  type HttpHeaders,
  HttpProtocolError,
  type HttpRequest,
  httpRequest,
  NO_BODY,
  readAll,
} from "../../sim/http.ts";
import { runAtMost, sleep, type Task } from "../../sim/task.ts";
import type { Status } from "../api/types.generated.ts";
import { ConnectionPool, DialError, parseServerUrl, type RestHost, type ServerUrl } from "./connection.ts";
import { ConfigError, type RestConfig } from "./rest-config.ts";
import { ConnectionError, genericStatusError, StatusError } from "./status-error.ts";

/** Query parameters; undefined ones are left out, arrays are repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** A request as the caller thinks of it. */
export interface RestRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";
  /** Absolute path, for example `/api/v1/pods`; a query may stand in it. */
  readonly path: string;
  readonly query?: Query | undefined;
  readonly headers?: HttpHeaders | undefined;
  readonly body?: HttpBody | undefined;
  /** Over the config's limit. */
  readonly timeoutMs?: number | undefined;
  /** True for watch, log and upgrades: the limit counts to the head of the answer only. */
  readonly stream?: boolean | undefined;
  /** A path as somebody wrote it: errors do not say what resource it is about. */
  readonly raw?: boolean | undefined;
}

/** A complete answer of any status. */
export interface RestResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: HttpBody;
}

const RETRIES_MAX = 10;
/** Between attempts of a request whose connection broke. */
const RETRY_MS = 1000;
const DEFAULT_USER_AGENT = "kubernetes-client";

/**
 * Talks HTTP to one API server with the config's credentials: connections, TLS, tokens, retries when the server says
 * `Retry-After`, warnings, errors as `StatusError` and `ConnectionError`. `ResourceClient` puts objects on top.
 */
export class RestClient {
  readonly config: RestConfig;
  /** Called with the text of each `Warning` header. */
  onWarning: ((text: string) => void) | undefined;
  /** Called before each attempt and after each answer, for `-v=6` and the like. */
  onExchange: ((request: HttpRequest, status: number | undefined) => void) | undefined;
  private readonly host: RestHost;
  private readonly pool: ConnectionPool;
  private readonly url: ServerUrl;

  constructor(host: RestHost, config: RestConfig) {
    const url = parseServerUrl(config.server);
    if (url === undefined) throw new ConfigError(`host must be a URL or a host:port pair: "${config.server}"`);
    this.url = url;
    this.host = host;
    this.config = config;
    this.pool = new ConnectionPool(host, config);
  }

  /** Sends a request and reads the whole answer, whatever its status. Throws `ConnectionError`. */
  *exchange(request: RestRequest): Task<RestResponse> {
    const answer = yield* this.open(request);
    if (answer.body !== undefined) return { status: answer.status, headers: answer.headers, body: answer.body };
    return { status: answer.status, headers: answer.headers, body: { kind: "bytes", bytes: yield* readAll(answer) } };
  }

  /** As `exchange`, but an answer outside 200-299 is thrown as `StatusError`. */
  *request(request: RestRequest): Task<RestResponse> {
    const response = yield* this.exchange(request);
    if (response.status >= 200 && response.status < 300) return response;
    throw errorOf(response, request);
  }

  /** Sends a request and gives the open answer to read on; a failed one is thrown as `StatusError`. */
  *stream(request: RestRequest): Task<HttpAnswer> {
    const answer = yield* this.open({ ...request, stream: true });
    if (answer.status === 101 || (answer.status >= 200 && answer.status < 300)) return answer;
    const body: HttpBody = answer.body ?? { kind: "bytes", bytes: yield* readAll(answer) };
    answer.abort();
    throw errorOf({ status: answer.status, headers: answer.headers, body }, request);
  }

  /** Closes idle connections. */
  close(): void {
    this.pool.close();
  }

  /** Sends a request and gives the answer to read on, whatever its status. Throws `ConnectionError`. */
  *open(request: RestRequest): Task<HttpAnswer> {
    let previous: ConnectionError | undefined;
    for (let attempt = 1; ; attempt++) {
      const answer = yield* this.attemptOrError(request);
      if (answer instanceof ConnectionError) {
        if (!isTransient(request, answer) || attempt >= RETRIES_MAX) throw afterPrevious(answer, previous);
        previous = answer;
        yield* sleep(this.host.clock, RETRY_MS);
        continue;
      }
      const wait = Number(first(answer.headers["retry-after"]) ?? Number.NaN);
      const retry = (answer.status === 429 || answer.status >= 500) && wait >= 0 && attempt < RETRIES_MAX;
      if (!retry) return this.warned(answer);
      answer.abort();
      yield* sleep(this.host.clock, wait * 1000);
    }
  }

  private *attemptOrError(request: RestRequest): Task<HttpAnswer | ConnectionError> {
    try {
      return yield* this.attempt(request);
    } catch (error) {
      if (error instanceof ConnectionError) return error;
      throw error;
    }
  }

  private warned(answer: HttpAnswer): HttpAnswer {
    const header = answer.headers["warning"];
    if (header === undefined || this.onWarning === undefined) return answer;
    for (const value of typeof header === "string" ? [header] : header) {
      for (const warning of warningTexts(value)) this.onWarning(warning);
    }
    return answer;
  }

  private *attempt(request: RestRequest): Task<HttpAnswer> {
    const timeoutMs = request.timeoutMs ?? this.config.timeoutMs;
    const limit = timeoutMs === undefined || timeoutMs === 0 ? undefined : timeoutMs;
    const path = this.url.prefix + pathWithQuery(request, request.timeoutMs === undefined ? limit : undefined);
    const from = this.host.clock.uptime;
    const race = yield* runAtMost(this.host.clock, this.send(request, path), limit);
    if (race.status === "value") return limit === undefined ? race.value : this.untilThen(race.value, from + limit);
    const cause = "net/http: request canceled (Client.Timeout exceeded while awaiting headers)";
    throw new ConnectionError("timeout", request.method, this.config.server + path, cause);
  }

  /** The time for a request counts for what is read of its answer too, but not once the protocol was switched. */
  private untilThen(answer: HttpAnswer, until: number): HttpAnswer {
    if (answer.body !== undefined || answer.status === 101) return answer;
    const { clock } = this.host;
    return {
      ...answer,
      *next() {
        const race = yield* runAtMost(clock, answer.next(), Math.max(0, until - clock.uptime));
        if (race.status === "value") return race.value;
        answer.abort();
        throw new ChannelError("context deadline exceeded (Client.Timeout or context cancellation while reading body)");
      },
    };
  }

  private *send(request: RestRequest, path: string): Task<HttpAnswer> {
    const message = { method: request.method, path, headers: this.headers(request), body: request.body ?? NO_BODY };
    const reused = this.pool.takeIdle();
    if (reused !== undefined) {
      const answer = yield* this.roundTrip(reused, message, request.stream === true, true);
      if (answer !== undefined) return answer;
    }
    const channel = yield* this.dial(request.method, path);
    const answer = yield* this.roundTrip(channel, message, request.stream === true, false);
    if (answer === undefined) throw this.failed("eof", message, "EOF");
    return answer;
  }

  private *dial(method: string, path: string): Task<Channel> {
    try {
      return yield* this.pool.dial(this.url);
    } catch (error) {
      if (error instanceof DialError) throw this.failed(error.failure, { method, path }, error.message);
      throw error;
    }
  }

  /** Undefined: a kept connection turned out to be dead before it answered, so the request may go on another. */
  private *roundTrip(
    channel: Channel,
    message: HttpRequest,
    stream: boolean,
    kept: boolean,
  ): Task<HttpAnswer | undefined> {
    let done = false;
    this.onExchange?.(message, undefined);
    try {
      const answer = yield* httpRequest(channel, stream && isUpgrade(message) ? "http1" : "http2", message);
      done = true;
      if (answer.body !== undefined) this.pool.release(channel);
      this.onExchange?.(message, answer.status);
      return answer.body === undefined ? answer : { ...answer, abort: () => undefined };
    } catch (error) {
      if (kept && (error instanceof HttpProtocolError || error instanceof ChannelError)) return undefined;
      throw this.explain(error, message, channel);
    } finally {
      if (!done) channel.close();
    }
  }

  private explain(error: unknown, message: HttpRequest, channel: Channel): unknown {
    if (error instanceof HttpProtocolError) return this.failed("eof", message, error.message);
    if (!(error instanceof ChannelError)) return error;
    if (error.message.includes("tls: ")) return this.failed("tls", message, error.message);
    const between = `${formatAddress(channel.local)}->${formatAddress(channel.remote)}`;
    return this.failed("network", message, `read tcp ${between}: read: ${error.message}`);
  }

  private failed(
    failure: ConnectionError["failure"],
    at: { method: string; path: string },
    cause: string,
  ): ConnectionError {
    return new ConnectionError(failure, at.method, this.config.server.replace(/\/+$/, "") + at.path, cause);
  }

  private headers(request: RestRequest): HttpHeaders {
    const headers: Record<string, string | readonly string[]> = {
      accept: "application/json, */*",
      "user-agent": this.config.userAgent ?? DEFAULT_USER_AGENT,
      ...request.headers,
    };
    if (request.body !== undefined && headers["content-type"] === undefined)
      headers["content-type"] = "application/json";
    const authorization = this.authorization();
    if (authorization !== undefined) headers["authorization"] = authorization;
    const as = this.config.impersonate;
    if (as !== undefined) {
      headers["impersonate-user"] = as.user;
      if (as.uid !== undefined) headers["impersonate-uid"] = as.uid;
      if (as.groups !== undefined && as.groups.length > 0) headers["impersonate-group"] = as.groups;
    }
    return headers;
  }

  private authorization(): string | undefined {
    const { bearerToken, bearerTokenFile, username, password } = this.config;
    if (bearerTokenFile !== undefined && this.host.fs.exists(bearerTokenFile)) {
      return `Bearer ${this.host.fs.readText(bearerTokenFile).trim()}`;
    }
    if (bearerToken !== undefined && bearerToken !== "") return `Bearer ${bearerToken}`;
    if (username === undefined) return undefined;
    return `Basic ${base64(utf8(`${username}:${password ?? ""}`))}`;
  }
}

function errorOf(response: RestResponse, request: RestRequest): StatusError {
  const status = statusOf(response.body);
  if (status !== undefined) return new StatusError(status);
  const raw = response.body.kind === "bytes" ? text(response.body.bytes) : "";
  const of = request.raw === true ? "" : resourceOf(request.path);
  return genericStatusError(response.status, of === "" ? "" : `${request.method.toLowerCase()} ${of}`, raw);
}

/** `pods web` or `crontabs.example.com`: what a path is about; empty for paths of no resource. */
function resourceOf(path: string): string {
  const [plain = ""] = path.split("?");
  const found =
    /^\/(?:api\/[^/]+|apis\/([^/]+)\/[^/]+)\/(?:namespaces\/[^/]+\/(?!status|finalize))?([^/]+)(?:\/([^/]+))?/.exec(
      plain,
    );
  if (found === null) return "";
  const [, group, resource, name] = found;
  return `${resource}${group === undefined ? "" : `.${group}`}${name === undefined ? "" : ` ${name}`}`;
}

function statusOf(body: HttpBody): Status | undefined {
  const value = body.kind === "json" ? body.value : parsed(text(body.bytes));
  if (typeof value !== "object" || value === null) return undefined;
  return "kind" in value && value.kind === "Status" ? (value as Status) : undefined;
}

function parsed(content: string): unknown {
  if (!content.startsWith("{")) return undefined;
  try {
    return JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isUpgrade(message: HttpRequest): boolean {
  return message.headers["upgrade"] !== undefined;
}

function pathWithQuery(request: RestRequest, timeoutMs: number | undefined): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parts.push(`${name}=${encodeURIComponent(String(one))}`);
  }
  if (timeoutMs !== undefined && request.query?.["timeout"] === undefined)
    parts.push(`timeout=${formatGoDuration(timeoutMs)}`);
  if (parts.length === 0) return request.path;
  return `${request.path}${request.path.includes("?") ? "&" : "?"}${parts.join("&")}`;
}

/** The texts of a header like `299 - "unknown field \"a\"", 299 - "..."`. */
function warningTexts(header: string): string[] {
  return [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? "").replace(/\\(.)/g, "$1"),
  );
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}

/** A read whose connection was reset or ended before the answer may be tried again (client-go with_retry.go). */
function isTransient(request: RestRequest, error: ConnectionError): boolean {
  if (request.method !== "GET" || request.stream === true) return false;
  return error.cause.endsWith("connection reset by peer") || error.cause === "EOF";
}

function afterPrevious(error: ConnectionError, previous: ConnectionError | undefined): ConnectionError {
  if (previous === undefined || previous.message === error.message) return error;
  return new ConnectionError(error.failure, error.method, error.url, error.cause, previous);
}
