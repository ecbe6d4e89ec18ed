import { parseGoBool } from "../../base/cli/go-number.ts";
import type { ApiServerSettings } from "../../kube/apiserver/assembly.ts";
import { EncryptionConfigError } from "../../kube/apiserver/encryption/configuration.ts";
import { loadEncryption, type ResourceTransformers } from "../../kube/apiserver/encryption/resource-transformers.ts";
import { UNSAFE_DELETION } from "../../kube/apiserver/storage/corrupt-objects.ts";
import type { DaemonFlags } from "../../kube/client/daemon-flags.ts";
import type { Process } from "../../machine/process.ts";
import type { Certificate } from "../../pki/certificate.ts";
import { parseCertificates, parseCertPool } from "../../pki/certificate-parser.ts";
import { KeyPairError, loadKeyPair } from "../../pki/key-pair.ts";
import type { PrivateKey, PublicKey } from "../../pki/keys.ts";
import { privateKeyFromPem } from "../../pki/private-key.ts";
import { publicKeyFromPem } from "../../pki/public-key.ts";
import type { KeyPair } from "../../pki/tls-config.ts";
import { FsError, goFsError } from "../../vfs/file-system.ts";
import { optionFault } from "./option-rules.ts";

/** A start that can't succeed; `message` is upstream's. */
export class SettingsError extends Error {}

/** What the flags and the files they name say. */
export interface DaemonSettings {
  readonly server: ApiServerSettings;
  readonly bindAddress: string;
  /** The file that says how values are encrypted, and whether to look at it again every minute. */
  readonly encryption: { readonly path: string; readonly reload: boolean } | undefined;
  readonly etcdEndpoints: readonly string[];
  readonly etcdCas: readonly Certificate[] | undefined;
  readonly etcdCertificate: KeyPair | undefined;
  readonly kubeletCertificate: KeyPair | undefined;
  readonly servingFiles: { readonly cert: string; readonly key: string };
}

const DEFAULT_PORT = 6443;

/** Reads the flags of a kubeadm manifest (cmd/kube-apiserver/app/options). Throws `SettingsError`. */
export function readSettings(process: Process, flags: DaemonFlags): DaemonSettings {
  const file = (flag: string) => readFlagFile(process, flags, flag);
  const issuer = flags.text("service-account-issuer");
  if (issuer === "")
    throw new SettingsError(
      "service-account-issuer is a required flag, --service-account-signing-key-file and --service-account-issuer are required flags",
    );
  const signingKey = readSigningKey(process, flags.text("service-account-signing-key-file"));
  const fault = optionFault(flags);
  if (fault !== undefined) throw new SettingsError(fault);
  pair(file("proxy-client-cert-file"), file("proxy-client-key-file")); // read at the start; nobody is asked in its name here
  const json = flags.text("storage-media-type") === "application/json";
  const encryption = encryptionFlags(flags);
  const audiences = flags.list("api-audiences");
  return {
    encryption,
    bindAddress: flags.text("bind-address", "0.0.0.0"),
    etcdEndpoints: flags.list("etcd-servers"),
    etcdCas: pool(file("etcd-cafile")),
    etcdCertificate: pair(file("etcd-certfile"), file("etcd-keyfile")),
    kubeletCertificate: pair(file("kubelet-client-certificate"), file("kubelet-client-key")),
    servingFiles: { cert: flags.text("tls-cert-file"), key: flags.text("tls-private-key-file") },
    server: {
      storageMediaType: json ? "application/json" : "application/vnd.kubernetes.protobuf",
      ...(encryption === undefined ? {} : { transformers: loadTransformers(process, encryption.path) }),
      unsafeDeletion: gate(flags, UNSAFE_DELETION),
      etcdPrefix: flags.text("etcd-prefix", "/registry"),
      authorizationModes: flags.text("authorization-mode", "AlwaysAllow").split(","),
      authentication: {
        clientCas: pool(file("client-ca-file")) ?? [],
        frontProxyCas: pool(file("requestheader-client-ca-file")) ?? [],
        frontProxyNames: flags.list("requestheader-allowed-names"),
        serviceAccountKeys: publicKeys(flags.text("service-account-key-file"), file("service-account-key-file")),
        issuer,
        audiences: audiences.length > 0 ? audiences : [issuer],
        bootstrapTokens: flags.flag("enable-bootstrap-token-auth", false),
        anonymous: flags.flag("anonymous-auth", true),
      },
      signingKey,
      serviceCidr: flags.text("service-cluster-ip-range", "10.0.0.0/24").split(",")[0] ?? "",
      advertiseIp: flags.text("advertise-address", process.net.addresses[0] ?? "127.0.0.1"),
      port: flags.number("secure-port", DEFAULT_PORT),
      hostname: process.hostname,
      requestHeaderConfig: requestHeaderConfig(flags, file),
    },
  };
}

