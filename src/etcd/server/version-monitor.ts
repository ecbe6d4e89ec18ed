import { utf8 } from "../../base/bytes.ts";
import { bodyText, NO_BODY } from "../../sim/http.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { PeerError } from "../peer/peer-client.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";
import { REQUEST_TIMEOUT_MS } from "./request-timeout.ts";
import { storageVersion } from "./service-maintenance.ts";

/** How often etcd compares versions. */
const INTERVAL_MS = 4000;
/** What any cluster can do (MinClusterVersion). */
const LOWEST_VERSION = "3.0.0";

/**
 * Keeps the cluster's version at what all members can do (or at a downgrade's target), and the db's mark at the
 * cluster's. It sleeps unless something may have changed. Mirrors etcd server/etcdserver/version/monitor.go.
 */
export class VersionMonitor {
  private readonly member: Member;
  private checking = false;

  constructor(member: Member) {
    this.member = member;
  }

  /** After this member is known to the cluster: sets the version of a cluster that has none. */
  *begin(): Task<void> {
    const { membership } = this.member.state;
    if (membership.version === undefined && this.member.isLeader) yield* this.adjust("setting up");
    const own = `${this.member.version.minor}.0`;
    const isKnown = membership.version === own;
    if (this.member.version.is36 && !membership.downgrade.enabled && isKnown) this.followStorage(own);
    if (membership.downgrade.enabled || !isKnown) this.wake();
  }

  /** Look again at the next interval. */
  wake(): void {
    if (this.checking) return;
    this.checking = true;
    this.member.host.tasks.spawn("etcd/version-monitor", this.check());
  }

  private *check(): Task<void> {
    yield* sleep(this.member.host.clock, INTERVAL_MS);
    this.checking = false;
    const { membership } = this.member.state;
    if (this.member.isLeader) yield* this.adjust("updating");
    const wanted = membership.downgrade.enabled ? membership.downgrade.targetVersion : membership.version;
    if (wanted === undefined || membership.version !== wanted) this.wake();
    else if (this.member.version.is36) this.followStorage(wanted);
  }

  /** The leader sets what all members can do, if the cluster's version is another. */
  private *adjust(what: "setting up" | "updating"): Task<void> {
    const { membership } = this.member.state;
    const wanted = membership.downgrade.enabled ? membership.downgrade.targetVersion : yield* this.decide();
    if (wanted === undefined || wanted === membership.version) return;
    if (what === "setting up")
      this.member.host.log.info("etcdserver/server.go:2119", "setting up initial cluster version using v3 API", {
        "cluster-version": wanted.split(".").slice(0, 2).join("."),
      });
    try {
      yield* this.member.propose({ op: "cluster_version_set", version: wanted });
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      this.wake();
    }
  }

  /** The lowest version among the members; while one is not reached, the lowest there is or nothing new. */
  private *decide(): Task<string | undefined> {
    const { membership } = this.member.state;
    let lowest = `${this.member.version.minor}.0`;
    for (const { id, peerUrls } of membership.list()) {
      if (id === membership.localId) continue;
      const version = yield* this.versionOf(id, peerUrls);
      if (version === undefined) {
        this.wake();
        return membership.version === undefined ? LOWEST_VERSION : undefined;
      }
      if (compare(version, lowest) < 0) lowest = version;
    }
    return lowest;
  }

  private *versionOf(id: bigint, urls: readonly string[]): Task<string | undefined> {
    const { transport, host } = this.member;
    for (const url of urls) {
      try {
        const request = { method: "GET", path: "/version", headers: {}, body: NO_BODY };
        const answer = yield* transport.client.fetch(url, request, REQUEST_TIMEOUT_MS);
        const found = /"etcdserver":"(\d+)\.(\d+)/.exec(answer.body === undefined ? "" : bodyText(answer.body));
        if (found !== null) return `${found[1]}.${found[2]}.0`;
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
        const fields = { address: `${url}/version`, "remote-member-id": id.toString(16), error: error.message };
        host.log.warn("etcdserver/cluster_util.go:245", "failed to reach the peer URL", fields);
      }
    }
    host.log.warn("etcdserver/cluster_util.go:156", "failed to get version", {
      "remote-member-id": id.toString(16),
    });
    return undefined;
  }

  private followStorage(cluster: string): void {
    const { log } = this.member.host;
    const storage = storageVersion(this.member);
    if (storage === cluster) return;
    log.info("version/monitor.go:116", "cluster version differs from storage version.", {
      "cluster-version": cluster,
      "storage-version": storage,
    });
    const mark = cluster === "3.5.0" ? undefined : utf8(cluster);
    this.member.state.backend.set("meta", "storageVersion", mark);
    log.info("schema/migration.go:65", "updated storage version", { "new-storage-version": cluster });
  }
}

function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  const at = (left ?? []).findIndex((part, i) => part !== right?.[i]);
  return at < 0 ? 0 : (left?.[at] ?? 0) - (right?.[at] ?? 0);
}
