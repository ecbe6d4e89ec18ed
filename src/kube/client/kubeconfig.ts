import { fromBase64, text } from "../../base/bytes.ts";
import { parseYamlDocument, YamlError } from "../../base/yaml/read.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import { ConfigError, type RestConfig } from "./rest-config.ts";

/** A kubeconfig (client-go clientcmd/api/v1), one file or several merged. Names map to entries in order. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
}

/** Keys as in the file; `origin` is the file an entry came from, against whose folder its paths are read. */
export interface ClusterEntry {
  readonly origin: string;
  readonly fields: Readonly<Record<string, unknown>>;
}
export type UserEntry = ClusterEntry;
export interface ContextEntry {
  readonly origin: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
}

/** What the command line sets over the file (`--context`, `--server`, `--token`…). */
export interface KubeconfigOverrides {
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
  readonly server?: string | undefined;
  readonly tlsServerName?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  readonly certificateAuthority?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly token?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly asUser?: string | undefined;
  readonly asUid?: string | undefined;
  readonly asGroups?: readonly string[] | undefined;
  readonly timeoutMs?: number | undefined;
}

const EMPTY_KUBECONFIG: Kubeconfig = {
  currentContext: "",
  clusters: new Map(),
  contexts: new Map(),
  users: new Map(),
};

/**
 * Reads and merges kubeconfig files: the first to set a value wins. Files that are not there are passed over.
 * Throws `ConfigError` with clientcmd's text for a file that is no kubeconfig.
 */
export function loadKubeconfig(fs: FileSystem, ...paths: readonly string[]): Kubeconfig {
  let merged = EMPTY_KUBECONFIG;
  for (const path of paths) {
    const content = readIfThere(fs, path);
    if (content === undefined) continue;
    merged = merge(merged, parseKubeconfig(content, path));
  }
  return merged;
}

