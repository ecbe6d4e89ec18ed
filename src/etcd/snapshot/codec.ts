import { text, toByteString, utf8 } from "../../base/bytes.ts";

/** What the codec carries: plain values, byte strings, bytes, 64-bit integers, lists and records. */
export type Plain =
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Plain[]
  | { readonly [name: string]: Plain };

/** The bytes are not what `encode` writes. */
export class CodecError extends Error {}

/** Tags, one octet each. */
const UNDEFINED = 0;
const TRUE = 1;
const FALSE = 2;
const POSITIVE = 3;
const NEGATIVE = 4;
const BIGINT = 5;
/** One octet per char. */
const BYTE_STRING = 6;
const TEXT = 7;
const BYTES = 8;
const LIST = 9;
const RECORD = 10;

/** Appends values to a growing buffer. */
export class Writer {
  private buffer = new Uint8Array(1024);
  private view = new DataView(this.buffer.buffer);
  private length = 0;

  /** What was written, as a copy. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.buffer.slice(0, this.length);
    this.length = 0;
    return bytes;
  }

  get size(): number {
    return this.length;
  }

  /** What was written from `from` on, valid until more is written. */
  written(from: number): Uint8Array {
    return this.buffer.subarray(from, this.length);
  }

  /** Replaces four octets that were written before, for lengths and checksums known only afterwards. */
  patchUint32(at: number, value: number): void {
    this.view.setUint32(at, value);
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  /** An integer from 0 to 2^53. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.buffer[this.length++] = (rest % 128) | 128;
    this.buffer[this.length++] = rest;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value);
    this.length += 4;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Length, then the octets. */
  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Length, then one octet per char. */
  byteString(value: string): void {
    this.varint(value.length);
    this.reserve(value.length);
    for (let i = 0; i < value.length; i++) this.buffer[this.length++] = value.charCodeAt(i);
  }

  value(value: Plain): void {
    if (value === undefined) this.byte(UNDEFINED);
    else if (typeof value === "boolean") this.byte(value ? TRUE : FALSE);
    else if (typeof value === "number") {
      this.byte(value < 0 ? NEGATIVE : POSITIVE);
      this.varint(Math.abs(value));
    } else if (typeof value === "string") this.string(value);
    else if (typeof value === "bigint") this.bigint(value);
    else if (value instanceof Uint8Array) {
      this.byte(BYTES);
      this.bytes(value);
    } else if (isList(value)) {
      this.byte(LIST);
      this.varint(value.length);
      for (const item of value) this.value(item);
    } else this.record(value);
  }

  private bigint(value: bigint): void {
    this.byte(BIGINT);
    this.reserve(8);
    this.view.setBigUint64(this.length, BigInt.asUintN(64, value));
    this.length += 8;
  }

  private string(value: string): void {
    let widest = 0;
    for (let i = 0; i < value.length; i++) widest |= value.charCodeAt(i);
    this.byte(widest < 256 ? BYTE_STRING : TEXT);
    if (widest < 256) this.byteString(value);
    else this.bytes(utf8(value));
  }

  private record(value: { readonly [name: string]: Plain }): void {
    const names = Object.keys(value);
    this.byte(RECORD);
    this.varint(names.length);
    for (const name of names) {
      this.byteString(name);
      this.value(value[name]);
    }
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Reads what `Writer` wrote. Throws `CodecError` on anything else. */
export class Reader {
  private readonly buffer: Uint8Array;
  private readonly view: DataView;
  private at: number;

  constructor(buffer: Uint8Array, at = 0) {
    this.buffer = buffer;
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    this.at = at;
  }

  get atEnd(): boolean {
    return this.at >= this.buffer.length;
  }

  byte(): number {
    const value = this.buffer[this.at++];
    if (value === undefined) throw new CodecError("unexpected end");
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
      if (scale > 2 ** 56) throw new CodecError("varint too long");
    }
  }

  bytes(): Uint8Array {
    const length = this.varint();
    this.need(length);
    const bytes = this.buffer.slice(this.at, this.at + length);
    this.at += length;
    return bytes;
  }

  byteString(): string {
    const length = this.varint();
    this.need(length);
    const value = toByteString(this.buffer.subarray(this.at, this.at + length));
    this.at += length;
    return value;
  }

  value(depth = 0): Plain {
    if (depth > 200) throw new CodecError("nested too deeply");
    switch (this.byte()) {
      case UNDEFINED:
        return undefined;
      case TRUE:
        return true;
      case FALSE:
        return false;
      case POSITIVE:
        return this.varint();
      case NEGATIVE:
        return -this.varint();
      case BIGINT:
        this.need(8);
        this.at += 8;
        return this.view.getBigUint64(this.at - 8);
      case BYTE_STRING:
        return this.byteString();
      case TEXT:
        return text(this.bytes());
      case BYTES:
        return this.bytes();
      case LIST:
        return this.list(depth);
      case RECORD:
        return this.record(depth);
      default:
        throw new CodecError("unknown tag");
    }
  }

  private list(depth: number): Plain[] {
    const items: Plain[] = [];
    for (let left = this.varint(); left > 0; left--) items.push(this.value(depth + 1));
    return items;
  }

  private record(depth: number): { [name: string]: Plain } {
    const record: { [name: string]: Plain } = {};
    for (let left = this.varint(); left > 0; left--) {
      const name = this.byteString();
      record[name] = this.value(depth + 1);
    }
    return record;
  }

  private need(count: number): void {
    if (this.at + count > this.buffer.length) throw new CodecError("unexpected end");
  }
}

function isList(value: readonly Plain[] | { readonly [name: string]: Plain }): value is readonly Plain[] {
  return Array.isArray(value);
}
