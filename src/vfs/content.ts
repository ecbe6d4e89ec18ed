import type { RandomStream } from "../sim/random.ts";

/** Bytes of a file are held in blocks of this size; only what changed is copied or written back. */
export const BLOCK_SIZE = 16_384;
const SECTOR_SIZE = 512;
/** A file system gives out space in these. */
export const ALLOCATION_UNIT = 4096;
const GROWTH_MIN = 64;
/** Linux writes dirty pages back after this long (vm.dirty_expire_centisecs). */
const WRITEBACK_MS = 30_000;

/** A file's bytes as plain data. Blocks are shared with the running file and must not be changed. */
export interface ContentImage {
  readonly size: number;
  /** Undefined is a hole: it reads as zeros. A block may be shorter than BLOCK_SIZE; the rest is zeros. */
  readonly blocks: readonly (Uint8Array | undefined)[];
  /** So much of the disk, from the file's start, is its own although nothing was written there: fallocate(2). */
  readonly reserved?: number;
}

/** All of a file in one piece, new throughout. */
export function wholeOf({ size, blocks }: ContentImage): Uint8Array {
  const whole = new Uint8Array(size);
  for (const [index, block] of blocks.entries()) if (block !== undefined) whole.set(block, index * BLOCK_SIZE);
  return whole;
}

/** `bytes` before `shared` are also held by an image or by the durable version: they are replaced, never overwritten. */
interface Block {
  readonly bytes: Uint8Array;
  shared: number;
}

/** What the disk holds for the blocks that were changed since some sync began. */
interface Generation {
  readonly durable: Map<number, Uint8Array | undefined>;
  readonly size: number;
  /** No more changes are noted here: an fsync is writing it. */
  sealed: boolean;
}

const EMPTY_CONTENT: ContentImage = { size: 0, blocks: [] };

/**
 * The bytes of one file, in memory and on the disk. Appending is cheap and images share blocks:
 *
 *     live       [ block 0 ][ block 1 ][ tail....  ]      written in place past `shared`, copied before it
 *     image      [    ^    ][    ^    ][ view ]           exact views of the same buffers
 *     durable     generation 2: { 2: view of the tail at the last fsync }, size then
 *                 generation 1 (sealed: its fsync is under way) { 1: old block 1 }
 *
 * A power cut goes back through the generations: what they remember is what the disk still holds.
 */
export class FileContent {
  private length = 0;
  private blocks: (Block | undefined)[] = [];
  private generations: Generation[] = [];
  private dirtySince = 0;
  private reservedBytes = 0;

  constructor(image: ContentImage = EMPTY_CONTENT) {
    if (image.size > 0) this.load(image);
  }

  get size(): number {
    return this.length;
  }

  /** Whether a power cut would lose something. */
  get dirty(): boolean {
    return this.generations.length > 0;
  }

  /** Bytes that this file takes on its disk. */
  get allocated(): number {
    let total = this.reserved;
    for (let index = this.firstUnreserved; index < this.blocks.length; index++)
      total += allocation(this.blocks[index]?.bytes.length ?? 0);
    return total;
  }

  /** Of `allocated`, what was taken without being written. */
  get reserved(): number {
    return allocation(this.reservedBytes);
  }

  private get firstUnreserved(): number {
    return Math.ceil(this.reservedBytes / BLOCK_SIZE);
  }

  /** Takes the disk up to `end` for this file. */
  reserve(end: number): void {
    this.reservedBytes = Math.max(this.reservedBytes, end);
  }

  /** The first byte, to tell binaries cheaply; -1 when empty. */
  get firstByte(): number {
    return this.length === 0 ? -1 : (this.blocks[0]?.bytes[0] ?? 0);
  }

