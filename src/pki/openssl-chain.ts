import { bytesEqual } from "../base/bytes.ts";
import { isIpAddress } from "../sim/resolver.ts";
import type { Certificate, ExtendedKeyUsage, KeyUsage } from "./certificate.ts";
import { matchesHostname } from "./hostname.ts";
import { canonicalIp } from "./ip-address.ts";
import { checkSignature } from "./signature.ts";

/** OpenSSL's numbers of what may be wrong with a chain (x509_vfy.h), and its words for them. */
export const VERIFY_TEXT = {
  0: "ok",
  2: "unable to get issuer certificate",
  7: "certificate signature failure",
  9: "certificate is not yet valid",
  10: "certificate has expired",
  18: "self-signed certificate",
  19: "self-signed certificate in certificate chain",
  20: "unable to get local issuer certificate",
  21: "unable to verify the first certificate",
  25: "path length constraint exceeded",
  26: "unsuitable certificate purpose",
  62: "hostname mismatch",
  64: "IP address mismatch",
  79: "invalid CA certificate",
} as const;

export type VerifyCode = keyof typeof VERIFY_TEXT;

/** Something wrong with the certificate at `depth` of the chain (0 is the leaf). */
export interface ChainProblem {
  readonly code: VerifyCode;
  readonly depth: number;
  readonly certificate: Certificate;
}

export interface ChainQuestion {
  readonly leaf: Certificate;
  readonly untrusted: readonly Certificate[];
  readonly trusted: readonly Certificate[];
  readonly purpose: "sslserver" | "sslclient" | "any";
  /** Name or IP address to be matched, or undefined. */
  readonly hostname: string | undefined;
  readonly nowMs: number;
  /** Whether to look on after such a problem; OpenSSL's programs differ here. */
  readonly goOn: (code: VerifyCode) => boolean;
}

/** The chain that was built, leaf first, and what was found in the order in which OpenSSL finds it. */
export interface ChainAnswer {
  readonly chain: readonly Certificate[];
  /** How many certificates at the start of the chain came from the peer, not from the trusted ones. */
  readonly untrustedCount: number;
  readonly problems: readonly ChainProblem[];
}

/** Checks a chain as OpenSSL 3.0's X509_verify_cert does (crypto/x509/x509_vfy.c): other rules than Go's, other words. */
export function opensslVerify(question: ChainQuestion): ChainAnswer {
  const built = buildChain(question);
  const { chain, untrustedCount } = built;
  const problems: ChainProblem[] = [];
  for (const problem of checks(question, built)) {
    problems.push(problem);
    if (!question.goOn(problem.code)) break;
  }
  return { chain, untrustedCount, problems };
}

interface BuiltChain {
  readonly chain: readonly Certificate[];
  readonly untrustedCount: number;
}

/** Trusted issuers are looked for first. Stops at a self-signed certificate or when nobody knows the issuer. */
function buildChain({ leaf, trusted, untrusted, nowMs }: ChainQuestion): BuiltChain {
  const chain = [leaf];
  let untrustedCount = trusted.some((anchor) => bytesEqual(anchor.der, leaf.der)) && isSelfIssued(leaf) ? 0 : 1;
  for (let last: Certificate = leaf; !isSelfIssued(last); ) {
    const free = (pool: readonly Certificate[]) => pool.filter((candidate) => !chain.includes(candidate));
    const anchor = findIssuer(last, free(trusted), nowMs);
    const next: Certificate | undefined =
      anchor ?? (untrustedCount === chain.length ? findIssuer(last, free(untrusted), nowMs) : undefined);
    if (next === undefined) break;
    chain.push(next);
    if (anchor === undefined) untrustedCount++;
    last = next;
  }
  const top = chain[chain.length - 1];
  if (top !== undefined && untrustedCount === chain.length && trusted.some((anchor) => bytesEqual(anchor.der, top.der)))
    untrustedCount--;
  return { chain, untrustedCount };
}

function findIssuer(child: Certificate, pool: readonly Certificate[], nowMs: number): Certificate | undefined {
  const issuers = pool.filter((candidate) => mayHaveIssued(candidate, child));
  return issuers.find((issuer) => issuer.notBefore <= nowMs && nowMs <= issuer.notAfter) ?? issuers[0];
}

