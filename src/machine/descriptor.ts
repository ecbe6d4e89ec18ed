import { NO_BYTES } from "../base/bytes.ts";
import type { Task, Wait } from "../sim/task.ts";
import { FsError, type OpenFile } from "../vfs/file-system.ts";
import { VolumeFile } from "../vfs/open-file.ts";
import type { FileDescriptor } from "./file-descriptor.ts";

/** An open file description (as open(2) makes it): what duplicated descriptors share, offset included. */
export interface Description {
  readonly kind: FileDescriptor["kind"];
  read(maxBytes: number): Task<Uint8Array | undefined>;
  write(data: Uint8Array): Task<void>;
  /** The last descriptor was closed. */
  release(): void;
}

const READ_BYTES_MAX = 65_536;

/** One reference to a description; the description is released with its last reference. */
export class Descriptor implements FileDescriptor {
  readonly kind: FileDescriptor["kind"];
  readonly description: Description;
  private readonly references: { count: number };
  private open = true;
  /** Called when this reference is closed. */
  onClose: (() => void) | undefined;

  constructor(description: Description, references: { count: number } = { count: 0 }) {
    this.kind = description.kind;
    this.description = description;
    this.references = references;
    references.count++;
  }

  read(maxBytes: number = READ_BYTES_MAX): Task<Uint8Array | undefined> {
    if (!this.open) throw new FsError("EBADF", "");
    return this.description.read(maxBytes);
  }

  write(data: Uint8Array): Task<void> {
    if (!this.open) throw new FsError("EBADF", "");
    return this.description.write(data);
  }

  duplicate(): FileDescriptor {
    if (!this.open) throw new FsError("EBADF", "");
    return new Descriptor(this.description, this.references);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.onClose?.();
    this.references.count--;
    if (this.references.count === 0) this.description.release();
  }
}

/** Files answer at once, and some devices for ever: after so many reads others get their turn. */
const READS_PER_BREATH = 4;
const BREATH: Wait<unknown> = {
  begin(resume) {
    resume(undefined);
    return undefined;
  },
};

/** A regular file read and written at a shared offset. */
class FileDescription implements Description {
  readonly kind = "file";
  readonly file: OpenFile;
  private offset = 0;
  private reads = 0;
  private readonly append: boolean;

  constructor(file: OpenFile, append: boolean) {
    this.file = file;
    this.append = append;
  }

  *read(maxBytes: number): Task<Uint8Array | undefined> {
    if (++this.reads % READS_PER_BREATH === 0) yield BREATH;
    const bytes = this.file.read(this.offset, maxBytes);
    this.offset += bytes.length;
    return bytes.length === 0 ? undefined : bytes;
  }

  *write(data: Uint8Array): Task<void> {
    if (this.append) this.offset = this.file.size;
    this.offset += this.file.write(this.offset, data);
  }

  release(): void {
    this.file.close();
  }
}

/** A descriptor for an open file; `append` puts each write at the end. */
export function fileDescriptor(file: OpenFile, append = false): FileDescriptor {
  if (file instanceof VolumeFile) file.disown();
  return new Descriptor(new FileDescription(file, append));
}

class NullDescription implements Description {
  readonly kind = "null";

  *read(): Task<Uint8Array | undefined> {
    return undefined;
  }

  *write(): Task<void> {}

  release(): void {}
}

/** /dev/null. */
export function nullDescriptor(): FileDescriptor {
  return new Descriptor(new NullDescription());
}

class BytesDescription implements Description {
  readonly kind = "file";
  private rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.rest = bytes;
  }

  *read(maxBytes: number): Task<Uint8Array | undefined> {
    if (this.rest.length === 0) return undefined;
    const part = this.rest.subarray(0, maxBytes);
    this.rest = this.rest.subarray(part.length);
    return part;
  }

  *write(): Task<void> {
    throw new FsError("EBADF", "");
  }

  release(): void {
    this.rest = NO_BYTES;
  }
}

/** A descriptor that reads given bytes (a here-document). */
export function bytesDescriptor(bytes: Uint8Array): FileDescriptor {
  return new Descriptor(new BytesDescription(bytes));
}

class SinkDescription implements Description {
  readonly kind: FileDescriptor["kind"];
  private readonly sink: (data: Uint8Array) => void;
  readonly release: () => void;

  constructor(sink: (data: Uint8Array) => void, kind: FileDescriptor["kind"], release: () => void) {
    this.sink = sink;
    this.kind = kind;
    this.release = release;
  }

  *read(): Task<Uint8Array | undefined> {
    return undefined;
  }

  *write(data: Uint8Array): Task<void> {
    this.sink(data);
  }
}

/** A descriptor whose writes go to a function at once (journals, logs, tests). */
export function sinkDescriptor(
  sink: (data: Uint8Array) => void,
  kind: FileDescriptor["kind"] = "pipe",
  onRelease: () => void = () => {},
): FileDescriptor {
  return new Descriptor(new SinkDescription(sink, kind, onRelease));
}
