import { bytesEqual } from "../base/bytes.ts";
import { rfc3339 } from "../base/rfc3339.ts";
import type { Certificate, ExtendedKeyUsage } from "./certificate.ts";
import { hostnameError } from "./hostname.ts";
import { checkSignature } from "./signature.ts";

/** What a chain is checked against; crypto/x509.VerifyOptions. */
export interface VerifyOptions {
  readonly roots: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
  readonly usage: ExtendedKeyUsage;
  /** Name or IP address the leaf must be valid for; undefined or empty: not checked. */
  readonly hostname: string | undefined;
  readonly nowMs: number;
}

export type VerifyReason = "unknown-authority" | "expired" | "hostname" | "usage" | "not-a-ca" | "other";

/** Why a chain was refused, in the words of crypto/x509: `x509: certificate signed by unknown authority`. */
export class VerifyError extends Error {
  readonly reason: VerifyReason;

  constructor(reason: VerifyReason, message: string) {
    super(message);
    this.name = "VerifyError";
    this.reason = reason;
  }
}

/**
 * Checks a leaf as Go's Certificate.Verify does and in its order: the leaf's dates, its names, a path to a root, the
 * purposes along the path. Gives undefined when all is well. Mirrors crypto/x509 verify.go.
 */
export function verifyCertificate(leaf: Certificate, options: VerifyOptions): VerifyError | undefined {
  const known = accepted.get(leaf) ?? [];
  if (known.some((acceptance) => holdsFor(acceptance, options))) return undefined;
  const problem = verifyAnew(leaf, options);
  if (problem === undefined) accepted.set(leaf, [...known.slice(1 - ACCEPTANCES_MAX), acceptance(leaf, options)]);
  return problem;
}

/** That a leaf was found good, and between which moments that answer can't change: no date of a certificate lies there. */
interface Acceptance {
  readonly options: VerifyOptions;
  readonly from: number;
  readonly until: number;
}

/** Servers check their clients' certificates with every request, and the answer depends on nothing but what is here. */
const accepted = new WeakMap<Certificate, readonly Acceptance[]>();
const ACCEPTANCES_MAX = 8;

function acceptance(leaf: Certificate, options: VerifyOptions): Acceptance {
  let from = Number.NEGATIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  for (const { notBefore, notAfter } of [leaf, ...options.roots, ...options.intermediates]) {
    // Good from `notBefore` up to and with `notAfter`.
    if (options.nowMs >= notBefore) from = Math.max(from, notBefore);
    else until = Math.min(until, notBefore);
    if (options.nowMs <= notAfter) until = Math.min(until, notAfter);
    else from = Math.max(from, notAfter + 1);
  }
  return { options, from, until };
}

function holdsFor({ options: known, from, until }: Acceptance, options: VerifyOptions): boolean {
  const { nowMs } = options;
  return (
    nowMs >= from &&
    nowMs < until &&
    known.usage === options.usage &&
    (known.hostname ?? "") === (options.hostname ?? "") &&
    sameCertificates(known.roots, options.roots) &&
    sameCertificates(known.intermediates, options.intermediates)
  );
}

function sameCertificates(a: readonly Certificate[], b: readonly Certificate[]): boolean {
  return a === b || (a.length === b.length && a.every((certificate, index) => certificate === b[index]));
}

function verifyAnew(leaf: Certificate, options: VerifyOptions): VerifyError | undefined {
  const invalid = judge(leaf, "leaf", [], options);
  if (invalid !== undefined) return invalid;
  if (options.hostname !== undefined && options.hostname !== "") {
    const mismatch = verifyHostname(leaf, options.hostname);
    if (mismatch !== undefined) return mismatch;
  }
  const search: Search = { options, signatureChecks: 0, chains: [] };
  const failure = options.roots.some((root) => bytesEqual(root.der, leaf.der))
    ? record(search, [leaf])
    : extend(search, [leaf]);
  if (failure !== undefined) return failure;
  const usable = search.chains.some((chain) => allowsUsage(chain, options.usage));
  return usable ? undefined : new VerifyError("usage", "x509: certificate specifies an incompatible key usage");
}

/** Whether a certificate is valid for a DNS name or an IP address; the error is x509.HostnameError's text. */
export function verifyHostname(certificate: Certificate, hostname: string): VerifyError | undefined {
  const problem = hostnameError(certificate, hostname);
  return problem === undefined ? undefined : new VerifyError("hostname", problem);
}

interface Search {
  readonly options: VerifyOptions;
  signatureChecks: number;
  readonly chains: (readonly Certificate[])[];
}

/** Go gives up on a peer that makes it check more signatures than this. */
const SIGNATURE_CHECKS_MAX = 100;

function record(search: Search, chain: readonly Certificate[]): undefined {
  search.chains.push(chain);
}

/** Grows `chain` by every candidate issuer; the error of the last dead end, or undefined if a root was reached. */
function extend(search: Search, chain: readonly Certificate[]): VerifyError | undefined {
  const child = chain[chain.length - 1];
  if (child === undefined) return undefined;
  const before = search.chains.length;
  const attempt: Attempt = { search, chain, child, failure: undefined, hint: undefined };
  for (const root of candidates(child, search.options.roots)) consider(attempt, root, "root");
  for (const issuer of candidates(child, search.options.intermediates)) consider(attempt, issuer, "intermediate");
  if (search.chains.length > before) return undefined;
  return attempt.failure ?? unknownAuthority(attempt.hint);
}

