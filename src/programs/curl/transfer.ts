import { ChannelError } from "../../sim/channel.ts";
import { bodyBytes, type HttpAnswer, HttpProtocolError, httpRequest, NO_BODY } from "../../sim/http.ts";
import { firstHeader, headLines } from "../../sim/http-head.ts";
import type { Task } from "../../sim/task.ts";
import { connect, connectionProblem, type Dialling, type Line } from "./connection.ts";
import { CODE, CurlError } from "./curl-error.ts";
import { buildMessage, headerRecord, type Message } from "./message.ts";
import type { Output } from "./output.ts";
import { parseUrl, resolveLocation, type Url } from "./url.ts";
import { requestLines } from "./verbose.ts";

const REDIRECTS_MAX = 50;

/** One URL from start to end, redirects included. Throws CurlError. */
export function* transfer(
  dialling: Dialling,
  written: string,
  data: Uint8Array | undefined,
  output: Output,
): Task<void> {
  const { options, facts } = dialling;
  let url = parseUrl(written);
  let message = buildMessage(url, options, data);
  for (;;) {
    facts.url = url.text;
    const location = yield* exchange(dialling, url, message, output);
    if (location === undefined || !options.has("location")) {
      if (location !== undefined) facts.redirectUrl = resolveLocation(url, location.to);
      return;
    }
    const limit = Number(options.value("max-redirs") ?? REDIRECTS_MAX);
    if (facts.redirects++ >= limit) {
      throw new CurlError(CODE.tooManyRedirects, `Maximum (${limit}) redirects followed`);
    }
    url = parseUrl(resolveLocation(url, location.to));
    const keepsBody = location.status === 307 || location.status === 308 || options.has("request");
    message = buildMessage(url, options, keepsBody ? data : undefined);
  }
}

interface Redirect {
  readonly to: string;
  readonly status: number;
}

/** One request and its answer; gives where it redirects to. */
function* exchange(dialling: Dialling, url: Url, message: Message, output: Output): Task<Redirect | undefined> {
  const { facts, options } = dialling;
  facts.phase = "connecting";
  facts.scheme = url.scheme;
  const line = yield* connect(dialling, url);
  facts.phase = "transferring";
  try {
    const answer = yield* ask(dialling, url, message, line);
    const redirect = redirectOf(answer);
    yield* receive(dialling, answer, line, redirect !== undefined && options.has("location") ? undefined : output);
    yield* dialling.trace(`* Connection #0 to host ${url.host} left intact\n`);
    return redirect;
  } catch (error) {
    throw connectionProblem(error);
  } finally {
    line.channel.close();
  }
}

function redirectOf(answer: HttpAnswer): Redirect | undefined {
  const to = firstHeader(answer, "location");
  return answer.status >= 300 && answer.status < 400 && to !== undefined ? { to, status: answer.status } : undefined;
}

function* ask(dialling: Dialling, url: Url, message: Message, line: Line): Task<HttpAnswer> {
  const { facts, process, trace, data } = dialling;
  facts.method = message.method;
  facts.http2 = line.http2;
  facts.sent = message.body?.length ?? 0;
  yield* trace(requestLines(message, url, line.http2, data));
  try {
    const answer = yield* httpRequest(line.channel, line.http2 ? "http2" : "http1", {
      method: message.method,
      path: message.path,
      headers: headerRecord(message.headers),
      body: message.body === undefined ? NO_BODY : { kind: "bytes", bytes: message.body },
    });
    facts.firstByteAt = process.clock.uptime;
    facts.status = answer.status;
    facts.contentType = firstHeader(answer, "content-type") ?? "";
    return answer;
  } catch (error) {
    if (!(error instanceof HttpProtocolError)) throw error;
    yield* trace("* Empty reply from server\n* Closing connection 0\n");
    if (error.message === "EOF") throw new CurlError(CODE.emptyReply, "Empty reply from server");
    throw new CurlError(CODE.unsupportedProtocol, "Received HTTP/0.9 when not allowed");
  }
}

function* receive(dialling: Dialling, answer: HttpAnswer, line: Line, output: Output | undefined): Task<void> {
  const { facts, options, process, trace, data } = dialling;
  const lines = headLines(answer, line.http2, process.clock.now);
  const head = `${lines.join("\r\n")}\r\n\r\n`;
  facts.headerBytes += head.length;
  yield* trace(`${lines.map((text) => `< ${text}\r\n`).join("")}< \r\n`);
  const headOnly = options.has("head");
  if (output !== undefined && (headOnly || options.has("include"))) yield* output.text(head);
  if (answer.status >= 400 && options.has("fail")) throw httpError(answer.status);
  if (!headOnly && answer.body !== undefined) {
    const bytes = bodyBytes(answer.body);
    facts.total = bytes.length;
    facts.received += bytes.length;
    if (bytes.length > 0) yield* trace(data("in", bytes.length));
    if (output !== undefined) yield* output.write(bytes);
  } else if (!headOnly) yield* receiveStream(dialling, answer, output);
  if (answer.status >= 400 && options.has("fail-with-body")) throw httpError(answer.status);
}

function* receiveStream({ facts, trace, data }: Dialling, answer: HttpAnswer, output: Output | undefined): Task<void> {
  try {
    for (let item = yield* answer.next(); item !== undefined; item = yield* answer.next()) {
      const bytes = bodyBytes(item);
      facts.received += bytes.length;
      yield* trace(data("in", bytes.length));
      if (output !== undefined) yield* output.write(bytes);
    }
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    throw new CurlError(18, "transfer closed with outstanding read data remaining");
  }
}

function httpError(status: number): CurlError {
  return new CurlError(CODE.httpError, `The requested URL returned error: ${status}`);
}
