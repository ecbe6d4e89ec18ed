import type { Clock } from "../../sim/clock.ts";

const FORGET_AFTER_MS = 300_000;

interface Expected {
  creations: number;
  readonly deletions: Set<string>;
  readonly since: number;
}

/**
 * What a controller has asked for but its informer has not shown yet. Until then it must not count its pods, or it
 * would make them twice. Mirrors pkg/controller UIDTrackingControllerExpectations.
 */
export class Expectations {
  private readonly byKey = new Map<string, Expected>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Nothing is outstanding, or it has been for so long that it will not come. */
  satisfied(key: string): boolean {
    const expected = this.byKey.get(key);
    if (expected === undefined) return true;
    if (expected.creations <= 0 && expected.deletions.size === 0) return true;
    return this.clock.uptime - expected.since > FORGET_AFTER_MS;
  }

  expect(key: string, creations: number, deletions: readonly string[]): void {
    this.byKey.set(key, { creations, deletions: new Set(deletions), since: this.clock.uptime });
  }

  /** A creation was seen, or failed. */
  created(key: string): void {
    const expected = this.byKey.get(key);
    if (expected !== undefined) expected.creations--;
  }

  /** A deletion was seen, or failed; `id` names the pod. */
  deleted(key: string, id: string): void {
    this.byKey.get(key)?.deletions.delete(id);
  }

  forget(key: string): void {
    this.byKey.delete(key);
  }
}
