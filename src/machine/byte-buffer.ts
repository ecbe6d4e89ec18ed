/** Bytes that grow at their end, cheaply. */
export class ByteBuffer {
  private bytes = new Uint8Array(64);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** The last byte, or undefined. */
  get last(): number | undefined {
    return this.used === 0 ? undefined : this.bytes[this.used - 1];
  }

  push(...added: readonly number[]): void {
    this.reserve(added.length);
    for (const byte of added) this.bytes[this.used++] = byte;
  }

  append(added: Uint8Array): void {
    this.reserve(added.length);
    this.bytes.set(added, this.used);
    this.used += added.length;
  }

  pop(): number | undefined {
    if (this.used === 0) return undefined;
    this.used--;
    return this.bytes[this.used];
  }

  /** A copy of what is there. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.used);
  }

  /** Gives what is there and begins anew. */
  take(): Uint8Array {
    const taken = this.copy();
    this.clear();
    return taken;
  }

  clear(): void {
    if (this.bytes.length > 65_536) this.bytes = new Uint8Array(64);
    this.used = 0;
  }

  private reserve(count: number): void {
    if (this.used + count <= this.bytes.length) return;
    const bigger = new Uint8Array(Math.max(this.bytes.length * 2, this.used + count));
    bigger.set(this.bytes.subarray(0, this.used));
    this.bytes = bigger;
  }
}
