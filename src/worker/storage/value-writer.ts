import { TAG } from "./value-tag.ts";

/** Writes the scalars and heads of values into one growing buffer, from whose end finished chunks are cut off. */
export class ValueWriter {
  private buffer = new Uint8Array(65_536);
  private view = new DataView(this.buffer.buffer);
  length = 0;

  /** Takes what was written from `start` on out of the buffer. */
  cut(start: number): Uint8Array<ArrayBuffer> {
    const taken = this.buffer.slice(start, this.length);
    this.length = start;
    return taken;
  }

  tag(tag: number): void {
    this.reserve(1);
    this.buffer[this.length++] = tag;
  }

  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.buffer[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.length++] = rest;
  }

  /** Anything but objects. Throws on what is no data: functions, symbols. */
  scalar(value: unknown): void {
    if (value === undefined) this.tag(TAG.UNDEFINED);
    else if (value === null) this.tag(TAG.NULL);
    else if (value === true) this.tag(TAG.TRUE);
    else if (value === false) this.tag(TAG.FALSE);
    else if (typeof value === "number") this.number(value);
    else if (typeof value === "string") this.string(value);
    else if (typeof value === "bigint") {
      this.tag(TAG.BIGINT);
      this.string(String(value));
    } else throw new TypeError(`a ${typeof value} is no data that can be kept`);
  }

  bytes(bytes: Uint8Array): void {
    this.tag(TAG.BYTES);
    this.varint(bytes.length);
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  string(value: string): void {
    const start = this.length;
    this.tag(TAG.ASCII);
    this.varint(value.length);
    this.reserve(value.length * 2);
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      if (unit > 127) {
        this.length = start;
        this.wideString(value);
        return;
      }
      this.buffer[this.length++] = unit;
    }
  }

  /** By code units, so that no text is refused, half a surrogate pair included. */
  private wideString(value: string): void {
    this.tag(TAG.UTF16);
    this.varint(value.length);
    this.reserve(value.length * 2);
    for (let index = 0; index < value.length; index++) {
      this.view.setUint16(this.length, value.charCodeAt(index));
      this.length += 2;
    }
  }

  private number(value: number): void {
    const doubled = value < 0 ? -2 * value - 1 : 2 * value;
    if (Number.isSafeInteger(value) && Number.isSafeInteger(doubled) && !Object.is(value, -0)) {
      this.tag(TAG.INT);
      this.varint(doubled);
      return;
    }
    this.tag(TAG.FLOAT);
    this.reserve(8);
    this.view.setFloat64(this.length, value);
    this.length += 8;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + count));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }
}
