import type { Extension } from "../../pki/certificate.ts";
import { keyIdentifier, signCertificate } from "../../pki/certificate-builder.ts";
import { type CertificateRequest, checkRequestSignature, signRequest } from "../../pki/certificate-request.ts";
import { generateEcKey } from "../../pki/ecdsa.ts";
import {
  authorityKeyIdExtension,
  basicConstraintsExtension,
  subjectKeyIdExtension,
} from "../../pki/extension-codec.ts";
import type { PrivateKey, PublicKey } from "../../pki/keys.ts";
import { encodePem } from "../../pki/pem.ts";
import { privateKeyToPkcs8Pem } from "../../pki/private-key.ts";
import { publicKeyToPem } from "../../pki/public-key.ts";
import type { Task } from "../../sim/task.ts";
import { requestText } from "./certificate-text.ts";
import { DIGESTS } from "./digest.ts";
import { configExtensions, parseConfig } from "./extension-config.ts";
import { loadPrivateKey, loadRequest } from "./load.ts";
import { nameText } from "./name-text.ts";
import { type OptionSpec, type Options, parseOptions, usage } from "./options.ts";
import { makeRsaKey } from "./rsa-key.ts";
import { Failure, type Run } from "./run.ts";
import { parseSubject } from "./subject.ts";
import { randomSerial } from "./x509-sign.ts";

export const REQ_OPTIONS: readonly OptionSpec[] = [
  { name: "in", value: "infile", help: "Request to read (default: standard input)" },
  { name: "inform", value: "format", help: "Ignored: PEM and DER are told apart by themselves" },
  { name: "out", value: "outfile", help: "File to write to (default: standard output)" },
  { name: "outform", value: "format", help: "PEM (default) or DER" },
  { name: "new", help: "Make a new request" },
  { name: "key", value: "val", help: "Key to sign with" },
  { name: "newkey", value: "val", help: "Make a new key: rsa:2048 or ec" },
  { name: "pkeyopt", value: "val", help: "Option of the new key, e.g. ec_paramgen_curve:P-256" },
  { name: "keyout", value: "outfile", help: "File for the new key" },
  { name: "nodes", help: "Do not encrypt the new key" },
  { name: "noenc", help: "Do not encrypt the new key" },
  { name: "subj", value: "val", help: "Subject, e.g. /CN=jane/O=devs" },
  { name: "addext", value: "val", help: "Extension to ask for, e.g. subjectAltName=DNS:a" },
  { name: "x509", help: "Make a self-signed certificate instead of a request" },
  { name: "days", value: "int", kind: "number", help: "How many days that certificate is valid (default 30)" },
  { name: "set_serial", value: "val", help: "Serial number of that certificate" },
  { name: "text", help: "Print the request in text form" },
  { name: "subject", help: "Print the subject" },
  { name: "pubkey", help: "Print the public key" },
  { name: "verify", help: "Check the request's own signature" },
  { name: "noout", help: "Do not write the request" },
  { name: "nameopt", value: "val", help: "How names are printed" },
  { name: "batch", help: "Ask nothing" },
  { name: "utf8", help: "Accepted, changes nothing" },
  { name: "config", value: "infile", help: "Accepted when -subj is given, else not simulated" },
];

/** `openssl req`: makes and shows requests, and self-signed certificates. */
export function* req(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, REQ_OPTIONS, (name) => name in DIGESTS);
  if (options.rest.length > 0) throw usage(run.name);
  const makes = options.has("new") || options.has("x509") || options.has("newkey");
  if (!makes) {
    const request = yield* loadRequest(run, options.value("in"), "Unable to load X509 request");
    return yield* show(run, options, request);
  }
  const key = yield* signingKey(run, options);
  const subject = yield* subjectOf(run, options);
  const asked = addedExtensions(options, key.publicKey);
  if (options.has("x509")) return yield* makeCertificate(run, options, key, subject, asked);
  return yield* show(run, options, signRequest(subject, key, asked));
}