/** Whether an alpha feature is on: `--feature-gates=A=true,B=false`, `kube:A=true` or all of them by `AllAlpha=true`. */
function gate(flags: DaemonFlags, name: string): boolean {
  const given = flags.list("feature-gates").map((pair) => pair.replace(/^kube:/, ""));
  const saying = [name, "AllAlpha"].flatMap((which) =>
    given.filter((pair) => pair.startsWith(`${which}=`)).slice(-1),
  )[0];
  const value = parseGoBool(saying?.slice(saying.indexOf("=") + 1) ?? "");
  return "value" in value && value.value;
}

function encryptionFlags(flags: DaemonFlags): DaemonSettings["encryption"] {
  const path = flags.text("encryption-provider-config");
  const reload = flags.flag("encryption-provider-config-automatic-reload", false);
  return path === "" ? undefined : { path, reload };
}

function readSigningKey(process: Process, path: string): PrivateKey {
  const start = "failed to parse service-account-issuer-key-file: ";
  try {
    const key = privateKeyFromPem(process.fs.readText(path));
    if (key !== undefined) return key;
    throw new SettingsError(
      `${start}error reading private key file ${path}: data does not contain a valid RSA or ECDSA private key`,
    );
  } catch (error) {
    if (error instanceof FsError) throw new SettingsError(`${start}${goFsError("open", error)}`);
    throw error;
  }
}

/** Reads the encryption configuration. Throws `SettingsError`. */
export function loadTransformers(process: Process, path: string): ResourceTransformers {
  try {
    return loadEncryption(path, process.fs.readText(path), process.random);
  } catch (error) {
    if (error instanceof EncryptionConfigError) throw new SettingsError(error.message);
    if (!(error instanceof FsError)) throw error;
    throw new SettingsError(
      `error while parsing file: error while loading file: error reading encryption provider configuration file ${JSON.stringify(path)}: ${goFsError("open", error)}`,
    );
  }
}

function readFlagFile(process: Process, flags: DaemonFlags, flag: string): string | undefined {
  const path = flags.text(flag);
  if (path === "") return undefined;
  try {
    return process.fs.readText(path);
  } catch (error) {
    if (error instanceof FsError) throw new SettingsError(goFsError("open", error));
    throw error;
  }
}

function pool(pem: string | undefined): readonly Certificate[] | undefined {
  return pem === undefined ? undefined : parseCertPool(pem);
}

function pair(cert: string | undefined, key: string | undefined): KeyPair | undefined {
  if (cert === undefined || key === undefined) return undefined;
  try {
    return loadKeyPair(cert, key);
  } catch (error) {
    if (error instanceof KeyPairError) throw new SettingsError(error.message);
    throw error;
  }
}

/** Public keys, or the public halves of private keys and certificates, as upstream takes them. */
function publicKeys(path: string, pem: string | undefined): PublicKey[] {
  if (pem === undefined) return [];
  const key = publicKeyFromPem(pem) ?? privateKeyFromPem(pem)?.publicKey ?? parseCertificates(pem)[0]?.publicKey;
  if (key !== undefined) return [key];
  throw new SettingsError(
    `error reading public key file ${path}: data does not contain any valid RSA or ECDSA public keys`,
  );
}

function requestHeaderConfig(flags: DaemonFlags, file: (flag: string) => string | undefined): Record<string, string> {
  const list = (flag: string) => JSON.stringify(flags.list(flag));
  const config: Record<string, string> = {};
  const clientCa = file("client-ca-file");
  if (clientCa !== undefined) config["client-ca-file"] = clientCa;
  const proxyCa = file("requestheader-client-ca-file");
  if (proxyCa === undefined) return config;
  return {
    ...config,
    "requestheader-allowed-names": list("requestheader-allowed-names"),
    "requestheader-client-ca-file": proxyCa,
    "requestheader-extra-headers-prefix": list("requestheader-extra-headers-prefix"),
    "requestheader-group-headers": list("requestheader-group-headers"),
    "requestheader-username-headers": list("requestheader-username-headers"),
  };
}
