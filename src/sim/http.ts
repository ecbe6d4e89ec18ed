import { concat, NO_BYTES, text, utf8 } from "../base/bytes.ts";
import { type Channel, ChannelError, type Frame } from "./channel.ts";
import { Queue } from "./signal.ts";
import type { Task, TaskGroup } from "./task.ts";

/**
 * HTTP between simulated programs. One message is one frame, streams are several; the frame's `protocol` tells http/1.1
 * from h2, which is all that a wrong peer notices.
 */
export interface HttpRequest {
  readonly method: string;
  /** Path with query, for example `/api/v1/pods?limit=500`. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: HttpHeaders;
  readonly body: HttpBody;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: HttpBody | HttpStream;
}

/** Values by lower-case name; a header sent twice has two values. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[]>>;

/**
 * A complete body. Bytes, or a value that will be JSON: between simulated programs the value itself travels and nobody
 * pays for text, but whoever wants bytes (curl, a real port) gets the very text. Such values must not be changed by
 * either side.
 */
export type HttpBody =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "json"; readonly value: unknown };

/**
 * A body that goes on (watch, logs) or a connection that changed protocol (exec). Items are pushed by the server;
 * `fromClient` carries what the client sends after an upgrade.
 */
export interface HttpStream {
  readonly kind: "stream";
  readonly items: Queue<HttpBody>;
  readonly fromClient: Queue<HttpBody>;
  /** Called once when the client went away, so that the server can stop. */
  onAbort: (() => void) | undefined;
}

export const NO_BODY: HttpBody = { kind: "bytes", bytes: NO_BYTES };

export function jsonBody(value: unknown): HttpBody {
  return { kind: "json", value };
}

export function textBody(value: string): HttpBody {
  return { kind: "bytes", bytes: utf8(value) };
}

export function newStream(): HttpStream {
  return { kind: "stream", items: new Queue(), fromClient: new Queue(), onAbort: undefined };
}

/** The octets of a body. JSON ends with a newline, as Go's encoder writes it. */
export function bodyBytes(body: HttpBody): Uint8Array {
  return body.kind === "bytes" ? body.bytes : utf8(`${JSON.stringify(body.value)}\n`);
}

export function bodyText(body: HttpBody): string {
  return text(bodyBytes(body));
}

/** The value of a JSON body; throws SyntaxError on bytes that are none. */
export function bodyValue(body: HttpBody): unknown {
  return body.kind === "json" ? body.value : JSON.parse(text(body.bytes));
}

type HttpFrame = Frame &
  (
    | { readonly http: "request"; readonly request: HttpRequest }
    | {
        readonly http: "response";
        readonly status: number;
        readonly headers: HttpHeaders;
        readonly body: HttpBody | "stream";
      }
    | { readonly http: "data"; readonly body: HttpBody }
    | { readonly http: "end" }
    /** The server gives up on the request it is answering (RST_STREAM). */
    | { readonly http: "reset" }
  );

/** What a server's handler learns besides the request. */
export interface HttpExchange {
  readonly request: HttpRequest;
  readonly channel: Channel;
}

export type HttpHandler = (exchange: HttpExchange) => Task<HttpResponse>;

/** Thrown by a handler that ends without an answer (net/http ErrAbortHandler): h2 resets the stream, http/1.1 hangs up. */
export class AbortHandler extends Error {}

/** Thrown by `httpRequest` when the peer speaks something else or closes without an answer. */
export class HttpProtocolError extends Error {}

/**
 * Answers requests on `channel` until it closes. Whoever accepted the connection decides beforehand whether the first
 * frame is HTTP at all (see `firstFrame`).
 */
export function* serveHttp(tasks: TaskGroup, channel: Channel, handler: HttpHandler, first?: Frame): Task<void> {
  let frame = first ?? (yield* channel.receive());
  while (frame !== undefined) {
    if (!isHttp(frame) || frame.http !== "request") {
      channel.send(respond("http1", 400, {}, textBody("400 Bad Request")));
      channel.close();
      return;
    }
    const protocol = frame.protocol === "http2" ? "http2" : "http1";
    const response = yield* answered(handler({ request: frame.request, channel }));
    if (response === undefined) {
      if (protocol === "http1") {
        channel.close();
        return;
      }
      channel.send({ protocol, size: 13, http: "reset" } as HttpFrame);
    } else if (response.body.kind !== "stream")
      channel.send(respond(protocol, response.status, response.headers, response.body));
    else yield* serveStream(tasks, channel, protocol, response, response.body);
    frame = yield* receiveOrEnd(channel);
  }
}

/** Undefined: the handler gave up. */
function* answered(answer: Task<HttpResponse>): Task<HttpResponse | undefined> {
  try {
    return yield* answer;
  } catch (error) {
    if (error instanceof AbortHandler) return undefined;
    throw error;
  }
}

