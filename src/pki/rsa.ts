import { sha256 } from "@noble/hashes/sha2.js";
import { bytesEqual, concat } from "../base/bytes.ts";
import type { RandomStream } from "../sim/random.ts";
import { hexBytes } from "./der.ts";
import { bigIntToBytes, bytesToBigInt } from "./ecdsa.ts";
import type { PrivateKey, PublicKey } from "./keys.ts";

export type RsaPrivateKey = PrivateKey & { readonly algorithm: "RSA" };
export type RsaPublicKey = PublicKey & { readonly algorithm: "RSA" };

/** DigestInfo of SHA-256 up to the digest (RFC 8017 section 9.2). */
const SHA256_PREFIX = hexBytes("3031300d060960864801650304020105000420");

/** RSASSA-PKCS1-v1_5 with SHA-256. Uses the factors (CRT), a quarter of the work. */
export function rsaSign(key: RsaPrivateKey, message: Uint8Array): Uint8Array {
  const length = modulusBytes(key.n);
  const m = bytesToBigInt(paddedDigest(message, length));
  const mp = modPow(m % key.p, key.d % (key.p - 1n), key.p);
  const mq = modPow(m % key.q, key.d % (key.q - 1n), key.q);
  const h = (((mp - mq) % key.p) + key.p) * inverse(key.q % key.p, key.p);
  return bigIntToBytes(mq + (h % key.p) * key.q, length) ?? new Uint8Array(length);
}

export function rsaVerify(key: RsaPublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  const length = modulusBytes(key.n);
  const s = bytesToBigInt(signature);
  if (signature.length !== length || s >= key.n || length < 62) return false;
  const found = bigIntToBytes(modPow(s, key.e, key.n), length);
  return found !== undefined && bytesEqual(found, paddedDigest(message, length));
}

function paddedDigest(message: Uint8Array, length: number): Uint8Array {
  const info = concat([SHA256_PREFIX, sha256(message)]);
  const padding = new Uint8Array(Math.max(8, length - info.length - 3)).fill(0xff);
  return concat([Uint8Array.of(0, 1), padding, Uint8Array.of(0), info]);
}

function modulusBytes(n: bigint): number {
  return Math.ceil(n.toString(16).length / 2);
}

/** `base ** exponent % modulus` by square and multiply. */
function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (const bit of [...exponent.toString(2)].reverse()) {
    if (bit === "1") result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** The inverse of `value` modulo `modulus`; both positive and without common factor. */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, value % modulus];
  let [previousFactor, factor] = [0n, 1n];
  while (current > 0n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  return ((previousFactor % modulus) + modulus) % modulus;
}

const PUBLIC_EXPONENT = 65_537n;

/**
 * Looks for an RSA key in pieces, since a key takes a good part of a second: each `next` tests one candidate, and the
 * caller may let the world breathe between them.
 */
export function* searchRsaKey(random: RandomStream, bits: number): Generator<undefined, RsaPrivateKey> {
  for (;;) {
    const p = yield* searchPrime(random, Math.ceil(bits / 2));
    const q = yield* searchPrime(random, Math.floor(bits / 2));
    if (p === q || (p * q).toString(2).length !== bits) continue;
    return p > q ? rsaKeyFromPrimes(p, q) : rsaKeyFromPrimes(q, p);
  }
}

/** The key of two primes. */
function rsaKeyFromPrimes(p: bigint, q: bigint): RsaPrivateKey {
  const n = p * q;
  const d = inverse(PUBLIC_EXPONENT, (p - 1n) * (q - 1n));
  return { algorithm: "RSA", n, e: PUBLIC_EXPONENT, d, p, q, publicKey: { algorithm: "RSA", n, e: PUBLIC_EXPONENT } };
}

function* searchPrime(random: RandomStream, bits: number): Generator<undefined, bigint> {
  for (;;) {
    const start = randomOdd(random, bits);
    const sieve = SMALL_PRIMES.map((prime) => Number(start % BigInt(prime)));
    for (let step = 0; step < 4096; step += 2) {
      if (SMALL_PRIMES.some((prime, index) => ((sieve[index] ?? 0) + step) % prime === 0)) continue;
      const candidate = start + BigInt(step);
      yield undefined;
      if (candidate % PUBLIC_EXPONENT !== 1n && isProbablePrime(candidate, random)) return candidate;
    }
  }
}

/** The two highest bits set, so that a product of two has all its bits. */
function randomOdd(random: RandomStream, bits: number): bigint {
  const value = bytesToBigInt(random.bytes(Math.ceil(bits / 8))) & ((1n << BigInt(bits)) - 1n);
  return value | (3n << BigInt(bits - 2)) | 1n;
}

const SMALL_PRIMES = primesBelow(2000).slice(1);

function primesBelow(limit: number): number[] {
  const primes: number[] = [];
  for (let n = 2; n < limit; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** Miller and Rabin's test; few rounds are enough for numbers this large. */
function isProbablePrime(candidate: bigint, random: RandomStream): boolean {
  let odd = candidate - 1n;
  let twos = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    twos++;
  }
  for (let round = 0; round < 4; round++) {
    const base = round === 0 ? 2n : BigInt(3 + random.below(1_000_000));
    if (!passesRound(candidate, base, odd, twos)) return false;
  }
  return true;
}

function passesRound(candidate: bigint, base: bigint, odd: bigint, twos: number): boolean {
  let x = modPow(base, odd, candidate);
  if (x === 1n || x === candidate - 1n) return true;
  for (let i = 1; i < twos; i++) {
    x = (x * x) % candidate;
    if (x === candidate - 1n) return true;
  }
  return false;
}
