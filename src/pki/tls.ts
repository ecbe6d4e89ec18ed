import type { Address, Channel, Frame } from "../sim/channel.ts";
import type { Clock } from "../sim/clock.ts";
import { isHttp, sendResponse, textBody } from "../sim/http.ts";
import type { Task } from "../sim/task.ts";
import type { Certificate } from "./certificate.ts";
import { type VerifyError, verifyCertificate } from "./chain.ts";
import {
  type AlertDescription,
  type TlsChannel,
  type TlsClientConfig,
  TlsError,
  type TlsServerConfig,
} from "./tls-config.ts";
import { alert, clientFlight, clientHello, isTls, sealed, serverFlight, type TlsFrame } from "./tls-frame.ts";

/**
 * The client's side of a handshake. Throws `TlsError`, or `NetError` when the connection breaks. As in TLS 1.3, it
 * returns before the server has looked at the client's certificate: a rejection is thrown by the first `receive`.
 * On failure the channel is closed.
 */
export function* tlsConnect(channel: Channel, config: TlsClientConfig, clock: Clock): Task<TlsChannel> {
  if (config.serverName === "" && !config.insecureSkipVerify && config.verifyPeer === undefined) {
    throw new TlsError("tls: either ServerName or InsecureSkipVerify must be specified in the tls.Config");
  }
  channel.send(clientHello(sniName(config.serverName), config.protocols ?? []));
  const flight = yield* receiveServerFlight(channel);
  const problem = judgeServer(flight.chain, config, clock.now);
  if (problem !== undefined) {
    channel.send(alert("bad certificate", config.library !== "openssl"));
    channel.close();
    throw problem;
  }
  channel.send(clientFlight(flight.certificateWanted ? (config.certificate?.chain ?? []) : []));
  const request = flight.certificateWanted ? { acceptableCas: flight.acceptableCas } : undefined;
  return new TlsConnection(channel, flight.chain, config.serverName, flight.agreed, request);
}

function* receiveServerFlight(channel: Channel): Task<TlsFrame & { tls: "server-flight" }> {
  const frame = yield* channel.receive();
  if (frame === undefined) throw new TlsError("EOF");
  if (!isTls(frame)) {
    channel.close();
    throw new TlsError(NOT_TLS, { plainHttp: isHttp(frame) });
  }
  if (frame.tls === "server-flight") return frame;
  channel.close();
  throw frame.tls === "alert" ? remoteError(frame.description) : new TlsError("tls: unexpected message");
}

function judgeServer(chain: readonly Certificate[], config: TlsClientConfig, nowMs: number): TlsError | undefined {
  if (config.verifyPeer !== undefined) return config.verifyPeer(chain);
  if (config.insecureSkipVerify) return undefined;
  const leaf = chain[0];
  if (leaf === undefined) return new TlsError("tls: received empty certificates message");
  const problem = verifyCertificate(leaf, {
    roots: config.rootCas ?? [],
    intermediates: chain.slice(1),
    usage: "serverAuth",
    hostname: config.serverName,
    nowMs,
  });
  return problem === undefined ? undefined : verificationFailed(problem);
}

/**
 * The server's side of a handshake, with the client's certificate judged as `config` says. A function is asked anew
 * for every connection, as servers that reload their files are; what it throws ends the handshake with an internal
 * error. `first` is the connection's first frame when the caller has taken it already. Throws `TlsError` or
 * `NetError`; on failure the client has been told and the channel is closed.
 */
export function* tlsAccept(
  channel: Channel,
  config: TlsServerConfig | (() => TlsServerConfig),
  clock: Clock,
  first?: Frame,
): Task<TlsChannel> {
  const hello = first ?? (yield* channel.receive());
  if (hello === undefined) throw new TlsError("EOF");
  if (!isTls(hello) || hello.tls !== "client-hello") throw refuseStranger(channel, hello, config);
  const settings = currentConfig(channel, config, hello.serverName);
  const agreed = agreeOnProtocol(channel, hello.protocols, settings);
  const wanted = settings.clientAuth !== "none";
  channel.send(serverFlight(settings.certificate.chain, wanted, settings.clientCas, agreed));
  const chain = yield* receiveClientFlight(channel, hello.serverName);
  const rejection = judgeClient(chain, settings, clock.now);
  if (rejection !== undefined) {
    channel.send(alert(rejection.alert));
    channel.close();
    throw new TlsError(rejection.message, { serverName: hello.serverName });
  }
  return new TlsConnection(channel, chain, hello.serverName, agreed);
}

const NOT_TLS = "tls: first record does not look like a TLS handshake";

function refuseStranger(channel: Channel, frame: Frame, config: TlsServerConfig | (() => TlsServerConfig)): TlsError {
  const answers = typeof config === "function" ? safely(config)?.answersPlainHttp : config.answersPlainHttp;
  if (isHttp(frame) && answers === true) {
    const body = textBody("Client sent an HTTP request to an HTTPS server.\n");
    sendResponse(channel, "http1", { status: 400, headers: {}, body });
  }
  channel.close();
  return new TlsError(NOT_TLS, { plainHttp: isHttp(frame) });
}

