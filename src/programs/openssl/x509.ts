import { sha1 } from "@noble/hashes/legacy.js";
import type { Certificate } from "../../pki/certificate.ts";
import { matchesName, PURPOSES } from "../../pki/openssl-chain.ts";
import { encodePem } from "../../pki/pem.ts";
import { publicKeyToPem } from "../../pki/public-key.ts";
import type { Task } from "../../sim/task.ts";
import { certificateText } from "./certificate-text.ts";
import { DIGESTS } from "./digest.ts";
import { EXTENSION_NAMES, extensionText } from "./extension-text.ts";
import { colonHex, evenHex, timeText } from "./hex-text.ts";
import { loadCertificate } from "./load.ts";
import { type NameStyle, nameText } from "./name-text.ts";
import { type Options, parseOptions, usage } from "./options.ts";
import type { Run } from "./run.ts";
import { X509_OPTIONS } from "./x509-options.ts";
import { signFromRequest, signSelf } from "./x509-sign.ts";

/** `openssl x509`: shows certificates, and signs requests. */
export function* x509(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, X509_OPTIONS, (name) => name in DIGESTS);
  if (options.rest.length > 0) throw usage(run.name);
  const certificate = yield* obtain(run, options);
  yield* run.write(options.value("out"), printed(certificate, options));
  const missing = complaintAboutExtensions(certificate, options);
  if (missing !== "") yield* run.complain(missing);
  const verdict = checkEnd(run, certificate, options);
  if (verdict !== undefined) {
    yield* run.print(verdict ? "Certificate will expire\n" : "Certificate will not expire\n");
    return verdict ? 1 : 0;
  }
  return 0;
}

function* obtain(run: Run, options: Options): Task<Certificate> {
  if (options.has("req")) return yield* signFromRequest(run, options);
  const certificate = yield* loadCertificate(run, options.value("in"));
  return options.has("key") || options.has("signkey") || options.has("CA")
    ? yield* signSelf(run, options, certificate)
    : certificate;
}

const PRINTERS: Readonly<Record<string, (certificate: Certificate, options: Options) => string>> = {
  text: (certificate, options) =>
    certificateText(certificate, nameStyle(options), new Set((options.value("certopt") ?? "").split(","))),
  serial: ({ serial }) => `serial=${serial < 0n ? "-" : ""}${evenHex(serial < 0n ? -serial : serial).toUpperCase()}\n`,
  subject: ({ subject }, options) => `subject=${nameText(subject, nameStyle(options))}\n`,
  issuer: ({ issuer }, options) => `issuer=${nameText(issuer, nameStyle(options))}\n`,
  startdate: ({ notBefore }, options) => `notBefore=${timeText(notBefore, dateStyle(options))}\n`,
  enddate: ({ notAfter }, options) => `notAfter=${timeText(notAfter, dateStyle(options))}\n`,
  fingerprint: fingerprintText,
  pubkey: ({ publicKey }) => publicKeyToPem(publicKey),
  modulus: ({ publicKey }) =>
    publicKey.algorithm === "RSA"
      ? `Modulus=${evenHex(publicKey.n).toUpperCase()}\n`
      : "Modulus=No modulus for this public key type\n",
  email: ({ otherNames, subject }) =>
    [
      ...subject.attributes.filter(({ type }) => type === "emailAddress").map(({ value }) => value),
      ...otherNames.filter(({ kind }) => kind === "email").map(({ value }) => value),
    ]
      .map((address) => `${address}\n`)
      .join(""),
  purpose: purposeText,
  ext: (certificate, options) =>
    wantedExtensions(certificate, options)
      .map((extension) => extensionText(extension, 0))
      .join(""),
};

/** What was asked for in the order of the options, then the certificate itself. */
function printed(certificate: Certificate, options: Options): string | Uint8Array {
  const wanted = options
    .order([...Object.keys(PRINTERS), "dates"])
    .flatMap((name) => (name === "dates" ? ["startdate", "enddate"] : [name]));
  const unique = wanted.filter((name, index) => wanted.lastIndexOf(name) === index);
  const shown =
    unique.map((name) => PRINTERS[name]?.(certificate, options) ?? "").join("") + hostText(certificate, options);
  if (options.has("noout") || options.has("nocert")) return shown;
  if (options.value("outform")?.toUpperCase() === "DER") return certificate.der;
  return shown + encodePem("CERTIFICATE", certificate.der);
}

function nameStyle(options: Options): NameStyle {
  const style = options.value("nameopt")?.split(",")[0];
  return style === "RFC2253" || style === "compat" || style === "multiline" ? style : "oneline";
}

function dateStyle(options: Options): "rfc_822" | "iso_8601" {
  return options.value("dateopt") === "iso_8601" ? "iso_8601" : "rfc_822";
}

function fingerprintText({ der }: Certificate, options: Options): string {
  const name = options.value("md");
  const digest = name === undefined ? undefined : DIGESTS[name];
  if (name === undefined || digest === undefined) return `SHA1 Fingerprint=${colonHex(sha1(der))}\n`;
  return `${name} Fingerprint=${colonHex(digest.hash(der))}\n`;
}

function purposeText(certificate: Certificate): string {
  const lines = Object.values(PURPOSES).map(({ title, leaf, ca }) => {
    const quality = ca(certificate);
    const asCa = quality > 1 ? `Yes (WARNING code=${quality})` : yesNo(quality === 1);
    return `${title} : ${yesNo(leaf(certificate))}\n${title} CA : ${asCa}\n`;
  });
  return `Certificate purposes:\n${lines.join("")}`;
}

function yesNo(value: boolean): string {
  return value ? "Yes" : "No";
}

function wantedExtensions(certificate: Certificate, options: Options): Certificate["extensions"] {
  const names = (options.value("ext") ?? "").split(",").map((name) => name.trim());
  const oids = names.map((name) => EXTENSION_NAMES[name] ?? name);
  return certificate.extensions.filter(({ oid }) => oids.includes(oid));
}

function complaintAboutExtensions(certificate: Certificate, options: Options): string {
  if (!options.has("ext") || wantedExtensions(certificate, options).length > 0) return "";
  return "No extensions in certificate\n";
}

function hostText(certificate: Certificate, options: Options): string {
  const say = (what: string, name: string | undefined) =>
    name === undefined ? "" : `${what} ${name} does${matchesName(certificate, name) ? "" : " NOT"} match certificate\n`;
  return say("Hostname", options.value("checkhost")) + say("IP", options.value("checkip"));
}

function checkEnd(run: Run, { notAfter }: Certificate, options: Options): boolean | undefined {
  const seconds = options.number("checkend");
  return seconds === undefined ? undefined : notAfter < run.process.clock.now + seconds * 1000;
}
