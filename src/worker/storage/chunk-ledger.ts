import type { Chunk, ChunkName } from "./chunk.ts";

interface Entry {
  readonly parts: readonly ChunkName[];
  readonly octets: number;
}

/** What a save changes. */
export interface ChunkChange {
  readonly root: ChunkName;
  readonly put: readonly Chunk[];
  readonly removed: readonly ChunkName[];
}

/** Which chunks are kept, and which refer to which: tells what nobody refers to any more. */
export class ChunkLedger {
  private readonly entries = new Map<ChunkName, Entry>();

  /** Octets of all chunks that are kept. */
  get octets(): number {
    let total = 0;
    for (const { octets } of this.entries.values()) total += octets;
    return total;
  }

  get size(): number {
    return this.entries.size;
  }

  /** Whether a chunk is kept; then all that it refers to is kept too. */
  has(name: ChunkName): boolean {
    return this.entries.has(name);
  }

  note(name: ChunkName, parts: readonly ChunkName[], octets: number): void {
    this.entries.set(name, { parts, octets });
  }

  clear(): void {
    this.entries.clear();
  }

  /** The change that leaves what `root` needs and nothing else. Call `apply` once it is done. */
  changeTo(root: ChunkName, fresh: ReadonlyMap<ChunkName, Chunk>): ChunkChange {
    const needed = new Set<ChunkName>([root]);
    for (const name of needed) // a set's loop reaches what is added meanwhile
      for (const part of fresh.get(name)?.parts ?? this.entries.get(name)?.parts ?? []) needed.add(part);
    return {
      root,
      put: [...fresh.values()].filter(({ name }) => needed.has(name)),
      removed: [...this.entries.keys()].filter((name) => !needed.has(name)),
    };
  }

  apply({ put, removed }: ChunkChange): void {
    for (const name of removed) this.entries.delete(name);
    for (const { name, parts, bytes } of put) this.note(name, parts, bytes.length);
  }
}