  /** A copy of what lies between `offset` and `offset + length`, less past the end. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const end = Math.min(this.length, offset + length);
    if (end <= offset) return new Uint8Array(0);
    const result = new Uint8Array(end - offset);
    for (let at = offset; at < end; ) {
      const index = Math.floor(at / BLOCK_SIZE);
      const start = at - index * BLOCK_SIZE;
      const stop = Math.min(BLOCK_SIZE, end - index * BLOCK_SIZE);
      const block = this.blocks[index];
      if (block !== undefined && start < block.bytes.length)
        result.set(block.bytes.subarray(start, Math.min(stop, block.bytes.length)), at - offset);
      at = index * BLOCK_SIZE + stop;
    }
    return result;
  }

  /** Puts `data` at `offset`; a gap before it reads as zeros. */
  write(offset: number, data: Uint8Array, nowMs: number): void {
    if (data.length === 0) return;
    const notes = this.noteChange(nowMs);
    for (let done = 0; done < data.length; ) {
      const at = offset + done;
      const index = Math.floor(at / BLOCK_SIZE);
      const start = at - index * BLOCK_SIZE;
      const part = data.subarray(done, done + Math.min(BLOCK_SIZE - start, data.length - done));
      this.writeBlock(notes, index, start, part);
      done += part.length;
    }
    this.length = Math.max(this.length, offset + data.length);
  }

  /** How many more bytes of disk a write of `length` at `offset` takes. */
  growth(offset: number, length: number): number {
    if (length === 0) return 0;
    let more = 0;
    const last = Math.floor((offset + length - 1) / BLOCK_SIZE);
    const first = Math.max(this.firstUnreserved, Math.floor(offset / BLOCK_SIZE));
    for (let index = first; index <= last; index++) {
      const need = Math.min(BLOCK_SIZE, offset + length - index * BLOCK_SIZE);
      const have = this.blocks[index]?.bytes.length;
      if (have === undefined) more += allocation(need);
      else if (need > have) more += allocation(grown(need)) - allocation(have);
    }
    return more;
  }

  truncate(size: number, nowMs: number): void {
    if (size === this.length) return;
    const notes = this.noteChange(nowMs);
    this.reservedBytes = Math.min(this.reservedBytes, size);
    const kept = Math.ceil(size / BLOCK_SIZE);
    for (let index = kept; index < this.blocks.length; index++) this.remember(notes, index);
    if (this.blocks.length > kept) this.blocks.length = kept;
    const tail = this.blocks[kept - 1];
    const inTail = size - (kept - 1) * BLOCK_SIZE;
    if (size < this.length && tail !== undefined && tail.bytes.length > inTail) {
      this.remember(notes, kept - 1);
      this.blocks[kept - 1] = { bytes: tail.bytes.slice(0, inTail), shared: 0 };
    }
    this.length = size;
  }

  image(): ContentImage {
    const blocks = this.blocks.map((block, index) => {
      if (block === undefined) return undefined;
      const valid = Math.min(block.bytes.length, this.length - index * BLOCK_SIZE);
      block.shared = Math.max(block.shared, valid);
      return valid === block.bytes.length ? block.bytes : block.bytes.subarray(0, valid);
    });
    const image = { size: this.length, blocks };
    return this.reservedBytes > 0 ? { ...image, reserved: this.reservedBytes } : image;
  }

  /** An fsync begins: what is written from now on is not part of it. Give the result to `endSync`. */
  beginSync(): unknown {
    const last = this.generations.at(-1);
    if (last !== undefined) last.sealed = true;
    return last;
  }

  /** The fsync is over: what was there when it began survives a power cut. */
  endSync(mark: unknown): void {
    const index = this.generations.indexOf(mark as Generation);
    if (index >= 0) this.generations.splice(0, index + 1);
  }

  sync(): void {
    this.generations = [];
  }

  /**
   * The power goes: what was not synced is lost, or a prefix of it (in 512-byte sectors) had been written. A file that
   * has been dirty for half a minute was written back.
   */
  powerCut(random: RandomStream, nowMs: number): void {
    const first = this.generations[0];
    if (first === undefined) return;
    if (nowMs - this.dirtySince >= WRITEBACK_MS) {
      this.sync();
      return;
    }
    const durable = new Map<number, Uint8Array | undefined>();
    for (const generation of [...this.generations].reverse())
      for (const [index, bytes] of generation.durable) durable.set(index, bytes);
    const changed = [...durable.keys()].sort((a, b) => a - b);
    let keep = random.chance(1, 2) ? 0 : random.below((changed.length * BLOCK_SIZE) / SECTOR_SIZE) * SECTOR_SIZE;
    let end = first.size;
    for (const index of changed) {
      const survived = Math.min(keep, BLOCK_SIZE);
      keep -= survived;
      this.tear(index, durable.get(index), survived);
      if (survived > 0) end = Math.max(end, Math.min(this.length, index * BLOCK_SIZE + survived));
    }
    this.generations = [];
    this.clip(end);
  }

