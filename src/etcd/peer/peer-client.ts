import { tlsConnect } from "../../pki/tls.ts";
import { type Channel, ChannelError, formatAddress, NetError } from "../../sim/channel.ts";
import { type HttpAnswer, HttpProtocolError, type HttpRequest, httpRequest } from "../../sim/http.ts";
import { runAtMost, type Task } from "../../sim/task.ts";
import { splitHostPort } from "../rpc/endpoint.ts";
import { type ReloadingTls, TlsFileError } from "../server/tls-files.ts";
import type { PeerHost } from "./peer-owner.ts";

/** A request that got no answer; the text is Go's. */
export class PeerError extends Error {}

/** An answer, and the connection that it came by. */
export interface PeerAnswer {
  readonly answer: HttpAnswer;
  readonly channel: Channel;
}

/** Requests to other members' peer URLs, with this member's certificate and trust. */
export class PeerClient {
  private readonly host: PeerHost;
  private readonly tls: ReloadingTls | undefined;

  constructor(host: PeerHost, tls: ReloadingTls | undefined) {
    this.host = host;
    this.tls = tls;
  }

  /** Sends one request. The connection stays open for whoever reads on; `fetch` closes it. Throws `PeerError`. */
  *request(url: string, request: HttpRequest, timeoutMs: number): Task<PeerAnswer> {
    const race = yield* runAtMost(this.host.clock, this.exchange(url, request), timeoutMs);
    if (race.status === "timeout")
      throw new PeerError("context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
    return race.value;
  }

  /** Sends one request whose answer is complete. Throws `PeerError`. */
  *fetch(url: string, request: HttpRequest, timeoutMs: number): Task<HttpAnswer> {
    const { answer, channel } = yield* this.request(url, request, timeoutMs);
    channel.close();
    return answer;
  }

  private *exchange(url: string, request: HttpRequest): Task<PeerAnswer> {
    let channel: Channel | undefined;
    let done = false;
    try {
      channel = yield* this.connect(url);
      const answer = yield* httpRequest(channel, "http1", request);
      done = true;
      return { answer, channel };
    } catch (error) {
      throw asPeerError(error, channel);
    } finally {
      if (!done) channel?.close();
    }
  }

  private *connect(url: string): Task<Channel> {
    const [, scheme, address = ""] = /^(\w+):\/\/([^/]*)/.exec(url) ?? [];
    const target = splitHostPort(address);
    if ("error" in target) throw new PeerError(`dial tcp: ${target.error}`);
    const channel = yield* this.dial(target.host, target.port);
    if (scheme !== "https") return channel;
    const own = this.tls?.load();
    const config = {
      // Without a CA of its own Go asks the system, which trusts nobody here.
      rootCas: own === undefined || own.clientCas.length === 0 ? undefined : own.clientCas,
      certificate: own?.certificate,
      serverName: target.host,
      insecureSkipVerify: false,
    };
    return yield* tlsConnect(channel, config, this.host.clock);
  }

  private *dial(host: string, port: number): Task<Channel> {
    const ips = yield* this.host.lookup(host);
    if ("error" in ips) throw new PeerError(`dial tcp: ${ips.error}`);
    let failure = "no addresses";
    for (const ip of ips) {
      try {
        return yield* this.host.net.dial({ ip, port });
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        failure = `dial tcp ${formatAddress({ ip, port })}: ${error.message}`;
      }
    }
    throw new PeerError(failure);
  }
}

function asPeerError(error: unknown, channel: Channel | undefined): unknown {
  if (error instanceof NetError && channel !== undefined)
    return new PeerError(
      `read tcp ${formatAddress(channel.local)}->${formatAddress(channel.remote)}: read: ${error.message}`,
    );
  const isKnown = error instanceof ChannelError || error instanceof HttpProtocolError || error instanceof TlsFileError;
  return isKnown ? new PeerError(error.message) : error;
}