interface Attempt {
  readonly search: Search;
  readonly chain: readonly Certificate[];
  readonly child: Certificate;
  failure: VerifyError | undefined;
  hint: { readonly problem: string; readonly issuer: Certificate } | undefined;
}

function consider(attempt: Attempt, issuer: Certificate, role: "root" | "intermediate"): void {
  const { search, chain, child } = attempt;
  if (chain.some((link) => bytesEqual(link.der, issuer.der))) return;
  if (++search.signatureChecks > SIGNATURE_CHECKS_MAX) {
    const message = "x509: signature check attempts limit reached while verifying certificate chain";
    attempt.failure = new VerifyError("other", message);
    return;
  }
  const badSignature = signatureProblem(child, issuer);
  if (badSignature !== undefined) {
    attempt.hint ??= { problem: badSignature, issuer };
    return;
  }
  attempt.failure = judge(issuer, role, chain, search.options);
  if (attempt.failure !== undefined) {
    attempt.hint ??= { problem: attempt.failure.message, issuer };
  } else if (role === "root") {
    record(search, [...chain, issuer]);
  } else {
    attempt.failure = extend(search, [...chain, issuer]);
  }
}

/** Possible issuers by name, best match of key identifiers first. Mirrors crypto/x509 CertPool.findPotentialParents. */
function candidates(child: Certificate, pool: readonly Certificate[]): Certificate[] {
  const named = pool.filter((candidate) => bytesEqual(candidate.subject.der, child.issuer.der));
  if (named.length < 2) return named;
  return [0, 1, 2].flatMap((rank) => named.filter((candidate) => keyIdRank(child, candidate) === rank));
}

function keyIdRank(child: Certificate, issuer: Certificate): number {
  if (child.authorityKeyId === undefined && issuer.subjectKeyId === undefined) return 0;
  if (child.authorityKeyId === undefined || issuer.subjectKeyId === undefined) return 1;
  return bytesEqual(child.authorityKeyId, issuer.subjectKeyId) ? 0 : 2;
}

/** Mirrors crypto/x509 Certificate.CheckSignatureFrom. */
function signatureProblem(child: Certificate, issuer: Certificate): string | undefined {
  const mayNotSign = issuer.version === 3 ? !issuer.basicConstraintsValid || !issuer.isCa : false;
  const usageForbids = issuer.keyUsage.length > 0 && !issuer.keyUsage.includes("keyCertSign");
  if (mayNotSign || usageForbids) {
    return "x509: invalid signature: parent certificate cannot sign this kind of certificate";
  }
  return checkSignature(child, issuer.publicKey);
}

/** Mirrors crypto/x509 Certificate.isValid. */
function judge(
  certificate: Certificate,
  role: "leaf" | "intermediate" | "root",
  chain: readonly Certificate[],
  options: VerifyOptions,
): VerifyError | undefined {
  const outOfDate = dateProblem(certificate, options.nowMs);
  if (outOfDate !== undefined) return new VerifyError("expired", outOfDate);
  if (role === "intermediate" && (!certificate.basicConstraintsValid || !certificate.isCa)) {
    return new VerifyError("not-a-ca", "x509: certificate is not authorized to sign other certificates");
  }
  const limit = certificate.basicConstraintsValid ? certificate.maxPathLength : undefined;
  if (limit !== undefined && chain.length - 1 > limit) {
    return new VerifyError("other", "x509: too many intermediates for path length constraint");
  }
  return undefined;
}

function dateProblem(certificate: Certificate, nowMs: number): string | undefined {
  const { notBefore, notAfter } = certificate;
  if (nowMs >= notBefore && nowMs <= notAfter) return undefined;
  const text = `x509: certificate has expired or is not yet valid: current time ${rfc3339(nowMs)} is`;
  if (nowMs < notBefore) return `${text} before ${rfc3339(notBefore)}`;
  return `${text} after ${rfc3339(notAfter)}`;
}

function unknownAuthority(hint: Attempt["hint"]): VerifyError {
  let message = "x509: certificate signed by unknown authority";
  if (hint !== undefined) {
    const { commonName, organizations } = hint.issuer.subject;
    const name = commonName || organizations[0] || `serial:${hint.issuer.serial}`;
    message +=
      ` (possibly because of ${JSON.stringify(hint.problem)}` +
      ` while trying to verify candidate authority certificate ${JSON.stringify(name)})`;
  }
  return new VerifyError("unknown-authority", message);
}

/** Whether each certificate of the chain allows the purpose; one without the extension allows all. */
function allowsUsage(chain: readonly Certificate[], usage: ExtendedKeyUsage): boolean {
  if (usage === "any") return true;
  return chain.every(
    ({ extendedKeyUsage: allowed }) => allowed.length === 0 || allowed.includes("any") || allowed.includes(usage),
  );
}
