import { concat } from "../base/bytes.ts";
import { Emitter } from "../base/event.ts";
import type { Clock } from "../sim/clock.ts";
import { Signal as Condition } from "../sim/signal.ts";
import { sleep, type Task, waitFor } from "../sim/task.ts";
import { FsError } from "../vfs/file-system.ts";
import { type Description, Descriptor } from "./descriptor.ts";
import type { FileDescriptor } from "./file-descriptor.ts";
import { LineDiscipline, processOutput } from "./line-discipline.ts";
import type { RunningProcess } from "./running-process.ts";
import type { Signal } from "./signals.ts";
import { COOKED_MODE, type Terminal, type TerminalMode } from "./terminal.ts";

/** Output takes time, so that endless output lets the world go on: this many bytes a pause. */
const BYTES_PER_PAUSE = 32_768;
const PAUSE_MS = 2;
/** Ctrl-C. */
const INTERRUPT = 3;

/** A terminal with its line discipline, its session and its foreground group. */
export class PseudoTerminal implements Terminal {
  readonly name: string;
  columns: number;
  rows: number;
  mode: TerminalMode = COOKED_MODE;
  foregroundGroup = 0;
  /** All terminals of this world end at a page or a script that reads marks. */
  promptMarks = true;
  private readonly clock: Clock;
  private readonly discipline = new LineDiscipline();
  private readonly output = new Emitter<Uint8Array>();
  readonly onOutput = this.output.event;
  private readonly line = new Emitter<string | undefined>();
  /** The line in the editor of the shell that this terminal was opened with (not of one within it); undefined: none. */
  readonly onLine = this.line.event;
  private leader: RunningProcess | undefined;
  private input: (Uint8Array | "end")[] = [];
  private readonly changed = new Condition();
  private readonly flow = new Condition();
  private paused = false;
  private hungUp = false;
  private sincePause = 0;
  private readers = 0;

  constructor(clock: Clock, name: string, columns = 80, rows = 24) {
    this.clock = clock;
    this.name = name.startsWith("/dev/") ? name : `/dev/${name}`;
    this.columns = columns;
    this.rows = rows;
  }

  /** True while a program waits for the keyboard and nothing typed is left to read. */
  get awaited(): boolean {
    return this.readers > 0 && this.input.length === 0;
  }

  /** Makes `leader`'s session the one that gets this terminal's signals, its group being in the foreground. */
  attach(leader: RunningProcess): void {
    this.leader = leader;
    this.foregroundGroup = leader.processGroup;
    this.hungUp = false;
  }

  tellLine(pid: number, line: string | undefined): void {
    if (pid === this.leader?.pid) this.line.fire(line);
  }

  setMode(mode: TerminalMode): void {
    const { canonical: wasCanonical, signals: madeSignals } = this.mode;
    this.mode = mode;
    if (mode.signals && !madeSignals) this.interruptTypedAhead();
    if (!wasCanonical || mode.canonical) return;
    const pending = this.discipline.takePending();
    if (pending !== undefined) this.input.push(pending);
    this.changed.notify();
  }

