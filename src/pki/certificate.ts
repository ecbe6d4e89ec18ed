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
  /** E-mail addresses and URIs among the subject alternative names. */
  readonly otherNames: readonly { readonly kind: "email" | "URI"; readonly value: string }[];
  /** Most CA certificates allowed below this one, or undefined for no limit. */
  readonly maxPathLength: number | undefined;
  /** X.509 version, 1 to 3. */
  readonly version: number;
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Uint8Array;
  /** All extensions in order, for printing. */
  readonly extensions: readonly Extension[];
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

export interface Extension {
  /** Dotted form. */
  readonly oid: string;
  readonly critical: boolean;
  /** Content of the OCTET STRING. */
  readonly value: Uint8Array;
}

/** Bits of the key usage extension, in their order. */
export const KEY_USAGES = [
  "digitalSignature",
  "contentCommitment",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** Purposes of the extended key usage extension; `other` stands for one that Go doesn't know. */
export type ExtendedKeyUsage =
  | "serverAuth"
  | "clientAuth"
  | "any"
  | "codeSigning"
  | "emailProtection"
  | "timeStamping"
  | "OCSPSigning"
  | "other";
