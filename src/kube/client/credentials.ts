import type { Certificate } from "../../pki/certificate.ts";
import { parseCertPool } from "../../pki/certificate-parser.ts";
import { KeyPairError, loadKeyPair } from "../../pki/key-pair.ts";
import type { KeyPair } from "../../pki/tls-config.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import { ConfigError, type RestConfig } from "./rest-config.ts";

/** The TLS part of a config, read from data or files. */
export interface TlsCredentials {
  readonly rootCas: readonly Certificate[] | undefined;
  readonly certificate: KeyPair | undefined;
  readonly insecureSkipVerify: boolean;
}

/**
 * Looks at what is read once, before anybody is dialled: the authorities, and a certificate that the kubeconfig holds
 * itself (rest.TLSConfigFor, transport.TLSConfigFor). Throws `ConfigError`.
 */
export function checkCredentials(fs: FileSystem, config: RestConfig): void {
  if (config.insecureSkipTlsVerify === true && (config.caFile ?? config.caData) !== undefined)
    throw new ConfigError("specifying a root certificates file with the insecure flag is not allowed");
  new CredentialsReader(fs, { ...config, clientCertificateFile: undefined, clientKeyFile: undefined }).read();
}

/** Why a certificate and key in files can't be used, which comes out when a server asks for them; undefined if they can. */
export function clientFilesProblem(fs: FileSystem, config: RestConfig): string | undefined {
  const { clientCertificateFile, clientKeyFile } = config;
  try {
    new CredentialsReader(fs, { server: config.server, clientCertificateFile, clientKeyFile }).read();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/**
 * Reads a config's certificates for each new connection, so that rotated files are seen; what has not changed is
 * parsed once. Throws `ConfigError` with client-go's text.
 */
export class CredentialsReader {
  private readonly fs: FileSystem;
  private readonly config: RestConfig;
  private known: { readonly key: string; readonly value: TlsCredentials } | undefined;

  constructor(fs: FileSystem, config: RestConfig) {
    this.fs = fs;
    this.config = config;
  }

  read(): TlsCredentials {
    const { config } = this;
    const ca = this.material(config.caFile, config.caData, "certificate-authority");
    const cert = this.material(config.clientCertificateFile, config.clientCertificateData, "client-cert");
    const key = this.material(config.clientKeyFile, config.clientKeyData, "client-key");
    const memo = `${ca ?? ""}|${cert ?? ""}|${key ?? ""}`;
    if (this.known?.key === memo) return this.known.value;
    const value: TlsCredentials = {
      rootCas: ca === undefined ? undefined : pool(ca),
      certificate: cert === undefined || key === undefined ? undefined : pair(cert, key),
      insecureSkipVerify: config.insecureSkipTlsVerify === true,
    };
    this.known = { key: memo, value };
    return value;
  }

  private material(file: string | undefined, data: string | undefined, what: string): string | undefined {
    if (data !== undefined && data !== "") return data;
    if (file === undefined || file === "") return undefined;
    try {
      return this.fs.readText(file);
    } catch (error) {
      if (error instanceof FsError)
        throw new ConfigError(`unable to read ${what} ${file}: ${goFsError("open", error)}`);
      throw error;
    }
  }
}

function pool(pem: string): readonly Certificate[] {
  const certificates = parseCertPool(pem);
  if (certificates.length === 0) {
    throw new ConfigError("unable to load root certificates: unable to parse bytes as PEM block");
  }
  return certificates;
}

function pair(certPem: string, keyPem: string): KeyPair {
  try {
    return loadKeyPair(certPem, keyPem);
  } catch (error) {
    if (error instanceof KeyPairError) throw new ConfigError(error.message);
    throw error;
  }
}
