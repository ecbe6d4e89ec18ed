import { oid } from "../../pki/der.ts";
import { generateEcKey } from "../../pki/ecdsa.ts";
import type { PrivateKey, PublicKey } from "../../pki/keys.ts";
import { OID } from "../../pki/oid.ts";
import { decodePem, encodePem } from "../../pki/pem.ts";
import { privateKeyToPem, privateKeyToPkcs8Pem } from "../../pki/private-key.ts";
import { publicKeyToPem } from "../../pki/public-key.ts";
import type { Task } from "../../sim/task.ts";
import { evenHex } from "./hex-text.ts";
import { privateKeyText, publicKeyText } from "./key-text.ts";
import { loadPrivateKey, loadPublicKey } from "./load.ts";
import { type OptionSpec, type Options, parseNumber, parseOptions, usage } from "./options.ts";
import { makeRsaKey } from "./rsa-key.ts";
import { Failure, type Run } from "./run.ts";

export const GENRSA_OPTIONS: readonly OptionSpec[] = [
  { name: "out", value: "outfile", help: "File for the key (default: standard output)" },
  { name: "traditional", help: "Write PKCS#1 instead of PKCS#8" },
];

/** `openssl genrsa [bits]`. */
export function* genrsa(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, GENRSA_OPTIONS);
  const [word = "2048", ...more] = options.rest;
  const bits = parseNumber(word);
  if (bits === undefined) throw new Failure(`${run.name}: Can't parse "${word}" as a number\n`);
  if (more.length > 0) throw usage(run.name, `Extra option: "${more[0]}"`);
  const key = yield* makeRsaKey(run, bits);
  const pem = options.has("traditional") ? privateKeyToPem(key) : privateKeyToPkcs8Pem(key);
  yield* run.write(options.value("out"), pem, 0o600);
  return 0;
}

export const GENPKEY_OPTIONS: readonly OptionSpec[] = [
  { name: "algorithm", value: "val", help: "RSA or EC" },
  { name: "pkeyopt", value: "val", help: "rsa_keygen_bits:N or ec_paramgen_curve:P-256" },
  { name: "out", value: "outfile", help: "File for the key (default: standard output)" },
  { name: "quiet", help: "Accepted, changes nothing" },
];

/** `openssl genpkey`. */
export function* genpkey(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, GENPKEY_OPTIONS);
  if (options.rest.length > 0) throw usage(run.name);
  const algorithm = options.value("algorithm")?.toUpperCase();
  if (algorithm === undefined) throw usage(run.name);
  const wishes = options.values("pkeyopt");
  let key: PrivateKey;
  if (algorithm === "EC") {
    const curve = wishes.find((wish) => wish.startsWith("ec_paramgen_curve:"))?.split(":")[1];
    checkCurve(curve ?? "P-256");
    key = generateEcKey(run.process.random);
  } else if (algorithm === "RSA") {
    const bits = wishes.find((wish) => wish.startsWith("rsa_keygen_bits:"))?.split(":")[1];
    key = yield* makeRsaKey(run, Number(bits ?? 2048));
  } else throw new Failure(`not simulated in this sandbox: keys of algorithm ${algorithm}\n`);
  yield* run.write(options.value("out"), privateKeyToPkcs8Pem(key), 0o600);
  return 0;
}

const P256_NAMES = ["prime256v1", "P-256", "secp256r1"];

function checkCurve(name: string): void {
  if (!P256_NAMES.includes(name)) {
    throw new Failure(`not simulated in this sandbox: the curve ${name}; use prime256v1\n`);
  }
}

export const ECPARAM_OPTIONS: readonly OptionSpec[] = [
  { name: "name", value: "val", help: "The curve: prime256v1" },
  { name: "genkey", help: "Make a key" },
  { name: "noout", help: "Do not write the parameters" },
  { name: "out", value: "outfile", help: "File to write to (default: standard output)" },
];

/** `openssl ecparam -name prime256v1 -genkey`. */
export function* ecparam(run: Run, args: readonly string[]): Task<number> {
  const options = parseOptions(run.name, args, ECPARAM_OPTIONS);
  if (options.rest.length > 0) throw usage(run.name);
  const curve = options.value("name");
  if (curve === undefined) throw new Failure("not simulated in this sandbox: ecparam without -name\n");
  checkCurve(curve);
  const parameters = options.has("noout") ? "" : encodePem("EC PARAMETERS", oid(OID.p256));
  const key = options.has("genkey") ? privateKeyToPem(generateEcKey(run.process.random)) : "";
  yield* run.write(options.value("out"), parameters + key, 0o600);
  return 0;
}

