import type { Certificate } from "../../pki/certificate.ts";
import type { CertificateRequest } from "../../pki/certificate-request.ts";
import { hexBytes } from "../../pki/der.ts";
import { extensionText } from "./extension-text.ts";
import { evenHex, hexLines, timeText } from "./hex-text.ts";
import { algorithmTitle, publicKeyText } from "./key-text.ts";
import { type NameStyle, nameText } from "./name-text.ts";

const SIGNATURE_OCTETS_PER_LINE = 18;
/** Serials up to this are printed as numbers. */
const SHORT_SERIAL_MAX = (1n << 63n) - 1n;

/** A certificate as `openssl x509 -text` prints it; `omit` holds `-certopt` words such as `no_pubkey`. */
export function certificateText(
  certificate: Certificate,
  style: NameStyle = "oneline",
  omit: ReadonlySet<string> = new Set(),
): string {
  const parts: readonly (readonly [string, string])[] = [
    ["no_header", "Certificate:\n    Data:\n"],
    ["no_version", `        Version: ${certificate.version} (0x${(certificate.version - 1).toString(16)})\n`],
    ["no_serial", `        Serial Number:${serialText(certificate.serial)}\n`],
    ["no_signame", `        Signature Algorithm: ${certificate.signatureAlgorithm}\n`],
    ["no_issuer", `        Issuer: ${nameText(certificate.issuer, style)}\n`],
    ["no_validity", validityText(certificate)],
    ["no_subject", `        Subject: ${nameText(certificate.subject, style)}\n`],
    ["no_pubkey", publicKeyInfoText(certificate)],
    ["no_extensions", extensionsText(certificate)],
    ["no_sigdump", signatureText(certificate)],
  ];
  return parts.map(([word, text]) => (omit.has(word) ? "" : text)).join("");
}

function serialText(serial: bigint): string {
  const sign = serial < 0n ? "-" : "";
  const size = serial < 0n ? -serial : serial;
  if (size <= SHORT_SERIAL_MAX) return ` ${serial} (${sign}0x${size.toString(16)})`;
  const digits = hexLines(hexBytes(evenHex(size)), 12, 1000).trimEnd();
  return `\n${sign === "" ? "" : "            (Negative)"}${sign === "" ? digits : digits.trimStart()}`;
}

function validityText({ notBefore, notAfter }: Certificate): string {
  const dates = `            Not Before: ${timeText(notBefore)}\n            Not After : ${timeText(notAfter)}\n`;
  return `        Validity\n${dates}`;
}

function publicKeyInfoText({ publicKey }: Pick<Certificate, "publicKey">): string {
  const head = `        Subject Public Key Info:\n            Public Key Algorithm: ${algorithmTitle(publicKey)}\n`;
  return head + publicKeyText(publicKey, 16);
}

function extensionsText({ extensions }: Certificate): string {
  if (extensions.length === 0) return "";
  return `        X509v3 extensions:\n${extensions.map((extension) => extensionText(extension, 12)).join("")}`;
}

function signatureText({
  signatureAlgorithm,
  signature,
}: Pick<Certificate, "signatureAlgorithm" | "signature">): string {
  const octets = hexLines(signature, 8, SIGNATURE_OCTETS_PER_LINE);
  return `    Signature Algorithm: ${signatureAlgorithm}\n    Signature Value:\n${octets}`;
}

/** A request as `openssl req -text` prints it. */
export function requestText(request: CertificateRequest, style: NameStyle = "oneline"): string {
  const wanted = request.extensions.map((extension) => extensionText(extension, 16)).join("");
  const attributes =
    request.extensions.length === 0
      ? "        Attributes:\n            (none)\n            Requested Extensions:\n"
      : `        Attributes:\n            Requested Extensions:\n${wanted}`;
  return (
    `Certificate Request:\n    Data:\n        Version: ${request.version} (0x${(request.version - 1).toString(16)})\n` +
    `        Subject: ${nameText(request.subject, style)}\n` +
    `${publicKeyInfoText(request)}${attributes}${signatureText(request)}`
  );
}
