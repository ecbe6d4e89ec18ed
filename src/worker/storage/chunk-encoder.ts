import { concat } from "../../base/bytes.ts";
import { CHUNK_OCTETS_MIN, type Chunk, type ChunkName, chunkName, NAME_OCTETS } from "./chunk.ts";
import { TAG } from "./value-tag.ts";
import { ValueWriter } from "./value-writer.ts";

/** What became of a value: the chunk that stands for all of it, and the chunks that were not known before. */
export interface Encoding {
  readonly root: ChunkName;
  readonly fresh: ReadonlyMap<ChunkName, Chunk>;
}

/** An object or array whose members are being written. */
interface Frame {
  readonly source: object;
  /** Undefined: an array. */
  readonly keys: readonly string[] | undefined;
  readonly count: number;
  next: number;
  /** Where its octets, and its parts, begin. */
  readonly start: number;
  readonly firstPart: number;
}

/** Octets hashed, or 1/32 of the members visited, between two pauses: about half a millisecond. */
const STRETCH = 32_768;
const MEMBER_COST = 32;

/**
 * Turns plain data into chunks. Objects that became chunks are remembered by identity, so that encoding a value that
 * shares most of its objects with an earlier one costs what is new. Data that was encoded must never be changed.
 */
export class ChunkEncoder {
  private readonly names = new WeakMap<object, ChunkName>();

  /** What an object that was read is called, so that it need not be encoded again. */
  remember(object: object, name: ChunkName): void {
    this.names.set(object, name);
  }

  /** Encodes in stretches: the generator pauses where it may be left for a while. `known` says what is kept already. */
  *encode(value: object, known: (name: ChunkName) => boolean): Generator<void, Encoding> {
    const work = new EncodingRun(this.names, known);
    work.add(value);
    while (!work.done) {
      work.proceed(STRETCH);
      yield;
    }
    return { root: work.root, fresh: work.fresh };
  }

  /** Encodes in one go. */
  encodeAll(value: object, known: (name: ChunkName) => boolean = () => false): Encoding {
    const steps = this.encode(value, known);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }
}

class EncodingRun {
  private readonly names: WeakMap<object, ChunkName>;
  private readonly known: (name: ChunkName) => boolean;
  private readonly out = new ValueWriter();
  private readonly frames: Frame[] = [];
  /** Parts of unfinished frames, in the order of their marks. */
  private readonly parts: ChunkName[] = [];
  private spent = 0;
  readonly fresh = new Map<ChunkName, Chunk>();
  root: ChunkName = "";

  constructor(names: WeakMap<object, ChunkName>, known: (name: ChunkName) => boolean) {
    this.names = names;
    this.known = known;
  }

  get done(): boolean {
    return this.frames.length === 0;
  }

  proceed(budget: number): void {
    this.spent = 0;
    while (this.spent < budget) {
      const frame = this.frames.at(-1);
      if (frame === undefined) return;
      if (frame.next < frame.count) this.member(frame);
      else this.finish(frame);
    }
  }

  add(value: unknown): void {
    if (typeof value !== "object" || value === null) {
      this.out.scalar(value);
      return;
    }
    const name = this.names.get(value);
    if (name !== undefined && this.frames.length > 0 && (this.fresh.has(name) || this.known(name))) this.part(name);
    else if (value instanceof Uint8Array) this.octets(value);
    else this.open(value);
  }

  private open(value: object): void {
    const keys = Array.isArray(value) ? undefined : keysOf(value);
    const count = Array.isArray(value) ? value.length : (keys?.length ?? 0);
    this.frames.push({ source: value, keys, count, next: 0, start: this.out.length, firstPart: this.parts.length });
    this.out.tag(keys === undefined ? TAG.ARRAY : TAG.OBJECT);
    this.out.varint(count);
  }

  private member(frame: Frame): void {
    this.spent += MEMBER_COST;
    if (frame.keys === undefined) {
      this.item(frame, frame.source as readonly unknown[]);
      return;
    }
    const key = frame.keys[frame.next++] ?? "";
    this.out.string(key);
    this.add((frame.source as Record<string, unknown>)[key]);
  }

  private item(frame: Frame, array: readonly unknown[]): void {
    const first = frame.next;
    while (frame.next < array.length && array[frame.next] === undefined) frame.next++;
    const holes = frame.next - first;
    if (holes > 1) {
      this.out.tag(TAG.HOLES);
      this.out.varint(holes);
    } else if (holes === 1) this.out.scalar(undefined);
    else this.add(array[frame.next++]);
  }

  private octets(bytes: Uint8Array): void {
    const start = this.out.length;
    this.out.bytes(bytes);
    if (bytes.length < CHUNK_OCTETS_MIN) return;
    this.part(this.chunk(bytes, start, this.parts.length));
  }

  private finish(frame: Frame): void {
    this.frames.pop();
    if (this.frames.length === 0) this.root = this.chunk(frame.source, frame.start, frame.firstPart);
    else if (this.out.length - frame.start >= CHUNK_OCTETS_MIN)
      this.part(this.chunk(frame.source, frame.start, frame.firstPart));
  }

  private part(name: ChunkName): void {
    this.out.tag(TAG.PART);
    this.parts.push(name);
  }

  /** Makes a chunk of what was written since `start`. */
  private chunk(source: object, start: number, firstPart: number): ChunkName {
    const value = this.out.cut(start);
    const parts = this.parts.splice(firstPart);
    this.out.varint(parts.length);
    const head = this.out.cut(start);
    const bytes = concat([head, ...parts.map(octetsOfName), value]);
    const name = chunkName(bytes);
    this.spent += bytes.length;
    this.names.set(source, name);
    if (!this.known(name)) this.fresh.set(name, { name, bytes, parts });
    return name;
  }
}

function keysOf(value: object): readonly string[] {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`a ${value.constructor.name} is no data that can be kept`);
  return Object.keys(value);
}

function octetsOfName(name: ChunkName): Uint8Array {
  const octets = new Uint8Array(NAME_OCTETS);
  for (let index = 0; index < NAME_OCTETS; index++)
    octets[index] = Number.parseInt(name.slice(2 * index, 2 * index + 2), 16);
  return octets;
}
