import { sha256 } from "@noble/hashes/sha2.js";
import { hex } from "../../base/bytes.ts";

/**
 * States are kept as chunks: pieces of plain data, each named after its content, that refer to each other by name. What
 * two states have in common is kept once, and a save writes only pieces that are not there yet.
 *
 *     state ──┬── hosts ──┬── disk of host 1 ── /etc ── file
 *             │           └── disk of host 2 ─┬─ /var ── block, block, block
 *             └── terminals                   └─ /usr          (the same names in yesterday's state)
 *
 * A chunk's bytes:
 *
 *     count of parts (varint) | their names, 20 octets each | a value (see value-tag.ts)
 *
 * In the value, the n-th mark PART stands for the n-th part. A name is the first 20 octets of the SHA-256, in hexadecimal;
 * so a chunk that was damaged no longer has its name, and chunks can't refer to each other in circles.
 */
export type ChunkName = string;

export interface Chunk {
  readonly name: ChunkName;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly parts: readonly ChunkName[];
}

export const NAME_OCTETS = 20;
/** An object whose value takes at least this many octets becomes a chunk of its own. */
export const CHUNK_OCTETS_MIN = 1024;

export function chunkName(bytes: Uint8Array): ChunkName {
  return hex(sha256(bytes).subarray(0, NAME_OCTETS));
}

/** A state, or a file that should hold one, that can't be read. The message is for people. */
export class BrokenState extends Error {
  override readonly name = "BrokenState";
}
