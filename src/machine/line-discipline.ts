import { concat, utf8 } from "../base/bytes.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import type { Signal } from "./signals.ts";
import type { TerminalMode } from "./terminal.ts";

const CTRL_C = 3;
const CTRL_D = 4;
const BACKSPACE = 8;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const CTRL_Q = 17;
const CTRL_R = 18;
const CTRL_S = 19;
const CTRL_U = 21;
const CTRL_V = 22;
const CTRL_W = 23;
const CTRL_Z = 26;
const CTRL_BACKSLASH = 28;
const SPACE = 32;
const DELETE = 127;

const SIGNAL_KEYS: ReadonlyMap<number, Signal> = new Map([
  [CTRL_C, "SIGINT"],
  [CTRL_BACKSLASH, "SIGQUIT"],
  [CTRL_Z, "SIGTSTP"],
]);

/** What typing led to. */
export interface Typed {
  /** To be shown. */
  readonly echo: Uint8Array;
  readonly signals: readonly Signal[];
  /** Lines (or raw bytes) that became readable; "end" is Ctrl-D on an empty line. */
  readonly ready: readonly (Uint8Array | "end")[];
  /** Ctrl-C and its like throw away what was typed ahead. */
  readonly flushed: boolean;
}

/**
 * n_tty: turns typed bytes into lines, echo and signals. Costs grow with what is typed, whatever the length of a line.
 */
export class LineDiscipline {
  private readonly line = new ByteBuffer();
  private literal = false;
  private readonly echo = new ByteBuffer();
  private signals: Signal[] = [];
  private ready: (Uint8Array | "end")[] = [];
  private flushed = false;

  /** Takes typed bytes. */
  type(bytes: Uint8Array, mode: TerminalMode): Typed {
    this.signals = [];
    this.ready = [];
    this.flushed = false;
    if (!mode.canonical && !mode.signals && !mode.echo) this.ready.push(bytes);
    else if (!mode.canonical) this.typeRaw(bytes, mode);
    else this.typeLine(bytes, mode);
    return { echo: this.echo.take(), signals: this.signals, ready: this.ready, flushed: this.flushed };
  }

  /** The unfinished line: a change to raw mode makes it readable. */
  takePending(): Uint8Array | undefined {
    if (this.line.length === 0) return undefined;
    return this.line.take();
  }

  private typeRaw(bytes: Uint8Array, mode: TerminalMode): void {
    const kept: number[] = [];
    for (const byte of bytes) {
      if (this.isSignal(byte, mode)) continue;
      kept.push(byte);
      if (mode.echo) this.show(byte);
    }
    if (kept.length > 0) this.ready.push(new Uint8Array(kept));
  }

  /** Ordinary characters go in runs, so that a long paste costs little. */
  private typeLine(bytes: Uint8Array, mode: TerminalMode): void {
    for (let at = 0; at < bytes.length; ) {
      let end = at;
      while (end < bytes.length && isOrdinary(bytes[end] ?? 0)) end++;
      if (end === at || this.literal) this.typeCooked(bytes[at++] ?? 0, mode);
      else {
        const run = bytes.subarray(at, end);
        this.line.append(run);
        if (mode.echo) this.echo.append(run);
        at = end;
      }
    }
  }

  private typeCooked(byte: number, mode: TerminalMode): void {
    if (this.literal) {
      this.literal = false;
      this.insert(byte, mode);
      return;
    }
    if (this.isSignal(byte, mode)) return;
    switch (byte) {
      case CARRIAGE_RETURN:
      case NEWLINE:
        this.line.push(NEWLINE);
        if (mode.echo) this.echo.push(CARRIAGE_RETURN, NEWLINE);
        this.finishLine();
        return;
      case CTRL_D:
        if (this.line.length === 0) this.ready.push("end");
        else this.finishLine();
        return;
      case BACKSPACE:
      case DELETE:
        this.erase(mode);
        return;
      case CTRL_U:
        while (this.line.length > 0) this.erase(mode);
        return;
      case CTRL_W:
        this.eraseWord(mode);
        return;
      case CTRL_R:
        this.reprint(mode);
        return;
      case CTRL_V:
        this.literal = true;
        return;
      case CTRL_S:
      case CTRL_Q:
        return; // flow control: a terminal in a page has no use for a frozen screen
      default:
        this.insert(byte, mode);
    }
  }

  private isSignal(byte: number, mode: TerminalMode): boolean {
    const signal = mode.signals ? SIGNAL_KEYS.get(byte) : undefined;
    if (signal === undefined) return false;
    this.line.clear();
    this.ready = [];
    this.flushed = true;
    this.signals.push(signal);
    if (mode.echo) this.show(byte);
    return true;
  }

  private insert(byte: number, mode: TerminalMode): void {
    this.line.push(byte);
    if (mode.echo) this.show(byte);
  }

  private finishLine(): void {
    this.ready.push(this.line.take());
  }

  private eraseWord(mode: TerminalMode): void {
    while (this.line.last === SPACE) this.erase(mode);
    while (this.line.length > 0 && this.line.last !== SPACE) this.erase(mode);
  }

  /** Takes the last character away, all bytes of it. */
  private erase(mode: TerminalMode): void {
    let byte = this.line.pop();
    if (byte === undefined) return;
    const columns = byte < SPACE || byte === DELETE ? 2 : 1;
    while (byte !== undefined && (byte & 0xc0) === 0x80) byte = this.line.pop();
    if (mode.echo) for (let column = 0; column < columns; column++) this.echo.push(BACKSPACE, SPACE, BACKSPACE);
  }

  private reprint(mode: TerminalMode): void {
    if (!mode.echo) return;
    this.show(CTRL_R);
    this.echo.push(CARRIAGE_RETURN, NEWLINE);
    for (const byte of this.line.copy()) this.show(byte);
  }

  private show(byte: number): void {
    if (byte === NEWLINE) this.echo.push(CARRIAGE_RETURN, NEWLINE);
    else if ((byte < SPACE && byte !== 9) || byte === DELETE) this.echo.push(94, byte ^ 64);
    else this.echo.push(byte);
  }
}

function isOrdinary(byte: number): boolean {
  return byte >= SPACE && byte !== DELETE;
}

const CRLF = utf8("\r\n");

/** Output processing: each newline becomes carriage return and newline. */
export function processOutput(data: Uint8Array): Uint8Array {
  if (!data.includes(NEWLINE)) return data;
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let at = data.indexOf(NEWLINE); at >= 0; at = data.indexOf(NEWLINE, start)) {
    if (at > start) parts.push(data.subarray(start, at));
    parts.push(CRLF);
    start = at + 1;
  }
  if (start < data.length) parts.push(data.subarray(start));
  return concat(parts);
}
