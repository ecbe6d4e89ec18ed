import type { Events } from "../../embed/contract.ts";
import { isHeartbeat } from "../../sandbox/restless-keys.ts";
import type { StoreChange } from "../../worker/protocol.ts";

type Change = Events["change"];

/** Changes are told this often at most, in milliseconds. */
const GATHER_MS = 250;
const NAMES_MAX = 100;

/** Gathers what changes in the store, so that a host is told a few times a second and not a thousand times. */
export class ChangeGatherer {
  private readonly tell: (change: Change) => void;
  private written = new Set<string>();
  private deleted = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (change: Change) => void) {
    this.tell = tell;
  }

  add({ reset, put, deleted }: StoreChange): void {
    if (reset) return; // the first look at a store is no change of it
    for (const { key } of put) this.note(key, this.written, this.deleted);
    for (const key of deleted) this.note(key, this.deleted, this.written);
    if (this.written.size + this.deleted.size > 0) this.timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  private note(key: string, into: Set<string>, outOf: Set<string>): void {
    if (isHeartbeat(key)) return;
    into.add(key);
    outOf.delete(key);
  }

  private flush(): void {
    this.timer = undefined;
    const { written, deleted } = this;
    this.written = new Set();
    this.deleted = new Set();
    this.tell({
      written: [...written].slice(0, NAMES_MAX),
      deleted: [...deleted].slice(0, NAMES_MAX),
      count: written.size + deleted.size,
    });
  }
}
