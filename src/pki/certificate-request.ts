import type { DistinguishedName, Extension } from "./certificate.ts";
import { signatureAlgorithm } from "./certificate-builder.ts";
import { algorithmName, readExtensions } from "./certificate-parser.ts";
import { bitString, DerReader, der, derToBigInt, derToOid, integer, oid, sequence, TAG } from "./der.ts";
import { parseName } from "./distinguished-name.ts";
import { encodeExtension, extensionFacts } from "./extension-codec.ts";
import type { PrivateKey, PublicKey } from "./keys.ts";
import { OID } from "./oid.ts";
import { decodePem } from "./pem.ts";
import { publicKeyFromDer, publicKeyToDer } from "./public-key.ts";
import { sign, verifySignature } from "./signature.ts";

/** A PKCS#10 request (RFC 2986). */
export interface CertificateRequest {
  readonly der: Uint8Array;
  readonly version: number;
  readonly subject: DistinguishedName;
  readonly publicKey: PublicKey;
  readonly publicKeyInfo: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly signatureAlgorithm: "ecdsa-with-SHA256" | "sha256WithRSAEncryption" | "unknown";
  readonly signature: Uint8Array;
  /** The signed part. */
  readonly info: Uint8Array;
}

/** Makes a request that `key` signs. */
export function signRequest(
  subject: DistinguishedName,
  key: PrivateKey,
  extensions: readonly Extension[] = [],
): CertificateRequest {
  const wanted = sequence(...extensions.map(encodeExtension));
  const attribute = sequence(oid(OID.extensionRequest), der(TAG.set, wanted));
  const attributes = der(0xa0, ...(extensions.length > 0 ? [attribute] : []));
  const info = sequence(integer(0), subject.der, publicKeyToDer(key.publicKey), attributes);
  return parseRequest(sequence(info, signatureAlgorithm(key), bitString(sign(key, info))));
}

/** Reads a DER request; throws DerError. */
export function parseRequest(bytes: Uint8Array): CertificateRequest {
  const outer = new DerReader(bytes).enter();
  const info = outer.next(TAG.sequence);
  const algorithm = algorithmName(outer.enter());
  const signature = outer.next(TAG.bitString).content.subarray(1);
  const fields = new DerReader(info.content);
  const version = Number(derToBigInt(fields.next(TAG.integer).content)) + 1;
  const subject = parseName(fields.next(TAG.sequence));
  const publicKeyInfo = fields.next(TAG.sequence).whole;
  const extensions = requestedExtensions(fields.optional(0xa0)?.content);
  const { dnsNames, ipAddresses } = extensionFacts(extensions);
  const publicKey = publicKeyFromDer(publicKeyInfo);
  const wish = { version, subject, publicKey, publicKeyInfo, extensions, dnsNames, ipAddresses };
  return { der: bytes, ...wish, signatureAlgorithm: algorithm, signature, info: info.whole };
}

function requestedExtensions(attributes: Uint8Array | undefined): Extension[] {
  if (attributes === undefined) return [];
  const reader = new DerReader(attributes);
  while (!reader.atEnd) {
    const attribute = reader.enter();
    if (derToOid(attribute.next(TAG.oid).content) !== OID.extensionRequest) continue;
    return readExtensions(attribute.next(TAG.set).content);
  }
  return [];
}

/** The first request of a PEM text; undefined when there is none. Throws DerError. */
export function requestFromPem(text: string): CertificateRequest | undefined {
  const block = decodePem(text).find(
    ({ label }) => label === "CERTIFICATE REQUEST" || label === "NEW CERTIFICATE REQUEST",
  );
  return block === undefined ? undefined : parseRequest(block.bytes);
}

/** Whether the request was signed with the key that it names. */
export function checkRequestSignature(request: CertificateRequest): boolean {
  return verifySignature(request.publicKey, request.info, request.signature);
}
