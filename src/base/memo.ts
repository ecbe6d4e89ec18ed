/**
 * Remembers results of a pure function by a text key, up to a number of entries; the oldest go first. Parsing
 * and checking of certificates, tokens, manifests and stored values is repeated with the same bytes on every connection
 * and in every world that goes on from an image, and none of it depends on the world.
 */
export class Memo<T> {
  private readonly entries = new Map<string, T>();
  private readonly entriesMax: number;

  constructor(entriesMax: number) {
    this.entriesMax = entriesMax;
  }

  get(key: string, compute: () => T): T {
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const value = compute();
    this.put(key, value);
    return value;
  }

  /** What is known, without computing anything. */
  peek(key: string): T | undefined {
    return this.entries.get(key);
  }

  put(key: string, value: T): void {
    if (this.entries.size >= this.entriesMax) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(key, value);
  }
}
