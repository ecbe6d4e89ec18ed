import type { TlsClientConfig } from "../../pki/tls-config.ts";
import type { Clock } from "../../sim/clock.ts";
import type { Station } from "../../sim/network.ts";
import type { RandomStream } from "../../sim/random.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, type TaskGroup, waitAtMost } from "../../sim/task.ts";
import type { Trace } from "../../sim/trace.ts";
import { type CallOptions, type EtcdConnection, RpcError, type RpcStream } from "./client.ts";
import { type Lookup, lookupLocal, parseEndpoint } from "./endpoint.ts";
import { messageSize } from "./message-size.ts";
import type { StreamMethod, StreamMethods, UnaryMethod, UnaryMethods } from "./messages.ts";
import { type DialContext, Subchannel } from "./subchannel.ts";
import type { ClientTransport, KeepAlive } from "./transport.ts";

/** How to reach an etcd cluster (clientv3.Config). */
export interface DialOptions {
  readonly net: Station;
  readonly clock: Clock;
  readonly tasks: TaskGroup;
  readonly random: RandomStream;
  /** `host:port` or URLs. The first one's scheme decides about TLS, as in clientv3: `http` drops it, `https` needs it. */
  readonly endpoints: readonly string[];
  readonly tls?: Omit<TlsClientConfig, "serverName">;
  readonly trace?: Trace;
  /** Name look-up of the host; default: IP addresses and localhost only. */
  readonly lookup?: Lookup;
  /** Pings on silent connections with open calls; default none. */
  readonly keepAlive?: KeepAlive;
  /** Largest request in octets; default 2 MiB, as clientv3's. */
  readonly maxSendBytes?: number;
  /** Largest answer in octets; default none. */
  readonly receiveLimit?: ReceiveLimit;
}

/** How much a client takes, and how long an answer is on the wire. */
export interface ReceiveLimit {
  readonly bytes: number;
  readonly sizeOf: (method: UnaryMethod, response: unknown) => number;
}

const MAX_SEND_BYTES = 2 * 1024 * 1024;
const NO_OPTIONS: CallOptions = {};
const SYSTEM_ROOTS: Omit<TlsClientConfig, "serverName"> = {
  rootCas: undefined,
  certificate: undefined,
  insecureSkipVerify: false,
};

/**
 * Opens a connection without waiting for any endpoint. Calls take the ready endpoints in turn, wait until one is
 * ready, and fail at their deadline with what grpc's balancer knew last. Throws `RpcError` only from calls.
 */
export function dialEtcd(options: DialOptions): EtcdConnection {
  return new BalancedConnection(options);
}

class BalancedConnection implements EtcdConnection {
  private readonly clock: Clock;
  private readonly changed = new Signal();
  private readonly subchannels: readonly Subchannel[];
  private readonly maxSendBytes: number;
  private readonly receiveLimit: ReceiveLimit | undefined;
  private turn = 0;
  private closed = false;

  constructor(options: DialOptions) {
    this.clock = options.clock;
    this.maxSendBytes = options.maxSendBytes ?? MAX_SEND_BYTES;
    this.receiveLimit = options.receiveLimit;
    const endpoints = options.endpoints.map(parseEndpoint);
    const context: DialContext = {
      net: options.net,
      clock: options.clock,
      tasks: options.tasks,
      random: options.random,
      lookup: options.lookup ?? lookupLocal,
      keepAlive: options.keepAlive,
      tls: tlsFor(endpoints[0]?.credentials, options.tls),
    };
    this.subchannels = endpoints.map((endpoint) => new Subchannel(endpoint.address, context, this.changed));
  }

  *call<M extends UnaryMethod>(
    method: M,
    request: UnaryMethods[M][0],
    options: CallOptions = NO_OPTIONS,
  ): Task<UnaryMethods[M][1]> {
    const deadline = options.timeoutMs === undefined ? undefined : this.clock.uptime + options.timeoutMs;
    const transport = this.pick() ?? (yield* this.ready(deadline));
    const size = messageSize(method, request);
    if (size > this.maxSendBytes)
      throw new RpcError(
        "ResourceExhausted",
        `trying to send message larger than max (${size} vs. ${this.maxSendBytes})`,
        transport.peer,
      );
    const response = (yield* transport.call(method, request, options, deadline)) as UnaryMethods[M][1];
    this.checkReceived(method, response, transport);
    return response;
  }

  private checkReceived(method: UnaryMethod, response: unknown, transport: ClientTransport): void {
    if (this.receiveLimit === undefined) return;
    const { bytes, sizeOf } = this.receiveLimit;
    const size = sizeOf(method, response);
    if (size > bytes)
      throw new RpcError(
        "ResourceExhausted",
        `grpc: received message larger than max (${size} vs. ${bytes})`,
        transport.peer,
      );
  }

  *stream<M extends StreamMethod>(
    method: M,
    options: CallOptions = NO_OPTIONS,
  ): Task<RpcStream<StreamMethods[M][0], StreamMethods[M][1]>> {
    const deadline = options.timeoutMs === undefined ? undefined : this.clock.uptime + options.timeoutMs;
    const transport = this.pick() ?? (yield* this.ready(deadline));
    return transport.open(method, options, deadline) as RpcStream<StreamMethods[M][0], StreamMethods[M][1]>;
  }

  close(): void {
    this.closed = true;
    for (const subchannel of this.subchannels) subchannel.close();
    this.changed.notify();
  }

  /** Round robin over the ready endpoints. */
  private pick(): ClientTransport | undefined {
    const count = this.subchannels.length;
    for (let i = 0; i < count; i++) {
      const transport = this.subchannels[(this.turn + i) % count]?.transport;
      if (transport?.usable !== true) continue;
      this.turn = (this.turn + i + 1) % count;
      return transport;
    }
    return undefined;
  }

  private *ready(deadline: number | undefined): Task<ClientTransport> {
    for (;;) {
      if (this.closed) throw new RpcError("Canceled", "grpc: the client connection is closing");
      const transport = this.pick();
      if (transport !== undefined) return transport;
      const left = deadline === undefined ? undefined : deadline - this.clock.uptime;
      if (left !== undefined && left <= 0) throw this.neverReady();
      yield* waitAtMost(this.clock, this.changed, left);
    }
  }

  /** The picker's error at the deadline: the balancer's last one, unless no attempt has ended yet. */
  private neverReady(): RpcError {
    const last = this.subchannels.map((subchannel) => subchannel.lastError).filter((error) => error !== undefined);
    const failed = last.length === this.subchannels.length ? last.at(-1) : undefined;
    return new RpcError(
      "DeadlineExceeded",
      failed === undefined
        ? "context deadline exceeded while waiting for connections to become ready"
        : `latest balancer error: ${failed}`,
    );
  }
}

function tlsFor(
  credentials: "require" | "drop" | "optional" | undefined,
  given: Omit<TlsClientConfig, "serverName"> | undefined,
): Omit<TlsClientConfig, "serverName"> | undefined {
  if (credentials === "drop") return undefined;
  return credentials === "require" ? (given ?? SYSTEM_ROOTS) : given;
}
