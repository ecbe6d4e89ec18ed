import { type FileDescriptor, readToEnd, writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";

/** Ends a command with an exit code after its complaints have been printed. */
export class Failure extends Error {
  readonly exitCode: number;
  readonly complaint: string;

  constructor(complaint: string, exitCode = 1) {
    super(complaint);
    this.exitCode = exitCode;
    this.complaint = complaint;
  }
}

/** One run of an openssl command: its process and how it reads, prints and complains. */
export class Run {
  readonly process: Process;
  /** The command's name, which starts its complaints: `x509`. */
  readonly name: string;
  private readonly errorTag: string;

  constructor(process: Process, name: string) {
    this.process = process;
    this.name = name;
    const thread = process.random.uint32().toString(16).padStart(8, "0").toUpperCase();
    this.errorTag = `40${thread}7F0000`;
  }

  *print(text: string): Task<void> {
    yield* writeText(this.process.stdout, text);
  }

  *complain(text: string): Task<void> {
    yield* writeText(this.process.stderr, text);
  }

  /** Lines of OpenSSL's error queue: `<thread>:error:<what>`. */
  queue(...entries: readonly string[]): string {
    return entries.map((entry) => `${this.errorTag}:error:${entry}\n`).join("");
  }

  /** A file's content, or standard input's when no name is given. Throws FsError. */
  *read(path: string | undefined): Task<Uint8Array> {
    return path === undefined ? yield* readToEnd(this.process.stdin) : this.process.fs.readFile(path);
  }

  /** Writes to a file with the given mode, or to standard output. */
  *write(path: string | undefined, content: string | Uint8Array, mode = 0o644): Task<void> {
    if (path === undefined) {
      yield* writeOut(this.process.stdout, content);
      return;
    }
    try {
      this.process.fs.writeFile(path, content, mode);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new Failure(
        `Can't open "${path}" for writing, ${error.message}\n${this.queue(
          `${errnoCode(error)}:system library:BIO_new_file:${error.message}:../crypto/bio/bss_file.c:67:calling fopen(${path}, w)`,
          "10080002:BIO routines:BIO_new_file:system lib:../crypto/bio/bss_file.c:77:",
        )}`,
      );
    }
  }
}

function* writeOut(to: FileDescriptor, content: string | Uint8Array): Task<void> {
  if (typeof content === "string") yield* writeText(to, content);
  else if (content.length > 0) yield* to.write(content);
}

const ERRNO: Readonly<Partial<Record<FsError["code"], number>>> = {
  EPERM: 1,
  ENOENT: 2,
  EACCES: 13,
  EEXIST: 17,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENOSPC: 28,
  EROFS: 30,
  ELOOP: 40,
};

/** A system error as OpenSSL packs it: `80000002` for ENOENT. */
export function errnoCode(error: FsError): string {
  return (0x8000_0000 + (ERRNO[error.code] ?? 5)).toString(16).toUpperCase();
}
