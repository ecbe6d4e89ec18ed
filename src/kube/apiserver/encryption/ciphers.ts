import { cbc, gcm } from "@noble/ciphers/aes.js";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { concat, utf8 } from "../../../base/bytes.ts";
import type { RandomStream } from "../../../sim/random.ts";
import { type Plain, TransformError, type ValueTransformer } from "./value-transformer.ts";

const TOO_SHORT = "the stored data was shorter than the required size";
const BLOCK = 16;
const GCM_NONCE = 12;
const SECRETBOX_NONCE = 24;
const SECRETBOX_OVERHEAD = 16;

/** A cipher with its key: what a provider of an EncryptionConfiguration makes of each of its keys. */
export type CipherMaker = (key: Uint8Array, random: RandomStream) => ValueTransformer;

/** AES-CBC with PKCS#7 padding, behind a random IV. Nothing vouches for the value: a wrong key shows in the padding only. */
export const aesCbc: CipherMaker = (key, random) => ({
  toStorage(plain) {
    const iv = random.bytes(BLOCK);
    return concat([iv, cbc(key, iv).encrypt(plain)]);
  },
  fromStorage(stored) {
    if (stored.length < BLOCK) throw new TransformError(TOO_SHORT);
    const body = stored.subarray(BLOCK);
    if (body.length % BLOCK !== 0) throw new TransformError("the stored data is not a multiple of the block size");
    if (body.length === 0) throw new TransformError("invalid PKCS7 data (empty or not padded)");
    const padded = cbc(key, stored.subarray(0, BLOCK), { disablePadding: true }).decrypt(body);
    return fresh(unpadded(padded));
  },
});

function unpadded(padded: Uint8Array): Uint8Array {
  const size = padded.at(-1) ?? 0;
  if (size === 0 || size > padded.length) throw new TransformError("invalid PKCS7 data (empty or not padded)");
  if (padded.subarray(-size).some((byte) => byte !== size)) throw new TransformError("invalid padding on input");
  return padded.subarray(0, -size);
}

/** AES-GCM behind a random nonce; the etcd key is authenticated, so a value copied to another key can't be read. */
export const aesGcm: CipherMaker = (secret, random) => ({
  toStorage(plain, key) {
    const nonce = random.bytes(GCM_NONCE);
    return concat([nonce, gcm(secret, nonce, utf8(key)).encrypt(plain)]);
  },
  fromStorage(stored, key) {
    if (stored.length < GCM_NONCE) throw new TransformError(TOO_SHORT);
    const opened = () => gcm(secret, stored.subarray(0, GCM_NONCE), utf8(key)).decrypt(stored.subarray(GCM_NONCE));
    return fresh(attempt(opened, "cipher: message authentication failed"));
  },
});

/** NaCl's secretbox (XSalsa20 and Poly1305) behind a random nonce. */
export const secretbox: CipherMaker = (key, random) => ({
  toStorage(plain) {
    const nonce = random.bytes(SECRETBOX_NONCE);
    return concat([nonce, xsalsa20poly1305(key, nonce).encrypt(plain)]);
  },
  fromStorage(stored) {
    if (stored.length < SECRETBOX_NONCE + SECRETBOX_OVERHEAD) throw new TransformError(TOO_SHORT);
    const nonce = stored.subarray(0, SECRETBOX_NONCE);
    const opened = () => xsalsa20poly1305(key, nonce).decrypt(stored.subarray(SECRETBOX_NONCE));
    return fresh(attempt(opened, "output array was not large enough for encryption"));
  },
});

/** The library throws plain errors for a tag that does not fit. */
function attempt(open: () => Uint8Array, complaint: string): Uint8Array {
  try {
    return open();
  } catch (error) {
    if (error instanceof Error) throw new TransformError(complaint);
    throw error;
  }
}

function fresh(bytes: Uint8Array): Plain {
  return { bytes, stale: false };
}
