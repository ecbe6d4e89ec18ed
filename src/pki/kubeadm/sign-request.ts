import type { RandomStream } from "../../sim/random.ts";
import type { Certificate, DistinguishedName, KeyUsage } from "../certificate.ts";
import type { CertificateRequest } from "../certificate-request.ts";
import { buildName } from "../distinguished-name.ts";
import type { PURPOSE_OIDS } from "../oid.ts";
import { type Authority, BACKDATE_MS, issueCertificate } from "./authority.ts";

/** Kubernetes' names of usages (certificates.k8s.io/v1 KeyUsage) that turn into bits of the key usage extension. */
const KEY_USAGES: Readonly<Record<string, KeyUsage>> = {
  signing: "digitalSignature",
  "digital signature": "digitalSignature",
  "content commitment": "contentCommitment",
  "key encipherment": "keyEncipherment",
  "key agreement": "keyAgreement",
  "data encipherment": "dataEncipherment",
  "cert sign": "keyCertSign",
  "crl sign": "cRLSign",
  "encipher only": "encipherOnly",
  "decipher only": "decipherOnly",
};

/** And those that become purposes. */
const PURPOSES: Readonly<Record<string, keyof typeof PURPOSE_OIDS>> = {
  any: "any",
  "server auth": "serverAuth",
  "client auth": "clientAuth",
  "code signing": "codeSigning",
  "email protection": "emailProtection",
  timestamping: "timeStamping",
  "ocsp signing": "OCSPSigning",
};

/**
 * Signs a request as the controller manager's CSR signer does: dates from five minutes ago, no longer than the CA
 * lives, the usages that the CertificateSigningRequest lists. Mirrors pkg/controller/certificates/authority.
 */
export function signKubernetesRequest(
  authority: Authority,
  request: CertificateRequest,
  options: {
    /** As in the object's `spec.usages`. */
    readonly usages: readonly string[];
    readonly now: number;
    /** How long it shall be valid, counted from now. */
    readonly lifetimeMs: number;
    readonly random: RandomStream;
  },
): Certificate {
  const { usages, now, lifetimeMs, random } = options;
  const issue = {
    subject: inOrder(request.subject),
    publicKey: request.publicKey,
    keyUsage: usages.flatMap((usage) => KEY_USAGES[usage] ?? []),
    purposes: usages.flatMap((usage) => PURPOSES[usage] ?? []),
    altNames: [...request.dnsNames, ...request.ipAddresses],
    notBefore: now - BACKDATE_MS,
    notAfter: Math.min(now + lifetimeMs, authority.certificate.notAfter),
  };
  return issueCertificate(authority, issue, random);
}

/** Go's order of attributes (crypto/x509/pkix Name.ToRDNSequence); the request's own order is lost on the way. */
const ATTRIBUTE_ORDER = ["C", "O", "OU", "L", "ST", "STREET", "POSTALCODE", "CN", "SERIALNUMBER"];

function inOrder(name: DistinguishedName): DistinguishedName {
  const place = (type: string) => ATTRIBUTE_ORDER.indexOf(type);
  return buildName(
    name.attributes.filter(({ type }) => place(type) >= 0).sort((a, b) => place(a.type) - place(b.type)),
  );
}
