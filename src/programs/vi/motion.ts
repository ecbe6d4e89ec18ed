import type { Key } from "../../base/terminal-keys.ts";
import type { Place, TextBuffer } from "./text-buffer.ts";

/** Where a motion leads, and what an operator over it takes. */
export interface Target {
  readonly place: Place;
  /** Whole lines. */
  readonly linewise?: boolean;
  /** The character at the target belongs to it. */
  readonly inclusive?: boolean;
  /** Up and down keep the column they started from. */
  readonly keepsColumn?: boolean;
}

/** What motions need to know besides the text. */
export interface MotionWorld {
  readonly buffer: TextBuffer;
  /** The column that up and down aim for. */
  readonly wantedColumn: number;
  /** First and last line on the screen. */
  readonly visible: { readonly first: number; readonly last: number };
  /** The last f, F, t or T. */
  found: { readonly kind: string; readonly char: string } | undefined;
  search(backwards: boolean, count: number): Place | undefined;
  searchWord(backwards: boolean, count: number): Place | undefined;
}

/** Motions that are followed by a character. */
export const MOTIONS_WITH_CHAR = new Set(["f", "F", "t", "T"]);
const PAIRS = "()[]{}";

/** Performs a motion; undefined: it is none, or leads nowhere. `key` may have two letters (`gg`). */
export function motion(
  world: MotionWorld,
  key: Key,
  given: number | undefined,
  char: string | undefined,
): Target | undefined {
  const count = given ?? 1;
  return sideways(world, key, count, given) ?? lineMotion(world, key, given) ?? wordMotion(world, key, count, char);
}

function sideways(world: MotionWorld, key: Key, count: number, given: number | undefined): Target | undefined {
  const { buffer } = world;
  const { line, column } = buffer.cursor;
  switch (key) {
    case "h":
    case "<Left>":
    case "<BS>":
    case "<C-h>":
      return column === 0 ? undefined : { place: { line, column: Math.max(0, column - count) } };
    case "l":
    case "<Right>":
    case " ":
      return { place: { line, column: Math.min(buffer.line.length, column + count) } };
    case "0":
    case "<Home>":
      return { place: { line, column: 0 } };
    case "^":
      return { place: { line, column: firstNonBlank(buffer.line) } };
    case "$":
    case "<End>": {
      const down = Math.min(buffer.lines.length - 1, line + count - 1);
      return { place: { line: down, column: Math.max(0, buffer.lineAt(down).length - 1) }, inclusive: true };
    }
    case "|":
      return { place: { line, column: (given ?? 1) - 1 } };
    default:
      return undefined;
  }
}

function lineMotion(world: MotionWorld, key: Key, given: number | undefined): Target | undefined {
  const { buffer, visible } = world;
  const { line } = buffer.cursor;
  const count = given ?? 1;
  const to = (index: number): Target | undefined => {
    const within = Math.max(0, Math.min(index, buffer.lines.length - 1));
    return { place: { line: within, column: firstNonBlank(buffer.lineAt(within)) }, linewise: true };
  };
  const vertical = (index: number): Target | undefined =>
    index < 0 || index >= buffer.lines.length
      ? undefined
      : { place: { line: index, column: world.wantedColumn }, linewise: true, keepsColumn: true };
  switch (key) {
    case "j":
    case "<Down>":
    case "<C-n>":
      return vertical(line + count) ?? (line + 1 < buffer.lines.length ? vertical(buffer.lines.length - 1) : undefined);
    case "k":
    case "<Up>":
    case "<C-p>":
      return vertical(line - count) ?? (line > 0 ? vertical(0) : undefined);
    case "+":
    case "<Enter>":
      return line + count < buffer.lines.length ? to(line + count) : undefined;
    case "-":
      return line - count >= 0 ? to(line - count) : undefined;
    case "_":
      return to(line + count - 1);
    case "G":
      return to((given ?? buffer.lines.length) - 1);
    case "gg":
      return to((given ?? 1) - 1);
    case "H":
      return to(visible.first + count - 1);
    case "L":
      return to(visible.last - count + 1);
    case "M":
      return to(Math.floor((visible.first + visible.last) / 2));
    default:
      return undefined;
  }
}

function wordMotion(world: MotionWorld, key: Key, count: number, char: string | undefined): Target | undefined {
  const { buffer } = world;
  switch (key) {
    case "w":
    case "W":
      return { place: repeat(count, buffer.cursor, (from) => nextWord(buffer, from, key === "W")) };
    case "b":
    case "B":
      return { place: repeat(count, buffer.cursor, (from) => previousWord(buffer, from, key === "B")) };
    case "e":
    case "E":
      return { place: repeat(count, buffer.cursor, (from) => wordEnd(buffer, from, key === "E")), inclusive: true };
    case "{":
    case "}":
      return { place: repeat(count, buffer.cursor, (from) => paragraph(buffer, from, key === "}" ? 1 : -1)) };
    case "%":
      return matchingPair(buffer);
    case "n":
    case "N":
      return placed(world.search(key === "N", count));
    case "*":
    case "#":
      return placed(world.searchWord(key === "#", count));
    case "f":
    case "F":
    case "t":
    case "T":
      if (char === undefined) return undefined;
      world.found = { kind: key, char };
      return findChar(buffer, key, char, count, false);
    case ";":
      return world.found === undefined ? undefined : findChar(buffer, world.found.kind, world.found.char, count, true);
    case ",":
      return world.found === undefined
        ? undefined
        : findChar(buffer, swapCase(world.found.kind), world.found.char, count, true);
    default:
      return undefined;
  }
}

