import { ConnectionPool, parseServerUrl, type RestHost } from "../../src/kube/client/connection.ts";
import type { RestConfig } from "../../src/kube/client/rest-config.ts";
import { ChannelError } from "../../src/sim/channel.ts";
import {
  type HttpAnswer,
  HttpProtocolError,
  type HttpResponse,
  type HttpStream,
  httpRequest,
  newStream,
} from "../../src/sim/http.ts";
import type { Task, TaskGroup } from "../../src/sim/task.ts";
import type { SimulatedHandler } from "./api-server-port.ts";

/** Hands requests to a world's API server over its network, with the credentials of `config`, and the answers back. */
export function relay(host: RestHost, tasks: TaskGroup, config: RestConfig): SimulatedHandler {
  const pool = new ConnectionPool(host, config);
  const url = parseServerUrl(config.server);
  if (url === undefined) throw new Error(`no URL: ${config.server}`);
  return function* (request): Task<HttpResponse> {
    const channel = yield* pool.dial(url);
    const upgrade = request.headers["upgrade"] !== undefined;
    const answer = yield* httpRequest(channel, upgrade ? "http1" : "http2", request);
    const head = { status: answer.status, headers: answer.headers };
    if (answer.body === undefined) return { ...head, body: carried(tasks, answer) };
    channel.close();
    return { ...head, body: answer.body };
  };
}

/** An answer that goes on, as a stream of this side. */
function carried(tasks: TaskGroup, answer: HttpAnswer): HttpStream {
  const stream = newStream();
  const down = tasks.spawn("relay/down", receive(answer, stream));
  const up = tasks.spawn("relay/up", send(answer, stream));
  stream.onAbort = () => {
    down.cancel();
    up.cancel();
    answer.abort();
  };
  return stream;
}

function* receive(answer: HttpAnswer, stream: HttpStream): Task<void> {
  try {
    for (let item = yield* answer.next(); item !== undefined; item = yield* answer.next()) stream.items.push(item);
  } catch (error) {
    if (!(error instanceof ChannelError) && !(error instanceof HttpProtocolError)) throw error;
  } finally {
    stream.items.close();
  }
}

function* send(answer: HttpAnswer, stream: HttpStream): Task<void> {
  const { fromClient } = stream;
  for (let item = yield* fromClient.take(); item !== undefined; item = yield* fromClient.take()) answer.send(item);
  answer.endSending();
}
