import { text, toByteString, utf8 } from "../base/bytes.ts";
import type { DistinguishedName } from "./certificate.ts";
import { DerReader, type DerValue, der, derToOid, oid, sequence, TAG } from "./der.ts";
import { ATTRIBUTE_OIDS, attributeName } from "./oid.ts";

export interface NameAttribute {
  /** Short name such as `CN`, or a dotted identifier. */
  readonly type: string;
  readonly value: string;
  /** The value's ASN.1 string type; default: PrintableString where it can be, else UTF8String. */
  readonly tag?: number;
}

/** Builds a name out of its attributes in order, one per RDN. */
export function buildName(attributes: readonly NameAttribute[]): DistinguishedName {
  const rdns = attributes.map(({ type, value, tag = stringTag(type, value) }) => {
    const pair = sequence(oid(ATTRIBUTE_OIDS.get(type) ?? type), der(tag, utf8(value)));
    return der(TAG.set, pair);
  });
  return nameOf(attributes, sequence(...rdns));
}

function stringTag(type: string, value: string): number {
  if (type === "emailAddress" || type === "DC") return TAG.ia5String;
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value) ? TAG.printableString : TAG.utf8String;
}

/** As Go's pkix.Name writes it: countries first, the common name last. */
export function subjectName(commonName: string, organizations: readonly string[] = []): DistinguishedName {
  const attributes = organizations.map((value) => ({ type: "O", value }));
  return buildName([...attributes, ...(commonName === "" ? [] : [{ type: "CN", value: commonName }])]);
}

/** Reads a Name; throws DerError. */
export function parseName(value: DerValue): DistinguishedName {
  const attributes: NameAttribute[] = [];
  const rdns = new DerReader(value.content);
  while (!rdns.atEnd) {
    const rdn = rdns.enter(TAG.set);
    while (!rdn.atEnd) attributes.push(parseAttribute(rdn.enter()));
  }
  return nameOf(attributes, value.whole);
}

function parseAttribute(pair: DerReader): NameAttribute {
  const type = attributeName(derToOid(pair.next(TAG.oid).content));
  const value = pair.next();
  return { type, value: decodeString(value), tag: value.tag };
}

const BMP_STRING = 0x1e;
const T61_STRING = 0x14;

function decodeString({ tag, content }: DerValue): string {
  if (tag === T61_STRING) return toByteString(content);
  if (tag !== BMP_STRING) return text(content);
  let result = "";
  for (let i = 0; i + 1 < content.length; i += 2) {
    result += String.fromCharCode(((content[i] ?? 0) << 8) | (content[i + 1] ?? 0));
  }
  return result;
}

function nameOf(attributes: readonly NameAttribute[], whole: Uint8Array): DistinguishedName {
  const names = attributes.filter(({ type }) => type === "CN");
  return {
    commonName: names[names.length - 1]?.value ?? "",
    organizations: attributes.filter(({ type }) => type === "O").map(({ value }) => value),
    attributes,
    der: whole,
  };
}
