import { utf8 } from "../../base/bytes.ts";
import { rfc3339Nano } from "../../base/rfc3339.ts";
import { FsError, type OpenFile } from "../../vfs/file-system.ts";
import type { FileSystemView } from "../../vfs/file-system-view.ts";

/** containerd cuts longer lines (max_container_log_line_size). */
const LINE_BYTES_MAX = 16_384;
const NEWLINE = 10;

/**
 * The CRI log of a container: each line with time, stream and whether it is full or partial
 * (`2026-11-22T10:00:00.123456789Z stdout F text`).
 */
export class ContainerLog {
  private readonly file: OpenFile | undefined;
  private readonly now: () => number;

  /**
   * Opens the log at `path`, or makes it. A container that `goesOn` in a resumed world had it open already: if its name
   * is gone by now, what it writes goes nowhere, as into any deleted file.
   */
  constructor(fs: FileSystemView, path: string, now: () => number, goesOn = false) {
    this.now = now;
    if (goesOn && !fs.exists(path)) return;
    fs.mkdir(path.slice(0, path.lastIndexOf("/")), { parents: true, mode: 0o755 });
    this.file = fs.open(path, { write: true, append: true, create: true, mode: 0o640 });
  }

  /** Whatever is written to it becomes lines of `stream`; what is left at its end is a last full line. */
  writer(stream: "stdout" | "stderr"): LogWriter {
    return new LogWriter((line, full) => this.append(stream, line, full));
  }

  close(): void {
    this.file?.close();
  }

  private append(stream: string, line: Uint8Array, full: boolean): void {
    const head = utf8(`${rfc3339Nano(this.now())} ${stream} ${full ? "F" : "P"} `);
    const entry = new Uint8Array(head.length + line.length + 1);
    entry.set(head);
    entry.set(line, head.length);
    entry[entry.length - 1] = NEWLINE;
    try {
      this.file?.write(0, entry);
    } catch (error) {
      if (!(error instanceof FsError)) throw error; // a full disk loses log lines, the container runs on
    }
  }
}

/** Cuts bytes into lines. */
export class LogWriter {
  private readonly append: (line: Uint8Array, full: boolean) => void;
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;

  constructor(append: (line: Uint8Array, full: boolean) => void) {
    this.append = append;
  }

  write(data: Uint8Array): void {
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
      this.hold(data.subarray(start, end));
      this.flush(true);
      start = end + 1;
    }
    if (start < data.length) this.hold(data.subarray(start));
  }

  end(): void {
    if (this.pendingBytes > 0) this.flush(true);
  }

  private hold(part: Uint8Array): void {
    let rest = part;
    while (this.pendingBytes + rest.length > LINE_BYTES_MAX) {
      const room = LINE_BYTES_MAX - this.pendingBytes;
      this.push(rest.subarray(0, room));
      rest = rest.subarray(room);
      this.flush(false);
    }
    this.push(rest);
  }

  private push(part: Uint8Array): void {
    this.pending.push(part);
    this.pendingBytes += part.length;
  }

  private flush(full: boolean): void {
    const only = this.pending[0];
    if (this.pending.length === 1 && only !== undefined) this.append(only, full);
    else {
      const line = new Uint8Array(this.pendingBytes);
      let at = 0;
      for (const part of this.pending) {
        line.set(part, at);
        at += part.length;
      }
      this.append(line, full);
    }
    this.pending = [];
    this.pendingBytes = 0;
  }
}