function placed(place: Place | undefined): Target | undefined {
  return place === undefined ? undefined : { place };
}

function swapCase(kind: string): string {
  return kind === kind.toLowerCase() ? kind.toUpperCase() : kind.toLowerCase();
}

function repeat(count: number, from: Place, step: (from: Place) => Place): Place {
  let place = from;
  for (let done = 0; done < count; done++) {
    const next = step(place);
    if (next.line === place.line && next.column === place.column) break;
    place = next;
  }
  return place;
}

/** The index of the first character that is no blank; the last index of a blank line. */
export function firstNonBlank(line: string): number {
  const at = line.search(/\S/);
  return at < 0 ? Math.max(0, line.length - 1) : at;
}

/** 0 blank, 1 punctuation, 2 word; for WORDs all but blanks are one. */
export function charClass(char: string | undefined, big: boolean): number {
  if (char === undefined || /\s/.test(char)) return 0;
  return big || /[\p{L}\p{N}_]/u.test(char) ? 2 : 1;
}

function nextWord(buffer: TextBuffer, from: Place, big: boolean): Place {
  let { line, column } = from;
  let text = buffer.lineAt(line);
  const start = charClass(text[column], big);
  if (start !== 0) while (column < text.length && charClass(text[column], big) === start) column++;
  for (;;) {
    while (column < text.length && charClass(text[column], big) === 0) column++;
    if (column < text.length) return { line, column };
    if (line + 1 >= buffer.lines.length) return { line, column: text.length };
    line++;
    text = buffer.lineAt(line);
    column = 0;
    if (text === "") return { line, column };
  }
}

function previousWord(buffer: TextBuffer, from: Place, big: boolean): Place {
  let { line, column } = from;
  column--;
  for (;;) {
    const text = buffer.lineAt(line);
    while (column >= 0 && charClass(text[column], big) === 0) column--;
    if (column >= 0) {
      const kind = charClass(text[column], big);
      while (column > 0 && charClass(text[column - 1], big) === kind) column--;
      return { line, column };
    }
    if (line === 0) return { line: 0, column: 0 };
    line--;
    column = buffer.lineAt(line).length - 1;
    if (column < 0) return { line, column: 0 };
  }
}

function wordEnd(buffer: TextBuffer, from: Place, big: boolean): Place {
  let { line, column } = from;
  column++;
  for (;;) {
    const text = buffer.lineAt(line);
    while (column < text.length && charClass(text[column], big) === 0) column++;
    if (column < text.length) {
      const kind = charClass(text[column], big);
      while (column + 1 < text.length && charClass(text[column + 1], big) === kind) column++;
      return { line, column };
    }
    if (line + 1 >= buffer.lines.length) return { line, column: Math.max(0, text.length - 1) };
    line++;
    column = 0;
  }
}

function paragraph(buffer: TextBuffer, from: Place, step: 1 | -1): Place {
  let line = from.line;
  const inside = (index: number) => index >= 0 && index < buffer.lines.length;
  while (inside(line) && buffer.lineAt(line) === "") line += step;
  while (inside(line) && buffer.lineAt(line) !== "") line += step;
  if (line < 0) return { line: 0, column: 0 };
  if (line < buffer.lines.length) return { line, column: 0 };
  const last = buffer.lines.length - 1;
  return { line: last, column: buffer.lineAt(last).length };
}

function findChar(buffer: TextBuffer, kind: string, char: string, count: number, again: boolean): Target | undefined {
  const forward = kind === "f" || kind === "t";
  const till = kind === "t" || kind === "T";
  const { line, column } = buffer.cursor;
  let at = again && till ? column + (forward ? 1 : -1) : column;
  for (let found = 0; found < count; found++) {
    at = forward ? buffer.line.indexOf(char, at + 1) : at <= 0 ? -1 : buffer.line.lastIndexOf(char, at - 1);
    if (at < 0) return undefined;
  }
  return { place: { line, column: till ? at + (forward ? -1 : 1) : at }, inclusive: forward };
}

function matchingPair(buffer: TextBuffer): Target | undefined {
  let { line, column } = buffer.cursor;
  while (column < buffer.line.length && !PAIRS.includes(buffer.line[column] ?? "")) column++;
  const open = buffer.line[column];
  if (open === undefined) return undefined;
  const index = PAIRS.indexOf(open);
  const step = index % 2 === 0 ? 1 : -1;
  const close = PAIRS[index + step];
  for (let depth = 0; ; column += step) {
    const text = buffer.lineAt(line);
    if (column < 0 || column >= text.length) {
      line += step;
      if (line < 0 || line >= buffer.lines.length) return undefined;
      column = step > 0 ? -1 : buffer.lineAt(line).length;
      continue;
    }
    if (text[column] === open) depth++;
    else if (text[column] === close && --depth === 0) return { place: { line, column }, inclusive: true };
  }
}
