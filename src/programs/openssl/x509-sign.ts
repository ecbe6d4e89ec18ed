import { text } from "../../base/bytes.ts";
import type { Certificate, DistinguishedName, Extension } from "../../pki/certificate.ts";
import { keyIdentifier, signCertificate } from "../../pki/certificate-builder.ts";
import { type CertificateRequest, checkRequestSignature } from "../../pki/certificate-request.ts";
import { bytesToBigInt } from "../../pki/ecdsa.ts";
import { authorityKeyIdExtension, subjectKeyIdExtension } from "../../pki/extension-codec.ts";
import type { PrivateKey, PublicKey } from "../../pki/keys.ts";
import { OID } from "../../pki/oid.ts";
import { samePublicKey } from "../../pki/signature.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { configExtensions, type ExtensionKeys, parseConfig } from "./extension-config.ts";
import { evenHex } from "./hex-text.ts";
import { loadCertificate, loadPrivateKey, loadRequest } from "./load.ts";
import { nameText } from "./name-text.ts";
import type { Options } from "./options.ts";
import { Failure, type Run } from "./run.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

/** `x509 -req`: a certificate out of a request, signed by a CA (`-CA`) or by the request's own key (`-signkey`). */
export function* signFromRequest(run: Run, options: Options): Task<Certificate> {
  const request = yield* loadRequest(run, options.value("in"), "Unable to load certificate request input");
  if (!checkRequestSignature(request)) {
    throw new Failure("Certificate request self-signature did not match the contents\n");
  }
  yield* run.complain(`Certificate request self-signature ok\nsubject=${nameText(request.subject)}\n`);
  if (!options.has("CA") && !options.has("key") && !options.has("signkey")) {
    throw new Failure("We need a private key to sign with, use -key or -CA or -CAkey with private key\n");
  }
  return yield* issue(run, options, request, copiedExtensions(request, options));
}

/** `x509 -in cert -signkey key` and `x509 -in cert -CA ca`: the same subject and extensions, signed anew. */
export function* signSelf(run: Run, options: Options, certificate: Certificate): Task<Certificate> {
  return yield* issue(run, options, certificate, certificate.extensions);
}

interface Wanted {
  readonly subject: DistinguishedName;
  readonly publicKey: PublicKey;
}

function* issue(run: Run, options: Options, wanted: Wanted, copied: readonly Extension[]): Task<Certificate> {
  const signer = yield* loadSigner(run, options);
  const publicKey = signer.issuer === undefined ? signer.key.publicKey : wanted.publicKey;
  const issuerKeyId = signer.issuer === undefined ? keyIdentifier(publicKey) : signer.issuer.subjectKeyId;
  const fromFile = fileExtensions(run, options, { subject: publicKey, issuerKeyId });
  const extensions = withKeyIds([...copied, ...fromFile], publicKey, signer.issuer);
  const now = Math.floor(run.process.clock.now / 1000) * 1000;
  const template = {
    serial: yield* chooseSerial(run, options),
    subject: wanted.subject,
    issuer: signer.issuer?.subject ?? wanted.subject,
    notBefore: now,
    notAfter: now + (options.number("days") ?? DEFAULT_DAYS) * DAY_MS,
    publicKey,
    extensions,
  };
  return signCertificate(template, signer.key);
}

interface Signer {
  readonly key: PrivateKey;
  /** The CA's certificate; undefined when the certificate signs itself. */
  readonly issuer: Certificate | undefined;
}

function* loadSigner(run: Run, options: Options): Task<Signer> {
  const own = options.value("key") ?? options.value("signkey");
  const ca = options.value("CA");
  if (ca === undefined) {
    const key = yield* loadPrivateKey(run, own);
    return { key, issuer: undefined };
  }
  const issuer = yield* loadCertificate(run, ca, "CA certificate");
  const key = yield* loadPrivateKey(run, options.value("CAkey") ?? ca, "CA private key");
  if (samePublicKey(issuer.publicKey, key.publicKey)) return { key, issuer };
  throw new Failure(
    `CA certificate and CA private key do not match\n${run.queue(
      "05800074:x509 certificate routines:X509_check_private_key:key values mismatch:../crypto/x509/x509_cmp.c:403:",
    )}`,
  );
}

function copiedExtensions(request: CertificateRequest, options: Options): readonly Extension[] {
  const mode = options.value("copy_extensions") ?? "none";
  return mode === "copy" || mode === "copyall" ? request.extensions : [];
}

function fileExtensions(run: Run, options: Options, keys: ExtensionKeys): Extension[] {
  const path = options.value("extfile");
  if (path === undefined) return [];
  let content: string;
  try {
    content = text(run.process.fs.readFile(path));
  } catch (error) {
    if (error instanceof FsError) throw new Failure(`Can't open "${path}" for reading, ${error.message}\n`);
    throw error;
  }
  const config = parseConfig(content);
  const section = options.value("extensions") ?? config.get("default")?.get("extensions") ?? "default";
  return configExtensions(config, section, keys);
}

/** A certificate with any extension gets the identifiers of its own and its issuer's key (apps.c do_X509_sign). */
function withKeyIds(
  extensions: readonly Extension[],
  publicKey: PublicKey,
  issuer: Certificate | undefined,
): readonly Extension[] {
  if (extensions.length === 0) return extensions;
  const missing = (oid: string) => !extensions.some((extension) => extension.oid === oid);
  const result = [...extensions];
  if (missing(OID.subjectKeyId)) result.push(subjectKeyIdExtension(keyIdentifier(publicKey)));
  if (missing(OID.authorityKeyId) && issuer?.subjectKeyId !== undefined) {
    result.push(authorityKeyIdExtension(issuer.subjectKeyId));
  }
  return result;
}

/** The given number, the next of the CA's file, or a random one. */
function* chooseSerial(run: Run, options: Options): Task<bigint> {
  const given = options.value("set_serial");
  if (given !== undefined) {
    if (/^(0[xX][0-9a-fA-F]+|\d+)$/.test(given)) return BigInt(given);
    throw new Failure(`${run.name}: Can't parse "${given}" as a number\n`);
  }
  const ca = options.value("CA");
  if (ca === undefined || !(options.has("CAcreateserial") || options.has("CAserial"))) return randomSerial(run);
  const path = options.value("CAserial") ?? `${ca.replace(/\.[^./]*$/, "")}.srl`;
  const serial = nextSerial(run, path, options.has("CAcreateserial"));
  yield* run.write(path, `${evenHex(serial).toUpperCase()}\n`);
  return serial;
}

function nextSerial(run: Run, path: string, mayCreate: boolean): bigint {
  try {
    const digits = run.process.fs.readText(path).trim();
    if (/^[0-9a-fA-F]+$/.test(digits)) return BigInt(`0x${digits}`) + 1n;
    throw new Failure(`Unable to load number from ${path}\n`);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (mayCreate && error.code === "ENOENT") return randomSerial(run);
    throw new Failure(`Can't open "${path}" for reading, ${error.message}\n`);
  }
}

/** A positive number of 159 bits, as OpenSSL's rand_serial makes it. */
export function randomSerial(run: Run): bigint {
  return bytesToBigInt(run.process.random.bytes(20)) >> 1n;
}
