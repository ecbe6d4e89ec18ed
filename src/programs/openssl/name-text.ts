import { utf8 } from "../../base/bytes.ts";
import type { DistinguishedName } from "../../pki/certificate.ts";

export type NameStyle = "oneline" | "RFC2253" | "compat" | "multiline";

const LONG_NAMES: Readonly<Record<string, string>> = {
  CN: "commonName",
  SN: "surname",
  C: "countryName",
  L: "localityName",
  ST: "stateOrProvinceName",
  street: "streetAddress",
  O: "organizationName",
  OU: "organizationalUnitName",
  GN: "givenName",
  UID: "userId",
  DC: "domainComponent",
};

/** The full name of an attribute, as `-nameopt multiline` and asn1parse have it. */
export function longName(type: string): string {
  return LONG_NAMES[type] ?? type;
}

/** A distinguished name as X509_NAME_print_ex prints it; OpenSSL 3.0's own default is `oneline`. */
export function nameText(name: DistinguishedName, style: NameStyle = "oneline"): string {
  const parts = name.attributes;
  if (style === "RFC2253") {
    return [...parts]
      .reverse()
      .map(({ type, value }) => `${type}=${escaped(value)}`)
      .join(",");
  }
  if (style === "compat") return parts.map(({ type, value }) => `/${type}=${value}`).join("");
  if (style === "multiline") {
    return parts.map(({ type, value }) => `\n    ${longName(type).padEnd(25)} = ${value}`).join("");
  }
  return parts.map(({ type, value }) => `${type} = ${quoted(value)}`).join(", ");
}

function quoted(value: string): string {
  const plain = bytesEscaped(value).replace(/["\\]/g, (char) => `\\${char}`);
  return /[,+"\\<>;]|^[ #]| $/.test(value) ? `"${plain}"` : plain;
}

function escaped(value: string): string {
  return bytesEscaped(value.replace(/[,+"\\<>;]|^[ #]| $/g, (char) => `\\${char}`));
}

/** Control characters and everything beyond ASCII as `\XX` for each octet. */
function bytesEscaped(value: string): string {
  return value.replace(/[\u0000-\u001f\u007f-\u{10ffff}]/gu, (char) =>
    [...utf8(char)].map((byte) => `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
