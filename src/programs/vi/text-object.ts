import { charClass } from "./motion.ts";
import type { Place, TextBuffer } from "./text-buffer.ts";

/** A piece of text that an operator takes: from a place up to another, not included. */
export interface TextObject {
  readonly from: Place;
  readonly to: Place;
}

const BRACKETS: Readonly<Record<string, readonly [open: string, close: string]>> = {
  "(": ["(", ")"],
  ")": ["(", ")"],
  b: ["(", ")"],
  "[": ["[", "]"],
  "]": ["[", "]"],
  "{": ["{", "}"],
  "}": ["{", "}"],
  B: ["{", "}"],
  "<": ["<", ">"],
  ">": ["<", ">"],
};

/** `iw`, `a"`, `i(` and the like. Brackets are looked for within the line. */
export function textObject(buffer: TextBuffer, around: boolean, kind: string): TextObject | undefined {
  if (kind === "w" || kind === "W") return wordObject(buffer, around, kind === "W");
  if (kind === '"' || kind === "'" || kind === "`") return quoteObject(buffer, around, kind);
  const brackets = BRACKETS[kind];
  return brackets === undefined ? undefined : bracketObject(buffer, around, brackets);
}

function wordObject(buffer: TextBuffer, around: boolean, big: boolean): TextObject | undefined {
  const { line } = buffer.cursor;
  const text = buffer.line;
  if (text === "") return undefined;
  let [from, to] = [buffer.cursor.column, buffer.cursor.column];
  const kind = charClass(text[from], big);
  while (from > 0 && charClass(text[from - 1], big) === kind) from--;
  while (to < text.length && charClass(text[to], big) === kind) to++;
  if (around) {
    const end = to;
    while (to < text.length && charClass(text[to], big) === 0) to++;
    if (to === end) while (from > 0 && charClass(text[from - 1], big) === 0) from--;
  }
  return { from: { line, column: from }, to: { line, column: to } };
}

function quoteObject(buffer: TextBuffer, around: boolean, quote: string): TextObject | undefined {
  const { line, column } = buffer.cursor;
  const text = buffer.line;
  for (let open = text.indexOf(quote); open >= 0; ) {
    const close = text.indexOf(quote, open + 1);
    if (close < 0) return undefined;
    if (column <= close) {
      let end = close + (around ? 1 : 0);
      if (around) while (/\s/.test(text[end] ?? "")) end++;
      return { from: { line, column: open + (around ? 0 : 1) }, to: { line, column: end } };
    }
    open = text.indexOf(quote, close + 1);
  }
  return undefined;
}

function bracketObject(
  buffer: TextBuffer,
  around: boolean,
  [open, close]: readonly [string, string],
): TextObject | undefined {
  const { line, column } = buffer.cursor;
  const text = buffer.line;
  let from = column;
  for (let depth = text[column] === close ? -1 : 0; from >= 0; from--) {
    if (text[from] === close) depth++;
    if (text[from] === open && depth-- === 0) break;
  }
  if (from < 0) return undefined;
  let to = from + 1;
  for (let depth = 1; to < text.length; to++) {
    if (text[to] === open) depth++;
    if (text[to] === close && --depth === 0) break;
  }
  if (to >= text.length) return undefined;
  return { from: { line, column: from + (around ? 0 : 1) }, to: { line, column: to + (around ? 1 : 0) } };
}
