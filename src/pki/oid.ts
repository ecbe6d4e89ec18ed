/** Object identifiers by what they name. */
export const OID = {
  rsaEncryption: "1.2.840.113549.1.1.1",
  sha256WithRsa: "1.2.840.113549.1.1.11",
  ecPublicKey: "1.2.840.10045.2.1",
  p256: "1.2.840.10045.3.1.7",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  extensionRequest: "1.2.840.113549.1.9.14",
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

/** Short names of the attributes of distinguished names, as OpenSSL prints and reads them. */
export const ATTRIBUTE_OIDS: ReadonlyMap<string, string> = new Map([
  ["CN", "2.5.4.3"],
  ["SN", "2.5.4.4"],
  ["serialNumber", "2.5.4.5"],
  ["C", "2.5.4.6"],
  ["L", "2.5.4.7"],
  ["ST", "2.5.4.8"],
  ["street", "2.5.4.9"],
  ["O", "2.5.4.10"],
  ["OU", "2.5.4.11"],
  ["title", "2.5.4.12"],
  ["postalCode", "2.5.4.17"],
  ["GN", "2.5.4.42"],
  ["UID", "0.9.2342.19200300.100.1.1"],
  ["DC", "0.9.2342.19200300.100.1.25"],
  ["emailAddress", "1.2.840.113549.1.9.1"],
]);

const ATTRIBUTE_NAMES = new Map([...ATTRIBUTE_OIDS].map(([name, oid]) => [oid, name]));

/** The short name of an attribute, or its dotted form when it has none. */
export function attributeName(oid: string): string {
  return ATTRIBUTE_NAMES.get(oid) ?? oid;
}

/** Purposes of the extended key usage extension. */
export const PURPOSE_OIDS = {
  any: "2.5.29.37.0",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  codeSigning: "1.3.6.1.5.5.7.3.3",
  emailProtection: "1.3.6.1.5.5.7.3.4",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  OCSPSigning: "1.3.6.1.5.5.7.3.9",
} as const;
