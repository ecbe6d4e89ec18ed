import { lookupHost } from "../../dns/lookup-host.ts";
import { tlsConnect } from "../../pki/tls.ts";
import { TlsError } from "../../pki/tls-config.ts";
import { type Address, type Channel, formatAddress, NetError } from "../../sim/channel.ts";
import type { Clock } from "../../sim/clock.ts";
import type { Station } from "../../sim/network.ts";
import { runAtMost, type Task } from "../../sim/task.ts";
import type { FileSystem } from "../../vfs/file-system.ts";
import { CredentialsReader } from "./credentials.ts";
import { ConfigError, type RestConfig } from "./rest-config.ts";
import type { ConnectionFailure } from "./status-error.ts";

/** What a client needs of its process; a `Process` has it all. */
export interface RestHost {
  readonly net: Station;
  readonly clock: Clock;
  readonly fs: FileSystem;
}

/** net.Dialer's limit in client-go's transport. */
const DIAL_TIMEOUT_MS = 30_000;
/** http.Transport.TLSHandshakeTimeout of client-go. */
const TLS_TIMEOUT_MS = 10_000;
const IDLE_MAX = 25;

/** Why a connection could not be made; `message` is what stands after `Get "url": `. */
export class DialError extends Error {
  readonly failure: ConnectionFailure;

  constructor(failure: ConnectionFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** Where a URL leads. */
export interface ServerUrl {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** Path prefix without a slash at its end. */
  readonly prefix: string;
}

/** Reads `https://host:port/prefix`; undefined when it is none. */
export function parseServerUrl(url: string): ServerUrl | undefined {
  const match = /^(https?):\/\/(\[[^\]]+\]|[^/:\s]+)(?::(\d+))?(\/.*)?$/i.exec(url);
  if (match === null) return undefined;
  const secure = match[1]?.toLowerCase() === "https";
  const host = (match[2] ?? "").replace(/^\[|\]$/g, "");
  return {
    secure,
    host,
    port: match[3] === undefined ? (secure ? 443 : 80) : Number(match[3]),
    prefix: (match[4] ?? "").replace(/\/+$/, ""),
  };
}

/**
 * Connections to one server, kept for the next request as net/http's transport keeps them. A connection carries one
 * request at a time; several at once use several connections.
 */
export class ConnectionPool {
  private readonly host: RestHost;
  private readonly config: RestConfig;
  private readonly credentials: CredentialsReader;
  private idle: Channel[] = [];

  constructor(host: RestHost, config: RestConfig) {
    this.host = host;
    this.config = config;
    this.credentials = new CredentialsReader(host.fs, config);
  }

  /** An idle connection that is still open, or undefined. */
  takeIdle(): Channel | undefined {
    for (let channel = this.idle.pop(); channel !== undefined; channel = this.idle.pop()) {
      if (!channel.closed) return channel;
    }
    return undefined;
  }

  /** Gives a connection back after a complete answer. */
  release(channel: Channel): void {
    if (!channel.closed && this.idle.length < IDLE_MAX) this.idle.push(channel);
    else channel.close();
  }

  close(): void {
    for (const channel of this.idle) channel.close();
    this.idle = [];
  }

  /** Opens a new connection. Throws `DialError`. */
  *dial(url: ServerUrl): Task<Channel> {
    const address = { ip: yield* this.lookup(url.host), port: url.port };
    const tcp = yield* this.dialTcp(address);
    return url.secure ? yield* this.handshake(tcp, url.host) : tcp;
  }

  private *dialTcp(address: Address): Task<Channel> {
    const where = `dial tcp ${formatAddress(address)}`;
    try {
      const race = yield* runAtMost(this.host.clock, this.host.net.dial(address), DIAL_TIMEOUT_MS);
      if (race.status === "timeout") throw new DialError("timeout", `${where}: i/o timeout`);
      return race.value;
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      const failure = error.code === "ECONNREFUSED" ? "refused" : error.code === "ETIMEDOUT" ? "timeout" : "network";
      throw new DialError(failure, `${where}: ${error.message}`);
    }
  }

  private *handshake(tcp: Channel, host: string): Task<Channel> {
    try {
      const tls = {
        ...this.credentials.read(),
        serverName: this.config.tlsServerName ?? host,
        protocols: ["h2", "http/1.1"],
      };
      const race = yield* runAtMost(this.host.clock, tlsConnect(tcp, tls, this.host.clock), TLS_TIMEOUT_MS);
      if (race.status === "value") return race.value;
    } catch (error) {
      throw handshakeFailure(error, tcp);
    }
    tcp.close();
    throw new DialError("timeout", "net/http: TLS handshake timeout");
  }

  private *lookup(host: string): Task<string> {
    const found = yield* lookupHost(this.host, host);
    if ("addresses" in found) return found.addresses[0];
    throw new DialError("lookup", `dial tcp: ${found.message}`);
  }
}

function handshakeFailure(error: unknown, tcp: Channel): unknown {
  if (error instanceof ConfigError) {
    tcp.close();
    return new DialError("tls", error.message);
  }
  if (error instanceof TlsError) {
    if (error.plainHttp) return new DialError("tls", "http: server gave HTTP response to HTTPS client");
    return new DialError(error.message === "EOF" ? "eof" : "tls", error.message);
  }
  if (!(error instanceof NetError)) return error;
  const between = `${formatAddress(tcp.local)}->${formatAddress(tcp.remote)}`;
  return new DialError("network", `read tcp ${between}: read: ${error.message}`);
}
