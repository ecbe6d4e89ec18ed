import { toByteString } from "../base/bytes.ts";
import { Memo } from "../base/memo.ts";
import {
  bitString,
  DER_NULL,
  DerError,
  DerReader,
  der,
  derToBigInt,
  derToOid,
  integer,
  octetString,
  oid,
  sequence,
  TAG,
} from "./der.ts";
import { bigIntToBytes, bytesToBigInt, type EcPrivateKey, ecKeyFromSecret } from "./ecdsa.ts";
import type { PrivateKey } from "./keys.ts";
import { OID } from "./oid.ts";
import { decodePem, encodePem } from "./pem.ts";
import { RSA_BITS_MAX } from "./public-key.ts";
import { inverse, type RsaPrivateKey } from "./rsa.ts";

/** Keys by their SEC 1 octets: deriving the public point costs a millisecond, and files are read again and again. */
const ecKeys = new Memo<EcPrivateKey>(256);

/** `EC PRIVATE KEY` (SEC 1) or `RSA PRIVATE KEY` (PKCS#1), as kubeadm writes keys. */
export function privateKeyToPem(key: PrivateKey): string {
  if (key.algorithm === "RSA") return encodePem("RSA PRIVATE KEY", rsaToPkcs1(key));
  return encodePem("EC PRIVATE KEY", ecToSec1(key, true));
}

/** `PRIVATE KEY` (PKCS#8), as `openssl genpkey` and `genrsa` write keys. */
export function privateKeyToPkcs8Pem(key: PrivateKey): string {
  return encodePem("PRIVATE KEY", privateKeyToPkcs8(key));
}

function privateKeyToPkcs8(key: PrivateKey): Uint8Array {
  if (key.algorithm === "RSA") {
    return sequence(integer(0), sequence(oid(OID.rsaEncryption), DER_NULL), octetString(rsaToPkcs1(key)));
  }
  const algorithm = sequence(oid(OID.ecPublicKey), oid(OID.p256));
  return sequence(integer(0), algorithm, octetString(ecToSec1(key, false)));
}

function rsaToPkcs1(key: RsaPrivateKey): Uint8Array {
  const { n, e, d, p, q } = key;
  return sequence(...[0n, n, e, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q % p, p)].map(integer));
}

function ecToSec1(key: EcPrivateKey, withCurve: boolean): Uint8Array {
  const point = key.publicKey.algorithm === "RSA" ? new Uint8Array(0) : key.publicKey.point;
  const curve = withCurve ? [der(0xa0, oid(OID.p256))] : [];
  const encoded = sequence(integer(1), octetString(key.secret), ...curve, der(0xa1, bitString(point)));
  ecKeys.put(toByteString(key.secret), key);
  return encoded;
}

/** Reads PKCS#1, PKCS#8 or SEC 1, whichever it is. Throws DerError. */
export function privateKeyFromDer(bytes: Uint8Array): PrivateKey {
  const reader = new DerReader(bytes).enter();
  const version = derToBigInt(reader.next(TAG.integer).content);
  const tag = reader.peek();
  if (tag === TAG.sequence) return pkcs8(reader);
  if (tag === TAG.octetString && version === 1n) return sec1(reader);
  if (tag === TAG.integer && version === 0n) return pkcs1(reader);
  throw new DerError("unknown private key format");
}

function pkcs8(reader: DerReader): PrivateKey {
  const algorithm = reader.enter();
  const kind = derToOid(algorithm.next(TAG.oid).content);
  const inner = reader.next(TAG.octetString).content;
  if (kind !== OID.rsaEncryption && kind !== OID.ecPublicKey) {
    throw new DerError(`x509: PKCS#8 wrapping contained private key with unknown algorithm: ${kind}`);
  }
  if (kind === OID.ecPublicKey && derToOid(algorithm.next(TAG.oid).content) !== OID.p256) {
    throw new DerError("x509: unknown elliptic curve");
  }
  return privateKeyFromDer(inner);
}

function sec1(reader: DerReader): PrivateKey {
  const secret = bigIntToBytes(bytesToBigInt(reader.next(TAG.octetString).content), 32);
  if (secret === undefined) throw new DerError("x509: invalid private key length");
  const curve = reader.optional(0xa0);
  if (curve !== undefined && derToOid(new DerReader(curve.content).next(TAG.oid).content) !== OID.p256) {
    throw new DerError("x509: unknown elliptic curve");
  }
  return ecKeys.get(toByteString(secret), () => ecKeyFromSecret(secret));
}

function pkcs1(reader: DerReader): PrivateKey {
  const number = () => derToBigInt(reader.next(TAG.integer).content);
  const [n, e, d, p, q] = [number(), number(), number(), number(), number()];
  if (n <= 0n || e <= 0n || d <= 0n || p <= 1n || q <= 1n || p * q !== n || n >= 1n << RSA_BITS_MAX) {
    throw new DerError("x509: invalid RSA key");
  }
  return { algorithm: "RSA", n, e, d, p, q, publicKey: { algorithm: "RSA", n, e } };
}

/** The first private key of a PEM text; undefined when there is none. Throws DerError. */
export function privateKeyFromPem(text: string): PrivateKey | undefined {
  const block = decodePem(text).find(({ label }) => isPrivateKeyLabel(label));
  return block === undefined ? undefined : privateKeyFromDer(block.bytes);
}

export function isPrivateKeyLabel(label: string): boolean {
  return label === "PRIVATE KEY" || label.endsWith(" PRIVATE KEY");
}
