import { utf8 } from "../../base/bytes.ts";
import type { Terminal } from "../../machine/terminal.ts";
import { widthOf } from "../line-editor/line-screen.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const ESCAPE = 27;
/** Of a longer row only the end is looked at; it is beyond any terminal's width anyway. */
const TAIL_BYTES = 2000;
/** To a full-screen program's screen, which keeps the cursor of the usual one, and back to it. */
const SECOND_SCREEN = utf8("\x1b[?1049h");
const FIRST_SCREEN = utf8("\x1b[?1049l");

/** Where output left the cursor: a prompt comes behind what a program printed without a newline. */
export class OutputColumn {
  private column = 0;
  /** The column on the first screen while the second is shown. */
  private kept = 0;
  private readonly decoder = new TextDecoder();

  constructor(terminal: Terminal) {
    terminal.onOutput((bytes) => this.see(bytes));
  }

  get value(): number {
    return this.column;
  }

  private see(bytes: Uint8Array): void {
    const second = indexOf(bytes, SECOND_SCREEN);
    if (second >= 0) {
      this.follow(bytes.subarray(0, second));
      this.kept = this.column;
    }
    const first = indexOf(bytes, FIRST_SCREEN, Math.max(0, second));
    if (first >= 0) this.column = this.kept;
    this.follow(first < 0 ? bytes : bytes.subarray(first + FIRST_SCREEN.length));
  }

  private follow(bytes: Uint8Array): void {
    const start = Math.max(bytes.lastIndexOf(NEWLINE), bytes.lastIndexOf(CARRIAGE_RETURN)) + 1;
    if (start > 0) this.column = 0;
    if (start < bytes.length) {
      this.column += widthOf(this.decoder.decode(bytes.subarray(Math.max(start, bytes.length - TAIL_BYTES))));
    }
  }
}

function indexOf(bytes: Uint8Array, sequence: Uint8Array, from = 0): number {
  for (let at = bytes.indexOf(ESCAPE, from); at >= 0; at = bytes.indexOf(ESCAPE, at + 1)) {
    if (sequence.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}
