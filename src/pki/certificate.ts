import type { PublicKey } from "./keys.ts";

/** A parsed X.509 v3 certificate (RFC 5280). */
export interface Certificate {
  /** The whole DER encoding. */
  readonly der: Uint8Array;
  /** The signed part of it. */
  readonly tbs: Uint8Array;
  readonly serial: bigint;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  readonly signatureAlgorithm: "ecdsa-with-SHA256" | "sha256WithRSAEncryption" | "unknown";
  readonly signature: Uint8Array;
  readonly isCa: boolean;
  readonly basicConstraintsValid: boolean;
  readonly keyUsage: readonly KeyUsage[];
  readonly extendedKeyUsage: readonly ExtendedKeyUsage[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly subjectKeyId: Uint8Array | undefined;
  readonly authorityKeyId: Uint8Array | undefined;
}

export interface DistinguishedName {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** All attributes in order, for printing. */
  readonly attributes: readonly { readonly type: string; readonly value: string }[];
  /** The raw DER, compared when issuers are looked for. */
  readonly der: Uint8Array;
}

export type KeyUsage = "digitalSignature" | "keyEncipherment" | "keyCertSign" | "cRLSign";
export type ExtendedKeyUsage = "serverAuth" | "clientAuth" | "any";
