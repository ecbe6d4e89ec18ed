import { toByteString } from "../base/bytes.ts";
import { Memo } from "../base/memo.ts";
import type { Certificate } from "./certificate.ts";
import { ecSign, ecVerify } from "./ecdsa.ts";
import type { PrivateKey, PublicKey } from "./keys.ts";
import { rsaSign, rsaVerify } from "./rsa.ts";

const NO_PROBLEM = "";
const checked = new WeakMap<Certificate, Memo<string>>();
/** A certificate is asked about with few keys: its issuer's, and those of namesakes. */
const KEYS_PER_CERTIFICATE = 8;

/**
 * Whether `signer` signed the certificate: undefined, or the problem in crypto/x509's words. Each pair is computed
 * once, as a check costs milliseconds and the answer never changes.
 */
export function checkSignature(certificate: Certificate, signer: PublicKey): string | undefined {
  const problem = memoOf(certificate).get(keyText(signer), () => signatureProblem(certificate, signer));
  return problem === NO_PROBLEM ? undefined : problem;
}

/** Notes that `signer` has just signed the certificate, so that nobody has to check it. */
export function vouchForSignature(certificate: Certificate, signer: PublicKey): void {
  memoOf(certificate).put(keyText(signer), NO_PROBLEM);
}

function memoOf(certificate: Certificate): Memo<string> {
  const known = checked.get(certificate);
  if (known !== undefined) return known;
  const memo = new Memo<string>(KEYS_PER_CERTIFICATE);
  checked.set(certificate, memo);
  return memo;
}

/** A text that is the same for equal keys. */
export function keyText(key: PublicKey): string {
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = key.algorithm === "RSA" ? `${key.n}/${key.e}` : toByteString(key.point);
  texts.set(key, text);
  return text;
}

const texts = new WeakMap<PublicKey, string>();

function signatureProblem(certificate: Certificate, signer: PublicKey): string {
  const algorithm = certificate.signatureAlgorithm;
  if (algorithm === "unknown") return "x509: cannot verify signature: algorithm unimplemented";
  const wanted = algorithm === "ecdsa-with-SHA256" ? "ECDSA" : "RSA";
  if (wanted !== (signer.algorithm === "RSA" ? "RSA" : "ECDSA")) {
    const have = signer.algorithm === "RSA" ? "*rsa.PublicKey" : "*ecdsa.PublicKey";
    return `x509: signature algorithm specifies an ${wanted} public key, but have public key of type ${have}`;
  }
  if (verifySignature(signer, certificate.tbs, certificate.signature)) return NO_PROBLEM;
  return wanted === "RSA" ? "crypto/rsa: verification error" : "x509: ECDSA verification failure";
}

/** Checks a SHA-256 signature in the form that certificates hold. */
export function verifySignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  return key.algorithm === "RSA" ? rsaVerify(key, message, signature) : ecVerify(key, message, signature);
}

/** Signs the SHA-256 of `message` in the form that certificates hold. */
export function sign(key: PrivateKey, message: Uint8Array): Uint8Array {
  return key.algorithm === "RSA" ? rsaSign(key, message) : ecSign(key, message);
}

export function samePublicKey(a: PublicKey, b: PublicKey): boolean {
  return a.algorithm === b.algorithm && keyText(a) === keyText(b);
}
