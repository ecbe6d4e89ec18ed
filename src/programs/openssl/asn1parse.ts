import { text } from "../../base/bytes.ts";
import { DerError, DerReader, derToBigInt, derToOid, TAG } from "../../pki/der.ts";
import { attributeName, OID, PURPOSE_OIDS } from "../../pki/oid.ts";
import { decodePem } from "../../pki/pem.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { extensionTitle } from "./extension-text.ts";
import { evenHex } from "./hex-text.ts";
import { longName } from "./name-text.ts";
import { type OptionSpec, parseOptions, usage } from "./options.ts";
import { Failure, type Run } from "./run.ts";

export const ASN1PARSE_OPTIONS: readonly OptionSpec[] = [
  { name: "in", value: "infile", help: "File to read (default: standard input)" },
  { name: "inform", value: "format", help: "Ignored: PEM and DER are told apart by themselves" },
  { name: "i", help: "Indent the output" },
];

/** `openssl asn1parse`: the values of a DER encoding, one a line. */
export function* asn1parse(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, ASN1PARSE_OPTIONS);
  if (options.rest.length > 0) throw usage(run.name);
  const bytes = yield* readInput(run, options.value("in"));
  const dump: Dump = { lines: [], indented: options.has("i") };
  try {
    walk(dump, bytes, 0, 0);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    yield* run.print(dump.lines.join(""));
    yield* run.complain("Error in encoding\n");
    return 1;
  }
  yield* run.print(dump.lines.join(""));
  return 0;
}

function* readInput(run: Run, path: string | undefined): Task<Uint8Array> {
  try {
    const bytes = yield* run.read(path);
    return decodePem(text(bytes))[0]?.bytes ?? bytes;
  } catch (error) {
    if (error instanceof FsError) throw new Failure(`Can't open "${path}" for reading, ${error.message}\n`);
    throw error;
  }
}

interface Dump {
  readonly lines: string[];
  readonly indented: boolean;
}

/** Nesting beyond this is no certificate. */
const DEPTH_MAX = 64;

function walk(dump: Dump, bytes: Uint8Array, depth: number, base: number): void {
  if (depth > DEPTH_MAX) throw new DerError("nested too deeply");
  const reader = new DerReader(bytes);
  let offset = base;
  while (!reader.atEnd) {
    const { tag, content, whole } = reader.next();
    const header = whole.length - content.length;
    const constructed = (tag & 0x20) !== 0;
    const pad = dump.indented ? " ".repeat(depth) : "";
    const value = constructed ? "" : valueText(tag, content);
    const name = `${pad}${tagName(tag).padEnd(18)}`;
    dump.lines.push(
      `${String(offset).padStart(5)}:d=${depth}  hl=${header} l=${String(content.length).padStart(4)} ` +
        `${constructed ? "cons" : "prim"}: ${name}${value}\n`,
    );
    if (constructed) walk(dump, content, depth + 1, offset + header);
    offset += whole.length;
  }
}

const TAG_NAMES: Readonly<Record<number, string>> = {
  [TAG.boolean]: "BOOLEAN",
  [TAG.integer]: "INTEGER",
  [TAG.bitString]: "BIT STRING",
  [TAG.octetString]: "OCTET STRING",
  [TAG.null]: "NULL",
  [TAG.oid]: "OBJECT",
  [TAG.utf8String]: "UTF8STRING",
  [TAG.printableString]: "PRINTABLESTRING",
  [TAG.ia5String]: "IA5STRING",
  [TAG.utcTime]: "UTCTIME",
  [TAG.generalizedTime]: "GENERALIZEDTIME",
  [TAG.sequence]: "SEQUENCE",
  [TAG.set]: "SET",
};

function tagName(tag: number): string {
  const context = tag >> 6;
  if (context === 2) return `cont [ ${tag & 0x1f} ]`;
  if (context === 1) return `appl [ ${tag & 0x1f} ]`;
  return TAG_NAMES[tag] ?? `<ASN1 ${tag & 0x1f}>`;
}

function valueText(tag: number, content: Uint8Array): string {
  if (tag === TAG.boolean) return `:${content[0] ?? 0}`;
  if (tag === TAG.integer) return `:${signedHex(derToBigInt(content))}`;
  if (tag === TAG.oid) return `:${objectName(derToOid(content))}`;
  if (tag === TAG.octetString) return octetText(content);
  const isText = tag === TAG.utf8String || tag === TAG.printableString || tag === TAG.ia5String;
  return isText || tag === TAG.utcTime || tag === TAG.generalizedTime ? `:${text(content)}` : "";
}

function signedHex(value: bigint): string {
  return value < 0n ? `-${evenHex(-value).toUpperCase()}` : evenHex(value).toUpperCase();
}

function octetText(content: Uint8Array): string {
  if (content.length === 0) return "";
  if (content.every((byte) => byte >= 32 && byte < 127)) return `:${text(content)}`;
  return `[HEX DUMP]:${[...content].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("")}`;
}

const OBJECT_NAMES: Readonly<Record<string, string>> = {
  [OID.rsaEncryption]: "rsaEncryption",
  [OID.sha256WithRsa]: "sha256WithRSAEncryption",
  [OID.ecPublicKey]: "id-ecPublicKey",
  [OID.p256]: "prime256v1",
  [OID.ecdsaWithSha256]: "ecdsa-with-SHA256",
  [OID.extensionRequest]: "Extension Request",
  [PURPOSE_OIDS.serverAuth]: "TLS Web Server Authentication",
  [PURPOSE_OIDS.clientAuth]: "TLS Web Client Authentication",
};

function objectName(oid: string): string {
  const known = OBJECT_NAMES[oid];
  if (known !== undefined) return known;
  const title = extensionTitle(oid);
  return title === oid ? longName(attributeName(oid)) : title;
}
