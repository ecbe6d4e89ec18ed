import type { EditorState } from "./editor-state.ts";
import { firstNonBlank, motion, type Target } from "./motion.ts";
import type { NormalCommand } from "./normal-command.ts";
import { change, changeCase, join, put, type Range, recase, remove, shift, yank } from "./operators.ts";
import { isBefore, type Place } from "./text-buffer.ts";
import { textObject } from "./text-object.ts";

/** What a command leads to, besides what it did. */
export type Outcome =
  | { readonly type: "done"; readonly changed: boolean }
  | { readonly type: "insert"; readonly mode: "insert" | "replace"; readonly count: number }
  | { readonly type: "repeat"; readonly count: number | undefined }
  | { readonly type: "command-line"; readonly text: string };

const STILL: Outcome = { type: "done", changed: false };
const CHANGED: Outcome = { type: "done", changed: true };
const insertion = (count = 1): Outcome => ({ type: "insert", mode: "insert", count });

/** Short names of commands that an operator and a motion do. */
const SHORTHANDS: Readonly<Record<string, readonly [operator: string, key: string]>> = {
  x: ["d", "l"],
  "<Del>": ["d", "l"],
  X: ["d", "h"],
  D: ["d", "$"],
  C: ["c", "$"],
  Y: ["y", "y"],
  s: ["c", "l"],
  S: ["c", "c"],
};

/** Performs one command of normal mode. */
export function perform(state: EditorState, given: NormalCommand): Outcome {
  const shorthand = given.operator === undefined ? SHORTHANDS[given.key] : undefined;
  const command = shorthand === undefined ? given : { ...given, operator: shorthand[0], key: shorthand[1] };
  if (command.operator !== undefined) return operate(state, command, command.operator);
  const simple = inserts(state, command) ?? edits(state, command) ?? others(state, command);
  if (simple !== undefined) return simple;
  moveBy(state, command);
  return STILL;
}

/** Moves the cursor; false when the motion leads nowhere. */
export function moveBy(state: EditorState, command: NormalCommand): boolean {
  const target = motion(state, command.key, command.count, command.char) ?? toMark(state, command);
  if (target === undefined) return false;
  const past = state.mode === "visual";
  state.buffer.moveTo(target.place, past);
  if (target.keepsColumn !== true) state.wantedColumn = command.key === "$" ? 1e9 : state.buffer.cursor.column;
  return true;
}

function toMark(state: EditorState, { key, char }: NormalCommand): Target | undefined {
  if ((key !== "'" && key !== "`") || char === undefined) return undefined;
  const place = state.marks.get(char);
  if (place === undefined) {
    state.fail("E20: Mark not set");
    return undefined;
  }
  const column = firstNonBlank(state.buffer.lineAt(place.line));
  return key === "'" ? { place: { line: place.line, column }, linewise: true } : { place };
}

function operate(state: EditorState, command: NormalCommand, operator: string): Outcome {
  const range = rangeOf(state, command, operator);
  if (range === undefined) {
    if (operator !== "c" || state.buffer.line !== "" || !/^[wWeEl$]$/.test(command.key)) return STILL;
    state.buffer.begin(state.world.now()); // nothing to take away on an empty line, but text may come
    return insertion();
  }
  return applyOperator(state, operator, range, command.register);
}

/** Applies an operator to a range. */
export function applyOperator(
  state: EditorState,
  operator: string,
  range: Range,
  register: string | undefined,
  times = 1,
): Outcome {
  if (operator === "y") {
    yank(state, range, register);
    state.buffer.moveTo(range.linewise ? { ...state.buffer.cursor, line: range.from.line } : range.from);
    return STILL;
  }
  state.buffer.begin(state.world.now());
  if (operator === "c") {
    change(state, range, register);
    return insertion();
  }
  if (operator === "d") remove(state, range, register);
  else if (operator === ">" || operator === "<") shift(state, { ...range, linewise: true }, operator === ">", times);
  else changeCase(state, range, operator.endsWith("u") ? "u" : operator.endsWith("U") ? "U" : "~");
  return CHANGED;
}