function* serveStream(
  tasks: TaskGroup,
  channel: Channel,
  protocol: "http1" | "http2",
  response: HttpResponse,
  stream: HttpStream,
): Task<void> {
  channel.send({
    protocol,
    size: 64,
    http: "response",
    status: response.status,
    headers: response.headers,
    body: "stream",
  } as HttpFrame);
  const reader = tasks.spawn("http/stream-reader", readFromClient(channel, stream));
  try {
    for (;;) {
      const item = yield* stream.items.take();
      if (item === undefined || channel.closed) break;
      channel.send({ protocol, size: 64, http: "data", body: item } as HttpFrame);
    }
    channel.send({ protocol, size: 8, http: "end" } as HttpFrame);
    channel.close();
  } finally {
    reader.cancel();
    stream.onAbort?.();
    stream.onAbort = undefined;
  }
}

function* readFromClient(channel: Channel, stream: HttpStream): Task<void> {
  for (;;) {
    const frame = yield* receiveOrEnd(channel);
    if (frame === undefined) break;
    if (isHttp(frame) && frame.http === "data") stream.fromClient.push(frame.body);
    if (isHttp(frame) && frame.http === "end") stream.fromClient.close();
  }
  stream.fromClient.close();
  stream.items.close();
  stream.onAbort?.();
  stream.onAbort = undefined;
}

/** What a client gets: a complete answer, or the head of a stream. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Complete body, or undefined when the answer streams. */
  readonly body: HttpBody | undefined;
  /** The next item of a streamed answer; undefined at its end. Throws NetError when the connection breaks. */
  next(): Task<HttpBody | undefined>;
  /** Sends on an upgraded connection. */
  send(body: HttpBody): void;
  /** Says that nothing more will be sent on an upgraded connection. */
  endSending(): void;
  /** Hangs up. */
  abort(): void;
}

/** How many requests a connection has carried: h2's streams of a client have odd numbers. */
const requestsSent = new WeakMap<Channel, number>();

/** Sends one request and waits for the head of the answer. */
export function* httpRequest(channel: Channel, protocol: "http1" | "http2", request: HttpRequest): Task<HttpAnswer> {
  const before = requestsSent.get(channel) ?? 0;
  requestsSent.set(channel, before + 1);
  channel.send({ protocol, size: 256, http: "request", request } as HttpFrame);
  const frame = yield* channel.receive();
  if (frame === undefined) throw new HttpProtocolError("EOF");
  if (isHttp(frame) && frame.http === "reset")
    throw new HttpProtocolError(`stream error: stream ID ${2 * before + 1}; INTERNAL_ERROR; received from peer`);
  if (!isHttp(frame) || frame.http !== "response") throw new HttpProtocolError("malformed HTTP response");
  return answer(channel, protocol, frame);
}

function answer(channel: Channel, protocol: "http1" | "http2", head: HttpFrame & { http: "response" }): HttpAnswer {
  return {
    status: head.status,
    headers: head.headers,
    body: head.body === "stream" ? undefined : head.body,
    *next() {
      if (head.body !== "stream") return undefined;
      const frame = yield* channel.receive();
      return frame !== undefined && isHttp(frame) && frame.http === "data" ? frame.body : undefined;
    },
    send: (body) => channel.send({ protocol, size: 64, http: "data", body } as HttpFrame),
    endSending: () => channel.send({ protocol, size: 8, http: "end" } as HttpFrame),
    abort: () => channel.close(),
  };
}

/** All of an answer's octets, waiting for a stream's end. */
export function* readAll(response: HttpAnswer): Task<Uint8Array> {
  if (response.body !== undefined) return bodyBytes(response.body);
  const parts: Uint8Array[] = [];
  for (let item = yield* response.next(); item !== undefined; item = yield* response.next())
    parts.push(bodyBytes(item));
  return concat(parts);
}

/** Sends one complete answer outside `serveHttp`, for servers that refuse a peer before its first request. */
export function sendResponse(
  channel: Channel,
  protocol: "http1" | "http2",
  answer: { readonly status: number; readonly headers: HttpHeaders; readonly body: HttpBody },
): void {
  channel.send(respond(protocol, answer.status, answer.headers, answer.body));
}

/** Whether a frame is one of HTTP's; servers use it to tell a wrong protocol. */
export function isHttp(frame: Frame): frame is HttpFrame {
  return "http" in frame;
}

function respond(protocol: "http1" | "http2", status: number, headers: HttpHeaders, body: HttpBody): HttpFrame {
  return { protocol, size: 128, http: "response", status, headers, body };
}

function* receiveOrEnd(channel: Channel): Task<Frame | undefined> {
  try {
    return yield* channel.receive();
  } catch (error) {
    if (error instanceof ChannelError) return undefined;
    throw error;
  }
}
