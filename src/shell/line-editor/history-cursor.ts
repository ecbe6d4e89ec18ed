import type { History } from "../state/history.ts";

/** Walking through the history while a line is edited: changed entries keep their changes until the line is accepted. */
export class HistoryCursor {
  private readonly history: History;
  private index: number;
  private readonly changed = new Map<number, string>();

  constructor(history: History) {
    this.history = history;
    this.index = history.length;
  }

  /** Goes `by` entries on (negative is older), keeping `current`; undefined when there is none. */
  move(by: number, current: string): string | undefined {
    return this.moveTo(this.index + by, current);
  }

  first(current: string): string | undefined {
    return this.moveTo(0, current);
  }

  last(current: string): string | undefined {
    return this.moveTo(this.history.length, current);
  }

  /** The newest entry at or before `from` (an index) that holds `query`. */
  search(query: string, from: number): { readonly index: number; readonly text: string } | undefined {
    for (let index = Math.min(from, this.history.length - 1); index >= 0; index--) {
      const text = this.history.all[index];
      if (text?.includes(query)) return { index, text };
    }
    return undefined;
  }

  get position(): number {
    return this.index;
  }

  jump(index: number): void {
    this.index = index;
  }

  /** The last word of the entry `back` entries ago (1 is the newest). */
  lastWord(back: number): string | undefined {
    const entry = this.history.all[this.history.length - back];
    return entry?.trim().split(/\s+/).at(-1);
  }

  private moveTo(index: number, current: string): string | undefined {
    if (index < 0 || index > this.history.length || index === this.index) return undefined;
    this.changed.set(this.index, current);
    this.index = index;
    return this.changed.get(index) ?? this.history.all[index] ?? "";
  }
}
