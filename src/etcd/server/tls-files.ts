import { parseCertPool } from "../../pki/certificate-parser.ts";
import { loadKeyPair } from "../../pki/key-pair.ts";
import type { TlsServerConfig } from "../../pki/tls-config.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import type { TlsFiles } from "./config.ts";

/** Certificate files that cannot be used; the text is Go's. */
export class TlsFileError extends Error {}

/**
 * A listener's certificates, read again for every handshake as etcd does, so that renewed files count without a
 * restart. Parsing is remembered as long as the files stay the same.
 */
export class ReloadingTls {
  private readonly fs: FileSystem;
  private readonly files: TlsFiles;
  private stamp = "";
  private config: TlsServerConfig | undefined;

  constructor(fs: FileSystem, files: TlsFiles) {
    this.fs = fs;
    this.files = files;
  }

  /** Reads the files now. Throws `TlsFileError`. */
  load(): TlsServerConfig {
    const stamp = this.stampOf();
    if (this.config !== undefined && stamp === this.stamp) return this.config;
    const { certFile, keyFile, trustedCaFile, clientCertAuth } = this.files;
    if (certFile === "" || keyFile === "")
      throw new TlsFileError(`KeyFile and CertFile must both be present[key: ${keyFile}, cert: ${certFile}]`);
    const certPem = this.read(certFile);
    const keyPem = this.read(keyFile);
    const certificate = asTlsError(() => loadKeyPair(certPem, keyPem));
    const clientCas = trustedCaFile === "" ? [] : parseCertPool(this.read(trustedCaFile));
    const clientAuth = clientCertAuth || trustedCaFile !== "" ? "require-and-verify" : "none";
    this.config = { certificate, clientCas, clientAuth, protocols: ["h2", "http/1.1"] };
    this.stamp = stamp;
    return this.config;
  }

  /** The trusted CA is read when the listener is made, not per handshake; only then can it be missing. */
  private stampOf(): string {
    return [this.files.certFile, this.files.keyFile, this.files.trustedCaFile]
      .map((path) => {
        if (path === "" || !this.fs.exists(path)) return path;
        const { inode, modifiedAt, changedAt, size } = this.fs.stat(path);
        return `${inode}/${modifiedAt}/${changedAt}/${size}`;
      })
      .join("|");
  }

  private read(path: string): string {
    try {
      return this.fs.readText(path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new TlsFileError(goFsError("open", error));
    }
  }
}

function asTlsError<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (error instanceof Error) throw new TlsFileError(error.message);
    throw error;
  }
}

/** `cert = C, key = K, client-cert=, client-key=, trusted-ca = A, client-cert-auth = true, crl-file = `. */
export function tlsInfo(files: TlsFiles): string {
  return `cert = ${files.certFile}, key = ${files.keyFile}, client-cert=, client-key=, trusted-ca = ${files.trustedCaFile}, client-cert-auth = ${files.clientCertAuth}, crl-file = `;
}

export function hasTlsFiles(files: TlsFiles): boolean {
  return files.certFile !== "" || files.keyFile !== "";
}
