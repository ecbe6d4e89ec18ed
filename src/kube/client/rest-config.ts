import type { FileSystem } from "../../vfs/file-system.ts";

/** How to reach an API server and who to be there (client-go rest.Config). */
export interface RestConfig {
  /** Base URL: `https://10.0.1.10:6443`. */
  readonly server: string;
  /** Files win over data, as in kubeconfigs. Data is PEM text. */
  readonly caFile?: string | undefined;
  readonly caData?: string | undefined;
  readonly clientCertificateFile?: string | undefined;
  readonly clientCertificateData?: string | undefined;
  readonly clientKeyFile?: string | undefined;
  readonly clientKeyData?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  /** Name to check the server's certificate for; default: the URL's host. */
  readonly tlsServerName?: string | undefined;
  readonly bearerToken?: string | undefined;
  /** Read anew for every request, since tokens are rotated. */
  readonly bearerTokenFile?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly impersonate?: Impersonation | undefined;
  /** `kubectl/v1.35.2 (linux/amd64) kubernetes/fdc9d74`. The default field manager is what stands before the slash. */
  readonly userAgent?: string | undefined;
  /** Limit for one request, sent along as `timeout`; undefined or 0: none. */
  readonly timeoutMs?: number | undefined;
  /** Namespace of the kubeconfig's context. */
  readonly namespace?: string | undefined;
}

export interface Impersonation {
  readonly user: string;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
}

/** A config that cannot be used; `message` is client-go's text. */
export class ConfigError extends Error {}

/** A kubeconfig whose parts do not go together (clientcmd errConfigurationInvalid). */
export class InvalidConfigError extends ConfigError {
  /** At least one. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`invalid configuration: ${problems.length === 1 ? problems[0] : `[${problems.join(", ")}]`}`);
    this.problems = problems;
  }
}

/** A context that was chosen and is not there (clientcmd errContextNotFound). */
export class ContextNotFoundError extends ConfigError {
  constructor(context: string) {
    super(`context was not found for specified context: ${context}`);
  }
}

const SERVICE_ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The config of a process in a pod, from its environment and its mounted token (rest.InClusterConfig). */
export function inClusterConfig(env: ReadonlyMap<string, string>, fs: FileSystem): RestConfig {
  const host = env.get("KUBERNETES_SERVICE_HOST") ?? "";
  const port = env.get("KUBERNETES_SERVICE_PORT") ?? "";
  if (host === "" || port === "") {
    throw new ConfigError(
      "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined",
    );
  }
  const tokenFile = `${SERVICE_ACCOUNT_DIR}/token`;
  if (!fs.exists(tokenFile)) throw new ConfigError(`open ${tokenFile}: no such file or directory`);
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    caFile: `${SERVICE_ACCOUNT_DIR}/ca.crt`,
    bearerTokenFile: tokenFile,
    namespace: fs.exists(`${SERVICE_ACCOUNT_DIR}/namespace`)
      ? fs.readText(`${SERVICE_ACCOUNT_DIR}/namespace`)
      : undefined,
  };
}
