import { formatGoDuration } from "../../base/cli/go-duration.ts";
import { type EtcdConfig, effectiveQuota } from "./config.ts";
import type { MemberHost } from "./member.ts";
import { Wal } from "./wal.ts";

/** The long line in which a starting server says all its settings. */
export function startLine(config: EtcdConfig, host: MemberHost): void {
  const quota = effectiveQuota(config);
  host.log.info("embed/etcd.go:323", "starting an etcd server", {
    "etcd-version": host.version.full,
    "git-sha": `v${host.version.full}`,
    "go-version": host.version.is36 ? "go1.25.0" : "go1.24.0",
    "go-os": "linux",
    "go-arch": "amd64",
    "max-cpu-set": 2,
    "max-cpu-available": 2,
    "member-initialized": Wal.exists(host.fs, config.walDir),
    name: config.name,
    "data-dir": config.dataDir,
    "wal-dir": config.dedicatedWalDir,
    "wal-dir-dedicated": config.dedicatedWalDir,
    "member-dir": `${config.dataDir}/member`,
    "force-new-cluster": config.forceNewCluster,
    "heartbeat-interval": formatGoDuration(config.heartbeatMs),
    "election-timeout": formatGoDuration(config.electionTimeoutMs),
    "initial-election-tick-advance": true,
    "snapshot-count": config.snapshotCount,
    "max-wals": 5,
    "max-snapshots": 5,
    "snapshot-catchup-entries": 5000,
    "initial-advertise-peer-urls": config.initialAdvertisePeerUrls,
    "listen-peer-urls": config.listenPeerUrls,
    "advertise-client-urls": config.advertiseClientUrls,
    "listen-client-urls": config.listenClientUrls,
    "listen-metrics-urls": config.listenMetricsUrls,
    "experimental-local-address": "",
    cors: ["*"],
    "host-whitelist": ["*"],
    "initial-cluster": config.initialCluster,
    "initial-cluster-state": config.initialClusterState,
    "initial-cluster-token": config.initialClusterToken,
    "quota-backend-bytes": Number.isFinite(quota) ? quota : -1,
    "max-request-bytes": config.maxRequestBytes,
    "max-concurrent-streams": 4294967295,
    "pre-vote": true,
    "auto-compaction-mode": config.autoCompactionMode,
    "auto-compaction-retention": config.autoCompactionRetention,
    "v2-deprecation": "write-only",
  });
}