  type(bytes: Uint8Array): void {
    if (this.hungUp || bytes.length === 0) return;
    const typed = this.discipline.type(bytes, this.mode);
    if (typed.flushed) this.input = [];
    for (const piece of typed.ready) this.input.push(piece);
    if (typed.echo.length > 0) this.output.fire(typed.echo);
    if (typed.ready.length > 0) this.changed.notify();
    for (const signal of typed.signals) this.signalForeground(signal);
  }

  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.rows) return;
    this.columns = columns;
    this.rows = rows;
    this.signalForeground("SIGWINCH");
  }

  hangUp(): void {
    if (this.hungUp) return;
    this.hungUp = true;
    this.signalForeground("SIGHUP");
    const leader = this.leader;
    if (leader !== undefined && leader.processGroup !== this.foregroundGroup) leader.signal("SIGHUP");
    leader?.signal("SIGCONT");
    this.changed.notify();
    this.flow.notify();
  }

  /** Outer side: while true, programs that write wait (the page can't keep up, or is not shown). */
  pauseOutput(paused: boolean): void {
    this.paused = paused;
    if (!paused) this.flow.notify();
  }

  open(): FileDescriptor {
    return new Descriptor(new TerminalDescription(this));
  }

  *read(maxBytes = 65_536): Task<Uint8Array | undefined> {
    for (;;) {
      if (this.hungUp) return undefined;
      if (!this.readerMustStop()) {
        const bytes = this.take(maxBytes);
        if (bytes === "end") return undefined;
        if (bytes !== undefined) return bytes;
      }
      this.readers++;
      try {
        yield* waitFor(this.changed);
      } finally {
        this.readers--;
      }
    }
  }

  putBack(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.input.unshift(bytes);
    this.changed.notify();
  }

  *write(data: Uint8Array): Task<void> {
    while (this.paused && !this.hungUp) yield* waitFor(this.flow);
    if (this.hungUp) return;
    this.output.fire(processOutput(data));
    this.sincePause += data.length;
    if (this.sincePause < BYTES_PER_PAUSE) return;
    const pauses = Math.floor(this.sincePause / BYTES_PER_PAUSE);
    this.sincePause -= pauses * BYTES_PER_PAUSE;
    yield* sleep(this.clock, pauses * PAUSE_MS);
  }

  /** A Ctrl-C that nobody read while keys were plain bytes is meant for what runs now: it is felt as if typed now. */
  private interruptTypedAhead(): void {
    const last = this.input.findLastIndex((piece) => piece !== "end" && piece.includes(INTERRUPT));
    const piece = this.input[last];
    if (piece === undefined || piece === "end") return;
    const rest = piece.subarray(piece.lastIndexOf(INTERRUPT) + 1);
    this.input = [...(rest.length > 0 ? [rest] : []), ...this.input.slice(last + 1)];
    this.signalForeground("SIGINT");
  }

  /** The next readable bytes: in canonical mode at most a line. */
  private take(maxBytes: number): Uint8Array | "end" | undefined {
    const first = this.input[0];
    if (first === undefined || first === "end") {
      this.input.shift();
      return first;
    }
    if (this.mode.canonical) return this.takeLine(first, maxBytes);
    if (first.length > maxBytes) {
      this.input[0] = first.subarray(maxBytes);
      return first.subarray(0, maxBytes);
    }
    if (this.input.length === 1) {
      this.input.shift();
      return first;
    }
    return this.takeRaw(maxBytes);
  }

  /** Of what was typed in raw mode, and is read in canonical mode now, a line at a time is given. */
  private takeLine(first: Uint8Array, maxBytes: number): Uint8Array | "end" {
    const room = first.subarray(0, maxBytes);
    const at = room.findIndex((byte) => byte === 10 || byte === 13 || byte === 4);
    const endOfInput = first[at] === 4;
    const length = at < 0 ? room.length : at + 1;
    if (length === first.length) this.input.shift();
    else this.input[0] = first.subarray(length);
    if (endOfInput) return at === 0 ? "end" : room.subarray(0, at);
    if (first[at] !== 13) return room.subarray(0, length);
    return concat([room.subarray(0, at), Uint8Array.of(10)]);
  }

  private takeRaw(maxBytes: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let room = maxBytes;
    for (const piece of this.input) {
      if (piece === "end" || piece.length > room) break;
      parts.push(piece);
      room -= piece.length;
    }
    this.input.splice(0, parts.length);
    return concat(parts);
  }

  /** A background process that reads is stopped, as job control has it. */
  private readerMustStop(): boolean {
    const reader = this.leader?.host.machine.current;
    if (reader === undefined || reader.terminal !== this || reader.processGroup === this.foregroundGroup) return false;
    const { pids } = reader.compartment;
    if (pids.group(this.foregroundGroup).length === 0) return false;
    if (reader.ignores("SIGTTIN")) throw new FsError("EIO", this.name);
    for (const member of pids.group(reader.processGroup)) member.signal("SIGTTIN");
    return true;
  }

  /** A group that has just ended, its shell not yet back, is as good as gone: the shell gets what was meant for it. */
  private signalForeground(signal: Signal): void {
    const { leader } = this;
    if (leader === undefined) return;
    const group = leader.compartment.pids.group(this.foregroundGroup);
    if (group.length === 0) leader.signal(signal);
    for (const process of group) process.signal(signal);
  }
}

class TerminalDescription implements Description {
  readonly kind = "terminal";
  readonly terminal: PseudoTerminal;

  constructor(terminal: PseudoTerminal) {
    this.terminal = terminal;
  }

  read(maxBytes: number): Task<Uint8Array | undefined> {
    return this.terminal.read(maxBytes);
  }

  write(data: Uint8Array): Task<void> {
    return this.terminal.write(data);
  }

  release(): void {}
}
