import { lookupHost } from "../../dns/lookup-host.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import { tlsConnect } from "../../pki/tls.ts";
import { type TlsChannel, TlsError } from "../../pki/tls-config.ts";
import { type Channel, NetError } from "../../sim/channel.ts";
import { runAtMost, type Task } from "../../sim/task.ts";
import { CODE, CurlError } from "./curl-error.ts";
import type { Facts } from "./facts.ts";
import type { CurlOptions } from "./options.ts";
import {
  handshakeError,
  judgePeer,
  loadClientPair,
  loadRoots,
  PeerRefused,
  type PeerVerdict,
  readError,
  SYSTEM_CA_FILE,
} from "./tls-side.ts";
import type { Url } from "./url.ts";
import { type DataLine, handshakeEnd, handshakeStart, serverSteps } from "./verbose.ts";

/** What a connection needs of the transfer it belongs to. */
export interface Dialling {
  readonly process: Process;
  readonly options: CurlOptions;
  readonly facts: Facts;
  /** Prints for `-v`; does nothing without it. */
  readonly trace: (text: string) => Task<void>;
  readonly data: DataLine;
}

/** A way to the server; `http2` when both sides agreed on it. */
export interface Line {
  readonly channel: Channel;
  readonly http2: boolean;
}

/** Resolves, connects and, for https, shakes hands. Throws CurlError. */
export function* connect(dialling: Dialling, url: Url): Task<Line> {
  const { process, facts, trace } = dialling;
  const ip = yield* resolve(dialling, url);
  facts.resolvedAt = process.clock.uptime;
  yield* trace(`*   Trying ${ip.includes(":") ? `[${ip}]` : ip}:${url.port}...\n`);
  const channel = yield* dial(dialling, url, ip);
  facts.connectedAt = process.clock.uptime;
  facts.connects++;
  facts.remoteIp = ip;
  facts.remotePort = url.port;
  facts.localIp = channel.local.ip;
  facts.localPort = channel.local.port;
  yield* trace(`* Connected to ${url.host} (${ip}) port ${url.port} (#0)\n`);
  if (url.scheme === "http") return { channel, http2: false };
  const tls = yield* secure(dialling, url, channel);
  facts.securedAt = process.clock.uptime;
  return { channel: tls, http2: tls.protocol === "h2" };
}

function* resolve({ process, options, trace }: Dialling, url: Url): Task<string> {
  for (const entry of options.values("resolve")) {
    const [host = "", port = "", ...rest] = entry.replace(/^[+-]/, "").split(":");
    const address = rest.join(":").replace(/^\[|\]$/g, "");
    if ((host !== url.host && host !== "*") || Number(port) !== url.port) continue;
    yield* trace(`* Added ${host}:${port}:${address} to DNS cache\n* Hostname ${url.host} was found in DNS cache\n`);
    return address;
  }
  const began = process.clock.uptime;
  const limit = options.milliseconds("connect-timeout");
  const found = yield* runAtMost(
    process.clock,
    lookupHost(process, url.host),
    limit === undefined ? undefined : limit + 1,
  );
  if (found.status === "timeout") {
    const message = `Resolving timed out after ${Math.floor(process.clock.uptime - began)} milliseconds`;
    yield* trace(`* ${message}\n* Closing connection 0\n`);
    throw new CurlError(CODE.timedOut, message);
  }
  if ("addresses" in found.value) return found.value.addresses[0];
  yield* trace(`* Could not resolve host: ${url.host}\n* Closing connection 0\n`);
  throw new CurlError(CODE.couldNotResolve, `Could not resolve host: ${url.host}`);
}

const REASONS: Readonly<Partial<Record<NetError["code"], string>>> = {
  ECONNREFUSED: "Connection refused",
  EHOSTUNREACH: "No route to host",
  ENETUNREACH: "Network is unreachable",
  ETIMEDOUT: "Connection timed out",
};

