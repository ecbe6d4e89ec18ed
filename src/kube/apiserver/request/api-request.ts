import type { Clock } from "../../../sim/clock.ts";
import type { HttpHeaders, HttpRequest } from "../../../sim/http.ts";
import { failure, HandlerTimeout, serverTimeout } from "../status.ts";
import type { Deadline } from "../storage/etcd-store.ts";
import type { WantedForm } from "./media-type.ts";
import type { RequestInfo } from "./request-info.ts";

/** Who sent a request (authentication/user Info). */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Reads wait for etcd as long as the server lets a request live. */
const READ_LIMIT_MS = 60_000;
const WRITE_LIMIT_MS = 34_000;

/** A request with all that the pipeline has found out about it. */
export class ApiRequest {
  readonly http: HttpRequest;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  readonly form: WantedForm;
  readonly clock: Clock;
  /** The hop of the trace that led to it, where it is known: what it leads to follows from that. */
  readonly cause: number | undefined;
  /** Texts for `Warning` headers. */
  readonly warnings: string[] = [];
  private readonly startedAt: number;

  constructor(http: HttpRequest, info: RequestInfo, user: UserInfo, form: WantedForm, clock: Clock, cause?: number) {
    this.http = http;
    this.info = info;
    this.user = user;
    this.form = form;
    this.clock = clock;
    this.cause = cause;
    this.startedAt = clock.uptime;
  }

  warn(text: string): void {
    if (!this.warnings.includes(text)) this.warnings.push(text);
  }

  /** The same request as if it named another subresource. */
  onSubresource(subresource: string): ApiRequest {
    return new ApiRequest(this.http, { ...this.info, subresource }, this.user, this.form, this.clock, this.cause);
  }

  get dryRun(): boolean {
    return this.info.query.all("dryRun").includes("All");
  }

  /** The name for managedFields: as asked, else the user agent's first word. */
  get fieldManager(): string {
    const asked = this.info.query.get("fieldManager");
    if (asked !== "") return asked;
    const agent = this.header("user-agent") ?? "";
    return agent.split("/")[0] ?? "";
  }

  header(name: string): string | undefined {
    return firstValue(this.http.headers, name);
  }

  /**
   * When its time is up, a request is ended by the timeout filter (server/filters/timeout.go): with 504, or, since the
   * handler of a single object has begun to answer by then, by resetting the stream. Watches are not its business.
   */
  get readDeadline(): Deadline {
    const { verb, resource, group } = this.info;
    const at = this.startedAt + this.limit(READ_LIMIT_MS);
    const answer = () => serverTimeout(verb === "list" || verb === "watch" ? "get" : verb, { group, resource });
    if (verb === "watch") return { at, error: answer };
    return { at, error: () => new HandlerTimeout(at, verb === "get" ? undefined : answer()) };
  }

  get writeDeadline(): Deadline {
    return {
      at: this.startedAt + this.limit(WRITE_LIMIT_MS),
      error: () =>
        failure(
          504,
          "Timeout",
          "Timeout: request did not complete within requested timeout - context deadline exceeded",
        ),
    };
  }

  /** The client's own `timeout`, if it is shorter. */
  private limit(max: number): number {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(this.info.query.get("timeout"));
    if (match === null) return max;
    const unit = match[2] === "ms" ? 1 : match[2] === "s" ? 1000 : 60_000;
    return Math.min(max, Number(match[1]) * unit);
  }
}

export function firstValue(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}
