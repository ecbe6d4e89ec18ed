import { BrokenState, type ChunkName, chunkName } from "./chunk.ts";
import { ValueReader } from "./value-reader.ts";

/** Values that a state may unfold into: pieces may be shared, so that a small file could stand for a giant. */
const UNFOLDED_MAX = 30_000_000;

interface Decoded {
  readonly value: unknown;
  readonly unfolded: number;
}

/**
 * Puts a value together from its chunks, each read once however often it is referred to. `read` is told of every object
 * and its chunk. Throws BrokenState when a chunk is missing or damaged.
 */
export function decodeChunks(
  root: ChunkName,
  find: (name: ChunkName) => Uint8Array | undefined,
  read: (object: object, name: ChunkName, parts: readonly ChunkName[], octets: number) => void,
): unknown {
  const decoded = new Map<ChunkName, Decoded>();
  const open: { name: ChunkName; bytes: Uint8Array; reader: ValueReader; parts: ChunkName[]; next: number }[] = [];
  const enter = (name: ChunkName): void => {
    const bytes = find(name);
    if (bytes === undefined) throw new BrokenState("it is damaged: a piece of it is missing");
    if (chunkName(bytes) !== name) throw new BrokenState("it is damaged: a piece of it has been changed");
    const reader = new ValueReader(bytes);
    open.push({ name, bytes, reader, parts: reader.parts(), next: 0 });
  };
  enter(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const part = top.parts[top.next];
    if (part !== undefined) {
      top.next++;
      if (!decoded.has(part)) enter(part);
      continue;
    }
    open.pop();
    const parts = top.parts.map((name) => decoded.get(name));
    const value = top.reader.whole(parts.map((each) => each?.value));
    const unfolded = parts.reduce((sum, each) => sum + (each?.unfolded ?? 0), top.reader.weight);
    if (unfolded > UNFOLDED_MAX) throw new BrokenState("it is too large");
    decoded.set(top.name, { value, unfolded });
    if (typeof value === "object" && value !== null) read(value, top.name, top.parts, top.bytes.length);
  }
  return decoded.get(root)?.value;
}