/** The text that `operator` with its motion takes. */
function rangeOf(state: EditorState, command: NormalCommand, operator: string): Range | undefined {
  const { buffer } = state;
  const { cursor } = buffer;
  if (command.key === operator || (operator.startsWith("g") && command.key === operator.slice(1)))
    return linesFrom(state, command.count ?? 1);
  const object = /^[ia].$/.exec(command.key);
  if (object !== null) {
    const found = textObject(buffer, command.key.startsWith("a"), command.key.slice(1));
    return found === undefined ? undefined : { ...found, linewise: false };
  }
  // cw changes to the word's end, as vi always had it
  const onWord = /\S/.test(buffer.line[cursor.column] ?? "");
  const key =
    operator === "c" && onWord ? (command.key === "w" ? "e" : command.key === "W" ? "E" : command.key) : command.key;
  if (key !== command.key) buffer.moveTo({ ...cursor, column: cursor.column - 1 }, true);
  const target =
    key !== command.key && cursor.column === 0
      ? wordEndFromStart(state, command, key)
      : (motion(state, key, command.count, command.char) ?? toMark(state, command));
  buffer.moveTo(cursor, true);
  if (target === undefined) return undefined;
  return between(state, cursor, target, key);
}

/** `cw` on a line's first character: the word that begins there may be one letter long. */
function wordEndFromStart(state: EditorState, command: NormalCommand, key: string) {
  const { buffer } = state;
  const { line } = buffer.cursor;
  const rest = buffer.line;
  buffer.lines[line] = ` ${rest}`;
  buffer.moveTo({ line, column: 0 });
  const target = motion(state, key, command.count, undefined);
  buffer.lines[line] = rest;
  if (target === undefined || target.place.line !== line) return target;
  return { ...target, place: { line, column: target.place.column - 1 } };
}

function between(
  state: EditorState,
  cursor: Place,
  target: NonNullable<ReturnType<typeof motion>>,
  key: string,
): Range | undefined {
  const { buffer } = state;
  const backwards = isBefore(target.place, cursor);
  const [from, last] = backwards ? [target.place, cursor] : [cursor, target.place];
  if (target.linewise === true) return { from, to: last, linewise: true };
  let to = { line: last.line, column: last.column + (target.inclusive === true && !backwards ? 1 : 0) };
  if (target.inclusive === true && backwards && key === "%") to = { ...to, column: to.column + 1 };
  // a word motion over the end of a line stays on the last line it took a word from
  if ((key === "w" || key === "W") && to.line > from.line && to.column <= firstNonBlank(buffer.lineAt(to.line)))
    to = { line: to.line - 1, column: buffer.lineAt(to.line - 1).length };
  to = { ...to, column: Math.min(to.column, buffer.lineAt(to.line).length) };
  return from.line === to.line && from.column === to.column ? undefined : { from, to, linewise: false };
}

function linesFrom(state: EditorState, count: number): Range | undefined {
  const { line } = state.buffer.cursor;
  const last = line + count - 1;
  if (count > 1 && line === state.buffer.lines.length - 1) return undefined;
  const to = { line: Math.min(last, state.buffer.lines.length - 1), column: 0 };
  return { from: { line, column: 0 }, to, linewise: true };
}

function inserts(state: EditorState, { key, count }: NormalCommand): Outcome | undefined {
  const { buffer } = state;
  const { line, column } = buffer.cursor;
  const begin = (at: Place): Outcome => {
    buffer.begin(state.world.now());
    buffer.moveTo(at, true);
    return insertion(count);
  };
  switch (key) {
    case "i":
    case "<Insert>":
      return begin({ line, column });
    case "a":
      return begin({ line, column: column + 1 });
    case "I":
      return begin({ line, column: Math.max(0, buffer.line.search(/\S|$/)) });
    case "gI":
      return begin({ line, column: 0 });
    case "A":
      return begin({ line, column: buffer.line.length });
    case "o":
    case "O": {
      buffer.begin(state.world.now());
      const indent = state.settings.autoindent ? (/^[ \t]*/.exec(buffer.line)?.[0] ?? "") : "";
      const at = key === "o" ? line + 1 : line;
      buffer.replaceLines(at, 0, [indent]);
      return begin({ line: at, column: indent.length });
    }
    case "R":
      begin({ line, column });
      return { type: "insert", mode: "replace", count: 1 };
    default:
      return undefined;
  }
}

