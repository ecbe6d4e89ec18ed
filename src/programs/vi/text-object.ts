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

/** `iw`, `a"`, `i(` and the like. */
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

/** The brackets around the cursor, or else the next ones. */
function bracketObject(
  buffer: TextBuffer,
  around: boolean,
  pair: readonly [open: string, close: string],
): TextObject | undefined {
  const from = enclosing(buffer, pair) ?? scan(buffer, buffer.cursor, 1, (char) => char === pair[0]);
  if (from === undefined) return undefined;
  let depth = 0;
  const to = scan(buffer, from, 1, (char) => {
    if (char === pair[0]) depth++;
    return char === pair[1] && --depth === 0;
  });
  if (to === undefined) return undefined;
  return {
    from: { line: from.line, column: from.column + (around ? 0 : 1) },
    to: { line: to.line, column: to.column + (around ? 1 : 0) },
  };
}

function enclosing(buffer: TextBuffer, [open, close]: readonly [string, string]): Place | undefined {
  let depth = buffer.line[buffer.cursor.column] === close ? -1 : 0;
  return scan(buffer, buffer.cursor, -1, (char) => {
    if (char === close) depth++;
    return char === open && depth-- === 0;
  });
}

/** The first place from `start` on, in a direction, whose character `fits`. */
function scan(buffer: TextBuffer, start: Place, step: 1 | -1, fits: (char: string) => boolean): Place | undefined {
  let { line, column } = start;
  for (; line >= 0 && line < buffer.lines.length; line += step) {
    const text = buffer.lineAt(line);
    if (line !== start.line) column = step > 0 ? 0 : text.length - 1;
    for (; column >= 0 && column < text.length; column += step) if (fits(text[column] ?? "")) return { line, column };
  }
  return undefined;
}
