import { sha1 } from "@noble/hashes/legacy.js";
import type { Certificate, DistinguishedName, Extension } from "./certificate.ts";
import { parseCertificate } from "./certificate-parser.ts";
import { bitString, DER_NULL, der, integer, oid, sequence, time } from "./der.ts";
import { encodeExtension } from "./extension-codec.ts";
import type { PrivateKey, PublicKey } from "./keys.ts";
import { OID } from "./oid.ts";
import { publicKeyToDer } from "./public-key.ts";
import { sign, vouchForSignature } from "./signature.ts";

/** What goes into a certificate, before it is signed. */
export interface CertificateTemplate {
  readonly serial: bigint;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Milliseconds since the epoch; whole seconds count. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  /** Without extensions it becomes a version 1 certificate, as OpenSSL 3.0 makes them. */
  readonly extensions: readonly Extension[];
}

/** Signs a certificate (SHA-256) and gives it parsed; its bytes are in `der`. */
export function signCertificate(template: CertificateTemplate, signer: PrivateKey): Certificate {
  const algorithm = signatureAlgorithm(signer);
  const extensions = template.extensions.map(encodeExtension);
  const tbs = sequence(
    ...(extensions.length > 0 ? [der(0xa0, integer(2))] : []),
    integer(template.serial),
    algorithm,
    template.issuer.der,
    sequence(time(template.notBefore), time(template.notAfter)),
    template.subject.der,
    publicKeyToDer(template.publicKey),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  const certificate = parseCertificate(sequence(tbs, algorithm, bitString(sign(signer, tbs))));
  vouchForSignature(certificate, signer.publicKey);
  return certificate;
}

/** The AlgorithmIdentifier of what `sign` makes with this key. */
export function signatureAlgorithm(key: PrivateKey): Uint8Array {
  return key.algorithm === "RSA" ? sequence(oid(OID.sha256WithRsa), DER_NULL) : sequence(oid(OID.ecdsaWithSha256));
}

/** SHA-1 of the key's bits: the usual subject key identifier (RFC 5280 section 4.2.1.2). */
export function keyIdentifier(key: PublicKey): Uint8Array {
  return sha1(key.algorithm === "RSA" ? sequence(integer(key.n), integer(key.e)) : key.point);
}
