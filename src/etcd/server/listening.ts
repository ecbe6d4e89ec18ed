import { tlsAccept } from "../../pki/tls.ts";
import { type TlsChannel, TlsError } from "../../pki/tls-config.ts";
import { type Channel, ChannelError, type Frame, formatAddress, NetError } from "../../sim/channel.ts";
import type { Clock } from "../../sim/clock.ts";
import { type HttpHandler, isHttp, serveHttp } from "../../sim/http.ts";
import type { Connection, Listener, Station } from "../../sim/network.ts";
import type { Task, TaskGroup } from "../../sim/task.ts";
import { type RpcService, ServerConnection } from "../rpc/serve.ts";
import { BootError } from "./boot-error.ts";
import type { Logger } from "./log.ts";
import type { ReloadingTls } from "./tls-files.ts";

/** A URL that is listened on. */
export interface ListenUrl {
  readonly url: string;
  readonly secure: boolean;
  readonly ip: string;
  readonly port: number;
  /** `127.0.0.1:2379`, as it stands in log lines. */
  readonly address: string;
}

/** What a listener serves. */
export interface Endpoint {
  /** `client`, `peer` or `metrics`: how rejected connections are called in the log. */
  readonly kind: "client" | "peer" | "metrics";
  readonly tls: ReloadingTls | undefined;
  /** What else a client's certificate must be good for; a complaint ends the connection. */
  readonly judge?: (channel: TlsChannel) => Task<string | undefined>;
  readonly http: HttpHandler;
  /** Undefined: h2 is refused, as on the peer and metrics ports. */
  readonly rpc: RpcService | undefined;
}

/** What connections run on. */
export interface ListeningHost {
  readonly net: Station;
  readonly clock: Clock;
  readonly tasks: TaskGroup;
  readonly log: Logger;
}

export function parseListenUrl(url: string): ListenUrl {
  const match = /^(https?|unixs?):\/\/(\[[^\]]*\]|[^:/]*):(\d+)$/.exec(url);
  const host = match?.[2] ?? "";
  const port = Number(match?.[3] ?? 0);
  const bare = host.startsWith("[") ? host.slice(1, -1) : host;
  const ip = bare === "localhost" ? "127.0.0.1" : bare;
  return { url, secure: match?.[1] === "https", ip, port, address: formatAddress({ ip, port }) };
}

/** Takes the port. Throws `BootError` with Go's text. */
export function listen(net: Station, url: ListenUrl): Listener {
  try {
    return net.listen(url.ip, url.port);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw new BootError(`listen tcp ${url.address}: ${error.message}`);
  }
}

/** Accepts and serves until the listener closes. */
export class Serving {
  readonly connections = new Set<ServerConnection>();
  private readonly host: ListeningHost;
  private readonly endpoint: Endpoint;

  constructor(host: ListeningHost, endpoint: Endpoint) {
    this.host = host;
    this.endpoint = endpoint;
  }

  *accept(listener: Listener): Task<void> {
    for (let channel = yield* listener.accept(); channel !== undefined; channel = yield* listener.accept())
      this.host.tasks.spawn(`etcd/${this.endpoint.kind}-connection`, this.serve(channel));
  }

  private *serve(connection: Connection): Task<void> {
    const secured = this.endpoint.tls === undefined ? connection : yield* this.handshake(connection, this.endpoint.tls);
    if (secured === undefined) return;
    const first = yield* receiveOrEnd(secured);
    if (first === undefined) secured.close();
    else if (first.protocol === "http2" && !isHttp(first) && this.endpoint.rpc !== undefined)
      yield* this.serveRpc(secured, first, this.endpoint.rpc);
    else if (first.protocol === "tls" || first.protocol === "raw") secured.close();
    else yield* serveHttp(this.host.tasks, secured, this.endpoint.http, first);
  }

  private *serveRpc(channel: Channel, first: Frame, rpc: RpcService): Task<void> {
    const connection = new ServerConnection(this.host.tasks, channel, rpc);
    this.connections.add(connection);
    try {
      yield* connection.run(first);
    } finally {
      this.connections.delete(connection);
    }
  }

  private *handshake(connection: Connection, tls: ReloadingTls): Task<Channel | undefined> {
    try {
      const secured = yield* tlsAccept(connection, () => tls.load(), this.host.clock);
      const problem = yield* this.endpoint.judge?.(secured) ?? noProblem();
      if (problem === undefined) return secured;
      connection.close();
      throw new TlsError(problem, { serverName: secured.serverName });
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      this.logRejected(connection, error);
      return undefined;
    }
  }

  private logRejected(connection: Connection, error: ChannelError): void {
    const ends = `${formatAddress(connection.local)}->${formatAddress(connection.remote)}`;
    this.host.log.warn("embed/config_logging.go:194", `rejected connection on ${this.endpoint.kind} endpoint`, {
      "remote-addr": formatAddress(connection.remote),
      "server-name": error instanceof TlsError ? (error.serverName ?? "") : "",
      error: error instanceof NetError ? `read tcp ${ends}: read: ${error.message}` : error.message,
    });
  }
}

function* noProblem(): Task<undefined> {
  return undefined;
}

function* receiveOrEnd(channel: Channel): Task<Frame | undefined> {
  try {
    return yield* channel.receive();
  } catch (error) {
    if (error instanceof ChannelError) return undefined;
    throw error;
  }
}