function safely(config: () => TlsServerConfig): TlsServerConfig | undefined {
  try {
    return config();
  } catch (error) {
    if (error instanceof Error) return undefined; // unreadable files: the stranger is refused all the same
    throw error;
  }
}

function currentConfig(
  channel: Channel,
  config: TlsServerConfig | (() => TlsServerConfig),
  serverName: string,
): TlsServerConfig {
  if (typeof config !== "function") return config;
  try {
    return config();
  } catch (error) {
    channel.send(alert("internal error"));
    channel.close();
    throw new TlsError(error instanceof Error ? error.message : String(error), { serverName });
  }
}

function agreeOnProtocol(channel: Channel, offered: readonly string[], config: TlsServerConfig): string | undefined {
  if (config.protocols === undefined || offered.length === 0) return undefined;
  const agreed = config.protocols.find((protocol) => offered.includes(protocol));
  if (agreed !== undefined) return agreed;
  // Go lets http/1.1 clients through to servers that only name h2, for programs older than ALPN.
  if (config.protocols.includes("h2") && offered.length === 1 && offered[0] === "http/1.1") return undefined;
  channel.send(alert("no application protocol"));
  channel.close();
  throw new TlsError(`tls: client requested unsupported application protocols ([${offered.join(" ")}])`);
}

function* receiveClientFlight(channel: Channel, serverName: string): Task<readonly Certificate[]> {
  const frame = yield* channel.receive();
  if (frame === undefined) throw new TlsError("EOF", { serverName });
  if (isTls(frame) && frame.tls === "client-flight") return frame.chain;
  channel.close();
  if (isTls(frame) && frame.tls === "alert") {
    if (!frame.readable) throw new TlsError("local error: tls: bad record MAC", { serverName });
    throw new TlsError(`remote error: tls: ${frame.description}`, { serverName, alert: frame.description });
  }
  throw new TlsError("tls: unexpected message", { serverName });
}

interface Rejection {
  readonly alert: AlertDescription;
  readonly message: string;
}

/** Mirrors crypto/tls processCertsFromClient. */
function judgeClient(chain: readonly Certificate[], config: TlsServerConfig, nowMs: number): Rejection | undefined {
  const leaf = chain[0];
  if (leaf === undefined) {
    if (config.clientAuth !== "require-and-verify") return undefined;
    return { alert: "certificate required", message: "tls: client didn't provide a certificate" };
  }
  if (config.clientAuth === "none" || config.clientAuth === "request") return undefined;
  const problem = verifyCertificate(leaf, {
    roots: config.clientCas,
    intermediates: chain.slice(1),
    usage: "clientAuth",
    hostname: undefined,
    nowMs,
  });
  if (problem === undefined) return undefined;
  return { alert: alertFor(problem), message: verificationFailed(problem).message };
}

function alertFor(problem: VerifyError): AlertDescription {
  if (problem.reason === "unknown-authority") return "unknown certificate authority";
  return problem.reason === "expired" ? "expired certificate" : "bad certificate";
}

function verificationFailed(problem: VerifyError): TlsError {
  return new TlsError(`tls: failed to verify certificate: ${problem.message}`);
}

function remoteError(description: AlertDescription): TlsError {
  return new TlsError(`remote error: tls: ${description}`, { alert: description });
}

/** The name that goes into the hello: none for IP addresses, no final dot. Mirrors crypto/tls hostnameInSNI. */
function sniName(name: string): string {
  const host = name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
  if (host.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(host)) return "";
  return name.replace(/\.+$/, "");
}

/** An established TLS connection; same on both sides. */
class TlsConnection implements TlsChannel {
  readonly inner: Channel;
  readonly peerCertificates: readonly Certificate[];
  readonly serverName: string;
  readonly protocol: string | undefined;
  readonly certificateRequest: TlsChannel["certificateRequest"];
  private failure: TlsError | undefined;

  constructor(
    inner: Channel,
    peer: readonly Certificate[],
    serverName: string,
    protocol: string | undefined,
    certificateRequest?: TlsChannel["certificateRequest"],
  ) {
    this.inner = inner;
    this.peerCertificates = peer;
    this.serverName = serverName;
    this.protocol = protocol;
    this.certificateRequest = certificateRequest;
  }

  get local(): Address {
    return this.inner.local;
  }

  get remote(): Address {
    return this.inner.remote;
  }

  get cause(): number | undefined {
    return this.inner.cause;
  }

  get closed(): boolean {
    return this.failure !== undefined || this.inner.closed;
  }

  send(frame: Frame): void {
    this.inner.send(sealed(frame));
  }

  *receive(): Task<Frame | undefined> {
    if (this.failure !== undefined) throw this.failure;
    const frame = yield* this.inner.receive();
    if (frame === undefined) return undefined;
    if (isTls(frame) && frame.tls === "data") return frame.frame;
    if (isTls(frame) && frame.tls === "alert" && frame.description === "close notify") return undefined;
    this.failure =
      isTls(frame) && frame.tls === "alert" ? remoteError(frame.description) : new TlsError("tls: unexpected message");
    this.inner.close();
    throw this.failure;
  }

  close(): void {
    this.inner.send(alert("close notify"));
    this.inner.close();
  }

  reset(): void {
    this.inner.reset();
  }
}
