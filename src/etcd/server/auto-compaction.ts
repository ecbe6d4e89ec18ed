import { parseGoDuration } from "../../base/cli/go-duration.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { MvccError } from "../mvcc/mvcc-error.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";

const REVISION_INTERVAL_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
/** How many samples of the revision are taken in one period. */
const SAMPLES = 10;

/**
 * Compacts by itself what is older than the retention: a number of revisions, or a time (hours without a unit).
 * Undefined when it is switched off. Mirrors etcd server/etcdserver/api/v3compactor.
 */
export function autoCompactor(member: Member): Task<void> | undefined {
  const { autoCompactionMode, autoCompactionRetention } = member.config;
  if (autoCompactionMode === "revision") {
    const kept = Number(autoCompactionRetention);
    return Number.isInteger(kept) && kept > 0 ? byRevision(member, kept) : undefined;
  }
  const period = periodOf(autoCompactionRetention);
  return period > 0 ? byTime(member, period) : undefined;
}

function periodOf(retention: string): number {
  if (/^\d+$/.test(retention)) return Number(retention) * HOUR_MS;
  const parsed = parseGoDuration(retention);
  return "value" in parsed ? Number(parsed.value / 1_000_000n) : 0;
}

function* byRevision(member: Member, kept: number): Task<void> {
  for (;;) {
    yield* sleep(member.host.clock, REVISION_INTERVAL_MS);
    yield* compact(member, member.state.store.revision - kept);
  }
}

/** Samples the revision ten times in a period (at most an hour), and compacts at the sample that is a period old. */
function* byTime(member: Member, periodMs: number): Task<void> {
  const intervalMs = Math.min(periodMs, HOUR_MS) / SAMPLES;
  const samples: number[] = [];
  for (;;) {
    samples.push(member.state.store.revision);
    yield* sleep(member.host.clock, intervalMs);
    if (samples.length * intervalMs < periodMs) continue;
    yield* compact(member, samples.shift() ?? 0);
  }
}

function* compact(member: Member, revision: number): Task<void> {
  if (!member.isLeader || revision <= Math.max(1, member.state.store.compacted)) return;
  member.host.log.info("v3compactor/compactor.go:82", "starting auto compaction", { revision });
  try {
    yield* member.propose({ op: "compaction", request: { revision } });
  } catch (error) {
    if (!(error instanceof EtcdError || error instanceof MvccError)) throw error;
    member.host.log.warn("v3compactor/compactor.go:90", "failed auto compaction", { revision, error: error.message });
  }
}
