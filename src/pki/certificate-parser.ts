import { toByteString } from "../base/bytes.ts";
import { Memo } from "../base/memo.ts";
import type { Certificate, Extension } from "./certificate.ts";
import { DerError, DerReader, derToBigInt, derToOid, derToTime, readDer, TAG } from "./der.ts";
import { parseName } from "./distinguished-name.ts";
import { extensionFacts } from "./extension-codec.ts";
import { OID } from "./oid.ts";
import { decodePem } from "./pem.ts";
import { publicKeyFromDer } from "./public-key.ts";

/** Certificates by their bytes, so that one certificate is one object and its checked signatures are remembered. */
const parsed = new Memo<Certificate>(512);

/** Reads a DER certificate. Throws DerError: `x509: malformed certificate` and the like. */
export function parseCertificate(bytes: Uint8Array): Certificate {
  return parsed.get(toByteString(bytes), () => parseFresh(Uint8Array.from(bytes)));
}

function parseFresh(bytes: Uint8Array): Certificate {
  const outer = new DerReader(goDer(bytes)).enter();
  const tbs = outer.next(TAG.sequence);
  const signatureAlgorithm = algorithmName(outer.enter());
  const signature = outer.next(TAG.bitString).content.subarray(1);
  const fields = new DerReader(tbs.content);
  const explicitVersion = fields.optional(0xa0);
  const version = explicitVersion === undefined ? 1 : Number(derToBigInt(readDer(explicitVersion.content).content)) + 1;
  const serial = derToBigInt(fields.next(TAG.integer).content);
  fields.next(TAG.sequence);
  const issuer = parseName(fields.next(TAG.sequence));
  const validity = fields.enter();
  const [notBefore, notAfter] = [derToTime(validity.next()), derToTime(validity.next())];
  const subject = parseName(fields.next(TAG.sequence));
  const publicKeyInfo = fields.next(TAG.sequence).whole;
  const publicKey = publicKeyFromDer(publicKeyInfo);
  fields.optional(0x81);
  fields.optional(0x82);
  const extensions = readExtensions(fields.optional(0xa3)?.content);
  const names = { subject, issuer, serial, notBefore, notAfter, publicKey, publicKeyInfo };
  const signed = { der: bytes, tbs: tbs.whole, signature, signatureAlgorithm };
  return { version, ...names, ...signed, extensions, ...extensionFacts(extensions) };
}

function goDer(bytes: Uint8Array): Uint8Array {
  try {
    return readDer(bytes, TAG.sequence).whole;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new DerError(error.message.startsWith("trailing") ? "x509: trailing data" : "x509: malformed certificate");
  }
}

/** The name of an AlgorithmIdentifier that this sandbox can check. */
export function algorithmName(identifier: DerReader): Certificate["signatureAlgorithm"] {
  const dotted = derToOid(identifier.next(TAG.oid).content);
  if (dotted === OID.ecdsaWithSha256) return "ecdsa-with-SHA256";
  return dotted === OID.sha256WithRsa ? "sha256WithRSAEncryption" : "unknown";
}

/** Reads `SEQUENCE OF Extension`. */
export function readExtensions(content: Uint8Array | undefined): Extension[] {
  if (content === undefined) return [];
  const reader = new DerReader(content).enter();
  const extensions: Extension[] = [];
  while (!reader.atEnd) {
    const fields = reader.enter();
    const oid = derToOid(fields.next(TAG.oid).content);
    const critical = (fields.optional(TAG.boolean)?.content[0] ?? 0) !== 0;
    extensions.push({ oid, critical, value: fields.next(TAG.octetString).content });
  }
  return extensions;
}

/** All certificates of a PEM text in order; other blocks are passed over. Throws DerError on a malformed one. */
export function parseCertificates(pem: string): Certificate[] {
  return decodePem(pem)
    .filter(({ label }) => label === "CERTIFICATE")
    .map(({ bytes }) => parseCertificate(bytes));
}

/** What Go's CertPool.AppendCertsFromPEM takes from a text: malformed certificates are passed over, too. */
export function parseCertPool(pem: string): Certificate[] {
  return decodePem(pem)
    .filter(({ label }) => label === "CERTIFICATE")
    .flatMap(({ bytes }) => {
      try {
        return [parseCertificate(bytes)];
      } catch (error) {
        if (error instanceof DerError) return [];
        throw error;
      }
    });
}