/** Names and key identifiers fit; signatures are checked later. Mirrors X509_check_issued. */
function mayHaveIssued(issuer: Certificate, child: Certificate): boolean {
  if (!bytesEqual(issuer.subject.der, child.issuer.der)) return false;
  const { authorityKeyId } = child;
  if (authorityKeyId !== undefined && issuer.subjectKeyId !== undefined) {
    if (!bytesEqual(authorityKeyId, issuer.subjectKeyId)) return false;
  }
  return issuer.keyUsage.length === 0 || issuer.keyUsage.includes("keyCertSign");
}

function isSelfIssued(certificate: Certificate): boolean {
  return bytesEqual(certificate.subject.der, certificate.issuer.der) && mayHaveIssuedItself(certificate);
}

function mayHaveIssuedItself({ authorityKeyId, subjectKeyId }: Certificate): boolean {
  if (authorityKeyId === undefined || subjectKeyId === undefined) return true;
  return bytesEqual(authorityKeyId, subjectKeyId);
}

function* checks(question: ChainQuestion, { chain, untrustedCount }: BuiltChain): Generator<ChainProblem> {
  const depth = chain.length - 1;
  const top = chain[depth];
  if (top === undefined) return;
  if (untrustedCount === chain.length || !isSelfIssued(top)) {
    yield { code: untrustedCode(question, chain, untrustedCount), depth, certificate: top };
  }
  yield* purposeProblems(question, chain);
  yield* nameProblems(question);
  yield* signatureAndDateProblems(question, chain);
}

function untrustedCode(question: ChainQuestion, chain: readonly Certificate[], untrustedCount: number): VerifyCode {
  const top = chain[chain.length - 1] ?? question.leaf;
  if (isSelfIssued(top)) return chain.length === 1 ? 18 : 19;
  return untrustedCount < chain.length ? 2 : 20;
}

function* purposeProblems({ purpose }: ChainQuestion, chain: readonly Certificate[]): Generator<ChainProblem> {
  for (const [depth, certificate] of chain.entries()) {
    if (depth > 0 && caQuality(certificate) === 0) yield { code: 79, depth, certificate };
    const unfit = depth === 0 ? !fitsPurpose(certificate, purpose) : !caFitsPurpose(certificate, purpose);
    if (unfit) yield { code: 26, depth, certificate };
    if (depth > 1 && certificate.maxPathLength !== undefined && depth - 1 > certificate.maxPathLength) {
      yield { code: 25, depth, certificate };
    }
  }
}

function* nameProblems({ leaf, hostname }: ChainQuestion): Generator<ChainProblem> {
  if (hostname === undefined || matchesName(leaf, hostname)) return;
  yield { code: isIpAddress(hostname) ? 64 : 62, depth: 0, certificate: leaf };
}

/** Whether a certificate is good for a name or address; without any DNS name its common name counts, too. */
export function matchesName(certificate: Certificate, hostname: string): boolean {
  if (isIpAddress(hostname)) {
    const wanted = canonicalIp(hostname);
    return certificate.ipAddresses.some((address) => canonicalIp(address) === wanted);
  }
  if (certificate.dnsNames.length > 0) return certificate.dnsNames.some((name) => matchesHostname(name, hostname));
  return matchesHostname(certificate.subject.commonName, hostname);
}

/** From the top down: each signature with the key above it, and each certificate's dates. */
function* signatureAndDateProblems({ nowMs }: ChainQuestion, chain: readonly Certificate[]): Generator<ChainProblem> {
  let depth = chain.length - 1;
  let issuer = chain[depth];
  if (issuer === undefined) return;
  if (!isSelfIssued(issuer)) {
    if (depth === 0) {
      yield { code: 21, depth, certificate: issuer };
    } else depth--;
  }
  for (; depth >= 0; depth--) {
    const certificate = chain[depth];
    if (certificate === undefined) return;
    if (certificate !== issuer && checkSignature(certificate, issuer.publicKey) !== undefined) {
      yield { code: 7, depth, certificate };
    }
    if (nowMs < certificate.notBefore) yield { code: 9, depth, certificate };
    else if (nowMs > certificate.notAfter) yield { code: 10, depth, certificate };
    issuer = certificate;
  }
}

