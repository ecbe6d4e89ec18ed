import type { Key } from "../../base/terminal-keys.ts";
import type { EditorState } from "./editor-state.ts";
import { indentOf, shift } from "./operators.ts";

/** Keys in insert and replace mode; false when the mode is left. */
export function insertKey(state: EditorState, key: Key): boolean {
  const { buffer } = state;
  const { line, column } = buffer.cursor;
  if (key === "<Esc>" || key === "<C-c>") {
    if (state.settings.autoindent && /^\s+$/.test(buffer.line)) buffer.replaceLines(line, 1, [""]);
    buffer.moveTo({ line, column: column - 1 });
    return false;
  }
  const move = MOVES[key];
  if (move !== undefined) {
    buffer.end();
    move(state);
    buffer.begin(state.world.now());
  } else if (key === "<Enter>") insertText(state, newline(state));
  else if (key === "<Tab>") insertText(state, tab(state));
  else if (key === "<BS>" || key === "<C-h>") backspace(state);
  else if (key === "<Del>") buffer.replaceBetween({ line, column }, { line, column: column + 1 }, "");
  else if (key === "<C-w>") eraseBack(state, /(?:[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]+|)\s*$/u);
  else if (key === "<C-u>") eraseInserted(state);
  else if (key === "<C-t>" || key === "<C-d>") shiftLine(state, key === "<C-t>");
  else if (key.length <= 2 || !key.startsWith("<")) insertText(state, key);
  return true;
}

const MOVES: Readonly<Record<Key, (state: EditorState) => void>> = {
  "<Left>": ({ buffer }) => buffer.moveTo({ ...buffer.cursor, column: buffer.cursor.column - 1 }, true),
  "<Right>": ({ buffer }) => buffer.moveTo({ ...buffer.cursor, column: buffer.cursor.column + 1 }, true),
  "<Up>": ({ buffer }) => buffer.moveTo({ ...buffer.cursor, line: buffer.cursor.line - 1 }, true),
  "<Down>": ({ buffer }) => buffer.moveTo({ ...buffer.cursor, line: buffer.cursor.line + 1 }, true),
  "<Home>": ({ buffer }) => buffer.moveTo({ ...buffer.cursor, column: 0 }, true),
  "<End>": ({ buffer }) => buffer.moveTo({ ...buffer.cursor, column: buffer.line.length }, true),
};

/** Puts text at the cursor; in replace mode over what is there. */
function insertText(state: EditorState, text: string): void {
  const { buffer } = state;
  const from = buffer.cursor;
  const over = state.mode === "replace" && text !== "\n" ? Math.min(text.length, buffer.line.length - from.column) : 0;
  buffer.moveTo(buffer.replaceBetween(from, { ...from, column: from.column + over }, text), true);
}

function newline(state: EditorState): string {
  if (!state.settings.autoindent) return "\n";
  return `\n${/^[ \t]*/.exec(state.buffer.line.slice(0, state.buffer.cursor.column))?.[0] ?? ""}`;
}

function tab(state: EditorState): string {
  const { expandtab, tabstop, softtabstop } = state.settings;
  const width = softtabstop > 0 ? softtabstop : tabstop;
  if (!expandtab && softtabstop === 0) return "\t";
  const { column } = state.buffer.cursor;
  const spaces = width - (column % width);
  return expandtab ? " ".repeat(spaces) : indentOf(state, spaces);
}

function backspace(state: EditorState): void {
  const { buffer, settings } = state;
  const { line, column } = buffer.cursor;
  if (column === 0) {
    if (line === 0) return;
    const before = { line: line - 1, column: buffer.lineAt(line - 1).length };
    buffer.moveTo(buffer.replaceBetween(before, { line, column: 0 }, ""), true);
    return;
  }
  const blanks = /^ +$/.test(buffer.line.slice(0, column));
  const step = blanks && settings.softtabstop > 0 ? ((column - 1) % settings.softtabstop) + 1 : 1;
  const char = buffer.line.charCodeAt(column - 1);
  const width = char >= 0xdc00 && char <= 0xdfff ? 2 : step;
  buffer.moveTo(buffer.replaceBetween({ line, column: column - width }, { line, column }, ""), true);
}

function eraseBack(state: EditorState, what: RegExp): void {
  const { buffer } = state;
  const { line, column } = buffer.cursor;
  const length = what.exec(buffer.line.slice(0, column))?.[0].length ?? 0;
  if (length === 0) backspace(state);
  else buffer.moveTo(buffer.replaceBetween({ line, column: column - length }, { line, column }, ""), true);
}

/** Ctrl-U: what was inserted in this line, or else all before the cursor. */
function eraseInserted(state: EditorState): void {
  const { buffer, insertStart } = state;
  const { line, column } = buffer.cursor;
  const inserted = insertStart.line === line && column > insertStart.column;
  const from = { line, column: inserted ? insertStart.column : 0 };
  if (column === 0) backspace(state);
  else buffer.moveTo(buffer.replaceBetween(from, { line, column }, ""), true);
}

function shiftLine(state: EditorState, outwards: boolean): void {
  const { buffer } = state;
  const { line, column } = buffer.cursor;
  const before = buffer.line.length;
  shift(state, { from: buffer.cursor, to: buffer.cursor, linewise: true }, outwards);
  buffer.moveTo({ line, column: column + buffer.line.length - before }, true);
}
