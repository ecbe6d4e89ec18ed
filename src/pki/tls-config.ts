import type { Channel } from "../sim/channel.ts";
import { ChannelError } from "../sim/channel.ts";
import type { Certificate } from "./certificate.ts";
import type { PrivateKey } from "./keys.ts";

/** A certificate chain, leaf first, with the leaf's private key. `loadKeyPair` makes one and checks that they match. */
export interface KeyPair {
  readonly chain: readonly Certificate[];
  readonly key: PrivateKey;
}

/** crypto/tls.Config as clients set it. */
export interface TlsClientConfig {
  /** Trusted roots; undefined means the system's, of which this world has none. */
  readonly rootCas: readonly Certificate[] | undefined;
  readonly certificate: KeyPair | undefined;
  /** Name or IP address that the server's certificate must be valid for. */
  readonly serverName: string;
  readonly insecureSkipVerify: boolean;
  /** ALPN, for example `h2`. */
  readonly protocols?: readonly string[];
  /**
   * Replaces Go's check of the server's chain: programs built on OpenSSL judge and word by other rules. Gives the
   * error that ends the handshake, or undefined. Runs even with `insecureSkipVerify`.
   */
  readonly verifyPeer?: (chain: readonly Certificate[]) => TlsError | undefined;
  /** Which library speaks. OpenSSL sends its alert about a bad server certificate unencrypted, and Go's server can't read it. */
  readonly library?: "go" | "openssl";
}

/** crypto/tls.Config as servers set it. */
export interface TlsServerConfig {
  readonly certificate: KeyPair;
  readonly clientCas: readonly Certificate[];
  /** `none`: not asked; `request`: asked, any or none will do; `verify-if-given`; `require-and-verify`. */
  readonly clientAuth: "none" | "request" | "verify-if-given" | "require-and-verify";
  /** ALPN in order of preference; undefined: the client's wish is ignored. */
  readonly protocols?: readonly string[];
  /** True for net/http servers, which answer a plain http request with status 400 before they hang up. */
  readonly answersPlainHttp?: boolean;
}

/** TLS over a channel. Frames sent here travel inside `tls` frames. */
export interface TlsChannel extends Channel {
  readonly inner: Channel;
  /** Verified or not, what the peer showed, leaf first. Empty when it showed none. */
  readonly peerCertificates: readonly Certificate[];
  /** Client side: the name that was asked for. Server side: the SNI name, empty for IP addresses. */
  readonly serverName: string;
  /** The ALPN protocol both agreed on, or undefined. */
  readonly protocol: string | undefined;
  /** Client side: whose certificates the server would take, if it asked for one. */
  readonly certificateRequest?: { readonly acceptableCas: readonly Certificate[] } | undefined;
}

/** What a `TlsError` knows besides its text. */
export interface TlsErrorDetails {
  /** SNI of the client's hello, for the server's log. */
  readonly serverName?: string;
  /** Client side: the server answered in plain http; net/http then says `http: server gave HTTP response to HTTPS client`. */
  readonly plainHttp?: boolean;
  /** The alert that the peer sent, in Go's words, when that is what ended the connection. */
  readonly alert?: AlertDescription;
}

/**
 * A failed handshake or an alert from the peer, in Go's words: `tls: failed to verify certificate: x509: ...`,
 * `remote error: tls: bad certificate`, `tls: first record does not look like a TLS handshake`.
 */
export class TlsError extends ChannelError {
  readonly serverName: string;
  readonly plainHttp: boolean;
  readonly alert: AlertDescription | undefined;

  constructor(message: string, details: TlsErrorDetails = {}) {
    super(message);
    this.name = "TlsError";
    this.serverName = details.serverName ?? "";
    this.plainHttp = details.plainHttp ?? false;
    this.alert = details.alert;
  }
}

/** Alerts in the words of Go's crypto/tls alert.go. */
export type AlertDescription =
  | "close notify"
  | "bad certificate"
  | "certificate required"
  | "unknown certificate authority"
  | "expired certificate"
  | "internal error"
  | "unexpected message"
  | "no application protocol";
