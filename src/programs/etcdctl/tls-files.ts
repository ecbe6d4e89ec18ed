import { CommandFailure, EXIT } from "../../base/cli/exit.ts";
import { parseCertPool } from "../../pki/certificate-parser.ts";
import { KeyPairError, loadKeyPair } from "../../pki/key-pair.ts";
import type { KeyPair, TlsClientConfig } from "../../pki/tls-config.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";

/** The files that --cert, --key and --cacert name; empty when not given. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly cacert: string;
}

/** Reads the client's TLS files in the order of transport.TLSInfo.ClientConfig. Fails with exit code 128. */
export function readTlsFiles(
  fs: FileSystem,
  files: TlsFiles,
  insecureSkipVerify: boolean,
): Omit<TlsClientConfig, "serverName"> {
  const certificate = readKeyPair(fs, files);
  const rootCas = files.cacert === "" ? undefined : parseCertPool(readFile(fs, files.cacert));
  return { rootCas, certificate, insecureSkipVerify };
}

function readKeyPair(fs: FileSystem, { cert, key }: TlsFiles): KeyPair | undefined {
  if (cert === "" && key === "") return undefined;
  if (cert === "" || key === "") {
    throw new CommandFailure(EXIT.badArgs, `KeyFile and CertFile must both be present[key: ${key}, cert: ${cert}]`);
  }
  const certPem = readFile(fs, cert);
  const keyPem = readFile(fs, key);
  try {
    return loadKeyPair(certPem, keyPem);
  } catch (error) {
    if (error instanceof KeyPairError) throw new CommandFailure(EXIT.badArgs, error.message);
    throw error;
  }
}

function readFile(fs: FileSystem, path: string): string {
  try {
    return fs.readText(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const operation = error.code === "EISDIR" ? "read" : "open";
    throw new CommandFailure(EXIT.badArgs, goFsError(operation, error));
  }
}