function readIfThere(fs: FileSystem, path: string): string | undefined {
  try {
    return fs.readText(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new ConfigError(`error loading config file "${path}": ${goFsError("open", error)}`);
  }
}

/** Reads one kubeconfig text; `origin` is its file's path. */
export function parseKubeconfig(content: string, origin: string): Kubeconfig {
  let document: unknown;
  try {
    document = parseYamlDocument(content);
  } catch (error) {
    if (error instanceof YamlError) throw new ConfigError(`error loading config file "${origin}": ${error.message}`);
    throw error;
  }
  const root = record(document);
  return {
    currentContext: string(root["current-context"]),
    clusters: named(root["clusters"], (item) => ({ origin, fields: record(item["cluster"]) })),
    users: named(root["users"], (item) => ({ origin, fields: record(item["user"]) })),
    contexts: named(root["contexts"], (item) => contextEntry(record(item["context"]), origin)),
  };
}

function contextEntry(fields: Readonly<Record<string, unknown>>, origin: string): ContextEntry {
  return {
    origin,
    cluster: string(fields["cluster"]),
    user: string(fields["user"]),
    namespace: string(fields["namespace"]),
  };
}

function named<T>(list: unknown, entry: (item: Readonly<Record<string, unknown>>) => T): Map<string, T> {
  const entries = new Map<string, T>();
  if (!Array.isArray(list)) return entries;
  for (const item of list) {
    const fields = record(item);
    const name = string(fields["name"]);
    if (!entries.has(name)) entries.set(name, entry(fields));
  }
  return entries;
}

function merge(first: Kubeconfig, second: Kubeconfig): Kubeconfig {
  return {
    currentContext: first.currentContext === "" ? second.currentContext : first.currentContext,
    clusters: new Map([...second.clusters, ...first.clusters]),
    contexts: new Map([...second.contexts, ...first.contexts]),
    users: new Map([...second.users, ...first.users]),
  };
}

/**
 * The client configuration of a context (clientcmd ClientConfig). Throws `ConfigError` with clientcmd's text. With
 * nothing configured at all it is `http://localhost:8080`, as kubectl has it.
 */
export function restConfig(config: Kubeconfig, overrides: KubeconfigOverrides = {}): RestConfig {
  const contextName = overrides.context ?? config.currentContext;
  const context = config.contexts.get(contextName);
  const clusterName = overrides.cluster ?? context?.cluster ?? "";
  const userName = overrides.user ?? context?.user ?? "";
  const cluster = config.clusters.get(clusterName);
  const user = config.users.get(userName);
  const problems = [
    contextName !== "" && context === undefined ? `context was not found for specified context: ${contextName}` : "",
    overrides.cluster !== undefined && cluster === undefined ? `no server found for cluster "${clusterName}"` : "",
    overrides.user !== undefined && user === undefined ? `auth info "${userName}" does not exist` : "",
    context !== undefined && overrides.user === undefined && user === undefined && userName !== ""
      ? `user "${userName}" was not found for context "${contextName}"`
      : "",
  ].filter((problem) => problem !== "");
  if (problems[0] !== undefined) throw configurationError(problems);
  return {
    ...clusterPart(cluster, overrides),
    ...userPart(user, overrides),
    namespace: overrides.namespace ?? (context?.namespace === "" ? undefined : context?.namespace),
    timeoutMs: overrides.timeoutMs,
  };
}

function configurationError(problems: readonly string[]): ConfigError {
  return new ConfigError(problems.length === 1 ? `${problems[0]}` : `[${problems.join(", ")}]`);
}

type Fields = Readonly<Record<string, unknown>>;

function clusterPart(cluster: ClusterEntry | undefined, overrides: KubeconfigOverrides) {
  const fields = cluster?.fields ?? {};
  const origin = cluster?.origin ?? "";
  const server = overrides.server ?? optional(fields["server"]);
  return {
    server: withScheme(server ?? "http://localhost:8080"),
    caFile: overrides.certificateAuthority ?? relative(origin, optional(fields["certificate-authority"])),
    caData: overrides.certificateAuthority === undefined ? decoded(fields, "certificate-authority-data") : undefined,
    tlsServerName: overrides.tlsServerName ?? optional(fields["tls-server-name"]),
    insecureSkipTlsVerify: overrides.insecureSkipTlsVerify ?? fields["insecure-skip-tls-verify"] === true,
  };
}

function userPart(user: UserEntry | undefined, overrides: KubeconfigOverrides) {
  const fields = user?.fields ?? {};
  const origin = user?.origin ?? "";
  const asUser = overrides.asUser ?? optional(fields["as"]);
  return {
    clientCertificateFile: overrides.clientCertificate ?? relative(origin, optional(fields["client-certificate"])),
    // A file that a flag names counts, not the data of the kubeconfig.
    clientCertificateData:
      overrides.clientCertificate === undefined ? decoded(fields, "client-certificate-data") : undefined,
    clientKeyFile: overrides.clientKey ?? relative(origin, optional(fields["client-key"])),
    clientKeyData: overrides.clientKey === undefined ? decoded(fields, "client-key-data") : undefined,
    bearerToken: overrides.token ?? optional(fields["token"]),
    bearerTokenFile: overrides.token === undefined ? relative(origin, optional(fields["tokenFile"])) : undefined,
    username: overrides.username ?? optional(fields["username"]),
    password: overrides.password ?? optional(fields["password"]),
    impersonate: asUser === undefined ? undefined : { user: asUser, uid: overrides.asUid, groups: overrides.asGroups },
  };
}

function withScheme(server: string): string {
  return (server.includes("://") ? server : `http://${server}`).replace(/\/+$/, "");
}

function relative(origin: string, path: string | undefined): string | undefined {
  if (path === undefined || path.startsWith("/")) return path;
  const slash = origin.lastIndexOf("/");
  return slash < 0 ? path : `${origin.slice(0, slash)}/${path}`;
}

function decoded(fields: Fields, key: string): string | undefined {
  const value = optional(fields[key]);
  if (value === undefined) return undefined;
  const result = fromBase64(value);
  if ("bytes" in result) return text(result.bytes);
  throw new ConfigError(`illegal base64 data at input byte ${result.illegalAt}`);
}

function record(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function optional(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
