import { type Task, waitFor } from "../sim/task.ts";
import { FsError, type OpenFlags } from "../vfs/file-system.ts";
import type { Inode } from "../vfs/inode.ts";
import { Descriptor, fileDescriptor, nullDescriptor } from "./descriptor.ts";
import { type FileDescriptor, readToEnd } from "./file-descriptor.ts";
import { Pipe } from "./pipe.ts";
import type { Process } from "./process.ts";
import { RunningProcess } from "./running-process.ts";

const OWN_DESCRIPTOR = /^\/(?:dev\/fd|proc\/self\/fd)\/(\d+)$/;
const STANDARD: Readonly<Record<string, number>> = { "/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2 };

/** Named pipes in use, by their inode. */
const fifos = new WeakMap<Inode, Pipe>();

/**
 * Opens a path as a descriptor, as open(2) does: files, /dev/null and its like, the terminal, named pipes (waits for
 * the other end), and `/dev/stdin`, `/dev/fd/N` (another reference to the process's own descriptor). Programs that read
 * files named by their user should open them by this, so that `/dev/stdin` and process substitution work.
 */
export function* openPath(process: Process, path: string, flags: OpenFlags): Task<FileDescriptor> {
  const descriptor = yield* openAny(process, path, flags);
  if (process instanceof RunningProcess && descriptor instanceof Descriptor) {
    process.noteOpen(descriptor, true);
    descriptor.onClose = () => process.noteOpen(descriptor, false);
  }
  return descriptor;
}

function* openAny(process: Process, path: string, flags: OpenFlags): Task<FileDescriptor> {
  const own = ownDescriptor(path);
  if (own !== undefined) {
    const descriptor = process.fds.get(own);
    if (descriptor === undefined) throw new FsError("ENOENT", path);
    return descriptor.duplicate();
  }
  if (process.terminal !== undefined && path === process.terminal.name) return process.terminal.open();
  const type = flags.create === true && !process.fs.exists(path) ? "file" : process.fs.stat(path).type;
  if (type === "fifo") return yield* openFifo(process, path, flags);
  if (type === "device") return openDevice(process, path, flags);
  if (type === "directory" && flags.write !== true && flags.append !== true) throw new FsError("EISDIR", path);
  return fileDescriptor(process.fs.open(path, flags), flags.append === true);
}

/** All bytes of what `path` names, waiting for pipes and terminals; `-` is not special here. */
export function* readPath(process: Process, path: string): Task<Uint8Array> {
  const descriptor = yield* openPath(process, path, { read: true });
  try {
    return yield* readToEnd(descriptor);
  } finally {
    descriptor.close();
  }
}

function ownDescriptor(path: string): number | undefined {
  const standard = STANDARD[path];
  if (standard !== undefined) return standard;
  const match = OWN_DESCRIPTOR.exec(path);
  return match === null ? undefined : Number(match[1]);
}

function openDevice(process: Process, path: string, flags: OpenFlags): FileDescriptor {
  const real = process.fs.realpath(path);
  if (real === "/dev/null") return nullDescriptor();
  const { terminal } = process;
  if (real === "/dev/tty") {
    if (terminal === undefined) throw new FsError("ENXIO", path);
    return terminal.open();
  }
  return fileDescriptor(process.fs.open(path, flags), flags.append === true);
}

function* openFifo(process: Process, path: string, flags: OpenFlags): Task<FileDescriptor> {
  if (!(process instanceof RunningProcess)) throw new FsError("ENXIO", path);
  const { inode } = process.fs.place(path);
  const pipe = fifos.get(inode) ?? new Pipe();
  fifos.set(inode, pipe);
  const reads = flags.read === true || (flags.write !== true && flags.append !== true);
  const descriptor = reads ? pipe.openReader() : pipe.openWriter();
  let opened = false;
  try {
    // the other end may have come and gone again before this process runs
    const before = reads ? pipe.writerOpens : pipe.readerOpens;
    while (
      (reads ? pipe.writerCount : pipe.readerCount) === 0 &&
      (reads ? pipe.writerOpens : pipe.readerOpens) === before
    )
      yield* waitFor(pipe.endsChanged);
    opened = true;
    return descriptor;
  } finally {
    if (!opened) descriptor.close();
  }
}
