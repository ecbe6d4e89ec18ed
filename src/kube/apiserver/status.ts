import type { Status, StatusCause, StatusDetails } from "../api/types.generated.ts";

/**
 * A request that ends with a Status object. Mirrors apimachinery api/errors: the texts are upstream's, and clients
 * print them as they are.
 */
export class ApiError extends Error {
  readonly status: Status;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: Status, headers: Readonly<Record<string, string>> = {}) {
    super(status.message ?? "");
    this.name = "ApiError";
    this.status = status;
    this.headers = headers;
  }

  get code(): number {
    return this.status.code ?? 500;
  }

  get reason(): string {
    return this.status.reason ?? "";
  }
}

/**
 * The timeout filter (server/filters/timeout.go) has ended a request: with `answer`, or, since the handler had begun to
 * answer by then, by resetting the stream. What the handler writes from then on goes nowhere and is only logged.
 */
export class HandlerTimeout extends Error {
  /** On the scale of the clock's `uptime`. */
  readonly timedOutAt: number;
  readonly answer: ApiError | undefined;

  constructor(timedOutAt: number, answer: ApiError | undefined) {
    super("http: Handler timeout");
    this.name = "HandlerTimeout";
    this.timedOutAt = timedOutAt;
    this.answer = answer;
  }
}

/** A resource as error texts name it: `pods`, `deployments.apps`. */
export interface Qualified {
  readonly group: string;
  readonly resource: string;
}

function qualifiedName(of: Qualified): string {
  return of.group === "" ? of.resource : `${of.resource}.${of.group}`;
}

export function failure(code: number, reason: string, message: string, details?: StatusDetails): ApiError {
  return new ApiError(failureStatus(code, reason, message, details));
}

export function failureStatus(code: number, reason: string, message: string, details?: StatusDetails): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    ...(reason === "" ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
}

function detailsOf(of: Qualified, name: string): StatusDetails {
  return { ...(name === "" ? {} : { name }), ...(of.group === "" ? {} : { group: of.group }), kind: of.resource };
}

export function notFound(of: Qualified, name: string): ApiError {
  return failure(404, "NotFound", `${qualifiedName(of)} "${name}" not found`, detailsOf(of, name));
}

export function alreadyExists(of: Qualified, name: string): ApiError {
  return failure(409, "AlreadyExists", `${qualifiedName(of)} "${name}" already exists`, detailsOf(of, name));
}

export function conflict(of: Qualified, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedName(of)} "${name}": ${why}`;
  return failure(409, "Conflict", message, detailsOf(of, name));
}

/** The text of a lost race for a resource version (registry OptimisticLockErrorMsg). */
export const OBJECT_MODIFIED =
  "the object has been modified; please apply your changes to the latest version and try again";

export function forbidden(of: Qualified, name: string, why: string): ApiError {
  const subject =
    of.resource === ""
      ? "forbidden"
      : name === ""
        ? `${qualifiedName(of)} is forbidden`
        : `${qualifiedName(of)} "${name}" is forbidden`;
  return failure(403, "Forbidden", `${subject}: ${why}`, detailsOf(of, name));
}

export function badRequest(message: string): ApiError {
  return failure(400, "BadRequest", message);
}

export function unauthorized(): ApiError {
  return failure(401, "Unauthorized", "Unauthorized");
}

export function methodNotSupported(of: Qualified, action: string): ApiError {
  return failure(
    405,
    "MethodNotAllowed",
    `${action} is not supported on resources of kind "${qualifiedName(of)}"`,
    detailsOf(of, ""),
  );
}

/** What Go's own handler says of a path that nothing serves; it knows no Status. */
export function pageNotFound(): ApiError {
  const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  return new ApiError(failureStatus(404, "NotFound", "404 page not found\n"), headers);
}

/** A path below a group that is served. */
export function noSuchPath(): ApiError {
  return failure(404, "NotFound", "the server could not find the requested resource");
}

export function unsupportedMediaType(message: string): ApiError {
  return failure(415, "UnsupportedMediaType", message);
}

export function internalError(message: string): ApiError {
  return failure(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** A failure whose text stands alone: `Error from server: TEXT`. */
export function plainError(message: string): ApiError {
  return failure(500, "", message);
}

/** Whether an error is one of `plainError`'s. */
export function isPlain(error: ApiError): boolean {
  return error.code === 500 && error.reason === "";
}

export function expired(message: string): ApiError {
  return failure(410, "Expired", message);
}

/** Clients try again after `retryAfterSeconds`, several times, before they give up. */
export function tooManyRequests(message: string, retryAfterSeconds: number): ApiError {
  const status = failureStatus(429, "TooManyRequests", message, { retryAfterSeconds });
  return new ApiError(status, { "retry-after": String(retryAfterSeconds) });
}

export function tooLargeResourceVersion(asked: number, current: number): ApiError {
  return failure(504, "Timeout", `Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

/** etcd did not answer while the request lived. */
export function serverTimeout(action: string, of: Qualified): ApiError {
  const message = `the server was unable to return a response in the time allotted, but may still be processing the request (${action} ${qualifiedName(of)})`;
  return failure(504, "Timeout", message, { kind: of.resource });
}

/** One complaint about one field. */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  readonly detail: string;
  readonly value?: unknown;
}

export type FieldErrorType =
  | "FieldValueRequired"
  | "FieldValueInvalid"
  | "FieldValueForbidden"
  | "FieldValueNotSupported"
  | "FieldValueDuplicate"
  | "FieldValueNotFound"
  | "FieldValueTooLong"
  | "FieldValueTypeInvalid"
  | "FieldValueTooMany";

const FIELD_ERROR_TEXT: Readonly<Record<FieldErrorType, string>> = {
  FieldValueRequired: "Required value",
  FieldValueInvalid: "Invalid value",
  FieldValueForbidden: "Forbidden",
  FieldValueNotSupported: "Unsupported value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueNotFound: "Not found",
  FieldValueTooLong: "Too long",
  FieldValueTypeInvalid: "Invalid value",
  FieldValueTooMany: "Too many",
};

/** The text behind the field's name (field.Error.ErrorBody). */
export function fieldErrorBody(error: FieldError): string {
  const kind = FIELD_ERROR_TEXT[error.type];
  const bare =
    error.type === "FieldValueRequired" ||
    error.type === "FieldValueForbidden" ||
    error.type === "FieldValueTooLong" ||
    error.type === "FieldValueTooMany";
  const head = bare ? kind : `${kind}: ${goValue(error.value)}`;
  return error.detail === "" ? head : `${head}: ${error.detail}`;
}

function goValue(value: unknown): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A refused object: 422 with one cause a field. */
export function invalid(
  of: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const texts = errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`);
  const unique = [...new Set(texts)];
  const joined = unique.length === 1 ? unique[0] : `[${unique.join(", ")}]`;
  const causes: StatusCause[] = errors.map((error) => ({
    reason: error.type,
    message: fieldErrorBody(error),
    field: error.field,
  }));
  const kind = of.group === "" ? of.kind : `${of.kind}.${of.group}`;
  return failure(422, "Invalid", `${kind} "${name}" is invalid: ${joined}`, {
    ...(name === "" ? {} : { name }),
    ...(of.group === "" ? {} : { group: of.group }),
    kind: of.kind,
    causes,
  });
}
