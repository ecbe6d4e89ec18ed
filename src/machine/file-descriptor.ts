import { decodeShellText, encodeShellText } from "../base/byte-text.ts";
import type { Task } from "../sim/task.ts";
import { BYTES_MAX, HeldBytes, MEMORY_MAX } from "./memory.ts";

const NEWLINE = 10;

/**
 * An open file, pipe end or terminal. Reads give what is there, at least one byte, and undefined at the end. Writes to
 * a full pipe wait; writes to a pipe that nobody reads throw `BrokenPipe`, which ends a program by SIGPIPE unless it
 * is caught.
 */
export interface FileDescriptor {
  readonly kind: "file" | "pipe" | "terminal" | "null";
  read(maxBytes?: number): Task<Uint8Array | undefined>;
  write(data: Uint8Array): Task<void>;
  /** A second reference, as dup(2); the file is closed with its last reference. */
  duplicate(): FileDescriptor;
  close(): void;
}

export class BrokenPipe extends Error {}

/** Writes a text as UTF-8; bytes of arguments that are none come out as they were (`encodeShellText`). */
export function* writeText(to: FileDescriptor, text: string): Task<void> {
  if (text !== "") yield* to.write(encodeShellText(text));
}

/**
 * Lines of a descriptor, without their newline, as they come. A last line without newline counts. Bytes that are no UTF-8
 * are kept (`decodeShellText`). Throws `OutOfMemory` for a line that does not end.
 */
export class LineReader {
  private readonly from: FileDescriptor;
  /** Lines that have been read, the first of them given already up to `at`. */
  private lines: readonly string[] = [];
  private at = 0;
  /** The beginning of the next line. */
  private readonly begun = new HeldBytes(MEMORY_MAX);
  private ended = false;

  constructor(from: FileDescriptor) {
    this.from = from;
  }

  /** Whether the last line given ended with a newline. */
  lastLineComplete = true;

  *next(): Task<string | undefined> {
    for (;;) {
      const line = this.lines[this.at];
      if (line !== undefined) {
        this.at++;
        return line;
      }
      if (this.ended) return this.rest();
      const bytes = yield* this.from.read();
      if (bytes === undefined) this.ended = true;
      else this.take(bytes);
    }
  }

  private take(bytes: Uint8Array): void {
    const end = bytes.lastIndexOf(NEWLINE);
    if (end >= 0) {
      this.begun.add(bytes.subarray(0, end));
      this.lines = decodeShellText(this.begun.take()).split("\n");
      this.at = 0;
    }
    if (end + 1 < bytes.length) this.begun.add(bytes.subarray(end + 1));
  }

  private rest(): string | undefined {
    if (this.begun.length === 0) return undefined;
    this.lastLineComplete = false;
    return decodeShellText(this.begun.take());
  }
}

/** Everything until the end. Throws `OutOfMemory` when that is too much. */
export function* readToEnd(from: FileDescriptor, limit: number = BYTES_MAX): Task<Uint8Array> {
  const held = new HeldBytes(limit);
  for (let part = yield* from.read(); part !== undefined; part = yield* from.read()) held.add(part);
  return held.take();
}
