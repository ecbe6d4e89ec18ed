import type { Extension } from "../../pki/certificate.ts";
import { DerError, DerReader, derToBigInt, readDer, TAG } from "../../pki/der.ts";
import { parseName } from "../../pki/distinguished-name.ts";
import { extensionFacts, purposeOids, readAltNames } from "../../pki/extension-codec.ts";
import { ipBytes, ipv6Words } from "../../pki/ip-address.ts";
import { OID, PURPOSE_OIDS } from "../../pki/oid.ts";
import { colonHex, evenHex } from "./hex-text.ts";

/** Titles of extensions by identifier. */
const TITLES: Readonly<Record<string, string>> = {
  [OID.subjectKeyId]: "X509v3 Subject Key Identifier",
  [OID.keyUsage]: "X509v3 Key Usage",
  [OID.subjectAltName]: "X509v3 Subject Alternative Name",
  [OID.basicConstraints]: "X509v3 Basic Constraints",
  [OID.authorityKeyId]: "X509v3 Authority Key Identifier",
  [OID.extendedKeyUsage]: "X509v3 Extended Key Usage",
  "2.5.29.30": "X509v3 Name Constraints",
  "2.5.29.31": "X509v3 CRL Distribution Points",
  "2.5.29.32": "X509v3 Certificate Policies",
  "1.3.6.1.5.5.7.1.1": "Authority Information Access",
  "2.16.840.1.113730.1.13": "Netscape Comment",
};

/** Names that `-ext` takes. */
export const EXTENSION_NAMES: Readonly<Record<string, string>> = {
  subjectKeyIdentifier: OID.subjectKeyId,
  keyUsage: OID.keyUsage,
  subjectAltName: OID.subjectAltName,
  basicConstraints: OID.basicConstraints,
  authorityKeyIdentifier: OID.authorityKeyId,
  extendedKeyUsage: OID.extendedKeyUsage,
  nameConstraints: "2.5.29.30",
  crlDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
};

/** The title that OpenSSL gives an extension, or its dotted identifier. */
export function extensionTitle(oid: string): string {
  return TITLES[oid] ?? oid;
}

/** An extension as `-text` and `-ext` print it; ends with a newline. */
export function extensionText(extension: Extension, indent: number): string {
  const pad = " ".repeat(indent);
  const lines = valueLines(extension).map((line) => `${pad}    ${line}\n`);
  return `${pad}${extensionTitle(extension.oid)}: ${extension.critical ? "critical" : ""}\n${lines.join("")}`;
}

function valueLines(extension: Extension): string[] {
  try {
    return [VALUES[extension.oid]?.(extension) ?? dotted(extension.value)].flatMap((text) => text.split("\n"));
  } catch (error) {
    if (error instanceof DerError) return [dotted(extension.value)];
    throw error;
  }
}

/** What can't be read is printed as characters, with dots for those that can't be shown. */
function dotted(value: Uint8Array): string {
  return [...value].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
}

const USAGE_TITLES: Readonly<Record<string, string>> = {
  digitalSignature: "Digital Signature",
  contentCommitment: "Non Repudiation",
  keyEncipherment: "Key Encipherment",
  dataEncipherment: "Data Encipherment",
  keyAgreement: "Key Agreement",
  keyCertSign: "Certificate Sign",
  cRLSign: "CRL Sign",
  encipherOnly: "Encipher Only",
  decipherOnly: "Decipher Only",
};

const PURPOSE_TITLES: Readonly<Record<string, string>> = {
  [PURPOSE_OIDS.any]: "Any Extended Key Usage",
  [PURPOSE_OIDS.serverAuth]: "TLS Web Server Authentication",
  [PURPOSE_OIDS.clientAuth]: "TLS Web Client Authentication",
  [PURPOSE_OIDS.codeSigning]: "Code Signing",
  [PURPOSE_OIDS.emailProtection]: "E-mail Protection",
  [PURPOSE_OIDS.timeStamping]: "Time Stamping",
  [PURPOSE_OIDS.OCSPSigning]: "OCSP Signing",
};

const VALUES: Readonly<Record<string, (extension: Extension) => string>> = {
  [OID.subjectKeyId]: ({ value }) => colonHex(readDer(value, TAG.octetString).content),
  [OID.authorityKeyId]: ({ value }) => authorityText(value),
  [OID.keyUsage]: (extension) =>
    extensionFacts([extension])
      .keyUsage.map((usage) => USAGE_TITLES[usage])
      .join(", "),
  [OID.extendedKeyUsage]: ({ value }) =>
    purposeOids(value)
      .map((oid) => PURPOSE_TITLES[oid] ?? oid)
      .join(", "),
  [OID.basicConstraints]: (extension) => {
    const { isCa, maxPathLength } = extensionFacts([extension]);
    return `CA:${isCa ? "TRUE" : "FALSE"}${maxPathLength === undefined ? "" : `, pathlen:${maxPathLength}`}`;
  },
  [OID.subjectAltName]: ({ value }) => readAltNames(value).map(altNameText).join(", "),
};

/** A lone key identifier stands without its label. */
function authorityText(value: Uint8Array): string {
  const reader = new DerReader(value).enter();
  const keyId = reader.optional(0x80);
  const issuer = reader.optional(0xa1);
  const serial = reader.optional(0x82);
  if (issuer === undefined && serial === undefined) return keyId === undefined ? "" : colonHex(keyId.content);
  const lines = keyId === undefined ? [] : [`keyid:${colonHex(keyId.content)}`];
  if (issuer !== undefined) {
    const name = parseName(new DerReader(new DerReader(issuer.content).next().content).next(TAG.sequence));
    lines.push(`DirName:${name.attributes.map(({ type, value: text }) => `/${type}=${text}`).join("")}`);
  }
  if (serial !== undefined) {
    const digits = evenHex(derToBigInt(serial.content));
    lines.push(`serial:${digits.toUpperCase().match(/../g)?.join(":") ?? ""}`);
  }
  return lines.join("\n");
}

function altNameText({ kind, value }: { readonly kind: string; readonly value: string }): string {
  if (kind === "IP") return `IP Address:${ipText(value)}`;
  if (kind === "other") return "othername:<unsupported>";
  return `${kind}:${value}`;
}

/** OpenSSL writes IPv6 addresses in full, in capitals, without leading zeros. */
function ipText(address: string): string {
  const bytes = ipBytes(address);
  if (bytes === undefined || bytes.length === 4) return address;
  return ipv6Words(bytes)
    .map((word) => word.toString(16).toUpperCase())
    .join(":");
}
