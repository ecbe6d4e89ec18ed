import type { Regex } from "../../base/regex/regex.ts";
import { cellWidth, shownAt } from "../../base/text-cells.ts";

/** How lines are laid out in rows. */
export interface LayoutRules {
  readonly columns: number;
  /** -S: long lines are cut, not wrapped. */
  readonly chop: boolean;
  /** Columns moved to the right, with `chop`. */
  readonly shift: number;
  /** -R: colour sequences are passed on. */
  readonly raw: boolean;
  /** -N: width of the number column, 0 for none. */
  readonly numberColumns: number;
  readonly highlight: Regex | undefined;
}

const COLOUR = /^\x1b\[[0-9;]*m/;
const STANDOUT = "\x1b[7m";
const PLAIN = "\x1b[27m";
/** Of a longer line only so much is laid out. */
const LINE_CHARS_MAX = 20_000;

/** The rows of one line, at least one. */
export function rowsOfLine(line: string, index: number, rules: LayoutRules): string[] {
  const number = rules.numberColumns === 0 ? "" : `${String(index + 1).padStart(rules.numberColumns - 1)} `;
  const width = Math.max(1, rules.columns - number.length);
  const rows = new RowWriter(width, rules).write(line.slice(0, LINE_CHARS_MAX));
  return rows.map((row, at) => (at === 0 ? number : " ".repeat(number.length)) + row);
}

/** Writes characters into rows, marking what was searched for. */
class RowWriter {
  private readonly width: number;
  private readonly rules: LayoutRules;
  private readonly rows: string[] = [];
  private row = "";
  private column = 0;
  private marked = false;

  constructor(width: number, rules: LayoutRules) {
    this.width = width;
    this.rules = rules;
  }

  write(line: string): string[] {
    const marks = markedIndexes(line, this.rules.highlight);
    for (let at = 0; at < line.length; ) {
      const colour = this.rules.raw && line[at] === "\x1b" ? COLOUR.exec(line.slice(at, at + 32)) : null;
      if (colour !== null) {
        this.row += colour[0];
        at += colour[0].length;
        continue;
      }
      const char = String.fromCodePoint(line.codePointAt(at) ?? 32);
      this.mark(marks(at));
      this.put(char);
      at += char.length;
    }
    this.mark(false);
    this.rows.push(this.row);
    return this.rows;
  }

  private mark(on: boolean): void {
    if (on === this.marked) return;
    this.marked = on;
    this.row += on ? STANDOUT : PLAIN;
  }

  private put(char: string): void {
    const shown = char === "\x1b" ? "ESC" : shownAt(char, this.column);
    const cells = shown === char ? cellWidth(char) : shown.length;
    const from = this.rules.chop ? this.rules.shift : 0;
    const start = this.column - from;
    this.column += cells;
    if (this.rules.chop) {
      if (start >= 0 && start + cells <= this.width) this.row += shown;
      return;
    }
    if (this.used + cells > this.width) this.breakRow();
    this.used += cells;
    this.row += shown;
  }

  private used = 0;

  private breakRow(): void {
    this.rows.push(this.marked ? this.row + PLAIN : this.row);
    this.row = this.marked ? STANDOUT : "";
    this.used = 0;
  }
}

/** Tells for an index whether it lies in a match. */
function markedIndexes(line: string, pattern: Regex | undefined): (index: number) => boolean {
  if (pattern === undefined) return () => false;
  const ranges: (readonly [from: number, to: number])[] = [];
  pattern.takeWork();
  for (const { start, end } of pattern.matches(line)) if (start < end) ranges.push([start, end]);
  let next = 0;
  return (index) => {
    while (next < ranges.length && (ranges[next]?.[1] ?? 0) <= index) next++;
    const range = ranges[next];
    return range !== undefined && index >= range[0];
  };
}
