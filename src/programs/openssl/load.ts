import { text } from "../../base/bytes.ts";
import type { Certificate } from "../../pki/certificate.ts";
import { parseCertificate } from "../../pki/certificate-parser.ts";
import { type CertificateRequest, parseRequest, requestFromPem } from "../../pki/certificate-request.ts";
import { DerError } from "../../pki/der.ts";
import type { PrivateKey, PublicKey } from "../../pki/keys.ts";
import { decodePem } from "../../pki/pem.ts";
import { isPrivateKeyLabel, privateKeyFromDer } from "../../pki/private-key.ts";
import { publicKeyFromDer, publicKeyFromPem } from "../../pki/public-key.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { errnoCode, Failure, type Run } from "./run.ts";

const STORE_LINE =
  "1608010C:STORE routines:ossl_store_handle_load_result:unsupported:../crypto/store/store_result.c:149:";

/** Reads through OpenSSL's store; `what` names the thing in complaints: `certificate`, `private key`, `CA certificate`. */
function* readStore(run: Run, path: string | undefined, what: string, ending: string): Task<Uint8Array> {
  try {
    return yield* run.read(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const queue = run.queue(
      "16000069:STORE routines:ossl_store_get0_loader_int:unregistered scheme:../crypto/store/store_register.c:237:scheme=file",
      `${errnoCode(error)}:system library:file_open:${error.message}:../providers/implementations/storemgmt/file_store.c:268:calling stat(${path})`,
    );
    throw new Failure(`Could not open file or uri for loading ${what} from ${path}\n${queue}${ending}`);
  }
}

function unreadable(run: Run, content: string, path: string | undefined, what: string, ending: string): Failure {
  const queue = decodePem(content).length > 0 ? run.queue(STORE_LINE) : "";
  return new Failure(`Could not read ${what} from ${path ?? "<stdin>"}\n${queue}${ending}`);
}

/** The first certificate of a file or of standard input, PEM or DER. */
export function* loadCertificate(run: Run, path: string | undefined, what = "certificate"): Task<Certificate> {
  const ending = `Unable to load ${what}\n`;
  const bytes = yield* readStore(run, path, what, ending);
  const found = certificatesIn(bytes)[0];
  if (found === undefined) throw unreadable(run, text(bytes), path, what, ending);
  return found;
}

/** All certificates of a file. */
export function* loadCertificates(run: Run, path: string, what: string): Task<Certificate[]> {
  const bytes = yield* readStore(run, path, what, "");
  const found = certificatesIn(bytes);
  if (found.length === 0) throw unreadable(run, text(bytes), path, what, "");
  return found;
}

function certificatesIn(bytes: Uint8Array): Certificate[] {
  const blocks = decodePem(text(bytes)).filter(({ label }) => label === "CERTIFICATE");
  const encodings = blocks.length > 0 ? blocks.map((block) => block.bytes) : [bytes];
  return encodings.flatMap((der) => attempt(() => parseCertificate(der)) ?? []);
}

/** Certificates that `-CAfile` trusts. A file without any ends the command. */
export function loadTrusted(run: Run, path: string | undefined): readonly Certificate[] {
  if (path === undefined) return [];
  const { fs } = run.process;
  try {
    const found = certificatesIn(fs.readFile(path));
    if (found.length > 0) return found;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new Failure(
      `Error loading file ${path}\n${run.queue(
        ...missingFile(error, path),
        "05880002:x509 certificate routines:X509_load_cert_crl_file_ex:system lib:../crypto/x509/by_file.c:229:",
      )}`,
    );
  }
  throw new Failure(
    `Error loading file ${path}\n${run.queue(
      "05800088:x509 certificate routines:X509_load_cert_crl_file_ex:no certificate or crl found:../crypto/x509/by_file.c:252:",
    )}`,
  );
}

function missingFile(error: FsError, path: string): string[] {
  const second =
    error.code === "ENOENT"
      ? "10000080:BIO routines:BIO_new_file:no such file"
      : "10080002:BIO routines:BIO_new_file:system lib";
  return [
    `${errnoCode(error)}:system library:BIO_new_file:${error.message}:../crypto/bio/bss_file.c:67:calling fopen(${path}, r)`,
    `${second}:../crypto/bio/bss_file.c:75:`,
  ];
}

/** A private key in any of its forms. */
export function* loadPrivateKey(run: Run, path: string | undefined, what = "private key"): Task<PrivateKey> {
  const bytes = yield* readStore(run, path, what, "");
  const block = decodePem(text(bytes)).find(({ label }) => isPrivateKeyLabel(label));
  const key = attempt(() => privateKeyFromDer(block?.bytes ?? bytes));
  if (key === undefined) throw unreadable(run, text(bytes), path, what, "");
  return key;
}

/** A public key file, for `-pubin`. */
export function* loadPublicKey(run: Run, path: string | undefined, what = "Public Key"): Task<PublicKey> {
  const bytes = yield* readStore(run, path, what, "");
  const key = attempt(() => publicKeyFromPem(text(bytes)) ?? publicKeyFromDer(bytes));
  if (key === undefined) throw unreadable(run, text(bytes), path, what, "");
  return key;
}

/** A certificate request; `ending` is the command's own last word when there is none. */
export function* loadRequest(run: Run, path: string | undefined, ending: string): Task<CertificateRequest> {
  let bytes: Uint8Array;
  try {
    bytes = yield* run.read(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const queue = run.queue(...missingFile(error, path ?? ""));
    throw new Failure(`Can't open "${path}" for reading, ${error.message}\n${queue}${ending}\n`);
  }
  const request = attempt(() => requestFromPem(text(bytes)) ?? parseRequest(bytes));
  if (request !== undefined) return request;
  const queue = run.queue(
    "0480006C:PEM routines:get_name:no start line:../crypto/pem/pem_lib.c:763:Expecting: CERTIFICATE REQUEST",
  );
  throw new Failure(`${queue}${ending}\n`);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
