import type { HistoryImage } from "./shell-image.ts";

/** The list of commands typed; its numbers go on when old ones fall out. */
export class History {
  private entries: string[] = [];
  private dropped = 0;
  /** How many to keep; `HISTSIZE`. */
  sizeMax = 500;
  /** How many of the entries were read from the history file or saved to it already. */
  savedCount = 0;

  get all(): readonly string[] {
    return this.entries;
  }

  get length(): number {
    return this.entries.length;
  }

  /** The number of the oldest entry kept. */
  get base(): number {
    return this.dropped + 1;
  }

  /** The number that the next entry gets. */
  get nextNumber(): number {
    return this.dropped + this.entries.length + 1;
  }

  add(line: string): void {
    this.entries.push(line);
    const extra = this.entries.length - this.sizeMax;
    if (extra <= 0) return;
    this.entries = this.entries.slice(extra);
    this.dropped += extra;
    this.savedCount = Math.max(0, this.savedCount - extra);
  }

  /** By number; negative counts from the end (-1 is the last). */
  get(number: number): string | undefined {
    const index = number < 0 ? this.entries.length + number : number - this.base;
    return this.entries[index];
  }

  delete(number: number): boolean {
    const index = number < 0 ? this.entries.length + number : number - this.base;
    if (index < 0 || index >= this.entries.length) return false;
    this.entries.splice(index, 1);
    return true;
  }

  image(): HistoryImage {
    return { entries: [...this.entries], dropped: this.dropped, savedCount: this.savedCount };
  }

  resume(image: HistoryImage): void {
    this.entries = [...image.entries];
    this.dropped = image.dropped;
    this.savedCount = image.savedCount;
  }

  clear(): void {
    this.entries = [];
    this.dropped = 0;
    this.savedCount = 0;
  }
}
