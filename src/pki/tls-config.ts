import type { Channel } from "../sim/channel.ts";
import { ChannelError } from "../sim/channel.ts";
import type { Certificate } from "./certificate.ts";
import type { PrivateKey } from "./keys.ts";

/** A certificate chain, leaf first, with the leaf's private key. */
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
}

/** crypto/tls.Config as servers set it. */
export interface TlsServerConfig {
  readonly certificate: KeyPair;
  readonly clientCas: readonly Certificate[];
  /** `none`: not asked; `request`: asked, any or none will do; `verify-if-given`; `require-and-verify`. */
  readonly clientAuth: "none" | "request" | "verify-if-given" | "require-and-verify";
}

/** TLS over a channel. Frames sent here travel inside `tls` frames. */
export interface TlsChannel extends Channel {
  readonly inner: Channel;
  /** Verified or not, what the peer showed, leaf first. Empty when it showed none. */
  readonly peerCertificates: readonly Certificate[];
  /** Client side: the name that was asked for. */
  readonly serverName: string;
}

/**
 * A failed handshake or an alert from the peer, in Go's words: `tls: failed to verify certificate: x509: ...`,
 * `remote error: tls: bad certificate`, `tls: first record does not look like a TLS handshake`.
 */
export class TlsError extends ChannelError {}
