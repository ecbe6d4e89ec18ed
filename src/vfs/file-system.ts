import type { Disposable } from "../base/disposable.ts";
import type { Task } from "../sim/task.ts";

/**
 * What a process sees of its host's or container's disk. All but `fsync` is immediate: the page cache answers. Paths
 * may be relative to the process's working directory. Failures are `FsError`.
 */
export interface FileSystem {
  stat(path: string): Stats;
  lstat(path: string): Stats;
  exists(path: string): boolean;
  readFile(path: string): Uint8Array;
  readText(path: string): string;
  /** Creates or truncates. `mode` (default 0o644 less the umask) counts only for a new file. */
  writeFile(path: string, data: Uint8Array | string, mode?: number): void;
  appendFile(path: string, data: Uint8Array | string): void;
  /** Names in the directory, sorted by byte order, without `.` and `..`. */
  readdir(path: string): string[];
  mkdir(path: string, options?: { readonly parents?: boolean; readonly mode?: number }): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  /** Removes a file or a whole tree; nothing to remove is no error. */
  removeTree(path: string): void;
  rename(from: string, to: string): void;
  symlink(target: string, path: string): void;
  readlink(path: string): string;
  link(existing: string, path: string): void;
  chmod(path: string, mode: number): void;
  chown(path: string, uid: number, gid: number): void;
  utimes(path: string, modifiedAt: number): void;
  realpath(path: string): string;
  /** statfs: how much the file system that holds `path` has, and how much of it is free. */
  space(path: string): { readonly capacityBytes: number; readonly freeBytes: number };
  open(path: string, flags: OpenFlags): OpenFile;
  /** inotify: calls `listener` with the changed name when an entry of the directory, or the file, changes. */
  watch(path: string, listener: (name: string) => void): Disposable;
  /** Marks a file as the program `name`, so that executing it runs that program; copies keep the mark. */
  installProgram(path: string, name: string): void;
}

/** A file with holes may be larger than any memory: nobody reads more than this in one piece. */
export const READ_BYTES_MAX = 1024 * 1024 * 1024;

export interface OpenFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly append?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly mode?: number;
}

/** An open regular file. It stays usable after its name is unlinked. */
export interface OpenFile {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
  /** Writes at `offset`; with the append flag always at the end. Gives the number of bytes written. */
  write(offset: number, data: Uint8Array): number;
  truncate(size: number): void;
  /** Takes the disk's space up to `end`, which then reads as zeros; the file grows. On ENOSPC it has what there was. */
  allocate(end: number): void;
  /** Makes what was written survive a power cut; takes the disk's time. */
  fsync(): Task<void>;
  /** flock(LOCK_EX|LOCK_NB): false when another open file holds it. Released by close. */
  tryLock(): boolean;
  close(): void;
}

export type FileType = "file" | "directory" | "symlink" | "fifo" | "device";

export interface Stats {
  readonly type: FileType;
  readonly inode: number;
  /** Permission bits, for example 0o600. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  readonly changedAt: number;
  /** The program that executing this file runs, or undefined (scripts are run by their `#!` line). */
  readonly program: string | undefined;
}

export type FsErrorCode =
  | "ENOENT"
  | "EACCES"
  | "EPERM"
  | "EEXIST"
  | "ENOTDIR"
  | "EISDIR"
  | "ENOTEMPTY"
  | "ELOOP"
  | "EROFS"
  | "ENOSPC"
  | "EXDEV"
  | "EBUSY"
  | "EINVAL"
  | "ENAMETOOLONG"
  | "EBADF"
  | "EAGAIN"
  | "ENOEXEC"
  | "EIO"
  | "ENXIO"
  | "E2BIG"
  | "ENOMEM";

/** `message` is libc's text (`No such file or directory`); Go's is the same in lower case. */
export class FsError extends Error {
  readonly code: FsErrorCode;
  readonly path: string;

  constructor(code: FsErrorCode, path: string) {
    super(FS_ERROR_TEXT[code]);
    this.name = "FsError";
    this.code = code;
    this.path = path;
  }
}

const FS_ERROR_TEXT: Record<FsErrorCode, string> = {
  ENOENT: "No such file or directory",
  EACCES: "Permission denied",
  EPERM: "Operation not permitted",
  EEXIST: "File exists",
  ENOTDIR: "Not a directory",
  EISDIR: "Is a directory",
  ENOTEMPTY: "Directory not empty",
  ELOOP: "Too many levels of symbolic links",
  EROFS: "Read-only file system",
  ENOSPC: "No space left on device",
  EXDEV: "Invalid cross-device link",
  EBUSY: "Device or resource busy",
  EINVAL: "Invalid argument",
  ENAMETOOLONG: "File name too long",
  EBADF: "Bad file descriptor",
  EAGAIN: "Resource temporarily unavailable",
  ENOEXEC: "Exec format error",
  EIO: "Input/output error",
  ENXIO: "No such device or address",
  E2BIG: "Argument list too long",
  ENOMEM: "Cannot allocate memory",
};

/** Go's wording of an error on a path: `open /x: no such file or directory`. */
export function goFsError(operation: string, error: FsError): string {
  // A directory can be opened; that it is none comes out when it is read.
  if (operation === "open" && error.code === "EISDIR") return goFsError("read", error);
  return `${operation} ${error.path}: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`;
}
