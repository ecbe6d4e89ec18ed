import { effectiveQuota } from "./config.ts";
import type { Member } from "./member.ts";

/** A distribution in Prometheus' form: cumulative buckets, sum, count. */
export class Histogram {
  private readonly bounds: readonly number[];
  private readonly counts: number[];
  private sum = 0;
  private total = 0;

  /** Bounds double from `first`, `length` of them (prometheus.ExponentialBuckets). Seconds. */
  constructor(first: number, length: number) {
    this.bounds = Array.from({ length }, (_, i) => first * 2 ** i);
    this.counts = this.bounds.map(() => 0);
  }

  observe(seconds: number): void {
    this.sum += seconds;
    this.total++;
    const at = this.bounds.findIndex((bound) => seconds <= bound);
    if (at >= 0) this.counts[at] = (this.counts[at] ?? 0) + 1;
  }

  lines(name: string): string[] {
    let cumulative = 0;
    const buckets = this.bounds.map((bound, i) => {
      cumulative += this.counts[i] ?? 0;
      return `${name}_bucket{le="${bound}"} ${cumulative}`;
    });
    return [
      ...buckets,
      `${name}_bucket{le="+Inf"} ${this.total}`,
      `${name}_sum ${this.sum}`,
      `${name}_count ${this.total}`,
    ];
  }
}

/** Times that the member measures of its own disk and of its answers. */
export class MemberMetrics {
  readonly walFsync = new Histogram(0.001, 14);
  readonly backendCommit = new Histogram(0.001, 14);
  readonly applyDuration = new Histogram(0.0001, 20);
  readonly snapFsync = new Histogram(0.001, 14);
  readonly defragDuration = new Histogram(0.1, 13);
  proposalsFailed = 0;
  watchEvents = 0;
}

type Row = readonly [name: string, type: "gauge" | "counter", help: string, value: number];

/** The page /metrics: what this member can say of itself, under etcd's names. */
export function metricsText(member: Member): string {
  const lines: string[] = [];
  for (const [name, type, help, value] of rows(member))
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`);
  const { metrics } = member;
  const histograms: readonly (readonly [string, Histogram])[] = [
    ["etcd_disk_backend_commit_duration_seconds", metrics.backendCommit],
    ["etcd_disk_wal_fsync_duration_seconds", metrics.walFsync],
    ["etcd_disk_backend_defrag_duration_seconds", metrics.defragDuration],
    ["etcd_server_apply_duration_seconds", metrics.applyDuration],
    ["etcd_snap_fsync_duration_seconds", metrics.snapFsync],
  ];
  for (const [name, histogram] of histograms) lines.push(`# TYPE ${name} histogram`, ...histogram.lines(name));
  for (const id of [member.consensus.id.toString(16)]) lines.push(`etcd_server_id{server_id="${id}"} 1`);
  lines.push(`etcd_server_version{server_version="${member.version.full}"} 1`);
  lines.push(`etcd_cluster_version{cluster_version="${member.version.minor}"} 1`);
  return `${lines.join("\n")}\n`;
}

function rows(member: Member): readonly Row[] {
  const { store, backend, lessor, auth } = member.state;
  const pending = member.consensus.lastIndex - member.appliedIndex;
  const quota = effectiveQuota(member.config);
  return [
    ["etcd_debugging_auth_revision", "gauge", "The current revision of auth store.", auth.revision],
    ["etcd_debugging_lease_granted_total", "counter", "Leases that are there now.", lessor.size],
    ["etcd_debugging_mvcc_compact_revision", "gauge", "The revision of the last compaction.", store.compacted],
    ["etcd_debugging_mvcc_current_revision", "gauge", "The current revision of the store.", store.revision],
    ["etcd_debugging_mvcc_keys_total", "gauge", "Keys in the index.", store.keyCount],
    ["etcd_debugging_mvcc_watcher_total", "gauge", "Open watches.", member.watchable.size],
    ["etcd_mvcc_db_total_size_in_bytes", "gauge", "Size of the db on disk.", backend.pages.size],
    ["etcd_mvcc_db_total_size_in_use_in_bytes", "gauge", "Size of the db in use.", backend.pages.inUse],
    ["etcd_server_has_leader", "gauge", "Whether a leader exists.", member.consensus.leader === 0n ? 0 : 1],
    ["etcd_server_is_leader", "gauge", "Whether this member leads.", member.isLeader ? 1 : 0],
    ["etcd_server_is_learner", "gauge", "Whether this member is a learner.", member.isLearner ? 1 : 0],
    ["etcd_server_leader_changes_seen_total", "counter", "Leader changes seen.", member.leadership.leaderChanges],
    ["etcd_server_proposals_applied_total", "gauge", "Proposals applied.", member.appliedIndex],
    ["etcd_server_proposals_committed_total", "gauge", "Proposals committed.", member.consensus.commit],
    ["etcd_server_proposals_failed_total", "counter", "Proposals that failed.", member.metrics.proposalsFailed],
    ["etcd_server_proposals_pending", "gauge", "Proposals under way.", Math.max(0, pending)],
    ["etcd_server_quota_backend_bytes", "gauge", "The quota in octets.", Number.isFinite(quota) ? quota : 0],
    ["etcd_server_health_success", "counter", "Checks of health that succeeded.", member.isLeader ? 1 : 0],
  ];
}
