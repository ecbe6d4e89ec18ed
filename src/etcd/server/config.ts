/** A member's settings after flags, environment and file were read (embed.Config). */
export interface EtcdConfig {
  readonly name: string;
  readonly dataDir: string;
  readonly walDir: string;
  readonly snapDir: string;
  readonly dedicatedWalDir: string;
  readonly listenClientUrls: readonly string[];
  readonly advertiseClientUrls: readonly string[];
  readonly listenPeerUrls: readonly string[];
  readonly initialAdvertisePeerUrls: readonly string[];
  readonly listenMetricsUrls: readonly string[];
  readonly initialCluster: string;
  readonly initialClusterState: "new" | "existing";
  readonly initialClusterToken: string;
  readonly clientTls: TlsFiles;
  readonly peerTls: TlsFiles;
  readonly quotaBackendBytes: number;
  readonly snapshotCount: number;
  readonly heartbeatMs: number;
  readonly electionTimeoutMs: number;
  readonly maxRequestBytes: number;
  readonly maxTxnOps: number;
  readonly autoCompactionMode: "periodic" | "revision";
  readonly autoCompactionRetention: string;
  readonly progressNotifyMs: number;
  readonly strictReconfigCheck: boolean;
  readonly forceNewCluster: boolean;
  readonly maxLearners: number;
}

/** Paths of a listener's certificate files; empty when not given. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly trustedCaFile: string;
  readonly clientCertAuth: boolean;
}

/** What the program's version decides. */
export interface EtcdVersion {
  /** `3.6.14`. */
  readonly full: string;
  /** `3.6`. */
  readonly minor: string;
  readonly is36: boolean;
}

export function etcdVersion(full: string): EtcdVersion {
  const minor = full.split(".").slice(0, 2).join(".");
  return { full, minor, is36: minor !== "3.5" && minor !== "3.4" };
}

/** Upstream's default quota, 2 GiB. */
const DEFAULT_QUOTA_BYTES = 2 * 1024 * 1024 * 1024;

/** The quota in force: a negative one means none. */
export function effectiveQuota(config: EtcdConfig): number {
  if (config.quotaBackendBytes < 0) return Number.POSITIVE_INFINITY;
  return config.quotaBackendBytes === 0 ? DEFAULT_QUOTA_BYTES : config.quotaBackendBytes;
}

/** `name=url,name=url2` as names with their URLs, in order. */
export function parseCluster(text: string): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>();
  for (const part of text.split(",").filter((piece) => piece !== "")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, equals);
    members.set(name, [...(members.get(name) ?? []), part.slice(equals + 1)]);
  }
  return members;
}
