import { bitString, DER_NULL, DerError, DerReader, derToBigInt, derToOid, integer, oid, sequence, TAG } from "./der.ts";
import { isEcPoint } from "./ecdsa.ts";
import type { PublicKey } from "./keys.ts";
import { OID } from "./oid.ts";
import { decodePem, encodePem } from "./pem.ts";

/** DER of a SubjectPublicKeyInfo. */
export function publicKeyToDer(key: PublicKey): Uint8Array {
  if (key.algorithm === "RSA") {
    const algorithm = sequence(oid(OID.rsaEncryption), DER_NULL);
    return sequence(algorithm, bitString(sequence(integer(key.n), integer(key.e))));
  }
  return sequence(sequence(oid(OID.ecPublicKey), oid(OID.p256)), bitString(key.point));
}

/** Reads a SubjectPublicKeyInfo. Throws DerError in crypto/x509's words. */
export function publicKeyFromDer(der: Uint8Array): PublicKey {
  const info = new DerReader(der).enter();
  const algorithm = info.enter();
  const kind = derToOid(algorithm.next(TAG.oid).content);
  const bits = info.next(TAG.bitString).content.subarray(1);
  if (kind === OID.rsaEncryption) return rsaFromDer(bits);
  if (kind !== OID.ecPublicKey) throw new DerError("x509: unknown public key algorithm");
  const curve = derToOid(algorithm.next(TAG.oid).content);
  if (curve !== OID.p256) throw new DerError("x509: unsupported elliptic curve");
  return ecFromPoint(bits);
}

/** Larger keys would let a file hold up the whole world; crypto/tls stops at 8192 bits, too. */
export const RSA_BITS_MAX = 16_384n;

function rsaFromDer(der: Uint8Array): PublicKey {
  const reader = new DerReader(der).enter();
  const n = derToBigInt(reader.next(TAG.integer).content);
  const e = derToBigInt(reader.next(TAG.integer).content);
  if (n <= 0n) throw new DerError("x509: RSA modulus is not a positive number");
  if (e >= 1n << 31n) throw new DerError("x509: invalid RSA public exponent");
  if (n >= 1n << RSA_BITS_MAX) throw new DerError("x509: RSA modulus is too large");
  if (e <= 0n) throw new DerError("x509: RSA public exponent is not a positive number");
  return { algorithm: "RSA", n, e };
}

function ecFromPoint(point: Uint8Array): PublicKey {
  if (!isEcPoint(point)) throw new DerError("x509: failed to unmarshal elliptic curve point");
  return { algorithm: "ECDSA-P256", point: Uint8Array.from(point) };
}

/** `-----BEGIN PUBLIC KEY-----`, as in `sa.pub`. */
export function publicKeyToPem(key: PublicKey): string {
  return encodePem("PUBLIC KEY", publicKeyToDer(key));
}

/** The first public key of a PEM text, in PKIX or PKCS#1 form; undefined when there is none. Throws DerError. */
export function publicKeyFromPem(text: string): PublicKey | undefined {
  for (const { label, bytes } of decodePem(text)) {
    if (label === "PUBLIC KEY") return publicKeyFromDer(bytes);
    if (label === "RSA PUBLIC KEY") return rsaFromDer(bytes);
  }
  return undefined;
}
