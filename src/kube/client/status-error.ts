import type { Status, StatusCause } from "../api/types.generated.ts";

/** The API server's answer to a request that failed: a Status object (meta/v1). `message` is the Status's. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message ?? "");
    this.name = "StatusError";
    this.status = status;
  }

  /** HTTP status code. */
  get code(): number {
    return this.status.code ?? 500;
  }

  /** `NotFound`, `Conflict`, `Invalid`…; empty when unknown. */
  get reason(): string {
    return this.status.reason ?? "";
  }

  get causes(): readonly StatusCause[] {
    return this.status.details?.causes ?? [];
  }
}

export function hasReason(error: unknown, reason: string): error is StatusError {
  return error instanceof StatusError && error.reason === reason;
}

export const isNotFound = (error: unknown): error is StatusError => hasReason(error, "NotFound");
export const isAlreadyExists = (error: unknown): error is StatusError => hasReason(error, "AlreadyExists");
export const isConflict = (error: unknown): error is StatusError => hasReason(error, "Conflict");
export const isUnauthorized = (error: unknown): error is StatusError => hasReason(error, "Unauthorized");
/** The asked-for resource version has been compacted: list again (410). */
export const isExpired = (error: unknown): error is StatusError =>
  hasReason(error, "Expired") || hasReason(error, "Gone");

/** Why no answer came. */
export type ConnectionFailure = "refused" | "lookup" | "tls" | "timeout" | "network" | "eof";

/**
 * No answer from the server. `cause` is what kubectl puts after `Unable to connect to the server: `, for example
 * `dial tcp 10.0.1.10:6443: connect: connection refused` or
 * `tls: failed to verify certificate: x509: certificate signed by unknown authority`; `message` is Go's whole text,
 * `Get "https://10.0.1.10:6443/api?timeout=32s": <cause>`.
 */
export class ConnectionError extends Error {
  readonly failure: ConnectionFailure;
  override readonly cause: string;
  readonly method: string;
  readonly url: string;
  /** The error of the attempt before, when the request was tried again; its cause ends the message. */
  readonly previous: ConnectionError | undefined;

  constructor(
    failure: ConnectionFailure,
    method: string,
    url: string,
    cause: string,
    previous?: ConnectionError | undefined,
  ) {
    const before = previous === undefined ? "" : ` - error from a previous attempt: ${previous.cause}`;
    super(`${method.charAt(0)}${method.slice(1).toLowerCase()} "${url}": ${cause}${before}`);
    this.name = "ConnectionError";
    this.failure = failure;
    this.previous = previous;
    this.cause = cause;
    this.method = method;
    this.url = url;
  }
}

/** Status codes that have a text of client-go's when the body is no Status (apimachinery errors.NewGenericServerResponse). */
const GENERIC: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  400: ["BadRequest", "the server rejected our request for an unknown reason"],
  401: ["Unauthorized", "the server has asked for the client to provide credentials"],
  403: ["Forbidden", ""],
  404: ["NotFound", "the server could not find the requested resource"],
  405: ["MethodNotAllowed", "the server does not allow this method on the requested resource"],
  406: ["NotAcceptable", ""],
  409: ["Conflict", "the server reported a conflict"],
  415: ["UnsupportedMediaType", ""],
  422: ["Invalid", "the server rejected our request due to an error in our request"],
  429: ["TooManyRequests", "the server has received too many requests and has asked us to try again later"],
  503: ["ServiceUnavailable", "the server is currently unable to handle the request"],
  504: [
    "Timeout",
    "the server was unable to return a response in the time allotted, but may still be processing the request",
  ],
};

function otherwise(code: number, bodyText: string): readonly [reason: string, message: string] {
  if (code < 500) return ["", `the server responded with the status code ${code} but did not return more information`];
  const said = JSON.stringify(bodyText === "" ? "unknown" : bodyText);
  return ["InternalError", `an error on the server (${said}) has prevented the request from succeeding`];
}

/** The error of a failed answer whose body is no Status. `what` is `get pods` or the like, put in parentheses. */
export function genericStatusError(code: number, what: string, bodyText: string): StatusError {
  const [reason, known] = GENERIC[code] ?? otherwise(code, bodyText.trim());
  const message = known === "" ? (bodyText === "" ? "unknown" : bodyText.trim()) : known;
  return new StatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: what === "" ? message : `${message} (${what})`,
    reason,
    details: {
      causes: [{ reason: "UnexpectedServerResponse", message: bodyText === "" ? "unknown" : bodyText.trim() }],
    },
    code,
  });
}
