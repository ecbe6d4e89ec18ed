import { cellWidth, clipCells, showLine, wrapCells } from "../../base/text-cells.ts";
import type { ScreenFrame } from "../../machine/full-screen.ts";
import type { EditorState } from "./editor-state.ts";
import { isBefore } from "./text-buffer.ts";

const RULER_COLUMNS = 18;
const REVERSE = "\x1b[7m";

/** Draws the editor; scrolls so that the cursor is in view. */
export function drawEditor(
  state: EditorState,
  commandLine: string | undefined,
  columns: number,
  rows: number,
): ScreenFrame {
  const height = Math.max(1, rows - 1);
  state.height = height;
  const gutter = state.settings.number || state.settings.relativenumber ? 4 : 0;
  const width = Math.max(1, columns - gutter);
  scroll(state, width, height);
  const shown: string[] = [];
  let cursor = { row: 0, column: 0 };
  let index = state.top;
  for (; index < state.buffer.lines.length && shown.length < height; index++) {
    const lineRows = rowsOf(state, index, width);
    if (shown.length + lineRows.length > height && shown.length > 0) break;
    if (index === state.buffer.cursor.line) cursor = cursorIn(state, shown.length, width, gutter);
    for (const [at, row] of lineRows.slice(0, height).entries()) shown.push(gutterText(state, index, at, gutter) + row);
  }
  const filler = index < state.buffer.lines.length ? "@" : "~";
  state.visible = { first: state.top, last: Math.max(state.top, index - 1) };
  while (shown.length < height) shown.push(filler);
  const bottom = commandLine ?? bottomLine(state, columns);
  if (commandLine !== undefined)
    cursor = { row: height, column: Math.min(columns - 1, clipCells(commandLine, 0, columns).length) };
  return { rows: [...shown.slice(0, height), bottom], cursor };
}

function rowsOf(state: EditorState, index: number, width: number): string[] {
  const line = state.buffer.lineAt(index);
  const { text, columns } = showLine(line, undefined, state.settings.tabstop);
  const rows = state.settings.wrap ? wrapCells(text, width) : [clipCells(text, 0, width)];
  const selected = selection(state, index, line.length);
  if (selected === undefined) return rows;
  const from = columns[selected.from] ?? 0;
  const to = Math.max(from + 1, columns[selected.to] ?? text.length);
  return rows.map((row, at) => highlight(row, from - at * width, to - at * width));
}

function highlight(row: string, from: number, to: number): string {
  const start = Math.max(0, from);
  if (to <= 0 || start >= Math.max(1, row.length)) return row;
  const marked = row.slice(start, to) || " ";
  return `${row.slice(0, start)}${REVERSE}${marked}\x1b[27m${row.slice(to)}`;
}

function selection(state: EditorState, index: number, length: number): { from: number; to: number } | undefined {
  if (state.mode !== "visual" && state.mode !== "visual-line") return undefined;
  const { cursor } = state.buffer;
  const [first, last] = isBefore(cursor, state.visualStart) ? [cursor, state.visualStart] : [state.visualStart, cursor];
  if (index < first.line || index > last.line) return undefined;
  if (state.mode === "visual-line") return { from: 0, to: length };
  return { from: index === first.line ? first.column : 0, to: index === last.line ? last.column + 1 : length };
}

function gutterText(state: EditorState, index: number, row: number, gutter: number): string {
  if (gutter === 0) return "";
  if (row > 0) return " ".repeat(gutter);
  const distance = Math.abs(index - state.buffer.cursor.line);
  const number = state.settings.relativenumber && (distance > 0 || !state.settings.number) ? distance : index + 1;
  return `${String(number).padStart(gutter - 1)} `;
}

function cursorIn(state: EditorState, row: number, width: number, gutter: number): ScreenFrame["cursor"] {
  const column = cursorCell(state);
  if (!state.settings.wrap) return { row, column: gutter + Math.min(width - 1, column) };
  return { row: row + Math.floor(column / width), column: gutter + (column % width) };
}

/** The column in cells; on a tab in normal mode its last one. */
function cursorCell(state: EditorState): number {
  const { line, cursor } = state.buffer;
  const { columns } = showLine(line, undefined, state.settings.tabstop);
  const at = columns[cursor.column] ?? 0;
  const onTab = line[cursor.column] === "\t" && state.mode !== "insert" && state.mode !== "replace";
  return onTab ? (columns[cursor.column + 1] ?? at + 1) - 1 : at;
}

function scroll(state: EditorState, width: number, height: number): void {
  const { line } = state.buffer.cursor;
  const far = line < state.top - height || line > state.top + 2 * height;
  if (far) state.top = Math.max(0, Math.min(line - Math.floor(height / 2), state.buffer.lines.length - height));
  if (line < state.top) state.top = line;
  const rowCount = (index: number) => (state.settings.wrap ? rowsOf(state, index, width).length : 1);
  let used = 0;
  let first = line + 1;
  while (first > state.top && used + rowCount(first - 1) <= height) used += rowCount(--first);
  if (first > state.top) state.top = Math.min(first, line);
}

function bottomLine(state: EditorState, columns: number): string {
  const mode = MODE_TEXTS[state.mode] ?? "";
  const left = state.message !== "" && state.mode !== "insert" ? state.message : mode;
  const ruler = rulerText(state);
  const room = Math.max(0, columns - RULER_COLUMNS);
  const clipped = clipCells(left, 0, columns - 1);
  const cells = [...clipped].reduce((sum, char) => sum + cellWidth(char), 0);
  const text = cells < room ? clipped + " ".repeat(room - cells) + clipCells(ruler, 0, columns - room) : clipped;
  return state.messageIsError && left === state.message
    ? `\x1b[41m\x1b[97m${clipped}\x1b[0m${text.slice(clipped.length)}`
    : text;
}

const MODE_TEXTS: Readonly<Record<string, string>> = {
  insert: "-- INSERT --",
  replace: "-- REPLACE --",
  visual: "-- VISUAL --",
  "visual-line": "-- VISUAL LINE --",
};

function rulerText(state: EditorState): string {
  const { cursor, line, lines } = state.buffer;
  const column = cursor.column + 1;
  const cell = cursorCell(state) + 1;
  const empty = lines.length === 1 && line === "";
  const place =
    line === ""
      ? `${empty ? 0 : cursor.line + 1},0-1`
      : `${cursor.line + 1},${column}${cell === column ? "" : `-${cell}`}`;
  const { first, last } = state.visible;
  const atTop = first === 0;
  const atEnd = last >= lines.length - 1;
  const where =
    atTop && atEnd
      ? "All"
      : atTop
        ? "Top"
        : atEnd
          ? "Bot"
          : `${Math.floor((first * 100) / (lines.length - (last - first + 1)))}%`;
  return `${place.padEnd(14)}${where}`;
}
