const NEWLINE = 10;
const QUOTE = 34;
const BACKSLASH = 92;
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);
const BLANK = new Set([9, 10, 13, 32]);

/**
 * Finds where complete JSON texts end in bytes that arrive piece by piece, so that they can be worked on before the
 * input ends. It reads each byte once and judges nothing: what is no JSON is handed on for jq to complain about.
 *
 *     {"a":1}\n{"b":      ->  complete: `{"a":1}\n`, kept: `{"b":`
 *     2}\n 17             ->  complete: `{"b":2}\n`, kept: ` 17` (a number may go on)
 */
export class DocumentSplitter {
  private depth = 0;
  private inText = false;
  private escaped = false;
  /** Within a number, true, false or null at the top level. */
  private inWord = false;

  /** How many of the bytes, from the start of the piece, end with the last complete text in it; 0 for none. */
  take(piece: Uint8Array): number {
    let end = 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] ?? 0;
      if (this.inText) this.readText(byte);
      else if (BLANK.has(byte)) this.inWord = false;
      else this.readPlain(byte);
      const between = this.depth <= 0 && !this.inText && !this.inWord;
      if (between) end = at + 1;
    }
    return end;
  }

  private readText(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) this.inText = false;
  }

  private readPlain(byte: number): void {
    this.inWord = false;
    if (byte === QUOTE) this.inText = true;
    else if (OPENING.has(byte)) this.depth++;
    else if (CLOSING.has(byte)) this.depth = Math.max(0, this.depth - 1);
    else this.inWord = this.depth === 0;
  }
}

/** The same for lines: up to the last newline. */
export function completeLines(piece: Uint8Array): number {
  return piece.lastIndexOf(NEWLINE) + 1;
}
