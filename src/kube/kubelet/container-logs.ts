import { utf8 } from "../../base/bytes.ts";
import type { Clock } from "../../sim/clock.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, waitAtMost } from "../../sim/task.ts";
import { type FileSystem, FsError } from "../../vfs/file-system.ts";
import { timeOrZero } from "../api/time.ts";

/** What of a log is asked for (core/v1 PodLogOptions). */
export interface LogOptions {
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** Only lines from this moment on, in milliseconds. */
  readonly sinceMs: number | undefined;
}

/** Reads the options of a query string. */
export function logOptions(query: ReadonlyMap<string, string>, nowMs: number): LogOptions {
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const seconds = number("sinceSeconds");
  const time = query.get("sinceTime");
  return {
    follow: query.get("follow") === "true",
    timestamps: query.get("timestamps") === "true",
    tailLines: number("tailLines"),
    limitBytes: number("limitBytes"),
    sinceMs: seconds !== undefined ? nowMs - seconds * 1000 : time === undefined ? undefined : timeOrZero(time),
  };
}

const DECODER = new TextDecoder();
const FOLLOW_CHECK_MS = 60_000;

/** A CRI log file read as the container wrote it. */
export class ContainerLogReader {
  private offset = 0;
  private rest = "";
  private sent = 0;
  private partial = false;

  private readonly fs: FileSystem;
  private readonly path: string;
  private readonly options: LogOptions;

  constructor(fs: FileSystem, path: string, options: LogOptions) {
    this.fs = fs;
    this.path = path;
    this.options = options;
  }

  /** What is there now, as the options ask. */
  read(): Uint8Array {
    let entries = this.newEntries();
    const { tailLines } = this.options;
    if (tailLines !== undefined && tailLines >= 0) entries = entries.slice(Math.max(0, entries.length - tailLines));
    return this.format(entries);
  }

  /** Gives what comes, until `ended` says that nothing will any more. */
  *follow(clock: Clock, send: (bytes: Uint8Array) => void, ended: () => boolean, closed: () => boolean): Task<void> {
    const changed = new Signal();
    const watch = this.fs.watch(this.path, () => changed.notify());
    try {
      for (;;) {
        const over = ended();
        const bytes = this.format(this.newEntries());
        if (bytes.length > 0) send(bytes);
        if (over || closed()) return;
        yield* waitAtMost(clock, changed, FOLLOW_CHECK_MS);
      }
    } finally {
      watch.dispose();
    }
  }

  private newEntries(): string[] {
    let text: string;
    try {
      const file = this.fs.open(this.path, { read: true });
      text = DECODER.decode(file.read(this.offset, file.size - this.offset));
      this.offset = file.size;
      file.close();
    } catch (error) {
      if (error instanceof FsError) return [];
      throw error;
    }
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    const { sinceMs } = this.options;
    return sinceMs === undefined
      ? lines
      : lines.filter((line) => timeOrZero(line.slice(0, line.indexOf(" "))) >= sinceMs);
  }

  /** `TIME stream F text` becomes `text` and a newline; partial lines are joined. */
  private format(entries: readonly string[]): Uint8Array {
    let out = "";
    for (const entry of entries) {
      const match = /^(\S+) (\S+) (\S+) (.*)$/s.exec(entry);
      if (match === null) continue;
      const stamp = this.options.timestamps && !this.partial ? `${match[1]} ` : "";
      this.partial = match[3] === "P";
      out += `${stamp}${match[4]}${this.partial ? "" : "\n"}`;
    }
    let bytes = utf8(out);
    const { limitBytes } = this.options;
    if (limitBytes !== undefined && this.sent + bytes.length > limitBytes)
      bytes = bytes.slice(0, Math.max(0, limitBytes - this.sent));
    this.sent += bytes.length;
    return bytes;
  }
}
