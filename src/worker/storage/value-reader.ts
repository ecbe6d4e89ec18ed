import { hex } from "../../base/bytes.ts";
import { BrokenState, type ChunkName, NAME_OCTETS } from "./chunk.ts";
import { TAG } from "./value-tag.ts";

/** An honest chunk's value is nested less deeply: what is longer than a chunk's least size is a chunk of its own. */
const DEPTH_MAX = 1100;
/** Members of one array that take no room; a file of half a gigabyte has 32,768 blocks. */
const HOLES_MAX = 100_000;
const FROM_CHAR_CODE_MAX = 4096;

/** The parts that a chunk names. Throws BrokenState. */
export function partsOf(bytes: Uint8Array): ChunkName[] {
  return new ValueReader(bytes).parts();
}

/** Reads a chunk. Every length is checked against what is there: the bytes may come from anywhere. */
export class ValueReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private depth = 0;
  private nextPart = 0;
  /** Values read, those within parts included. */
  weight = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  parts(): ChunkName[] {
    const count = this.length(NAME_OCTETS);
    return Array.from({ length: count }, () => hex(this.take(NAME_OCTETS)));
  }

  /** The value, with `parts` in the places of its parts. */
  whole(parts: readonly unknown[]): unknown {
    const value = this.value(parts);
    if (this.at !== this.bytes.length || this.nextPart !== parts.length) throw damaged();
    return value;
  }

  private value(parts: readonly unknown[]): unknown {
    this.weight++;
    switch (this.octet()) {
      case TAG.UNDEFINED:
        return undefined;
      case TAG.NULL:
        return null;
      case TAG.TRUE:
        return true;
      case TAG.FALSE:
        return false;
      case TAG.INT:
        return this.integer();
      case TAG.FLOAT:
        return this.float();
      case TAG.ASCII:
        return this.ascii();
      case TAG.UTF16:
        return this.wide();
      case TAG.BIGINT:
        return this.bigint();
      case TAG.BYTES:
        return this.take(this.length(1));
      case TAG.ARRAY:
        return this.nested(() => this.array(parts));
      case TAG.OBJECT:
        return this.nested(() => this.object(parts));
      case TAG.PART:
        return this.part(parts);
      default:
        throw damaged();
    }
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > DEPTH_MAX) throw damaged();
    const value = read();
    this.depth--;
    return value;
  }

  private part(parts: readonly unknown[]): unknown {
    if (this.nextPart >= parts.length) throw damaged();
    return parts[this.nextPart++];
  }

  private array(parts: readonly unknown[]): unknown[] {
    const count = this.varint();
    if (count > this.bytes.length - this.at + HOLES_MAX) throw damaged();
    const items: unknown[] = [];
    while (items.length < count) {
      if (this.bytes[this.at] === TAG.HOLES) this.holes(items, count);
      else items.push(this.value(parts));
    }
    return items;
  }

  private holes(items: unknown[], count: number): void {
    this.at++;
    const run = this.varint();
    if (run === 0 || run > count - items.length || items.length + run > HOLES_MAX) throw damaged();
    for (let index = 0; index < run; index++) items.push(undefined);
  }

  private object(parts: readonly unknown[]): Record<string, unknown> {
    const count = this.length(2);
    const object: Record<string, unknown> = {};
    for (let index = 0; index < count; index++) {
      const key = this.string();
      const value = this.value(parts);
      if (key === "__proto__")
        Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
      else object[key] = value;
    }
    return object;
  }

  private integer(): number {
    const doubled = this.varint();
    return doubled % 2 === 0 ? doubled / 2 : -(doubled + 1) / 2;
  }

  private float(): number {
    const octets = this.take(8);
    return new DataView(octets.buffer, octets.byteOffset, 8).getFloat64(0);
  }

  private bigint(): bigint {
    const digits = this.string();
    if (!/^-?\d{1,1000}$/.test(digits)) throw damaged();
    return BigInt(digits);
  }

  private string(): string {
    const tag = this.octet();
    if (tag === TAG.ASCII) return this.ascii();
    if (tag === TAG.UTF16) return this.wide();
    throw damaged();
  }

  private ascii(): string {
    return characters(this.take(this.length(1)));
  }

  private wide(): string {
    const octets = this.take(this.length(2) * 2);
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    return characters(Array.from({ length: octets.length / 2 }, (_, index) => view.getUint16(2 * index)));
  }

  private octet(): number {
    const octet = this.bytes[this.at++];
    if (octet === undefined) throw damaged();
    return octet;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const octet = this.octet();
      value += (octet & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw damaged();
      if (octet < 128) return value;
    }
  }

  /** A count of things of which each takes at least `unit` octets. */
  private length(unit: number): number {
    const count = this.varint();
    if (count * unit > this.bytes.length - this.at) throw damaged();
    return count;
  }

  private take(count: number): Uint8Array {
    if (count > this.bytes.length - this.at) throw damaged();
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}

function characters(units: ArrayLike<number>): string {
  if (units.length <= FROM_CHAR_CODE_MAX) return String.fromCharCode(...Array.from(units));
  let whole = "";
  for (let at = 0; at < units.length; at += FROM_CHAR_CODE_MAX)
    whole += String.fromCharCode(...Array.from(units).slice(at, at + FROM_CHAR_CODE_MAX));
  return whole;
}

function damaged(): BrokenState {
  return new BrokenState("it is damaged: a piece of it can't be read");
}
