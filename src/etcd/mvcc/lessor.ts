import type { ByteString } from "../../base/bytes.ts";
import type { LeaseKeys } from "./store.ts";

/** A time-limited promise that keys hang on. */
export interface Lease {
  readonly id: bigint;
  /** Granted seconds. */
  readonly ttl: number;
  /** When it ends, milliseconds of the clock that the caller uses; infinite while this member is not the leader. */
  expiresAt: number;
  readonly keys: Set<ByteString>;
}

/** The longest TTL in seconds. */
export const LEASE_TTL_MAX = 9_000_000_000;
/** At most so many leases are given out as expired in one go. */
const REVOKE_MAX = 1000;

/**
 * Keeps leases and says which have run out. It never revokes by itself: the leader proposes that, so all members
 * forget a lease at the same place in the log. Mirrors etcd server/lease/lessor.go.
 */
export class Lessor implements LeaseKeys {
  private readonly leases = new Map<bigint, Lease>();
  private readonly minTtl: number;
  private primary = false;

  /** `minTtl` in seconds: a lease must outlive an election. */
  constructor(minTtl: number) {
    this.minTtl = minTtl;
  }

  get size(): number {
    return this.leases.size;
  }

  get(id: bigint): Lease | undefined {
    return this.leases.get(id);
  }

  /** All leases, soonest end first. */
  list(): readonly Lease[] {
    return [...this.leases.values()].sort((a, b) => a.expiresAt - b.expiresAt || (a.id < b.id ? -1 : 1));
  }

  /** Grants a lease; undefined when the id is taken. Too short a TTL becomes the shortest one. */
  grant(id: bigint, ttl: number, now: number): Lease | undefined {
    if (this.leases.has(id)) return undefined;
    const lease: Lease = { id, ttl: Math.max(ttl, this.minTtl), expiresAt: Number.POSITIVE_INFINITY, keys: new Set() };
    if (this.primary) lease.expiresAt = now + lease.ttl * 1000;
    this.leases.set(id, lease);
    return lease;
  }

  /** Takes a lease back from disk. */
  restore(id: bigint, ttl: number): void {
    this.leases.set(id, { id, ttl, expiresAt: Number.POSITIVE_INFINITY, keys: new Set() });
  }

  /** Forgets a lease; the caller deletes its keys, which come sorted. */
  revoke(id: bigint): readonly ByteString[] | undefined {
    const lease = this.leases.get(id);
    if (lease === undefined) return undefined;
    this.leases.delete(id);
    return [...lease.keys].sort((a, b) => (a < b ? -1 : 1));
  }

  /** Starts the lease's time anew; gives its TTL, or undefined when it is gone or has run out. */
  renew(id: bigint, now: number): number | undefined {
    const lease = this.leases.get(id);
    if (lease === undefined || lease.expiresAt <= now) return undefined;
    lease.expiresAt = now + lease.ttl * 1000;
    return lease.ttl;
  }

  /** This member leads now: every lease gets its whole time, and `extendMs` for the election. */
  promote(now: number, extendMs: number): void {
    this.primary = true;
    for (const lease of this.leases.values()) lease.expiresAt = now + lease.ttl * 1000 + extendMs;
  }

  /** This member leads no more: only the leader judges time. */
  demote(): void {
    this.primary = false;
    for (const lease of this.leases.values()) lease.expiresAt = Number.POSITIVE_INFINITY;
  }

  /** Leases that have run out, soonest first. */
  expired(now: number): readonly bigint[] {
    const over: Lease[] = [];
    for (const lease of this.leases.values()) if (lease.expiresAt <= now) over.push(lease);
    return over
      .sort((a, b) => a.expiresAt - b.expiresAt)
      .slice(0, REVOKE_MAX)
      .map((lease) => lease.id);
  }

  /** When the next lease runs out, or infinity. */
  nextExpiry(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const lease of this.leases.values()) if (lease.expiresAt < next) next = lease.expiresAt;
    return next;
  }

  attach(lease: bigint, key: ByteString): void {
    this.leases.get(lease)?.keys.add(key);
  }

  detach(lease: bigint, key: ByteString): void {
    this.leases.get(lease)?.keys.delete(key);
  }

  clear(): void {
    this.leases.clear();
  }
}
