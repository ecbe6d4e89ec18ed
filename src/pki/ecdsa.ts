import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesEqual } from "../base/bytes.ts";
import type { RandomStream } from "../sim/random.ts";
import { curveResult } from "./curve-results.ts";
import { DerError, DerReader, derToBigInt, hexBytes, integer, sequence, TAG } from "./der.ts";
import type { PrivateKey, PublicKey } from "./keys.ts";

export type EcPrivateKey = PrivateKey & { readonly algorithm: "ECDSA-P256" };

const SCALAR_BYTES = 32;

/**
 * Bits per step through the base point's table. A world starts with some fifty multiplications: noble's own choice of
 * 8 bits would cost more to build than it saves.
 */
const BASE_WINDOW_BITS = 6;
p256.Point.BASE.precompute(BASE_WINDOW_BITS);

/** A new P-256 key out of the world's randomness. */
export function generateEcKey(random: RandomStream): EcPrivateKey {
  for (;;) {
    const secret = random.bytes(SCALAR_BYTES);
    if (p256.utils.isValidSecretKey(secret)) return ecKeyFromSecret(secret);
  }
}

/** The key of a secret scalar; throws DerError when it is zero or too large. */
export function ecKeyFromSecret(secret: Uint8Array): EcPrivateKey {
  if (!p256.utils.isValidSecretKey(secret)) throw new DerError("x509: invalid elliptic curve private key value");
  return new EcKey(secret);
}

/** A key whose public half is computed when somebody asks for it: that of many a key is never asked for. */
class EcKey implements EcPrivateKey {
  readonly algorithm = "ECDSA-P256";
  readonly secret: Uint8Array;
  private known: PublicKey | undefined;

  constructor(secret: Uint8Array) {
    this.secret = secret;
  }

  get publicKey(): PublicKey {
    this.known ??= {
      algorithm: "ECDSA-P256",
      point: curveResult("point", [this.secret], () => p256.getPublicKey(this.secret, false)),
    };
    return this.known;
  }
}

/** Signs the SHA-256 of `message`; gives the DER form. Nonces follow from key and message (RFC 6979). */
export function ecSign(key: EcPrivateKey, message: Uint8Array): Uint8Array {
  return rawToDer(ecSignRaw(key, message));
}

/** The same as 64 octets r, s, as JWS has it. */
export function ecSignRaw(key: EcPrivateKey, message: Uint8Array): Uint8Array {
  const digest = sha256(message);
  return curveResult("signature", [key.secret, digest], () =>
    p256.sign(digest, key.secret, { lowS: false, prehash: false }),
  );
}

/** Checks a DER signature. High s is as good as low: Go and OpenSSL make both. */
export function ecVerify(key: PublicKey & { algorithm: "ECDSA-P256" }, message: Uint8Array, der: Uint8Array): boolean {
  const raw = derToRaw(der);
  return raw !== undefined && ecVerifyRaw(key, message, raw);
}

export function ecVerifyRaw(
  key: PublicKey & { algorithm: "ECDSA-P256" },
  message: Uint8Array,
  raw: Uint8Array,
): boolean {
  if (raw.length !== 2 * SCALAR_BYTES || isZero(raw.subarray(0, 32)) || isZero(raw.subarray(32))) return false;
  const digest = sha256(message);
  return curveResult("verdict", [key.point, digest, raw], () => verdict(key.point, digest, raw))[0] === 1;
}

/** One octet: 1 for a good signature. */
function verdict(point: Uint8Array, digest: Uint8Array, raw: Uint8Array): Uint8Array {
  try {
    return Uint8Array.of(p256.verify(raw, digest, point, { lowS: false, prehash: false }) ? 1 : 0);
  } catch (error) {
    if (error instanceof Error) return Uint8Array.of(0); // r or s out of range
    throw error;
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytesEqual(bytes, new Uint8Array(bytes.length));
}

function rawToDer(raw: Uint8Array): Uint8Array {
  return sequence(integer(bytesToBigInt(raw.subarray(0, 32))), integer(bytesToBigInt(raw.subarray(32))));
}

function derToRaw(der: Uint8Array): Uint8Array | undefined {
  try {
    const reader = new DerReader(der).enter();
    const raw = new Uint8Array(2 * SCALAR_BYTES);
    for (const offset of [0, SCALAR_BYTES]) {
      const bytes = bigIntToBytes(derToBigInt(reader.next(TAG.integer).content), SCALAR_BYTES);
      if (bytes === undefined) return undefined;
      raw.set(bytes, offset);
    }
    return reader.atEnd ? raw : undefined;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** Whether 65 octets are an uncompressed point of the curve. */
export function isEcPoint(point: Uint8Array): boolean {
  return p256.utils.isValidPublicKey(point, false);
}

export function bytesToBigInt(bytes: Uint8Array): bigint {
  let digits = "";
  for (const byte of bytes) digits += byte.toString(16).padStart(2, "0");
  return digits === "" ? 0n : BigInt(`0x${digits}`);
}

/** `length` octets, big-endian; undefined when the number is negative or doesn't fit. */
export function bigIntToBytes(value: bigint, length: number): Uint8Array<ArrayBuffer> | undefined {
  const digits = value.toString(16);
  return value < 0n || digits.length > 2 * length ? undefined : hexBytes(digits.padStart(2 * length, "0"));
}
