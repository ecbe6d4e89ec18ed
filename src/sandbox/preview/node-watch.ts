import { nameOfKey } from "../storage-place.ts";
import type { NodeGap } from "./consequences.ts";
import { storedObject } from "./stored-object.ts";

const NODES = "/registry/minions/";

/** Which nodes stop being ready, and when they are again, by their records in the store. */
export class NodeWatch {
  private readonly ready = new Map<string, boolean>();
  private readonly noted: { name: string; from: number; to: number | undefined }[] = [];

  get gaps(): readonly NodeGap[] {
    return this.noted;
  }

  /** Takes in what a key holds now; says whether a node has become ready or stopped being it. */
  note(key: string, value: Uint8Array | undefined, at: number): boolean {
    if (!key.startsWith(NODES)) return false;
    const { name } = nameOfKey(key);
    const now = value !== undefined && storedObject(value)?.ready === true;
    const before = this.ready.get(name);
    this.ready.set(name, now);
    if (before === undefined || before === now) return false;
    if (!now) this.noted.push({ name, from: at, to: undefined });
    else for (const gap of this.noted) if (gap.name === name) gap.to ??= at;
    return true;
  }
}