  private tear(index: number, old: Uint8Array | undefined, survived: number): void {
    const written = this.blocks[index]?.bytes.subarray(0, survived);
    if (written === undefined || written.length === 0) {
      this.blocks[index] = old === undefined ? undefined : { bytes: old, shared: old.length };
      return;
    }
    const bytes = new Uint8Array(Math.max(written.length, old?.length ?? 0));
    if (old !== undefined) bytes.set(old);
    bytes.set(written);
    this.blocks[index] = { bytes, shared: 0 };
  }

  private clip(size: number): void {
    this.reservedBytes = Math.min(this.reservedBytes, size);
    const kept = Math.ceil(size / BLOCK_SIZE);
    this.blocks.length = Math.min(this.blocks.length, kept);
    const tail = this.blocks[kept - 1];
    const inTail = size - (kept - 1) * BLOCK_SIZE;
    if (tail !== undefined && tail.bytes.length > inTail)
      this.blocks[kept - 1] = { bytes: tail.bytes.slice(0, inTail), shared: 0 };
    this.length = size;
  }

  private load(image: ContentImage): void {
    this.length = image.size;
    this.reservedBytes = image.reserved ?? 0;
    this.blocks = image.blocks.map((bytes) => (bytes === undefined ? undefined : { bytes, shared: bytes.length }));
  }

  private noteChange(nowMs: number): Generation {
    if (this.generations.length > 0 && nowMs - this.dirtySince >= WRITEBACK_MS) this.generations = [];
    const last = this.generations.at(-1);
    if (last !== undefined && !last.sealed) return last;
    if (last === undefined) this.dirtySince = nowMs;
    const generation: Generation = { durable: new Map(), size: this.length, sealed: false };
    this.generations.push(generation);
    return generation;
  }

  private remember(notes: Generation, index: number): void {
    if (notes.durable.has(index)) return;
    const block = this.blocks[index];
    const valid = Math.min(block?.bytes.length ?? 0, Math.max(0, notes.size - index * BLOCK_SIZE));
    notes.durable.set(index, block === undefined || valid === 0 ? undefined : block.bytes.subarray(0, valid));
    if (block !== undefined) block.shared = Math.max(block.shared, valid);
  }

  private writeBlock(notes: Generation, index: number, start: number, part: Uint8Array): void {
    this.remember(notes, index);
    const need = start + part.length;
    let block = this.blocks[index];
    if (block === undefined) block = { bytes: new Uint8Array(need), shared: 0 };
    else if (need > block.bytes.length || start < block.shared) {
      const bytes = new Uint8Array(need > block.bytes.length ? grown(need) : block.bytes.length);
      bytes.set(block.bytes);
      block = { bytes, shared: 0 };
    }
    while (this.blocks.length < index) this.blocks.push(undefined);
    this.blocks[index] = block;
    block.bytes.set(part, start);
  }
}

/** Bytes that a file takes on its disk. */
export function allocatedBytes({ blocks, reserved = 0 }: ContentImage): number {
  let total = allocation(reserved);
  for (let index = Math.ceil(reserved / BLOCK_SIZE); index < blocks.length; index++)
    total += allocation(blocks[index]?.length ?? 0);
  return total;
}

/** Of these, what was taken without being written. */
export function reservedBytes({ reserved = 0 }: ContentImage): number {
  return allocation(reserved);
}

function grown(need: number): number {
  let capacity = GROWTH_MIN;
  while (capacity < need) capacity *= 2;
  return Math.min(capacity, BLOCK_SIZE);
}

function allocation(bytes: number): number {
  return Math.ceil(bytes / ALLOCATION_UNIT) * ALLOCATION_UNIT;
}
