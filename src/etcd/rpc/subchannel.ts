import { tlsConnect } from "../../pki/tls.ts";
import type { TlsClientConfig } from "../../pki/tls-config.ts";
import { type Address, type Channel, ChannelError, formatAddress, NetError } from "../../sim/channel.ts";
import type { Clock } from "../../sim/clock.ts";
import type { Station } from "../../sim/network.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { Signal } from "../../sim/signal.ts";
import { type RunningTask, runAtMost, sleep, type Task, type TaskGroup } from "../../sim/task.ts";
import { type Lookup, splitHostPort } from "./endpoint.ts";
import { ClientTransport, ConnectError, type KeepAlive, readErrorText } from "./transport.ts";

/** What all connections of one client share. */
export interface DialContext {
  readonly net: Station;
  readonly clock: Clock;
  readonly tasks: TaskGroup;
  readonly random: RandomStream;
  readonly lookup: Lookup;
  readonly tls: Omit<TlsClientConfig, "serverName"> | undefined;
  readonly keepAlive: KeepAlive | undefined;
}

const BACKOFF_BASE_MS = 1000;
const BACKOFF_FACTOR = 1.6;
const BACKOFF_JITTER = 0.2;
const BACKOFF_MAX_MS = 120_000;
/** grpc's minConnectTimeout: how long one attempt may take. */
const CONNECT_TIMEOUT_MS = 20_000;

/**
 * One address of the balancer, dialled again whenever it breaks:
 *
 *     connecting --ok--> ready --broken--> connecting
 *         \--failed--> transient failure --back-off--> connecting
 */
export class Subchannel {
  /** Woken at every change of `transport` or `lastError`. */
  readonly changed: Signal;
  transport: ClientTransport | undefined;
  /** `connection error: desc = "…"` of the latest attempt, while there is no transport. */
  lastError: string | undefined;
  private readonly address: string;
  private readonly context: DialContext;
  private readonly keeper: RunningTask<void>;

  constructor(address: string, context: DialContext, changed: Signal) {
    this.address = address;
    this.context = context;
    this.changed = changed;
    this.keeper = context.tasks.spawn(`rpc/${address}`, this.keep());
  }

  close(): void {
    this.transport?.close();
    this.transport = undefined;
    this.keeper.cancel();
  }

  private *keep(): Task<void> {
    let failures = 0;
    for (;;) {
      const startedAt = this.context.clock.uptime;
      const transport = yield* this.attempt();
      if (transport === undefined) {
        const wait = this.backoffMs(failures++) - (this.context.clock.uptime - startedAt);
        yield* sleep(this.context.clock, Math.max(0, wait));
        continue;
      }
      failures = 0;
      yield* this.serve(transport);
    }
  }

  private *attempt(): Task<ClientTransport | undefined> {
    try {
      const race = yield* runAtMost(this.context.clock, this.connect(), CONNECT_TIMEOUT_MS);
      if (race.status === "value") return race.value;
      this.fail(`transport: Error while dialing: dial tcp ${this.address}: i/o timeout`);
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      this.fail(error.message);
    }
    return undefined;
  }

  private fail(text: string): void {
    this.lastError = `connection error: desc = ${JSON.stringify(text)}`;
    this.changed.notify();
  }

  private *serve(transport: ClientTransport): Task<void> {
    this.transport = transport;
    this.lastError = undefined;
    this.changed.notify();
    const { keepAlive, tasks } = this.context;
    const pinger = keepAlive && tasks.spawn("rpc/keepalive", transport.keepAlive(keepAlive));
    try {
      yield* transport.run();
    } finally {
      pinger?.cancel();
      this.transport = undefined;
      this.changed.notify();
    }
  }

  private *connect(): Task<ClientTransport> {
    const channel = yield* this.dial();
    let secured: Channel = channel;
    let done = false;
    try {
      if (this.context.tls !== undefined) secured = yield* this.handshake(channel, this.context.tls);
      const authInfo = this.context.tls === undefined ? "insecure" : "tls";
      const transport = yield* ClientTransport.open(secured, this.context.clock, authInfo);
      done = true;
      return transport;
    } finally {
      if (!done) channel.close();
    }
  }

  private *dial(): Task<Channel> {
    const target = splitHostPort(this.address);
    if ("error" in target) throw new ConnectError(`transport: Error while dialing: dial tcp: ${target.error}`);
    const ips = yield* this.context.lookup(target.host);
    if ("error" in ips) throw new ConnectError(`transport: Error while dialing: dial tcp: ${ips.error}`);
    let failure = "no addresses";
    for (const ip of ips) {
      const address: Address = { ip, port: target.port };
      try {
        return yield* this.context.net.dial(address);
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        failure = `dial tcp ${formatAddress(address)}: ${error.message}`;
      }
    }
    throw new ConnectError(`transport: Error while dialing: ${failure}`);
  }

  private *handshake(channel: Channel, tls: Omit<TlsClientConfig, "serverName">): Task<Channel> {
    const target = splitHostPort(this.address);
    const serverName = "host" in target ? target.host : this.address;
    try {
      return yield* tlsConnect(channel, { protocols: ["h2"], ...tls, serverName }, this.context.clock);
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      throw new ConnectError(`transport: authentication handshake failed: ${readErrorText(channel, error)}`);
    }
  }

  private backoffMs(failures: number): number {
    const plain = Math.min(BACKOFF_BASE_MS * BACKOFF_FACTOR ** failures, BACKOFF_MAX_MS);
    const spread = (this.context.random.uint32() / 0x1_0000_0000) * 2 - 1;
    return plain * (1 + BACKOFF_JITTER * spread);
  }
}