export const PKEY_OPTIONS: readonly OptionSpec[] = [
  { name: "in", value: "val", help: "Key to read (default: standard input)" },
  { name: "inform", value: "format", help: "Ignored: PEM and DER are told apart by themselves" },
  { name: "out", value: "outfile", help: "File to write to (default: standard output)" },
  { name: "outform", value: "format", help: "PEM (default) or DER" },
  { name: "pubin", help: "The input is a public key" },
  { name: "pubout", help: "Write the public key" },
  { name: "text", help: "Print the key in text form" },
  { name: "noout", help: "Do not write the key" },
  { name: "check", help: "Check the key" },
  { name: "modulus", help: "Print the RSA modulus" },
  { name: "traditional", help: "Write the traditional form" },
];

interface Dialect {
  /** What complaints call the key. */
  readonly what: string;
  /** The only algorithm that the command takes, and its complaint about others. */
  readonly only: { readonly algorithm: PublicKey["algorithm"]; readonly complaint: string } | undefined;
  readonly greeting: string;
  readonly writing: string;
  readonly valid: string;
  /** On which stream the check's verdict is printed. */
  readonly verdictTo: "stdout" | "stderr";
  readonly traditional: boolean;
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  pkey: {
    what: "key",
    only: undefined,
    greeting: "",
    writing: "",
    valid: "Key is valid\n",
    verdictTo: "stdout",
    traditional: false,
  },
  rsa: {
    what: "private key",
    only: { algorithm: "RSA", complaint: "Not an RSA key\n" },
    greeting: "",
    writing: "writing RSA key\n",
    valid: "RSA key ok\n",
    verdictTo: "stdout",
    traditional: false,
  },
  ec: {
    what: "private key",
    only: { algorithm: "ECDSA-P256", complaint: "Not an EC key\n" },
    greeting: "read EC key\n",
    writing: "writing EC key\n",
    valid: "EC Key valid.\n",
    verdictTo: "stderr",
    traditional: true,
  },
};

/** `openssl pkey`, `rsa` and `ec`: show, check and convert keys. They differ in words only. */
export function* showKey(run: Run, args: readonly string[]): Task<number> {
  const dialect = DIALECTS[run.name];
  if (dialect === undefined) throw usage(run.name);
  const options = parseOptions(run.name, args, PKEY_OPTIONS);
  if (options.rest.length > 0) throw usage(run.name);
  yield* run.complain(dialect.greeting);
  const path = options.value("in");
  const secret = options.has("pubin") ? undefined : yield* loadPrivateKey(run, path, dialect.what);
  const key = secret?.publicKey ?? (yield* loadPublicKey(run, path));
  if (dialect.only !== undefined && dialect.only.algorithm !== key.algorithm) throw new Failure(dialect.only.complaint);
  if (options.has("check")) {
    if (dialect.verdictTo === "stderr") yield* run.complain(dialect.valid);
    else yield* run.print(dialect.valid);
  }
  yield* writeKey(run, options, dialect, { secret, key });
  return 0;
}

interface KeyHalves {
  readonly secret: PrivateKey | undefined;
  readonly key: PublicKey;
}

function* writeKey(run: Run, options: Options, dialect: Dialect, { secret, key }: KeyHalves): Task<void> {
  const shown = textParts(options, { secret, key });
  if (options.has("noout")) {
    yield* run.write(options.value("out"), shown);
    return;
  }
  yield* run.complain(dialect.writing);
  const pem = keyPem(options, dialect, { secret, key });
  if (options.value("outform")?.toUpperCase() === "DER") {
    yield* run.write(options.value("out"), decodePem(pem)[0]?.bytes ?? "");
  } else if (run.name === "pkey") yield* run.write(options.value("out"), pem + shown, 0o600);
  else yield* run.write(options.value("out"), shown + pem, 0o600);
}

function textParts(options: Options, { secret, key }: KeyHalves): string {
  const text = secret === undefined ? publicKeyText(key, 0) : privateKeyText(secret);
  const modulus = key.algorithm === "RSA" ? `Modulus=${evenHex(key.n).toUpperCase()}\n` : "";
  return (options.has("text") ? text : "") + (options.has("modulus") ? modulus : "");
}

function keyPem(options: Options, dialect: Dialect, { secret, key }: KeyHalves): string {
  if (secret === undefined || options.has("pubout")) return publicKeyToPem(key);
  return dialect.traditional || options.has("traditional") ? privateKeyToPem(secret) : privateKeyToPkcs8Pem(secret);
}
