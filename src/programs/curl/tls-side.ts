import type { Process } from "../../machine/process.ts";
import type { Certificate } from "../../pki/certificate.ts";
import { parseCertPool } from "../../pki/certificate-parser.ts";
import { DerError } from "../../pki/der.ts";
import { matchesHostname } from "../../pki/hostname.ts";
import { KeyPairError, loadKeyPair } from "../../pki/key-pair.ts";
import { matchesName, opensslVerify, VERIFY_TEXT, type VerifyCode } from "../../pki/openssl-chain.ts";
import { privateKeyFromPem } from "../../pki/private-key.ts";
import { type KeyPair, TlsError } from "../../pki/tls-config.ts";
import { isIpAddress } from "../../sim/resolver.ts";
import { FsError } from "../../vfs/file-system.ts";
import { CODE, CurlError } from "./curl-error.ts";
import type { CurlOptions } from "./options.ts";

/** Where Debian keeps the trusted roots. */
export const SYSTEM_CA_FILE = "/etc/ssl/certs/ca-certificates.crt";

/** The roots that `--cacert` or the system trusts. Throws CurlError 77 when a named file has none. */
export function loadRoots(process: Process, options: CurlOptions): readonly Certificate[] {
  const file = options.value("cacert");
  try {
    const roots = parseCertPool(process.fs.readText(file ?? SYSTEM_CA_FILE));
    if (roots.length > 0 || file === undefined) return roots;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (file === undefined) return [];
  }
  throw new CurlError(CODE.badCaFile, `error setting certificate file: ${file}`);
}

/** The certificate that `--cert` and `--key` name. Throws CurlError 58. */
export function loadClientPair(process: Process, options: CurlOptions): KeyPair | undefined {
  const certFile = options.value("cert")?.replace(/(.):[^/:]*$/, "$1");
  if (certFile === undefined) return undefined;
  const keyFile = options.value("key") ?? certFile;
  const certPem = readPem(process, certFile, (error) =>
    badPair(
      `could not load PEM client certificate from ${certFile}, OpenSSL error error:80000002:system library::${error.message}, (no key found, wrong pass phrase, or wrong file format?)`,
    ),
  );
  if (parseCertPool(certPem).length === 0) {
    throw badPair(
      `could not load PEM client certificate from ${certFile}, OpenSSL error error:0480006C:PEM routines::no start line, (no key found, wrong pass phrase, or wrong file format?)`,
    );
  }
  const noKey = badPair(`unable to set private key file: '${keyFile}' type PEM`);
  const keyPem = readPem(process, keyFile, () => noKey);
  try {
    if (privateKeyFromPem(keyPem) === undefined) throw noKey;
    return loadKeyPair(certPem, keyPem);
  } catch (error) {
    if (error instanceof KeyPairError || error instanceof DerError) throw noKey;
    throw error;
  }
}

function readPem(process: Process, file: string, problem: (error: FsError) => CurlError): string {
  try {
    return process.fs.readText(file);
  } catch (error) {
    if (error instanceof FsError) throw problem(error);
    throw error;
  }
}

function badPair(message: string): CurlError {
  return new CurlError(CODE.badClientCertificate, message);
}

/** The server's certificate was refused; carries the alert's place in the verbose output. */
export class PeerRefused extends TlsError {
  /** True when the chain is bad, false when only the name is. */
  readonly badChain: boolean;

  constructor(message: string, badChain: boolean) {
    super(message);
    this.badChain = badChain;
  }
}

/** What curl finds wrong with a chain, and the name that matched. */
export interface PeerVerdict {
  readonly code: VerifyCode;
  readonly refused: PeerRefused | undefined;
}

/** Judges the server's chain by OpenSSL's rules and the name by curl's own. */
export function judgePeer(
  chain: readonly Certificate[],
  roots: readonly Certificate[],
  host: string,
  insecure: boolean,
  nowMs: number,
): PeerVerdict {
  const leaf = chain[0];
  if (leaf === undefined) return { code: 0, refused: new PeerRefused("SSL: couldn't get peer certificate!", false) };
  const { problems } = opensslVerify({
    leaf,
    untrusted: chain.slice(1),
    trusted: roots,
    purpose: "sslserver",
    hostname: undefined,
    nowMs,
    goOn: () => false,
  });
  const code = problems[0]?.code ?? 0;
  if (insecure) return { code, refused: undefined };
  if (code !== 0) return { code, refused: new PeerRefused(`SSL certificate problem: ${VERIFY_TEXT[code]}`, true) };
  const mismatch = nameProblem(leaf, host);
  return { code, refused: mismatch === undefined ? undefined : new PeerRefused(mismatch, false) };
}

/** Mirrors curl's lib/vtls/openssl.c verifyhost: any alternative name rules out the common name. */
function nameProblem(leaf: Certificate, host: string): string | undefined {
  const hasNames = leaf.dnsNames.length > 0 || leaf.ipAddresses.length > 0;
  if (hasNames) {
    const good = isIpAddress(host) || leaf.dnsNames.length > 0 ? matchesName(leaf, host) : false;
    return good ? undefined : `SSL: no alternative certificate subject name matches target host name '${host}'`;
  }
  const { commonName } = leaf.subject;
  if (commonName === "") return "SSL: unable to obtain common name from peer certificate";
  if (matchesHostname(commonName, host)) return undefined;
  return `SSL: certificate subject name '${commonName}' does not match target host name '${host}'`;
}

const ALERTS: Readonly<Record<string, string>> = {
  "certificate required": "0A00045C:SSL routines::tlsv13 alert certificate required",
  "bad certificate": "0A000412:SSL routines::sslv3 alert bad certificate",
  "expired certificate": "0A000415:SSL routines::sslv3 alert certificate expired",
  "unknown certificate authority": "0A000418:SSL routines::tlsv1 alert unknown ca",
  "internal error": "0A000438:SSL routines::tlsv1 alert internal error",
  "no application protocol": "0A000460:SSL routines::reason(1120)",
};

const LIBRARY = "OpenSSL/3.0.22";

/** An error on an established connection, as a read reports it. */
export function readError(error: TlsError): CurlError {
  const alert = ALERTS[error.alert ?? ""] ?? "0A000126:SSL routines::unexpected eof while reading";
  return new CurlError(CODE.receiveFailed, `OpenSSL SSL_read: ${LIBRARY}: error:${alert}, errno 0`);
}

/** An error of the handshake that is not about the server's certificate. */
export function handshakeError(error: TlsError, where: string): CurlError {
  if (error.message === "EOF") {
    return new CurlError(CODE.tlsConnect, `OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to ${where} `);
  }
  const alert = ALERTS[error.alert ?? ""] ?? "0A00010B:SSL routines::wrong version number";
  return new CurlError(CODE.tlsConnect, `${LIBRARY}: error:${alert}`);
}
