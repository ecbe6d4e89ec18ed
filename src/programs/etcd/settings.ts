import { parseGoDuration } from "../../base/cli/go-duration.ts";
import { parseYamlDocument, YamlError } from "../../base/yaml/read.ts";
import type { EtcdConfig, TlsFiles } from "../../etcd/server/config.ts";
import type { Process } from "../../machine/process.ts";
import { FsError, goFsError } from "../../vfs/file-system.ts";
import { type FlagValues, isTrue } from "./flag-parser.ts";

/** Settings that do not fit together; the text stands behind `failed to verify flags`. */
export class SettingsError extends Error {}

/** Takes the values of a configuration file; flags given beside it do not count. Throws `SettingsError`. */
export function readConfigFile(process: Process, path: string, values: FlagValues): void {
  const document = parseConfig(readText(process, path));
  for (const [name, value] of Object.entries(document)) {
    if (name === "client-transport-security") setSecurity(values, value, "");
    else if (name === "peer-transport-security") setSecurity(values, value, "peer-");
    else if (values.row(name) !== undefined) setFromFile(values, name, value);
  }
}

function readText(process: Process, path: string): string {
  try {
    return process.fs.readText(path);
  } catch (error) {
    if (error instanceof FsError) throw new SettingsError(goFsError("open", error));
    throw error;
  }
}

function parseConfig(text: string): Record<string, unknown> {
  try {
    const document = parseYamlDocument(text);
    return typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof YamlError) throw new SettingsError(`error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

function setSecurity(values: FlagValues, section: unknown, prefix: string): void {
  if (typeof section !== "object" || section === null) return;
  for (const [name, value] of Object.entries(section)) setFromFile(values, prefix + name, value);
}

function setFromFile(values: FlagValues, name: string, value: unknown): void {
  const kind = values.row(name)?.[1];
  const isNanoseconds = kind === "duration" && typeof value === "number";
  const text = Array.isArray(value) ? value.join(",") : isNanoseconds ? `${value}ns` : String(value ?? "");
  const problem = values.set(name, text);
  if (problem !== undefined) throw new SettingsError(problem);
}

/** The configuration of all values. Throws `SettingsError`. */
export function configOf(values: FlagValues): EtcdConfig {
  const name = values.get("name");
  const dataDir = values.get("data-dir") || `${name}.etcd`;
  const walDir = values.get("wal-dir");
  const peers = urls(values, "initial-advertise-peer-urls");
  const config: EtcdConfig = {
    name,
    dataDir,
    dedicatedWalDir: walDir,
    walDir: walDir || `${dataDir}/member/wal`,
    snapDir: `${dataDir}/member/snap`,
    listenClientUrls: urls(values, "listen-client-urls"),
    advertiseClientUrls: urls(values, "advertise-client-urls"),
    listenPeerUrls: urls(values, "listen-peer-urls"),
    initialAdvertisePeerUrls: peers,
    listenMetricsUrls: urls(values, "listen-metrics-urls"),
    initialCluster: values.get("initial-cluster") || peers.map((url) => `${name}=${url}`).join(","),
    initialClusterState: values.get("initial-cluster-state") === "existing" ? "existing" : "new",
    initialClusterToken: values.get("initial-cluster-token"),
    clientTls: tlsFiles(values, ""),
    peerTls: tlsFiles(values, "peer-"),
    quotaBackendBytes: Number(values.get("quota-backend-bytes")),
    snapshotCount: Number(values.get("snapshot-count")) || 10_000,
    heartbeatMs: Number(values.get("heartbeat-interval")),
    electionTimeoutMs: Number(values.get("election-timeout")),
    maxRequestBytes: Number(values.get("max-request-bytes")),
    maxTxnOps: Number(values.get("max-txn-ops")),
    autoCompactionMode: values.get("auto-compaction-mode") === "revision" ? "revision" : "periodic",
    autoCompactionRetention: values.get("auto-compaction-retention"),
    progressNotifyMs: progressNotifyMs(values),
    strictReconfigCheck: isTrue(values.get("strict-reconfig-check")),
    forceNewCluster: isTrue(values.get("force-new-cluster")),
    maxLearners: Number(values.get(values.isSet("max-learners") ? "max-learners" : "experimental-max-learners")),
  };
  check(values, config);
  return config;
}

function check(values: FlagValues, config: EtcdConfig): void {
  for (const url of [...config.listenPeerUrls, ...config.listenClientUrls, ...config.listenMetricsUrls])
    checkBindHost(url);
  if (values.isSet("listen-client-urls") && !values.isSet("advertise-client-urls"))
    throw new SettingsError("--advertise-client-urls is required when --listen-client-urls is set explicitly");
  if (values.get("logger") !== "zap")
    throw new SettingsError(`unknown logger option ${JSON.stringify(values.get("logger"))}`);
  const format = values.get("log-format");
  if (format !== "json" && format !== "console")
    throw new SettingsError(`unknown log format: ${format}, supported values json, console`);
  const mode = values.get("auto-compaction-mode");
  if (mode !== "periodic" && mode !== "revision" && mode !== "")
    throw new SettingsError(`unknown auto-compaction-mode ${JSON.stringify(mode)}`);
  const { electionTimeoutMs, heartbeatMs } = config;
  if (electionTimeoutMs < 5 * heartbeatMs)
    throw new SettingsError(
      `--election-timeout[${electionTimeoutMs}ms] should be at least as 5 times as --heartbeat-interval[${heartbeatMs}ms]`,
    );
  if (electionTimeoutMs > 50_000)
    throw new SettingsError(
      `--election-timeout[${electionTimeoutMs}ms] is too long, and should be set less than 50000ms`,
    );
}

function checkBindHost(url: string): void {
  const host = /^[a-z]+:\/\/(\[[^\]]*\]|[^:/]*)/.exec(url)?.[1] ?? "";
  if (host === "localhost" || host === "" || /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.startsWith("[")) return;
  throw new SettingsError(`expected IP in URL for binding (${url})`);
}

function tlsFiles(values: FlagValues, prefix: string): TlsFiles {
  return {
    certFile: values.get(`${prefix}cert-file`),
    keyFile: values.get(`${prefix}key-file`),
    trustedCaFile: values.get(`${prefix}trusted-ca-file`),
    clientCertAuth: isTrue(values.get(`${prefix}client-cert-auth`)),
  };
}

function progressNotifyMs(values: FlagValues): number {
  const former = values.get("experimental-watch-progress-notify-interval");
  const isFormer = values.isSet("experimental-watch-progress-notify-interval");
  const parsed = parseGoDuration(isFormer ? former : values.get("watch-progress-notify-interval"));
  return "value" in parsed ? Number(parsed.value / 1_000_000n) : 600_000;
}

function urls(values: FlagValues, name: string): string[] {
  return values
    .get(name)
    .split(",")
    .map((url) => url.trim())
    .filter((url) => url !== "");
}