function edits(state: EditorState, { key, count, char, register }: NormalCommand): Outcome | undefined {
  const { buffer, world } = state;
  const { line, column } = buffer.cursor;
  const times = count ?? 1;
  switch (key) {
    case "p":
    case "P":
      buffer.begin(world.now());
      put(state, key === "P", times, register);
      return CHANGED;
    case "J":
      buffer.begin(world.now());
      return join(state, line, Math.max(2, times)) ? CHANGED : STILL;
    case "~": {
      buffer.begin(world.now());
      const end = Math.min(buffer.line.length, column + times);
      buffer.replaceBetween({ line, column }, { line, column: end }, recase(buffer.line.slice(column, end), "~"));
      buffer.moveTo({ line, column: end });
      return CHANGED;
    }
    case "r": {
      if (char === undefined || char === "<Esc>" || column + times > buffer.line.length) return STILL;
      buffer.begin(world.now());
      const by = char === "\n" ? "\n" : char.repeat(times);
      const end = buffer.replaceBetween({ line, column }, { line, column: column + times }, by);
      buffer.moveTo({ line: end.line, column: char === "\n" ? 0 : end.column - 1 });
      return CHANGED;
    }
    case "<C-a>":
    case "<C-x>":
      return addToNumber(state, key === "<C-a>" ? times : -times);
    case ".":
      return { type: "repeat", count };
    default:
      return undefined;
  }
}

function addToNumber(state: EditorState, by: number): Outcome {
  const { buffer, world } = state;
  const { line, column } = buffer.cursor;
  const match = [...buffer.line.matchAll(/-?\d{1,15}/g)].find((each) => each.index + each[0].length > column);
  if (match === undefined) return STILL;
  buffer.begin(world.now());
  const end = { line, column: match.index + match[0].length };
  const after = buffer.replaceBetween({ line, column: match.index }, end, String(Number(match[0]) + by));
  buffer.moveTo({ line, column: after.column - 1 });
  return CHANGED;
}

function others(state: EditorState, { key, char }: NormalCommand): Outcome | undefined {
  const { buffer } = state;
  switch (key) {
    case "u":
    case "<C-r>":
      travel(state, key === "u");
      return STILL;
    case "v":
    case "V":
      state.mode = key === "v" ? "visual" : "visual-line";
      state.visualStart = buffer.cursor;
      return STILL;
    case "m":
      if (char !== undefined) state.marks.set(char, buffer.cursor);
      return STILL;
    case ":":
    case "/":
    case "?":
      return { type: "command-line", text: key };
    case "<C-g>": {
      const percent = Math.floor(((buffer.cursor.line + 1) * 100) / buffer.lines.length);
      const flag = buffer.modified ? " [Modified]" : "";
      state.say(`"${state.path ?? "[No Name]"}"${flag} ${buffer.lines.length} lines --${percent}%--`);
      return STILL;
    }
    case "zz":
    case "zt":
    case "zb": {
      const height = state.visible.last - state.visible.first + 1;
      const above = key === "zz" ? Math.floor(height / 2) : key === "zb" ? height - 1 : 0;
      state.top = Math.max(0, buffer.cursor.line - above);
      return STILL;
    }
    default:
      return undefined;
  }
}

function travel(state: EditorState, back: boolean): void {
  const travelled = state.buffer.travel(back, state.world.now());
  if (travelled === undefined) {
    state.say(back ? "Already at oldest change" : "Already at newest change");
    return;
  }
  const { more, number, at } = travelled;
  const lines = Math.abs(more);
  const what =
    more === 0
      ? "1 change"
      : `${lines} ${lines === 1 ? "line" : ""}${lines === 1 ? " " : ""}${more > 0 ? (lines === 1 ? "more" : "more lines") : lines === 1 ? "less" : "fewer lines"}`;
  const seconds = Math.max(0, Math.floor((state.world.now() - at) / 1000));
  state.say(`${what}; ${back ? "before" : "after"} #${number}  ${seconds} second${seconds === 1 ? "" : "s"} ago`);
}