/** Mirrors v3_purp.c check_ca: 0 no CA, 1 a CA, 3 a self-signed version 1 certificate, 4 only its key usage says so. */
function caQuality(certificate: Certificate): 0 | 1 | 3 | 4 {
  const { keyUsage, basicConstraintsValid, isCa, version } = certificate;
  if (keyUsage.length > 0 && !keyUsage.includes("keyCertSign")) return 0;
  if (basicConstraintsValid) return isCa ? 1 : 0;
  if (version === 1 && isSelfIssued(certificate)) return 3;
  return keyUsage.length > 0 ? 4 : 0;
}

/** An extension that is missing allows everything. */
function allowsPurpose({ extendedKeyUsage }: Certificate, ...wanted: ExtendedKeyUsage[]): boolean {
  return extendedKeyUsage.length === 0 || wanted.some((purpose) => extendedKeyUsage.includes(purpose));
}

function allowsUsage({ keyUsage }: Certificate, ...wanted: KeyUsage[]): boolean {
  return keyUsage.length === 0 || wanted.some((usage) => keyUsage.includes(usage));
}

function fitsPurpose(certificate: Certificate, purpose: ChainQuestion["purpose"]): boolean {
  return purpose === "any" || PURPOSES[purpose].leaf(certificate);
}

function caFitsPurpose(certificate: Certificate, purpose: ChainQuestion["purpose"]): boolean {
  if (purpose === "any") return true;
  return allowsPurpose(certificate, purpose === "sslserver" ? "serverAuth" : "clientAuth");
}

interface Purpose {
  /** As `-purpose` prints it. */
  readonly title: string;
  readonly leaf: (certificate: Certificate) => boolean;
  readonly ca: (certificate: Certificate) => number;
}

const sslServer = (certificate: Certificate) =>
  allowsPurpose(certificate, "serverAuth") &&
  allowsUsage(certificate, "digitalSignature", "keyEncipherment", "keyAgreement");

/** The purposes that OpenSSL knows, in its order (crypto/x509/v3_purp.c xstandard). */
export const PURPOSES: Readonly<Record<string, Purpose>> & Readonly<Record<"sslserver" | "sslclient", Purpose>> = {
  sslclient: {
    title: "SSL client",
    leaf: (c) => allowsPurpose(c, "clientAuth") && allowsUsage(c, "digitalSignature", "keyAgreement"),
    ca: (c) => (allowsPurpose(c, "clientAuth") ? caQuality(c) : 0),
  },
  sslserver: {
    title: "SSL server",
    leaf: sslServer,
    ca: (c) => (allowsPurpose(c, "serverAuth") ? caQuality(c) : 0),
  },
  nssslserver: {
    title: "Netscape SSL server",
    leaf: (c) => sslServer(c) && allowsUsage(c, "keyEncipherment"),
    ca: (c) => (allowsPurpose(c, "serverAuth") ? caQuality(c) : 0),
  },
  smimesign: {
    title: "S/MIME signing",
    leaf: (c) => allowsPurpose(c, "emailProtection") && allowsUsage(c, "digitalSignature", "contentCommitment"),
    ca: (c) => (allowsPurpose(c, "emailProtection") ? caQuality(c) : 0),
  },
  smimeencrypt: {
    title: "S/MIME encryption",
    leaf: (c) => allowsPurpose(c, "emailProtection") && allowsUsage(c, "keyEncipherment"),
    ca: (c) => (allowsPurpose(c, "emailProtection") ? caQuality(c) : 0),
  },
  crlsign: { title: "CRL signing", leaf: (c) => allowsUsage(c, "cRLSign"), ca: caQuality },
  any: { title: "Any Purpose", leaf: () => true, ca: () => 1 },
  ocsphelper: { title: "OCSP helper", leaf: () => true, ca: caQuality },
  timestampsign: {
    title: "Time Stamp signing",
    leaf: (c) =>
      c.extendedKeyUsage.length === 1 && c.extendedKeyUsage[0] === "timeStamping" && c.keyUsage.every(isSigning),
    ca: caQuality,
  },
};

function isSigning(usage: KeyUsage): boolean {
  return usage === "digitalSignature" || usage === "contentCommitment";
}
