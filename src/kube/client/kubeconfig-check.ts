import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import type { KubeconfigOverrides } from "./kubeconfig.ts";
import type { RestConfig } from "./rest-config.ts";

/** What is checked: the configuration that came out, and whose entries it came from. */
export interface CheckedConfig {
  readonly config: RestConfig;
  /** Names of the user and the cluster, empty where none is named. */
  readonly user: string;
  readonly cluster: string;
  readonly overrides: KubeconfigOverrides;
}

/**
 * What forbids to use a configuration, before anybody is dialled (client-go clientcmd validation.go): files that are
 * not there, a certificate without its key, the same thing said twice.
 */
export function configProblems(fs: FileSystem, checked: CheckedConfig): string[] {
  return [...userProblems(fs, checked), ...clusterProblems(fs, checked)];
}

function userProblems(fs: FileSystem, { config, user, overrides }: CheckedConfig): string[] {
  const problems: string[] = [];
  if (config.clientCertificateFile !== undefined || config.clientCertificateData !== undefined)
    problems.push(...certificateProblems(fs, config, user));
  const methods = [
    ...(config.bearerToken === undefined ? [] : ["token"]),
    ...(config.username === undefined && config.password === undefined ? [] : ["basicAuth"]),
  ];
  if (methods.length > 1)
    problems.push(
      `more than one authentication method found for ${user}; found [${methods.join(" ")}], only one is allowed`,
    );
  if (config.impersonate === undefined && ((overrides.asGroups ?? []).length > 0 || (overrides.asUid ?? "") !== ""))
    problems.push(`requesting uid, groups or user-extra for ${user} without impersonating a user`);
  return problems;
}

function certificateProblems(fs: FileSystem, config: RestConfig, user: string): string[] {
  const { clientCertificateFile, clientCertificateData, clientKeyFile, clientKeyData } = config;
  const problems: string[] = [];
  if (clientCertificateFile !== undefined && clientCertificateData !== undefined)
    problems.push(`client-cert-data and client-cert are both specified for ${user}. client-cert-data will override.`);
  if (clientKeyFile !== undefined && clientKeyData !== undefined)
    problems.push(`client-key-data and client-key are both specified for ${user}; client-key-data will override`);
  if (clientKeyFile === undefined && clientKeyData === undefined)
    problems.push(
      `client-key-data or client-key must be specified for ${user} to use the clientCert authentication method.`,
    );
  const unread = [
    unreadable(fs, clientCertificateFile, `client-cert`, user),
    unreadable(fs, clientKeyFile, `client-key`, user),
  ];
  return [...problems, ...unread.filter((problem) => problem !== undefined)];
}

function clusterProblems(fs: FileSystem, { config, cluster }: CheckedConfig): string[] {
  const both =
    config.caFile !== undefined && config.caData !== undefined
      ? [
          `certificate-authority-data and certificate-authority are both specified for ${cluster}. certificate-authority-data will override.`,
        ]
      : [];
  const unread = unreadable(fs, config.caFile, "certificate-authority", cluster);
  return unread === undefined ? both : [...both, unread];
}

function unreadable(fs: FileSystem, file: string | undefined, what: string, owner: string): string | undefined {
  if (file === undefined) return undefined;
  try {
    fs.stat(file);
    return undefined;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return `unable to read ${what} ${file} for ${owner} due to ${goFsError("open", error)}`;
  }
}