function* dial({ process, options, trace }: Dialling, url: Url, ip: string): Task<Channel> {
  const began = process.clock.uptime;
  const failed = (reason: string) => {
    const elapsed = Math.floor(process.clock.uptime - began);
    return `Failed to connect to ${url.host} port ${url.port} after ${elapsed} ms: ${reason}`;
  };
  try {
    const limit = options.milliseconds("connect-timeout");
    const race = yield* runAtMost(
      process.clock,
      process.net.dial({ ip, port: url.port }),
      limit === undefined ? undefined : limit + 1,
    );
    if (race.status === "value") return race.value;
    throw new CurlError(CODE.timedOut, failed("Timeout was reached"));
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const message = failed("Couldn't connect to server");
    const reason = REASONS[error.code] ?? error.message;
    yield* trace(`* connect to ${ip} port ${url.port} failed: ${reason}\n* ${message}\n* Closing connection 0\n`);
    throw new CurlError(CODE.couldNotConnect, message);
  }
}

function* secure(dialling: Dialling, url: Url, channel: Channel): Task<TlsChannel> {
  const { process, options, facts, trace, data } = dialling;
  const insecure = options.has("insecure");
  const protocols = options.has("http1.1") ? ["http/1.1"] : ["h2", "http/1.1"];
  const roots = insecure ? [] : loadRoots(process, options);
  const pair = loadClientPair(process, options);
  let verdict: PeerVerdict = { code: 0, refused: undefined };
  let shown: TlsChannel["peerCertificates"] = [];
  yield* trace(handshakeStart(protocols, insecure ? undefined : (options.value("cacert") ?? SYSTEM_CA_FILE), data));
  try {
    const tls = yield* tlsConnect(
      channel,
      {
        rootCas: roots,
        certificate: pair,
        serverName: url.host,
        insecureSkipVerify: insecure,
        protocols,
        library: "openssl",
        verifyPeer: (chain) => {
          shown = chain;
          verdict = judgePeer(chain, roots, url.host, insecure, process.clock.now);
          facts.verifyCode = verdict.code;
          return verdict.refused?.badChain === true ? verdict.refused : undefined;
        },
      },
      process.clock,
    );
    // OpenSSL judges chains while it shakes hands, curl the name only then.
    if (verdict.refused !== undefined) {
      tls.close();
      throw verdict.refused;
    }
    yield* trace(serverSteps(shown, tls.certificateRequest !== undefined, false, data));
    yield* trace(handshakeEnd(tls, pair?.chain ?? [], verdict, { insecure, host: url.host, data }));
    return tls;
  } catch (error) {
    if (error instanceof PeerRefused) {
      yield* trace(serverSteps(shown, false, error.badChain, data) + refusalLines(error, data));
      throw new CurlError(CODE.badServerCertificate, error.message);
    }
    throw handshakeProblem(error, `${url.host}:${url.port}`);
  }
}

function refusalLines(error: PeerRefused, data: DataLine): string {
  const alert = error.badChain ? `* TLSv1.3 (OUT), TLS alert, unknown CA (560):\n${data("out", 2)}` : "";
  return `${alert}* ${error.message}\n* Closing connection 0\n`;
}

function handshakeProblem(error: unknown, where: string): unknown {
  if (error instanceof TlsError) return handshakeError(error, where);
  if (error instanceof NetError) return new CurlError(CODE.tlsConnect, "Recv failure: Connection reset by peer");
  return error;
}

/** What breaks an established connection, in curl's words. */
export function connectionProblem(error: unknown): unknown {
  if (error instanceof TlsError) return readError(error);
  if (error instanceof NetError) return new CurlError(CODE.receiveFailed, "Recv failure: Connection reset by peer");
  return error;
}

/** Prints to standard error when `-v` was given. */
export function tracer(process: Process, verbose: boolean): (text: string) => Task<void> {
  return function* (text) {
    if (verbose) yield* writeText(process.stderr, text);
  };
}
