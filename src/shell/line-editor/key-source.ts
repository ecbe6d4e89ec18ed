import { encodeShellText } from "../../base/byte-text.ts";
import type { FileDescriptor } from "../../machine/file-descriptor.ts";
import type { Terminal } from "../../machine/terminal.ts";
import type { Task } from "../../sim/task.ts";
import { type Key, KeyDecoder } from "./key.ts";

const CHUNK_BYTES = 4096;
const PASTE_MARKS = /\x1b\[20[01]~/g;

/** Reads keys from a terminal, in chunks; what was read too far goes back for the program that runs next. */
export class KeySource {
  private readonly terminal: Terminal;
  private readonly descriptor: FileDescriptor;
  private readonly keys = new KeyDecoder();
  private readonly decoder = new TextDecoder();
  private ended = false;

  constructor(terminal: Terminal, descriptor: FileDescriptor) {
    this.terminal = terminal;
    this.descriptor = descriptor;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  /** Whether all that was typed has been taken. */
  get isIdle(): boolean {
    return !this.keys.hasRest;
  }

  /** The next key that is there already. */
  poll(): Key | undefined {
    return this.keys.next();
  }

  /** Waits for more input. */
  *fill(): Task<void> {
    const bytes = yield* this.descriptor.read(CHUNK_BYTES);
    if (bytes === undefined) this.ended = true;
    else this.keys.feed(this.decoder.decode(bytes, { stream: true }));
  }

  /** Gives back what was not used. The marks around a paste mean nothing to whoever reads it now. */
  giveBack(): void {
    if (!this.keys.hasRest || this.terminal.putBack === undefined) return;
    const rest = this.keys.takeRest().replace(PASTE_MARKS, "");
    if (rest !== "") this.terminal.putBack(encodeShellText(rest));
  }
}
