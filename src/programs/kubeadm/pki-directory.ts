import { text } from "../../base/bytes.ts";
import type { Certificate } from "../../pki/certificate.ts";
import { parseCertificate } from "../../pki/certificate-parser.ts";
import { DerError } from "../../pki/der.ts";
import type { PrivateKey } from "../../pki/keys.ts";
import type { Authority } from "../../pki/kubeadm/authority.ts";
import type { KubeadmFile } from "../../pki/kubeadm/files.ts";
import { decodePem } from "../../pki/pem.ts";
import { privateKeyFromPem } from "../../pki/private-key.ts";
import { samePublicKey } from "../../pki/signature.ts";
import type { FileSystem } from "../../vfs/file-system.ts";
import { fileErrors, KubeadmError } from "./context.ts";

/** A directory of certificates and keys, read and written as kubeadm does (util/pkiutil, phases/certs). */
export class PkiDirectory {
  readonly path: string;
  private readonly fs: FileSystem;

  constructor(fs: FileSystem, path: string) {
    this.fs = fs;
    this.path = path;
  }

  /** `base` is like `apiserver` or `etcd/ca`. */
  has(base: string): boolean {
    return this.fs.exists(`${this.path}/${base}.crt`) || this.fs.exists(`${this.path}/${base}.key`);
  }

  hasKey(base: string): boolean {
    return this.fs.exists(`${this.path}/${base}.key`);
  }

  /** Throws `KubeadmError`. */
  certificate(base: string): Certificate {
    const path = `${this.path}/${base}.crt`;
    const start = `couldn't load the certificate file ${path}: `;
    const pem = fileErrors(start, "open", () => this.fs.readText(path));
    const block = decodePem(pem).find(({ label }) => label === "CERTIFICATE");
    const bad = `${start}error reading ${path}: `;
    if (block === undefined) throw new KubeadmError(`${bad}data does not contain any valid RSA or ECDSA certificates`);
    try {
      return parseCertificate(block.bytes);
    } catch (error) {
      if (error instanceof DerError) throw new KubeadmError(`${bad}${error.message}`);
      throw error;
    }
  }

  /** Throws `KubeadmError`. */
  key(base: string): PrivateKey {
    const path = `${this.path}/${base}.key`;
    const start = `couldn't load the private key file ${path}: `;
    const pem = fileErrors(start, "open", () => this.fs.readText(path));
    const key = keyOf(pem);
    if (key !== undefined) return key;
    throw new KubeadmError(
      `${start}error reading private key file ${path}: data does not contain a valid RSA or ECDSA private key`,
    );
  }

  /** Certificate and key. Throws `KubeadmError`. */
  pair(base: string): Authority {
    const certificate = within("failed to load certificate", () => this.certificate(base));
    const key = within("failed to load key", () => this.key(base));
    return { certificate, key };
  }

  /** A CA that can sign (LoadCertificateAuthority). Throws `KubeadmError`. */
  authority(base: string): Authority {
    if (!this.has(base)) throw new KubeadmError(`couldn't load ${base} certificate authority from ${this.path}`);
    const pair = within(`failure loading ${base} certificate authority`, () => this.pair(base));
    if (!pair.certificate.isCa) throw new KubeadmError(`${base} certificate is not a certificate authority`);
    if (!samePublicKey(pair.certificate.publicKey, pair.key.publicKey))
      throw new KubeadmError("x509: provided PrivateKey doesn't match parent's PublicKey");
    return pair;
  }

  /** Writes files whose paths begin with `from` here instead. */
  write(files: readonly KubeadmFile[], from: string): void {
    for (const file of files) this.writeFile(file.path.slice(from.length + 1), text(file.bytes), file.mode);
  }

  writeFile(name: string, content: string, mode: number): void {
    const path = `${this.path}/${name}`;
    fileErrors("", "open", () => {
      this.fs.mkdir(path.slice(0, path.lastIndexOf("/")), { parents: true });
      this.fs.writeFile(path, content, mode);
      this.fs.chmod(path, mode);
    });
  }
}

/** A key of PEM text, undefined when there is none that can be read. */
function keyOf(pem: string): PrivateKey | undefined {
  try {
    return privateKeyFromPem(pem);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** Runs `body`; its `KubeadmError` gets a beginning, as errors.Wrap gives it. */
export function within<T>(start: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof KubeadmError) throw new KubeadmError(`${start}: ${error.message}`, error.code);
    throw error;
  }
}
