import { demandMemory, MEMORY_MAX } from "../../machine/memory.ts";

/** What bash needs for an element besides its text. */
const ITEM_BYTES = 32;

/** bash's indexed array: sparse, in order of its indices. */
export class IndexedArray {
  private readonly items = new Map<number, string>();
  private ordered = true;
  private highest = -1;
  private held = 0;

  static of(values: Iterable<string>): IndexedArray {
    const array = new IndexedArray();
    for (const value of values) array.push(value);
    return array;
  }

  get length(): number {
    return this.items.size;
  }

  /** One more than the highest index. */
  get end(): number {
    return this.highest + 1;
  }

  get(index: number): string | undefined {
    return this.items.get(index);
  }

  set(index: number, value: string): void {
    if (!this.items.has(index) && index < this.highest) this.ordered = false;
    this.items.set(index, value);
    this.held += value.length + ITEM_BYTES;
    if (this.held > MEMORY_MAX) this.count();
    if (index > this.highest) this.highest = index;
  }

  push(value: string): void {
    this.set(this.highest + 1, value);
  }

  /** Counts what is really held; overwritten and deleted elements are in the sum until then. */
  private count(): void {
    this.held = 0;
    for (const value of this.items.values()) this.held += value.length + ITEM_BYTES;
    demandMemory(this.held);
  }

  delete(index: number): void {
    if (!this.items.delete(index) || index !== this.highest) return;
    this.highest = -1;
    for (const key of this.items.keys()) if (key > this.highest) this.highest = key;
  }

  keys(): number[] {
    const keys = [...this.items.keys()];
    return this.ordered ? keys : keys.sort((a, b) => a - b);
  }

  values(): string[] {
    if (this.ordered) return [...this.items.values()];
    return this.keys().map((key) => this.items.get(key) ?? "");
  }

  copy(): IndexedArray {
    const copy = new IndexedArray();
    for (const key of this.keys()) copy.set(key, this.items.get(key) ?? "");
    return copy;
  }
}
