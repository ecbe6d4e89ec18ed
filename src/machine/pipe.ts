import { concat } from "../base/bytes.ts";
import { Signal } from "../sim/signal.ts";
import { type Task, waitFor } from "../sim/task.ts";
import { FsError } from "../vfs/file-system.ts";
import { type Description, Descriptor } from "./descriptor.ts";
import { BrokenPipe, type FileDescriptor } from "./file-descriptor.ts";

/** Linux's default capacity of a pipe. */
const PIPE_BYTES_MAX = 65_536;

/**
 * A pipe: bytes wait in pieces as they were written (writers must not change what they handed over).
 *
 *     writer --write()--> [ piece ][ piece ] --read()--> reader      full: writers wait; empty: readers wait
 *
 * No writers left and empty: the end. No readers left: writers get `BrokenPipe`.
 */
export class Pipe {
  private pieces: Uint8Array[] = [];
  private size = 0;
  private readers = 0;
  private writers = 0;
  private readonly readable = new Signal();
  private readonly writable = new Signal();
  /** Somebody opened or closed an end (named pipes wait for the other end). */
  readonly endsChanged = new Signal();

  /** How often a reading end was opened, ever. */
  readerOpens = 0;
  /** How often a writing end was opened, ever. */
  writerOpens = 0;

  get readerCount(): number {
    return this.readers;
  }

  get writerCount(): number {
    return this.writers;
  }

  openReader(): FileDescriptor {
    this.readers++;
    this.readerOpens++;
    this.endsChanged.notify();
    return new Descriptor(new ReadEnd(this));
  }

  openWriter(): FileDescriptor {
    this.writers++;
    this.writerOpens++;
    this.endsChanged.notify();
    return new Descriptor(new WriteEnd(this));
  }

  *read(maxBytes: number): Task<Uint8Array | undefined> {
    while (this.size === 0) {
      if (this.writers === 0) return undefined;
      yield* waitFor(this.readable);
    }
    const first = this.pieces[0];
    const taken =
      this.pieces.length === 1 && first !== undefined && first.length <= maxBytes ? first : this.gather(maxBytes);
    if (taken === first) this.pieces = [];
    this.size -= taken.length;
    this.writable.notify();
    return taken;
  }

  *write(data: Uint8Array): Task<void> {
    let rest = data;
    while (rest.length > 0) {
      if (this.readers === 0) throw new BrokenPipe();
      const free = PIPE_BYTES_MAX - this.size;
      if (free <= 0) {
        yield* waitFor(this.writable);
        continue;
      }
      const part = rest.length <= free ? rest : rest.subarray(0, free);
      this.pieces.push(part);
      this.size += part.length;
      rest = rest.subarray(part.length);
      this.readable.notify();
    }
    if (data.length === 0 && this.readers === 0) throw new BrokenPipe();
  }

  closeReader(): void {
    this.readers--;
    this.writable.notify();
    this.endsChanged.notify();
  }

  closeWriter(): void {
    this.writers--;
    this.readable.notify();
    this.endsChanged.notify();
  }

  private gather(maxBytes: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let room = maxBytes;
    let used = 0;
    for (const piece of this.pieces) {
      if (room === 0) break;
      const part = piece.length <= room ? piece : piece.subarray(0, room);
      parts.push(part);
      room -= part.length;
      if (part.length === piece.length) used++;
      else this.pieces[used] = piece.subarray(part.length);
    }
    this.pieces.splice(0, used);
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : concat(parts);
  }
}

class ReadEnd implements Description {
  readonly kind = "pipe";
  private readonly pipe: Pipe;

  constructor(pipe: Pipe) {
    this.pipe = pipe;
  }

  read(maxBytes: number): Task<Uint8Array | undefined> {
    return this.pipe.read(maxBytes);
  }

  *write(): Task<void> {
    throw new FsError("EBADF", "");
  }

  release(): void {
    this.pipe.closeReader();
  }
}

class WriteEnd implements Description {
  readonly kind = "pipe";
  private readonly pipe: Pipe;

  constructor(pipe: Pipe) {
    this.pipe = pipe;
  }

  *read(): Task<Uint8Array | undefined> {
    throw new FsError("EBADF", "");
  }

  write(data: Uint8Array): Task<void> {
    return this.pipe.write(data);
  }

  release(): void {
    this.pipe.closeWriter();
  }
}

/** pipe(2): what is written to `writer` can be read from `reader`. */
export function createPipe(): { reader: FileDescriptor; writer: FileDescriptor } {
  const pipe = new Pipe();
  return { reader: pipe.openReader(), writer: pipe.openWriter() };
}