function* signingKey(run: Run, options: Options): Task<PrivateKey> {
  const path = options.value("key");
  if (path !== undefined && !options.has("newkey")) return yield* loadPrivateKey(run, path);
  const wish = options.value("newkey") ?? "rsa:2048";
  const key = yield* newKey(run, wish);
  if (!options.has("nodes") && !options.has("noenc")) {
    throw new Failure("not simulated in this sandbox: a key encrypted with a pass phrase; use -nodes\n");
  }
  yield* run.write(options.value("keyout") ?? "privkey.pem", privateKeyToPkcs8Pem(key), 0o600);
  yield* run.complain("-----\n");
  return key;
}

function* newKey(run: Run, wish: string): Task<PrivateKey> {
  if (wish === "ec" || wish.startsWith("ec:")) return generateEcKey(run.process.random);
  const bits = Number(/^rsa(?::(\d+))?$/.exec(wish)?.[1] ?? 2048);
  if (!wish.startsWith("rsa")) throw new Failure(`${run.name}: not simulated in this sandbox: -newkey ${wish}\n`);
  return yield* makeRsaKey(run, bits);
}

function* subjectOf(run: Run, options: Options): Task<CertificateRequest["subject"]> {
  const wish = options.value("subj");
  if (wish === undefined) {
    throw new Failure("not simulated in this sandbox: asking for the subject's parts; give them with -subj\n");
  }
  const { name, warnings } = parseSubject(run, wish);
  yield* run.complain(warnings);
  return name;
}

function addedExtensions(options: Options, subject: PublicKey): Extension[] {
  const lines = options.values("addext").join("\n");
  return configExtensions(parseConfig(lines), "default", { subject, issuerKeyId: keyIdentifier(subject) });
}

function* makeCertificate(
  run: Run,
  options: Options,
  key: PrivateKey,
  subject: CertificateRequest["subject"],
  asked: readonly Extension[],
): Task<number> {
  const keyId = keyIdentifier(key.publicKey);
  const usual = [subjectKeyIdExtension(keyId), authorityKeyIdExtension(keyId), basicConstraintsExtension(true)];
  const kept = usual.filter(({ oid }) => !asked.some((extension) => extension.oid === oid));
  const now = Math.floor(run.process.clock.now / 1000) * 1000;
  const serial = options.value("set_serial");
  const certificate = signCertificate(
    {
      serial: serial !== undefined && /^(0x[0-9a-fA-F]+|\d+)$/.test(serial) ? BigInt(serial) : randomSerial(run),
      subject,
      issuer: subject,
      notBefore: now,
      notAfter: now + (options.number("days") ?? 30) * 86_400_000,
      publicKey: key.publicKey,
      extensions: [...kept, ...asked],
    },
    key,
  );
  if (!options.has("noout")) yield* run.write(options.value("out"), encodePem("CERTIFICATE", certificate.der));
  return 0;
}

function* show(run: Run, options: Options, request: CertificateRequest): Task<number> {
  const style = options.value("nameopt") === "RFC2253" ? "RFC2253" : "oneline";
  let printed = "";
  if (options.has("verify")) {
    const good = checkRequestSignature(request);
    const verdict = good ? "verify OK" : "verify failure";
    yield* run.complain(`Certificate request self-signature ${verdict}\n`);
    if (!good) return 1;
  }
  if (options.has("text")) printed += requestText(request, style);
  if (options.has("subject")) printed += `subject=${nameText(request.subject, style)}\n`;
  if (options.has("pubkey")) printed += publicKeyToPem(request.publicKey);
  const der = options.value("outform")?.toUpperCase() === "DER" && !options.has("noout");
  if (!options.has("noout") && !der) printed += encodePem("CERTIFICATE REQUEST", request.der);
  yield* run.write(options.value("out"), der ? request.der : printed);
  return 0;
}
