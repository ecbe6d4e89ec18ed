import type { HttpAnswer } from "./http.ts";
import { bodyBytes } from "./http.ts";

const REASONS: Readonly<Record<number, string>> = {
  101: "Switching Protocols",
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  410: "Gone",
  413: "Request Entity Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/**
 * Status line and headers as they stand on the wire, without line ends. Simulated servers do not carry the headers
 * that Go's net/http adds by itself, so Date and Content-Length are added here when they are missing.
 */
export function headLines(answer: HttpAnswer, http2: boolean, nowMs: number): string[] {
  const status = http2
    ? `HTTP/2 ${answer.status} `
    : `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? `status code ${answer.status}`}`;
  const given = Object.keys(answer.headers)
    .sort()
    .flatMap((name) => {
      const value = answer.headers[name] ?? [];
      return (typeof value === "string" ? [value] : value).map((one) => [name, one] as const);
    });
  const has = (name: string) => given.some(([known]) => known === name);
  const added: (readonly [string, string])[] = [];
  if (!has("date")) added.push(["date", new Date(nowMs).toUTCString()]);
  const length = answer.body === undefined ? undefined : bodyBytes(answer.body).length;
  if (length === undefined && !http2) added.push(["transfer-encoding", "chunked"]);
  if (length !== undefined && !has("content-length")) added.push(["content-length", String(length)]);
  return [status, ...[...given, ...added].map(([name, value]) => `${http2 ? name : canonical(name)}: ${value}`)];
}

/** `content-type` as `Content-Type`. */
function canonical(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

/** A header's first value. */
export function firstHeader(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === "string" ? value : value?.[0];
}
