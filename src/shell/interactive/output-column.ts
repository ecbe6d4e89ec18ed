import type { Terminal } from "../../machine/terminal.ts";
import { widthOf } from "../line-editor/line-screen.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** Of a longer row only the end is looked at; it is beyond any terminal's width anyway. */
const TAIL_BYTES = 2000;

/** Where output left the cursor: a prompt comes behind what a program printed without a newline. */
export class OutputColumn {
  private column = 0;
  private readonly decoder = new TextDecoder();

  constructor(terminal: Terminal) {
    terminal.onOutput((bytes) => this.see(bytes));
  }

  get value(): number {
    return this.column;
  }

  private see(bytes: Uint8Array): void {
    const start = Math.max(bytes.lastIndexOf(NEWLINE), bytes.lastIndexOf(CARRIAGE_RETURN)) + 1;
    if (start > 0) this.column = 0;
    if (start < bytes.length) {
      this.column += widthOf(this.decoder.decode(bytes.subarray(Math.max(start, bytes.length - TAIL_BYTES))));
    }
  }
}
