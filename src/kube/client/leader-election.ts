import { rfc3339Micro } from "../../base/rfc3339.ts";
import type { Clock } from "../../sim/clock.ts";
import type { RandomStream } from "../../sim/random.ts";
import { runAtMost, sleep, type Task } from "../../sim/task.ts";
import type { Lease } from "../api/types.generated.ts";
import { jitter } from "./back-off.ts";
import type { EventRecorder } from "./event-recorder.ts";
import { referenceTo } from "./event-recorder.ts";
import type { Klog } from "./klog.ts";
import type { KubeClient } from "./kube-client.ts";
import { LEASES } from "./resources.ts";
import { isNotFound } from "./status-error.ts";

const LEASE_DURATION_MS = 15_000;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_PERIOD_MS = 2_000;
const JITTER_FACTOR = 1.2;
const RELEASE_LIMIT_MS = 1000;

export interface ElectionOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly log: Klog;
  readonly recorder: EventRecorder;
  /** The Lease in kube-system. */
  readonly name: string;
  readonly identity: string;
}

/**
 * Leader election on a Lease: who holds it renews it every 2 s; who does not, takes it once it has not changed for
 * 15 s on the watcher's own clock. A holder that cannot renew for 10 s has lost it.
 *
 * Mirrors client-go tools/leaderelection.
 */
export class LeaderElection {
  private observed: Lease | undefined;
  private observedAt = 0;
  private readonly options: ElectionOptions;

  constructor(options: ElectionOptions) {
    this.options = options;
  }

  /** Returns once the lease is ours. */
  *acquire(): Task<void> {
    const { clock, random, log, name } = this.options;
    const lock = { lock: `kube-system/${name}` };
    log.info("leaderelection.go:258", "Attempting to acquire leader lease...", lock);
    while (!(yield* this.tryOnce())) yield* sleep(clock, jitter(random, RETRY_PERIOD_MS, JITTER_FACTOR));
    log.info("leaderelection.go:272", "Successfully acquired lease", lock);
    this.announce("became leader");
  }

  /** Keeps the lease; returns when it is lost. */
  *renew(): Task<void> {
    const { clock, log, name } = this.options;
    let renewedAt = clock.uptime;
    for (;;) {
      yield* sleep(clock, RETRY_PERIOD_MS);
      const left = renewedAt + RENEW_DEADLINE_MS - clock.uptime;
      const attempt = left <= 0 ? undefined : yield* runAtMost(clock, this.tryOnce(), left);
      if (attempt?.status === "value" && attempt.value) renewedAt = clock.uptime;
      else if (clock.uptime - renewedAt >= RENEW_DEADLINE_MS) break;
    }
    log.info("leaderelection.go:297", "Failed to renew lease", {
      lock: `kube-system/${name}`,
      err: "context deadline exceeded",
    });
    this.announce("stopped leading");
  }

  /** Gives the lease up, so that another need not wait for it to run out (ReleaseOnCancel). */
  *release(): Task<void> {
    const { client, clock, identity } = this.options;
    const lease = this.observed;
    if (lease?.spec?.holderIdentity !== identity) return;
    const now = rfc3339Micro(clock.now);
    const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1, renewTime: now, acquireTime: now };
    try {
      yield* runAtMost(clock, client.update(LEASES, { ...lease, spec } as Lease), RELEASE_LIMIT_MS);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.options.log.error("leaderelection.go:334", "Failed to release lease", error);
    }
  }

  private announce(what: string): void {
    const lease = this.observed;
    if (lease === undefined) return;
    const about = referenceTo("Lease", "coordination.k8s.io/v1", lease);
    this.options.recorder.event(about, "Normal", "LeaderElection", `${this.options.identity} ${what}`);
  }

  private *tryOnce(): Task<boolean> {
    try {
      return yield* this.takeOrRenew();
    } catch (error) {
      const { log, name } = this.options;
      log.error("leaderelection.go:445", "Error retrieving lease lock", error, { lock: `kube-system/${name}` });
      return false;
    }
  }

  private *takeOrRenew(): Task<boolean> {
    const { client, clock, name, identity } = this.options;
    if (this.observed?.spec?.holderIdentity === identity && this.isFresh()) {
      const renewed = yield* this.renewObserved(this.observed);
      if (renewed) return true;
    }
    const current = yield* this.fetch();
    if (current === undefined) {
      const spec = { ...this.held(), acquireTime: rfc3339Micro(clock.now), leaseTransitions: 0 };
      this.observe(yield* client.create(LEASES, { metadata: { name, namespace: "kube-system" }, spec } as Lease));
      return true;
    }
    if (current.metadata.resourceVersion !== this.observed?.metadata.resourceVersion) this.observe(current);
    const holder = current.spec?.holderIdentity ?? "";
    if (holder !== "" && holder !== identity && this.isFresh()) return false;
    const mine = holder === identity;
    const acquireTime = mine ? current.spec?.acquireTime : rfc3339Micro(clock.now);
    const leaseTransitions = (current.spec?.leaseTransitions ?? 0) + (mine ? 0 : 1);
    this.observe(
      yield* client.update(LEASES, { ...current, spec: { ...this.held(), acquireTime, leaseTransitions } } as Lease),
    );
    return true;
  }

  private *renewObserved(lease: Lease): Task<boolean> {
    const { client, log, name } = this.options;
    try {
      this.observe(yield* client.update(LEASES, { ...lease, spec: { ...lease.spec, ...this.held() } } as Lease));
      return true;
    } catch (error) {
      log.error("leaderelection.go:441", "Failed to update lease optimistically, falling back to slow path", error, {
        lock: `kube-system/${name}`,
      });
      return false;
    }
  }

  private *fetch(): Task<Lease | undefined> {
    try {
      return yield* this.options.client.get(LEASES, "kube-system", this.options.name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private held(): { holderIdentity: string; leaseDurationSeconds: number; renewTime: string } {
    return {
      holderIdentity: this.options.identity,
      leaseDurationSeconds: LEASE_DURATION_MS / 1000,
      renewTime: rfc3339Micro(this.options.clock.now),
    };
  }

  private observe(lease: Lease): void {
    this.observed = lease;
    this.observedAt = this.options.clock.uptime;
  }

  private isFresh(): boolean {
    return this.observedAt + LEASE_DURATION_MS > this.options.clock.uptime;
  }
}
