import type { EditorState } from "./editor-state.ts";
import { firstNonBlank } from "./motion.ts";
import type { Place } from "./text-buffer.ts";

/** What an operator works on: lines `from.line` to `to.line`, or characters up to `to`, not included. */
export interface Range {
  readonly from: Place;
  readonly to: Place;
  readonly linewise: boolean;
}

/** Lines from which on vim says how many they were. */
const REPORT = 2;

/** Keeps text in the unnamed register and in `name`. */
function keep(state: EditorState, name: string | undefined, text: string, linewise: boolean): void {
  const append = name !== undefined && /[A-Z]/.test(name);
  const target = name?.toLowerCase();
  const before = append && target !== undefined ? state.registers.get(target) : undefined;
  const joined = before === undefined ? text : `${before.text}${linewise || before.linewise ? "\n" : ""}${text}`;
  const kept = { text: joined, linewise: linewise || (before?.linewise ?? false) };
  if (target === "_") return;
  if (target !== undefined) state.registers.set(target, kept);
  state.registers.set('"', kept);
}

/** The text of a range. */
function rangeText(state: EditorState, range: Range): string {
  const { buffer } = state;
  return range.linewise
    ? buffer.lines.slice(range.from.line, range.to.line + 1).join("\n")
    : buffer.textBetween(range.from, range.to);
}

/** y: keeps the text; the cursor goes to its start. */
export function yank(state: EditorState, range: Range, register: string | undefined): void {
  keep(state, register, rangeText(state, range), range.linewise);
  const lines = range.to.line - range.from.line + 1;
  if (range.linewise && lines > REPORT) state.say(`${lines} lines yanked`);
}

/** d: takes the text away. */
export function remove(state: EditorState, range: Range, register: string | undefined): void {
  const { buffer } = state;
  keep(state, register, rangeText(state, range), range.linewise);
  if (!range.linewise) {
    buffer.replaceBetween(range.from, range.to, "");
    buffer.moveTo(range.from);
    return;
  }
  const count = range.to.line - range.from.line + 1;
  if (count === buffer.lines.length) state.say("--No lines in buffer--");
  else if (count > REPORT) state.say(`${count} fewer lines`);
  buffer.replaceLines(range.from.line, count, []);
  const line = Math.min(range.from.line, buffer.lines.length - 1);
  buffer.moveTo({ line, column: firstNonBlank(buffer.lineAt(line)) });
}

/** c: takes the text away and leaves the cursor where the new text goes. */
export function change(state: EditorState, range: Range, register: string | undefined): void {
  const { buffer } = state;
  if (!range.linewise) {
    keep(state, register, rangeText(state, range), false);
    buffer.replaceBetween(range.from, range.to, "");
    buffer.moveTo(range.from, true);
    return;
  }
  keep(state, register, rangeText(state, range), true);
  const indent = state.settings.autoindent ? (/^\s*/.exec(buffer.lineAt(range.from.line))?.[0] ?? "") : "";
  buffer.replaceLines(range.from.line, range.to.line - range.from.line + 1, [indent]);
  buffer.moveTo({ line: range.from.line, column: indent.length }, true);
}

/** > and <: moves lines by shiftwidth. */
export function shift(state: EditorState, range: Range, outwards: boolean, times = 1): void {
  const { buffer, settings } = state;
  const width = (settings.shiftwidth || settings.tabstop) * times;
  for (let index = range.from.line; index <= range.to.line; index++) {
    const line = buffer.lineAt(index);
    const blank = /^[ \t]*/.exec(line)?.[0] ?? "";
    const columns = [...blank].reduce(
      (sum, char) => (char === "\t" ? sum + settings.tabstop - (sum % settings.tabstop) : sum + 1),
      0,
    );
    if (outwards && line === "") continue;
    const wanted = Math.max(0, columns + (outwards ? width : -width));
    buffer.replaceLines(index, 1, [indentOf(state, wanted) + line.slice(blank.length)]);
  }
  buffer.moveTo({ line: range.from.line, column: firstNonBlank(buffer.lineAt(range.from.line)) });
  const count = range.to.line - range.from.line + 1;
  if (count > REPORT) state.say(`${count} lines ${outwards ? ">" : "<"}ed ${times} time${times === 1 ? "" : "s"}`);
}

/** Blanks for so many columns, with tabs unless `expandtab`. */
export function indentOf(state: EditorState, columns: number): string {
  const { expandtab, tabstop } = state.settings;
  return expandtab ? " ".repeat(columns) : "\t".repeat(Math.floor(columns / tabstop)) + " ".repeat(columns % tabstop);
}

/** g~, gu, gU and ~ in visual mode. */
export function changeCase(state: EditorState, range: Range, how: "~" | "u" | "U"): void {
  const { buffer } = state;
  const end = range.linewise ? { line: range.to.line, column: buffer.lineAt(range.to.line).length } : range.to;
  const from = range.linewise ? { line: range.from.line, column: 0 } : range.from;
  buffer.replaceBetween(from, end, recase(buffer.textBetween(from, end), how));
  buffer.moveTo(range.from);
}

/** A text with its case changed. */
export function recase(text: string, how: "~" | "u" | "U"): string {
  if (how === "u") return text.toLowerCase();
  if (how === "U") return text.toUpperCase();
  return [...text].map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join("");
}

/** p and P. */
export function put(state: EditorState, before: boolean, count: number, name: string | undefined): void {
  const { buffer } = state;
  const register = state.registers.get((name ?? '"').toLowerCase());
  if (register === undefined) {
    state.fail(`E353: Nothing in register ${name ?? '"'}`);
    return;
  }
  const { line, column } = buffer.cursor;
  if (register.linewise) {
    const lines = Array.from({ length: count }, () => register.text.split("\n")).flat();
    const at = before ? line : line + 1;
    buffer.replaceLines(at, 0, lines);
    buffer.moveTo({ line: at, column: firstNonBlank(buffer.lineAt(at)) });
    if (lines.length > REPORT) state.say(`${lines.length} more lines`);
    return;
  }
  const at = { line, column: before || buffer.line === "" ? column : column + 1 };
  const end = buffer.replaceBetween(at, at, register.text.repeat(count));
  buffer.moveTo(register.text.includes("\n") ? at : { line: end.line, column: end.column - 1 });
}

/** J: joins lines with one blank between. */
export function join(state: EditorState, from: number, count: number): boolean {
  const { buffer } = state;
  if (from + 1 >= buffer.lines.length) return false;
  for (let joined = 1; joined < count && from + 1 < buffer.lines.length; joined++) {
    const first = buffer.lineAt(from);
    const second = buffer.lineAt(from + 1).replace(/^[ \t]+/, "");
    const blank = second === "" || second.startsWith(")") || /[ \t]$/.test(first) || first === "" ? "" : " ";
    buffer.replaceLines(from, 2, [first + blank + second]);
    const column = second === "" ? Math.max(0, first.length - 1) : first.length;
    buffer.moveTo({ line: from, column: blank === "" && second !== "" ? first.length : column });
  }
  return true;
}
