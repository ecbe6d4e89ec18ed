import { sha256 } from "@noble/hashes/sha2.js";
import type { RandomStream } from "../../sim/random.ts";
import { isIpAddress } from "../../sim/resolver.ts";
import type { Certificate, DistinguishedName, Extension, KeyUsage } from "../certificate.ts";
import { signCertificate } from "../certificate-builder.ts";
import { integer, sequence } from "../der.ts";
import { subjectName } from "../distinguished-name.ts";
import { bytesToBigInt, generateEcKey } from "../ecdsa.ts";
import {
  type AltName,
  altNameExtension,
  authorityKeyIdExtension,
  basicConstraintsExtension,
  extendedKeyUsageExtension,
  keyUsageExtension,
  subjectKeyIdExtension,
} from "../extension-codec.ts";
import type { PrivateKey, PublicKey } from "../keys.ts";
import type { PURPOSE_OIDS } from "../oid.ts";

/** A CA that can sign: certificate and key. */
export interface Authority {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

export const DAY_MS = 86_400_000;
/** kubeadm's CACertificateValidityPeriod and CertificateValidityPeriod (constants.go), in milliseconds. */
const CA_LIFETIME_MS = 3650 * DAY_MS;
export const CERTIFICATE_LIFETIME_MS = 365 * DAY_MS;
/** Certificates begin this long before they are made, for hosts whose clocks lag. */
export const BACKDATE_MS = 5 * 60_000;

/** A new self-signed CA, as kubeadm's NewCertificateAuthority makes it. */
export function newAuthority(
  commonName: string,
  now: number,
  random: RandomStream,
  validityMs = CA_LIFETIME_MS,
): Authority {
  const key = generateEcKey(random);
  const name = subjectName(commonName);
  const extensions = [
    keyUsageExtension(["digitalSignature", "keyEncipherment", "keyCertSign"]),
    basicConstraintsExtension(true),
    subjectKeyIdExtension(goKeyIdentifier(key.publicKey)),
    altNameExtension([{ kind: "DNS", value: commonName }]),
  ];
  const certificate = signCertificate(
    {
      serial: randomSerial(random),
      subject: name,
      issuer: name,
      notBefore: now - BACKDATE_MS,
      notAfter: now + validityMs,
      publicKey: key.publicKey,
      extensions,
    },
    key,
  );
  return { certificate, key };
}

/** What a CA is asked to certify. */
export interface Issue {
  readonly subject: DistinguishedName;
  readonly publicKey: PublicKey;
  readonly purposes: readonly (keyof typeof PURPOSE_OIDS)[];
  /** Default: digital signature and key encipherment, as kubeadm asks for all its certificates. */
  readonly keyUsage?: readonly KeyUsage[];
  /** DNS names and IP addresses as kubeadm mixes them; they are sorted into DNS names first, then addresses. */
  readonly altNames?: readonly string[];
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Issues an end-entity certificate with the extensions, and their order, of Go's x509.CreateCertificate. */
export function issueCertificate(authority: Authority, issue: Issue, random: RandomStream): Certificate {
  const names = sortedAltNames(issue.altNames ?? []);
  const usages = issue.keyUsage ?? ["digitalSignature", "keyEncipherment"];
  const extensions: Extension[] = usages.length > 0 ? [keyUsageExtension(usages)] : [];
  if (issue.purposes.length > 0) extensions.push(extendedKeyUsageExtension(issue.purposes));
  extensions.push(basicConstraintsExtension(false));
  const keyId = authority.certificate.subjectKeyId;
  if (keyId !== undefined) extensions.push(authorityKeyIdExtension(keyId));
  if (names.length > 0) extensions.push(altNameExtension(names));
  const template = {
    serial: randomSerial(random),
    subject: issue.subject,
    issuer: authority.certificate.subject,
    notBefore: issue.notBefore,
    notAfter: issue.notAfter,
    publicKey: issue.publicKey,
    extensions,
  };
  return signCertificate(template, authority.key);
}

function sortedAltNames(names: readonly string[]): AltName[] {
  const unique = [...new Set(names)];
  return [
    ...unique.filter((name) => !isIpAddress(name)).map((value) => ({ kind: "DNS" as const, value })),
    ...unique.filter(isIpAddress).map((value) => ({ kind: "IP" as const, value })),
  ];
}

/** A positive 63-bit number, as kubeadm takes for serials. */
function randomSerial(random: RandomStream): bigint {
  return (bytesToBigInt(random.bytes(8)) >> 1n) + 1n;
}

/** Go 1.25's subject key identifier: the first 160 bits of the key's SHA-256 (RFC 7093 method 1). */
function goKeyIdentifier(key: PublicKey): Uint8Array {
  const bits = key.algorithm === "RSA" ? sequence(integer(key.n), integer(key.e)) : key.point;
  return sha256(bits).slice(0, 20);
}
