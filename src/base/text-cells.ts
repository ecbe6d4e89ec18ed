import { eastAsianWidth } from "get-east-asian-width";

const TAB_COLUMNS = 8;
const COMBINING = /^\p{Mark}$/u;

/** How many columns of a terminal a character takes: 0, 1 or 2. */
export function cellWidth(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  return COMBINING.test(char) || code === 0x200d ? 0 : eastAsianWidth(code);
}

/** How a character is shown at a column: tabs become blanks, control characters `^A` as vi and less show them. */
export function shownAt(char: string, column: number, tabColumns = TAB_COLUMNS): string {
  if (char === "\t") return " ".repeat(tabColumns - (column % tabColumns));
  const code = char.charCodeAt(0);
  if (code < 32 || code === 127) return `^${String.fromCharCode(code ^ 64)}`;
  return code >= 0x80 && code < 0xa0 ? `<${code.toString(16)}>` : char;
}

/** A line's text as a terminal shows it, with the column at which each character (UTF-16 unit) begins. */
export interface ShownLine {
  readonly text: string;
  /** Column of each index of the line; one more entry for its end. */
  readonly columns: readonly number[];
}

/** Lays out a whole line; `limit` caps the work for lines of a megabyte. */
export function showLine(line: string, limit = 20_000, tabColumns = TAB_COLUMNS): ShownLine {
  let text = "";
  let column = 0;
  const columns: number[] = [];
  for (const char of line.slice(0, limit)) {
    for (let unit = 0; unit < char.length; unit++) columns.push(column);
    const shown = shownAt(char, column, tabColumns);
    text += shown;
    column += shown === char ? cellWidth(char) : shown.length;
  }
  columns.push(column);
  return { text, columns };
}

/** Cuts a plain text into rows of at most `width` columns; an empty text is one empty row. */
export function wrapCells(text: string, width: number): string[] {
  const rows: string[] = [];
  let row = "";
  let used = 0;
  for (const char of text) {
    const cells = cellWidth(char);
    if (used + cells > width) {
      rows.push(row);
      row = "";
      used = 0;
    }
    row += char;
    used += cells;
  }
  rows.push(row);
  return rows;
}

/** The part of a plain text from column `from` that fits into `width` columns. */
export function clipCells(text: string, from: number, width: number): string {
  let column = 0;
  let clipped = "";
  for (const char of text) {
    const cells = cellWidth(char);
    if (column + cells > from + width) break;
    if (column >= from) clipped += char;
    column += cells;
  }
  return clipped;
}
