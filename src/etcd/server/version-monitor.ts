import { utf8 } from "../../base/bytes.ts";
import { sleep, type Task } from "../../sim/task.ts";
import type { Member } from "./member.ts";
import { storageVersion } from "./service-maintenance.ts";

/** How often etcd compares versions. */
const INTERVAL_MS = 4000;

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

  /** After the election: sets the version of a cluster that has none. */
  *begin(): Task<void> {
    const { membership } = this.member.state;
    if (membership.version === undefined) {
      this.member.host.log.info("etcdserver/server.go:2119", "setting up initial cluster version using v3 API", {
        "cluster-version": this.member.version.minor,
      });
      yield* this.member.propose({ op: "cluster_version_set", version: `${this.member.version.minor}.0` });
    }
    if (this.member.version.is36 && !membership.downgrade.enabled) this.followStorage(`${this.member.version.minor}.0`);
    if (membership.downgrade.enabled) this.wake();
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
    const { downgrade } = membership;
    const wanted = downgrade.enabled ? downgrade.targetVersion : `${this.member.version.minor}.0`;
    if (membership.version !== wanted) yield* this.member.propose({ op: "cluster_version_set", version: wanted });
    if (this.member.version.is36) this.followStorage(wanted);
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
