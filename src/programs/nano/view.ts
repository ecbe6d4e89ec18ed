import { clipCells, showLine } from "../../base/text-cells.ts";
import type { ScreenFrame } from "../../machine/full-screen.ts";
import type { NanoEditor } from "./editor.ts";

const REVERSE = "\x1b[7m";
const PLAIN = "\x1b[27m";
const TITLE = "  GNU nano 7.2";

type HelpItem = readonly [key: string, what: string];

const MAIN_HELP: readonly (readonly HelpItem[])[] = [
  [
    ["^G", "Help"],
    ["^O", "Write Out"],
    ["^W", "Where Is"],
    ["^K", "Cut"],
    ["^C", "Location"],
    ["M-U", "Undo"],
  ],
  [
    ["^X", "Exit"],
    ["^S", "Save"],
    ["^\\", "Replace"],
    ["^U", "Paste"],
    ["^_", "Go To Line"],
    ["M-E", "Redo"],
  ],
];
const PROMPT_HELP: readonly (readonly HelpItem[])[] = [[["^C", "Cancel"]], []];
const YES_NO_HELP: readonly (readonly HelpItem[])[] = [
  [["Y", "Yes"]],
  [
    ["N", "No"],
    ["^C", "Cancel"],
  ],
];

const HELP_TEXT = [
  "nano help",
  "",
  "Type to insert text; the arrow keys move. ^X means: hold Ctrl and press X. M-U means: press Esc, then U.",
  "",
  "^X  leave; asks whether to save          ^O  write the file (^S without asking)",
  "^K  cut the line (again: more lines)     ^U  paste what was cut",
  "^W  search, M-W again                    ^\\  search and replace",
  "^A  start of line      ^E  end of line   ^Y  page up      ^V  page down",
  "^_  go to a line       ^C  where am I    M-U undo         M-E redo",
  "",
  "^X leaves this help.",
];

/** Draws nano: title, text, status, two lines of help. */
export function drawNano(editor: NanoEditor, columns: number, rows: number): ScreenFrame {
  const height = Math.max(1, rows - 4);
  editor.height = height;
  if (editor.line < editor.top || editor.line >= editor.top + height)
    editor.top = Math.max(0, editor.line - Math.floor(height / 2));
  const body = editor.help
    ? HELP_TEXT.slice(0, height)
    : editor.lines
        .slice(editor.top, editor.top + height)
        .map((line, at) => textRow(editor, line, editor.top + at, columns));
  while (body.length < height) body.push("");
  const { prompt } = editor;
  const help = prompt === undefined ? MAIN_HELP : prompt.yesNo ? YES_NO_HELP : PROMPT_HELP;
  const bottom = help.map((items) => helpRow(items, columns));
  return {
    rows: [title(editor, columns), ...body, statusRow(editor, columns), ...bottom],
    cursor: cursorOf(editor, columns, height),
  };
}

function cursorOf(editor: NanoEditor, columns: number, height: number): ScreenFrame["cursor"] {
  if (editor.prompt !== undefined) return { row: height + 1, column: Math.min(columns - 1, promptText(editor).length) };
  return {
    row: editor.line - editor.top + 1,
    column: Math.min(columns - 1, cursorCell(editor) - shiftOf(editor, columns)),
  };
}

function cursorCell(editor: NanoEditor): number {
  return showLine(editor.text).columns[editor.column] ?? 0;
}

/** The line with the cursor moves sideways when it is longer than the screen. */
function shiftOf(editor: NanoEditor, columns: number): number {
  const cell = cursorCell(editor);
  return cell < columns - 1 ? 0 : cell - (cell % Math.max(1, columns - 8));
}

function textRow(editor: NanoEditor, line: string, index: number, columns: number): string {
  const { text } = showLine(line);
  const shift = index === editor.line ? shiftOf(editor, columns) : 0;
  if (shift > 0) return `${REVERSE}<${PLAIN}${clipCells(text, shift + 1, columns - 1)}`;
  return text.length > columns ? `${clipCells(text, 0, columns - 1)}${REVERSE}>${PLAIN}` : text;
}

function title(editor: NanoEditor, columns: number): string {
  const name = editor.path === "" ? "New Buffer" : editor.path;
  const flag = editor.viewOnly ? "View " : editor.modified ? "Modified " : "";
  const start = Math.max(TITLE.length + 2, Math.floor((columns - name.length) / 2));
  const left = TITLE.padEnd(start) + name;
  return REVERSE + clipCells(left.padEnd(Math.max(0, columns - flag.length)) + flag, 0, columns) + PLAIN;
}

function promptText(editor: NanoEditor): string {
  const { prompt } = editor;
  if (prompt === undefined) return "";
  return prompt.yesNo ? `${prompt.label} ` : `${prompt.label}: ${prompt.text}`;
}

function statusRow(editor: NanoEditor, columns: number): string {
  if (editor.prompt !== undefined) return REVERSE + clipCells(promptText(editor).padEnd(columns), 0, columns) + PLAIN;
  if (editor.status === "") return "";
  const status = clipCells(editor.status, 0, columns);
  return " ".repeat(Math.floor((columns - status.length) / 2)) + REVERSE + status + PLAIN;
}

function helpRow(items: readonly HelpItem[], columns: number): string {
  const width = Math.max(12, Math.floor(columns / 6));
  const fitting = items.slice(0, Math.max(1, Math.floor(columns / width)));
  return fitting
    .map(
      ([key, what]) =>
        `${REVERSE}${key}${PLAIN} ${`${what}`.slice(0, width - key.length - 2).padEnd(width - key.length - 1)}`,
    )
    .join("")
    .trimEnd();
}
