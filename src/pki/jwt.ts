import { sha256 } from "@noble/hashes/sha2.js";
import { text, toByteString, utf8 } from "../base/bytes.ts";
import { Memo } from "../base/memo.ts";
import { isRecord } from "../base/record.ts";
import { base64Url, fromBase64Url } from "./base64-url.ts";
import { ecSignRaw, ecVerifyRaw } from "./ecdsa.ts";
import type { PrivateKey, PublicKey } from "./keys.ts";
import { publicKeyToDer } from "./public-key.ts";
import { rsaSign, rsaVerify } from "./rsa.ts";
import { keyText } from "./signature.ts";

/** A JSON Web Token (RFC 7519) in JWS compact form, split and decoded but not yet trusted. */
export interface JsonWebToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What was signed: the first two parts with their dot. */
  readonly signedText: string;
  readonly signature: Uint8Array;
}

/**
 * Signs claims as Kubernetes signs service account tokens: ES256 with P-256 keys, RS256 with RSA keys, and the key's
 * id in the header. Mirrors pkg/serviceaccount/jwt.go.
 */
export function signJwt(key: PrivateKey, claims: Readonly<Record<string, unknown>>): string {
  const header = { alg: algorithmOf(key.publicKey), kid: keyId(key.publicKey) };
  const signedText = `${encodePart(header)}.${encodePart(claims)}`;
  const message = utf8(signedText);
  const signature = key.algorithm === "RSA" ? rsaSign(key, message) : ecSignRaw(key, message);
  rememberVerified(key.publicKey, signedText, signature);
  return `${signedText}.${base64Url(signature)}`;
}

/** Tokens by their text: clients send the same one with every request. What is no token is not kept. */
const split = new Memo<JsonWebToken>(256);

/** Splits a token; undefined when it is none. Equal tokens give the same object, which must not be changed. */
export function parseJwt(token: string): JsonWebToken | undefined {
  const known = split.peek(token);
  if (known !== undefined) return known;
  const fresh = splitToken(token);
  if (fresh !== undefined) split.put(token, fresh);
  return fresh;
}

function splitToken(token: string): JsonWebToken | undefined {
  const parts = token.split(".");
  const [first = "", second = "", third = ""] = parts;
  const header = decodePart(first);
  const claims = decodePart(second);
  const signature = fromBase64Url(third);
  if (parts.length !== 3 || header === undefined || claims === undefined || signature === undefined) return undefined;
  return { header, claims, signedText: `${first}.${second}`, signature };
}

/** Answers by key, text and signature. */
const verified = new Memo<boolean>(1024);

/** Whether one of `keys` signed the token. Dates and audiences are the caller's business. */
export function verifyJwt(token: JsonWebToken, keys: readonly PublicKey[]): boolean {
  return keys.some((key) => {
    if (token.header["alg"] !== algorithmOf(key)) return false;
    return verified.get(memoKey(key, token.signedText, token.signature), () => verifyFresh(token, key));
  });
}

function verifyFresh(token: JsonWebToken, key: PublicKey): boolean {
  const message = utf8(token.signedText);
  return key.algorithm === "RSA"
    ? rsaVerify(key, message, token.signature)
    : ecVerifyRaw(key, message, token.signature);
}

function rememberVerified(key: PublicKey, signedText: string, signature: Uint8Array): void {
  verified.put(memoKey(key, signedText, signature), true);
}

function memoKey(key: PublicKey, signedText: string, signature: Uint8Array): string {
  return `${keyText(key)}|${signedText}|${toByteString(signature)}`;
}

function algorithmOf(key: PublicKey): "ES256" | "RS256" {
  return key.algorithm === "RSA" ? "RS256" : "ES256";
}

/** The key's id in tokens: base64url of the SHA-256 of its PKIX form. */
function keyId(key: PublicKey): string {
  return ids.get(keyText(key), () => base64Url(sha256(publicKeyToDer(key))));
}

const ids = new Memo<string>(64);

function encodePart(part: Readonly<Record<string, unknown>>): string {
  return base64Url(utf8(JSON.stringify(part)));
}

function decodePart(part: string): Record<string, unknown> | undefined {
  const bytes = fromBase64Url(part);
  if (bytes === undefined || bytes.length === 0) return undefined;
  try {
    const value: unknown = JSON.parse(text(bytes));
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
