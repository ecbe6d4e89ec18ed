import { fromBase64, text } from "../../base/bytes.ts";
import { clean } from "../../base/path.ts";
import { recordOf } from "../../base/record.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import { configProblems } from "./kubeconfig-check.ts";
import { decodeKubeconfig } from "./kubeconfig-decode.ts";
import { ConfigError, ContextNotFoundError, InvalidConfigError, type RestConfig } from "./rest-config.ts";

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
    merged = merge(merged, parseKubeconfig(content, path, absolute(fs, path)));
  }
  return merged;
}

/** The kubeconfig at a path that was named for it, so that it must be there. Throws `ConfigError`. */
export function explicitKubeconfig(fs: FileSystem, path: string): Kubeconfig {
  if (path !== "" && !fs.exists(path)) throw new ConfigError(`stat ${path}: no such file or directory`);
  const config = loadKubeconfig(fs, path);
  if (config.clusters.size + config.contexts.size + config.users.size > 0) return config;
  throw new ConfigError(
    "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable",
  );
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

function absolute(fs: FileSystem, path: string): string {
  return path.startsWith("/") ? path : clean(`${fs.realpath(".")}/${path}`);
}

/** Reads one kubeconfig text. `path` is its file's, for messages; `origin` the same as entries note it. Throws `ConfigError`. */
export function parseKubeconfig(content: string, path: string, origin = path): Kubeconfig {
  const root = fieldsOf(content, path);
  return {
    currentContext: string(root["current-context"]),
    clusters: named(root["clusters"], (item) => ({ origin, fields: recordOf(item["cluster"]) })),
    users: named(root["users"], (item) => ({ origin, fields: recordOf(item["user"]) })),
    contexts: named(root["contexts"], (item) => contextEntry(recordOf(item["context"]), origin)),
  };
}

function fieldsOf(content: string, path: string): Fields {
  try {
    return decodeKubeconfig(content);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`error loading config file "${path}": ${error.message}`);
  }
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
    const fields = recordOf(item);
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
 * nothing configured at all it is `http://localhost:8080`, as kubectl has it. `usableConfig` looks at the files too.
 */
export function restConfig(config: Kubeconfig, overrides: KubeconfigOverrides = {}): RestConfig {
  const { context, cluster, user } = chosenEntries(config, overrides);
  return {
    ...clusterPart(cluster, overrides),
    ...userPart(user, overrides),
    namespace: overrides.namespace ?? (context?.namespace === "" ? undefined : context?.namespace),
    timeoutMs: overrides.timeoutMs,
  };
}

/** As `restConfig`, and nothing forbids to use it. Throws `InvalidConfigError` too. */
export function usableConfig(fs: FileSystem, config: Kubeconfig, overrides: KubeconfigOverrides = {}): RestConfig {
  const result = restConfig(config, overrides);
  const { clusterName, userName } = chosenEntries(config, overrides);
  const problems = configProblems(fs, { config: result, cluster: clusterName, user: userName, overrides });
  if (problems.length > 0) throw new InvalidConfigError(problems);
  return result;
}

interface ChosenEntries {
  readonly context: ContextEntry | undefined;
  readonly clusterName: string;
  readonly cluster: ClusterEntry | undefined;
  readonly userName: string;
  readonly user: UserEntry | undefined;
}

/** What the current context names need not be there; what flags name must. */
function chosenEntries(config: Kubeconfig, overrides: KubeconfigOverrides): ChosenEntries {
  const contextName = overrides.context ?? config.currentContext;
  const context = config.contexts.get(contextName);
  if (contextName !== "" && context === undefined) throw new ContextNotFoundError(contextName);
  const userName = overrides.user ?? context?.user ?? "";
  const user = config.users.get(userName);
  if (overrides.user !== undefined && user === undefined)
    throw new ConfigError(`auth info "${userName}" does not exist`);
  const clusterName = overrides.cluster ?? context?.cluster ?? "";
  const cluster = config.clusters.get(clusterName);
  if (overrides.cluster !== undefined && cluster === undefined)
    throw new ConfigError(`no server found for cluster "${clusterName}"`);
  return { context, clusterName, cluster, userName, user };
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

/** Bytes of the file's, as text: reading it has found them to be base64. */
function decoded(fields: Fields, key: string): string | undefined {
  const result = fromBase64(string(fields[key]));
  return "bytes" in result && result.bytes.length > 0 ? text(result.bytes) : undefined;
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function optional(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
