import { NO_BYTES } from "../base/bytes.ts";

/** What a process may hold of texts. A page has to hold all processes of a world, several times over. */
export const MEMORY_MAX = 32 * 1024 * 1024;
/** What it may hold of bytes, which cost the page just what they are. */
export const BYTES_MAX = 2 * MEMORY_MAX;

/** A process wants more than that: the kernel would end it (an interactive shell says so itself). */
export class OutOfMemory extends Error {
  readonly bytes: number;

  constructor(bytes: number) {
    super(`cannot allocate ${bytes} bytes`);
    this.bytes = bytes;
  }
}

/** Throws `OutOfMemory` when `size` characters or bytes are more than a process may hold. */
export function demandMemory(size: number): void {
  if (size > MEMORY_MAX) throw new OutOfMemory(size);
}

/** Bytes that are collected in pieces. Throws `OutOfMemory` when they become too many. */
export class HeldBytes {
  private parts: Uint8Array[] = [];
  private size = 0;
  private readonly limit: number;

  constructor(limit: number = BYTES_MAX) {
    this.limit = limit;
  }

  get length(): number {
    return this.size;
  }

  add(part: Uint8Array): void {
    this.size += part.length;
    if (this.size > this.limit) throw new OutOfMemory(this.size);
    this.parts.push(part);
  }

  /** All in one piece; afterwards nothing is held. */
  take(): Uint8Array {
    const [only] = this.parts;
    const whole = this.parts.length === 1 && only !== undefined ? only : this.joined();
    this.parts = [];
    this.size = 0;
    return whole;
  }

  private joined(): Uint8Array {
    if (this.size === 0) return NO_BYTES;
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}
