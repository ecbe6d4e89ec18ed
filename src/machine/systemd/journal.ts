import { text, utf8 } from "../../base/bytes.ts";
import { Emitter } from "../../base/event.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import type { FileSystemView } from "../../vfs/file-system-view.ts";
import { type Description, Descriptor } from "../descriptor.ts";
import type { FileDescriptor } from "../file-descriptor.ts";

/** One line of the journal. */
export interface JournalEntry {
  readonly at: number;
  /** Counts the starts of the machine. */
  readonly boot: number;
  /** `kubelet.service`; `init.scope` for the manager itself. */
  readonly unit: string;
  readonly identifier: string;
  readonly pid: number;
  readonly message: string;
  /** syslog's: 3 is an error, 4 a warning, 5 a notice, 6 all that services print. */
  readonly priority: number;
}

/** The priority stands there only when it is not the usual one. */
type StoredEntry = readonly [
  at: number,
  boot: number,
  unit: string,
  identifier: string,
  pid: number,
  message: string,
  priority?: number,
];

const INFO = 6;

/** The newest entries are kept: this many, and this much on disk. */
const ENTRIES_MAX = 20_000;
const FILE_BYTES_MAX = 4_194_304;

/**
 * journald: lines of services, in memory and in one file on the disk (an array in JSON a line), so that they survive what
 * the disk survives. When the file is too big it is written anew with its newer half.
 */
export class Journal {
  private readonly fs: FileSystemView;
  private readonly path: string;
  private readonly now: () => number;
  private entries: JournalEntry[];
  private fileBytes: number;
  private readonly appended = new Emitter<JournalEntry>();
  readonly onAppend = this.appended.event;
  /** The number of this start of the machine. */
  boot: number;

  constructor(fs: FileSystemView, machineId: string, now: () => number) {
    this.fs = fs;
    this.path = `/var/log/journal/${machineId}/system.journal`;
    this.now = now;
    this.entries = fs.exists(this.path) ? readEntries(fs.readText(this.path)) : [];
    this.fileBytes = fs.exists(this.path) ? fs.stat(this.path).size : 0;
    this.boot = this.entries.at(-1)?.boot ?? 0;
  }

  /** Oldest first. */
  all(): readonly JournalEntry[] {
    return this.entries;
  }

  append(entry: Omit<JournalEntry, "at" | "boot" | "priority"> & { readonly priority?: number }): void {
    const whole: JournalEntry = { priority: INFO, ...entry, at: this.now(), boot: this.boot };
    this.entries.push(whole);
    if (this.entries.length > ENTRIES_MAX * 1.5) this.entries = this.entries.slice(-ENTRIES_MAX);
    this.store(whole);
    this.appended.fire(whole);
  }

  /** A descriptor whose lines become entries. */
  stream(unit: string, identifier: string, pid: () => number): FileDescriptor {
    return new Descriptor(new JournalStream((message) => this.append({ unit, identifier, pid: pid(), message })));
  }

  private store(entry: JournalEntry): void {
    const line = utf8(`${JSON.stringify(stored(entry))}\n`);
    try {
      if (this.fileBytes + line.length > FILE_BYTES_MAX) this.rotate();
      if (this.fileBytes === 0) this.fs.mkdir(this.path.slice(0, this.path.lastIndexOf("/")), { parents: true });
      this.fs.appendFile(this.path, line);
      this.fileBytes += line.length;
    } catch (error) {
      if (!(error instanceof FsError)) throw error; // a full disk: journald drops what it can't store
    }
  }

  private rotate(): void {
    const half = this.entries.slice(Math.floor(this.entries.length / 2), -1);
    const bytes = utf8(half.map((entry) => `${JSON.stringify(stored(entry))}\n`).join(""));
    const newer = bytes.length > FILE_BYTES_MAX / 2 ? bytes.subarray(0, 0) : bytes;
    this.fs.writeFile(this.path, newer);
    this.fileBytes = newer.length;
  }
}

function stored(entry: JournalEntry): StoredEntry {
  const usual = [entry.at, entry.boot, entry.unit, entry.identifier, entry.pid, entry.message] as const;
  return entry.priority === INFO ? usual : [...usual, entry.priority];
}

function readEntries(lines: string): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const line of lines.split("\n")) {
    const entry = readEntry(line);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** A line torn by a power cut, or changed by hand, is left out. */
function readEntry(line: string): JournalEntry | undefined {
  if (!line.startsWith("[")) return undefined;
  try {
    const [at, boot, unit, identifier, pid, message, priority] = JSON.parse(line) as Partial<StoredEntry>;
    if (typeof at !== "number" || typeof boot !== "number" || typeof message !== "string") return undefined;
    const facts = { at, boot, unit: String(unit), identifier: String(identifier), pid: Number(pid) || 0, message };
    return { ...facts, priority: Number(priority ?? INFO) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const NEWLINE = 10;

class JournalStream implements Description {
  readonly kind = "pipe";
  private readonly append: (message: string) => void;
  private pending: Uint8Array[] = [];

  constructor(append: (message: string) => void) {
    this.append = append;
  }

  *read(): Task<Uint8Array | undefined> {
    return undefined;
  }

  *write(data: Uint8Array): Task<void> {
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
      this.pending.push(data.subarray(start, end));
      this.flush();
      start = end + 1;
    }
    if (start < data.length) this.pending.push(data.slice(start));
  }

  release(): void {
    if (this.pending.length > 0) this.flush();
  }

  private flush(): void {
    this.append(this.pending.map((part) => text(part)).join(""));
    this.pending = [];
  }
}
