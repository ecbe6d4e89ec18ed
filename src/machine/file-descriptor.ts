import { encodeShellText } from "../base/byte-text.ts";
import type { Task } from "../sim/task.ts";
import { FsError, READ_BYTES_MAX } from "../vfs/file-system.ts";

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

/** Lines of a descriptor, without their newline, as they come. A last line without newline counts. */
export class LineReader {
  private readonly from: FileDescriptor;
  private readonly decoder = new TextDecoder();
  private buffer = "";
  private ended = false;

  constructor(from: FileDescriptor) {
    this.from = from;
  }

  /** Whether the last line given ended with a newline. */
  lastLineComplete = true;

  *next(): Task<string | undefined> {
    for (;;) {
      const newline = this.buffer.indexOf("\n");
      if (newline >= 0) {
        const line = this.buffer.slice(0, newline);
        this.buffer = this.buffer.slice(newline + 1);
        return line;
      }
      if (this.ended) return this.rest();
      const bytes = yield* this.from.read();
      if (bytes === undefined) this.ended = true;
      else this.buffer += this.decoder.decode(bytes, { stream: true });
    }
  }

  private rest(): string | undefined {
    if (this.buffer === "") return undefined;
    const line = this.buffer;
    this.buffer = "";
    this.lastLineComplete = false;
    return line;
  }
}

/** Everything until the end. */
export function* readToEnd(from: FileDescriptor): Task<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let part = yield* from.read(); part !== undefined; part = yield* from.read()) {
    parts.push(part);
    length += part.length;
    if (length > READ_BYTES_MAX) throw new FsError("ENOMEM", "-");
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
