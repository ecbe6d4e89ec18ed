import { fromByteString, text, utf8 } from "../base/bytes.ts";
import { type Certificate, type ExtendedKeyUsage, type Extension, KEY_USAGES, type KeyUsage } from "./certificate.ts";
import {
  bitString,
  DER_TRUE,
  DerReader,
  der,
  derToBigInt,
  derToOid,
  integer,
  octetString,
  oid,
  readDer,
  sequence,
  TAG,
} from "./der.ts";
import { ipBytes, ipText } from "./ip-address.ts";
import { OID, PURPOSE_OIDS } from "./oid.ts";

/** The part of a certificate that its extensions say. */
export type ExtensionFacts = Pick<
  Certificate,
  | "isCa"
  | "basicConstraintsValid"
  | "maxPathLength"
  | "keyUsage"
  | "extendedKeyUsage"
  | "dnsNames"
  | "ipAddresses"
  | "otherNames"
  | "subjectKeyId"
  | "authorityKeyId"
>;

/** Reads the extensions that matter here; throws DerError on malformed ones. */
export function extensionFacts(extensions: readonly Extension[]): ExtensionFacts {
  const value = (wanted: string) => extensions.find((extension) => extension.oid === wanted)?.value;
  const names = readAltNames(value(OID.subjectAltName));
  const subjectKeyId = value(OID.subjectKeyId);
  return {
    ...readBasicConstraints(value(OID.basicConstraints)),
    keyUsage: readKeyUsage(value(OID.keyUsage)),
    extendedKeyUsage: readPurposes(value(OID.extendedKeyUsage)),
    dnsNames: names.filter(({ kind }) => kind === "DNS").map((name) => name.value),
    ipAddresses: names.filter(({ kind }) => kind === "IP").map((name) => name.value),
    otherNames: names.flatMap((name) =>
      name.kind === "email" || name.kind === "URI" ? [{ kind: name.kind, value: name.value }] : [],
    ),
    subjectKeyId: subjectKeyId === undefined ? undefined : readDer(subjectKeyId, TAG.octetString).content,
    authorityKeyId: readAuthorityKeyId(value(OID.authorityKeyId)),
  };
}

function readBasicConstraints(
  value: Uint8Array | undefined,
): Pick<ExtensionFacts, "isCa" | "basicConstraintsValid" | "maxPathLength"> {
  if (value === undefined) return { isCa: false, basicConstraintsValid: false, maxPathLength: undefined };
  const reader = new DerReader(value).enter();
  const isCa = (reader.optional(TAG.boolean)?.content[0] ?? 0) !== 0;
  const limit = reader.optional(TAG.integer);
  const maxPathLength = limit === undefined ? undefined : Number(derToBigInt(limit.content));
  return { isCa, basicConstraintsValid: true, maxPathLength };
}

function readKeyUsage(value: Uint8Array | undefined): KeyUsage[] {
  if (value === undefined) return [];
  const bits = readDer(value, TAG.bitString).content.subarray(1);
  return KEY_USAGES.filter((_, index) => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0);
}

function readPurposes(value: Uint8Array | undefined): ExtendedKeyUsage[] {
  return purposeOids(value).map(
    (dotted) =>
      (Object.keys(PURPOSE_OIDS) as (keyof typeof PURPOSE_OIDS)[]).find((name) => PURPOSE_OIDS[name] === dotted) ??
      "other",
  );
}

/** The purposes of an extended key usage extension in dotted form. */
export function purposeOids(value: Uint8Array | undefined): string[] {
  if (value === undefined) return [];
  const reader = new DerReader(value).enter();
  const found: string[] = [];
  while (!reader.atEnd) found.push(derToOid(reader.next(TAG.oid).content));
  return found;
}

/** A subject alternative name; `other` for forms that are not read. */
export interface AltName {
  readonly kind: "DNS" | "IP" | "email" | "URI" | "other";
  readonly value: string;
}

/** All names of a subject alternative name extension in order. */
export function readAltNames(value: Uint8Array | undefined): AltName[] {
  if (value === undefined) return [];
  const reader = new DerReader(value).enter();
  const names: AltName[] = [];
  while (!reader.atEnd) {
    const { tag, content } = reader.next();
    if (tag === 0x81) names.push({ kind: "email", value: text(content) });
    else if (tag === 0x82) names.push({ kind: "DNS", value: text(content) });
    else if (tag === 0x86) names.push({ kind: "URI", value: text(content) });
    else if (tag === 0x87) names.push({ kind: "IP", value: ipText(content) });
    else names.push({ kind: "other", value: "" });
  }
  return names;
}

function readAuthorityKeyId(value: Uint8Array | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : new DerReader(value).enter().optional(0x80)?.content;
}

/** DER of one extension. */
export function encodeExtension({ oid: dotted, critical, value }: Extension): Uint8Array {
  return sequence(oid(dotted), ...(critical ? [DER_TRUE] : []), octetString(value));
}

export function keyUsageExtension(usages: readonly KeyUsage[]): Extension {
  const bits = new Uint8Array(2);
  let last = 0;
  KEY_USAGES.forEach((usage, index) => {
    if (!usages.includes(usage)) return;
    bits[index >> 3] = (bits[index >> 3] ?? 0) | (0x80 >> (index & 7));
    last = index;
  });
  const value = bitString(bits.subarray(0, (last >> 3) + 1), 7 - (last & 7));
  return { oid: OID.keyUsage, critical: true, value };
}

export function extendedKeyUsageExtension(purposes: readonly (keyof typeof PURPOSE_OIDS)[]): Extension {
  const value = sequence(...purposes.map((purpose) => oid(PURPOSE_OIDS[purpose])));
  return { oid: OID.extendedKeyUsage, critical: false, value };
}

/** `pathLength` undefined: no limit. */
export function basicConstraintsExtension(isCa: boolean, pathLength?: number): Extension {
  const limit = pathLength === undefined ? [] : [integer(pathLength)];
  return { oid: OID.basicConstraints, critical: true, value: sequence(...(isCa ? [DER_TRUE] : []), ...limit) };
}

export function subjectKeyIdExtension(id: Uint8Array): Extension {
  return { oid: OID.subjectKeyId, critical: false, value: octetString(id) };
}

export function authorityKeyIdExtension(id: Uint8Array): Extension {
  return { oid: OID.authorityKeyId, critical: false, value: sequence(der(0x80, id)) };
}

/** Names in the given order; IP addresses that can't be read are left out. */
export function altNameExtension(names: readonly AltName[], critical = false): Extension {
  const parts = names.flatMap(({ kind, value }) => {
    if (kind === "DNS") return [der(0x82, utf8(value))];
    if (kind === "email") return [der(0x81, utf8(value))];
    if (kind === "URI") return [der(0x86, fromByteString(value))];
    const address = kind === "IP" ? ipBytes(value) : undefined;
    return address === undefined ? [] : [der(0x87, address)];
  });
  return { oid: OID.subjectAltName, critical, value: sequence(...parts) };
}
