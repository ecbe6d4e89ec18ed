import { eastAsianWidth } from "get-east-asian-width";

/** Columns of a text with its place on the screen. */
interface Place {
  readonly row: number;
  readonly column: number;
}

/**
 * Shows the line behind its prompt, wrapped at the terminal's width:
 *
 *     root@host:~# kubectl get pods -n kube-system -l component=et   row 0
 *     cd,tier=control-plane|                                         row 1, the cursor
 *
 * Everything is drawn anew after a change but text added at the end, which is only written.
 */
export class LineScreen {
  private readonly write: (text: string) => void;
  private cursor: Place = { row: 0, column: 0 };
  private prompt = "";
  private promptWidth = 0;
  private columns = 80;
  private startColumn = 0;

  constructor(write: (text: string) => void) {
    this.write = write;
  }

  /**
   * Shows a fresh prompt with an empty line, from `startColumn` on: output may stand before it in its row. The lines of
   * the prompt but its last are written once.
   */
  begin(prompt: string, columns: number, startColumn = 0): void {
    const lastLine = prompt.lastIndexOf("\n") + 1;
    this.columns = Math.max(2, columns);
    this.setPrompt(prompt.slice(lastLine));
    this.startColumn = lastLine > 0 ? 0 : startColumn % this.columns;
    this.cursor = { row: 0, column: this.startColumn };
    this.write(prompt.slice(0, lastLine));
    this.draw("", "", columns);
  }

  /** Draws the whole line: what is left of the cursor, and the rest. `prompt` replaces the prompt for now (searching). */
  draw(left: string, rest: string, columns: number, prompt?: string): void {
    this.columns = Math.max(2, columns);
    const shown = prompt ?? this.prompt;
    const width = prompt === undefined ? this.promptWidth : widthOf(prompt);
    const begin = this.startColumn + width;
    const origin: Place = { row: Math.floor(begin / this.columns), column: begin % this.columns };
    const before = layOut(left, origin, this.columns);
    const after = layOut(rest, before.end, this.columns);
    const up = this.cursor.row > 0 ? `\x1b[${this.cursor.row}A` : "";
    const body = shown + before.text + before.wrap + after.text + after.wrap;
    const right = this.startColumn > 0 ? `\x1b[${this.startColumn}C` : "";
    this.write(`${up}\r${right}\x1b[J${body}${this.back(after.end, before.end)}`);
    this.cursor = before.end;
  }

  /** Writes text that was added at the end of the line. */
  append(text: string): void {
    const laid = layOut(text, this.cursor, this.columns);
    this.write(laid.text + laid.wrap);
    this.cursor = laid.end;
  }

  /** Writes text that was pasted at the end of the line, in reverse video, as readline shows its active region. */
  appendMarked(text: string): void {
    const laid = layOut(text, this.cursor, this.columns);
    this.write(laid.text.replace(/[^\n]+/g, "\x1b[7m$&\x1b[27m") + laid.wrap);
    this.cursor = laid.end;
  }

  /**
   * Leaves the line: the cursor goes behind `right`, then to a fresh row. When the last one is just full that is the row it
   * stands in, and it is reached by a line feed from above: the terminal learns that what follows is no more of this line.
   */
  leave(right: string, mark = ""): void {
    const laid = layOut(right, this.cursor, this.columns);
    const down = laid.end.row - this.cursor.row;
    const column = laid.end.column;
    const up = mark === "" && laid.end.row > 0 && column === 0 ? "\x1b[A" : "";
    this.write(`${down > 0 ? `\x1b[${down}B` : ""}\r${column > 0 ? `\x1b[${column}C` : ""}${up}${mark}\n`);
  }

  private setPrompt(prompt: string): void {
    this.prompt = prompt.replace(/[\x01\x02]/g, "");
    this.promptWidth = widthOf(prompt);
  }

  private back(from: Place, to: Place): string {
    if (from.row === to.row && from.column === to.column) return "";
    const up = from.row - to.row;
    return `${up > 0 ? `\x1b[${up}A` : ""}\r${to.column > 0 ? `\x1b[${to.column}C` : ""}`;
  }
}

/** A text as it is shown from a place on. */
interface LaidOut {
  /** Control characters are `^X`. Where a row is full the terminal goes on in the next one, and knows that both are one line. */
  readonly text: string;
  /** To be written after it: brings the cursor to the next row when the last one is just full, as readline does. */
  readonly wrap: string;
  readonly end: Place;
}

function layOut(text: string, from: Place, columns: number): LaidOut {
  let { row, column } = from;
  const shown: string[] = [];
  let full = false;
  for (const char of text) {
    if (char === "\n") {
      // Behind a full row the cursor stands in the next one already, for whoever counts rows; the terminal's does not.
      if (full) shown.push(" \r");
      full = false;
      shown.push("\n");
      row++;
      column = 0;
      continue;
    }
    const visible = visibleChar(char, column);
    const width = widthOf(visible);
    if (column + width > columns) {
      row++;
      column = 0;
    }
    shown.push(visible);
    column += width;
    full = column === columns || (full && width === 0);
    if (column === columns) {
      row++;
      column = 0;
    }
  }
  return { text: shown.join(""), wrap: full ? " \r" : "", end: { row, column } };
}

function visibleChar(char: string, column: number): string {
  const code = char.codePointAt(0) ?? 0;
  if (char === "\t") return " ".repeat(8 - (column % 8));
  if (code < 32) return `^${String.fromCharCode(code + 64)}`;
  if (code === 127) return "^?";
  return code >= 0x80 && code < 0xa0 ? `\\x${code.toString(16)}` : char;
}

/** Columns that a text takes; escape sequences and what stands between \x01 and \x02 take none. */
export function widthOf(text: string): number {
  const plain = text
    .replace(/\x01[^\x02]*\x02/g, "")
    .replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, "")
    .replace(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, "");
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const char of plain) width += charWidth(char);
  return width;
}

function charWidth(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 32 || /^[\p{Mn}\p{Me}\p{Cf}]$/u.test(char)) return 0;
  return code < 127 ? 1 : eastAsianWidth(code, { ambiguousAsWide: false });
}
