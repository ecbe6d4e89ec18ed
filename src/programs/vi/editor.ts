import type { Key } from "../../base/terminal-keys.ts";
import type { ScreenFrame, ScreenProgram } from "../../machine/full-screen.ts";
import { EditorState, type EditorWorld } from "./editor-state.ts";
import { runEx } from "./ex-commands.ts";
import { insertKey } from "./insert-mode.ts";
import { MOTIONS_WITH_CHAR } from "./motion.ts";
import { type NormalCommand, readCommand } from "./normal-command.ts";
import { applyOperator, moveBy, type Outcome, perform } from "./normal-mode.ts";
import { join, put } from "./operators.ts";
import { isBefore } from "./text-buffer.ts";
import { textObject } from "./text-object.ts";
import { drawEditor } from "./view.ts";

const SCROLLS: ReadonlySet<Key> = new Set([
  "<C-f>",
  "<C-b>",
  "<C-d>",
  "<C-u>",
  "<C-e>",
  "<C-y>",
  "<PageDown>",
  "<PageUp>",
]);

/** vi as a state machine: keys in, screen out. */
export class Editor implements ScreenProgram {
  readonly state: EditorState;
  private pending: Key[] = [];
  private commandLine: string | undefined;
  private history: string[] = [];
  private historyAt = 0;
  /** Keys of the change being made, and of the last one, for `.`. */
  private recorded: Key[] = [];
  private lastChange: readonly Key[] = [];
  private inserted: Key[] = [];
  private insertCount = 1;
  private replaying = false;
  /** `d/pattern`: what waits for a search to be typed. */
  private operatorOfSearch: NormalCommand | undefined;

  constructor(world: EditorWorld) {
    this.state = new EditorState(world);
  }

  get exitCode(): number | undefined {
    return this.state.exitCode;
  }

  frame(columns: number, rows: number): ScreenFrame {
    return drawEditor(this.state, this.commandLine, columns, rows);
  }

  press(key: Key): void {
    const { state } = this;
    if (this.commandLine !== undefined) this.commandKey(key, this.commandLine);
    else if (state.mode === "insert" || state.mode === "replace") this.insertKey(key);
    else if (state.mode === "visual" || state.mode === "visual-line") this.visualKey(key);
    else this.normalKey(key);
  }

  /** A line of command mode (`+cmd`, `-c cmd`). */
  run(line: string): void {
    runEx(this.state, line);
  }

  private normalKey(key: Key): void {
    const { state } = this;
    if (key === "<Esc>" || key === "<C-c>") {
      this.pending = [];
      return;
    }
    this.pending.push(key);
    const keys = this.pending;
    const command = readCommand(keys);
    if (command === undefined) return;
    this.pending = [];
    state.say("");
    if (command.operator !== undefined && (command.key === "/" || command.key === "?")) {
      this.operatorOfSearch = command;
      this.openCommandLine(command.key);
    } else if (command.key === "ZZ" || command.key === "ZQ") runEx(state, command.key === "ZZ" ? "x" : "q!");
    else if (command.operator === undefined && SCROLLS.has(command.key)) this.scroll(command.key, command.count);
    else if (command.key === ":" && command.count !== undefined) this.openCommandLine(`:.,.+${command.count - 1}`);
    else this.finish(perform(state, command), keys);
    if (state.mode === "normal" && this.commandLine === undefined) state.buffer.moveTo(state.buffer.cursor);
  }

  private finish(outcome: Outcome, keys: readonly Key[]): void {
    const { state } = this;
    if (outcome.type === "command-line") this.openCommandLine(outcome.text);
    else if (outcome.type === "repeat") this.repeatChange(outcome.count);
    else if (outcome.type === "insert") {
      state.mode = outcome.mode;
      this.insertCount = outcome.count;
      this.inserted = [];
      state.insertStart = state.buffer.cursor;
      this.recorded = [...keys];
    } else {
      state.buffer.end();
      if (outcome.changed && !this.replaying) this.lastChange = keys;
    }
    if (outcome.type === "done" && outcome.changed) state.wantedColumn = state.buffer.cursor.column;
  }

  private insertKey(key: Key): void {
    const { state } = this;
    this.recorded.push(key);
    if (insertKey(state, key)) {
      this.inserted.push(key);
      return;
    }
    const { line, column } = state.buffer.cursor;
    if (this.insertCount > 1) {
      state.buffer.moveTo({ line, column: column + (state.buffer.line === "" ? 0 : 1) }, true);
      const opened = this.recorded.slice(0, this.recorded.length - this.inserted.length - 1).join("");
      const again = /^\d*[oO]$/.test(opened) ? ["<End>", "<Enter>", ...this.inserted] : this.inserted;
      for (let done = 1; done < this.insertCount; done++) for (const each of again) insertKey(state, each);
      insertKey(state, "<Esc>");
    }
    state.buffer.end();
    state.mode = "normal";
    state.buffer.moveTo(state.buffer.cursor);
    state.wantedColumn = state.buffer.cursor.column;
    if (!this.replaying) this.lastChange = this.recorded;
  }

  private repeatChange(count: number | undefined): void {
    if (this.replaying || this.lastChange.length === 0) return;
    const keys =
      count === undefined
        ? this.lastChange
        : [
            ...String(count),
            ...this.lastChange
              .join("\0")
              .replace(/^(\d\0)+/, "")
              .split("\0"),
          ];
    this.replaying = true;
    for (const key of keys) this.press(key);
    this.replaying = false;
  }

  private visualKey(key: Key): void {
    const { state } = this;
    if (key === "<Esc>" || key === "<C-c>") {
      this.leaveVisual();
      return;
    }
    this.pending.push(key);
    const prefix = this.pending.at(-1) ?? "";
    if (this.pending.length === 1 && (prefix === "i" || prefix === "a")) return;
    const command = readCommand(this.pending);
    if (command === undefined && !/^[dcy<>]$/.test(key)) return;
    const keys = this.pending;
    this.pending = [];
    state.say("");
    if (command?.char !== undefined && MOTIONS_WITH_CHAR.has(command.key)) moveBy(state, command);
    else if (keys.length === 2 && /^[ia]$/.test(keys[0] ?? "")) this.selectObject(keys[0] === "a", key);
    else if (key === "v" || key === "V") this.switchVisual(key);
    else if (key === "o") [state.visualStart, state.buffer.cursor] = [state.buffer.cursor, state.visualStart];
    else if (key === ":") this.visualCommandLine();
    else if (
      !this.visualOperator(key, command?.register, Number(/^\d+/.exec(keys.join(""))?.[0] ?? 1)) &&
      command !== undefined
    )
      moveBy(state, command);
  }

  private selectObject(around: boolean, kind: Key): void {
    const object = textObject(this.state.buffer, around, kind);
    if (object === undefined) return;
    this.state.visualStart = object.from;
    this.state.buffer.moveTo({ ...object.to, column: object.to.column - 1 });
  }

  private switchVisual(key: Key): void {
    const wanted = key === "v" ? "visual" : "visual-line";
    if (this.state.mode === wanted) this.leaveVisual();
    else this.state.mode = wanted;
  }

  private visualOperator(key: Key, register: string | undefined, count: number): boolean {
    const { state } = this;
    const { cursor } = state.buffer;
    const linewise = state.mode === "visual-line" || /^[DYXSCJ]$/.test(key);
    const [from, last] = isBefore(cursor, state.visualStart)
      ? [cursor, state.visualStart]
      : [state.visualStart, cursor];
    const length = state.buffer.lineAt(last.line).length;
    // a selection over a line's end takes the line break with it
    const over =
      !linewise && last.line + 1 < state.buffer.lines.length && (last.column >= length || state.wantedColumn === 1e9);
    const to = over
      ? { line: last.line + 1, column: 0 }
      : { line: last.line, column: Math.min(length, last.column + 1) };
    const range = { from, to, linewise };
    const operator = VISUAL_OPERATORS[key];
    if (operator === undefined && key !== "J" && key !== "p" && key !== "r") return false;
    this.leaveVisual();
    if (operator !== undefined) {
      this.finish(applyOperator(state, operator, range, register, count), []);
      return true;
    }
    state.buffer.begin(state.world.now());
    if (key === "J") join(state, from.line, Math.max(2, to.line - from.line + 1));
    else if (key === "p") this.putOver(range);
    state.buffer.end();
    return true;
  }

  private putOver(range: Parameters<typeof applyOperator>[2]): void {
    const { state } = this;
    const register = state.registers.get('"');
    if (register === undefined) return;
    const atEnd = range.to.column >= state.buffer.lineAt(range.to.line).length;
    applyOperator(state, "d", range, undefined);
    const deleted = state.registers.get('"');
    state.registers.set('"', register);
    put(state, range.linewise || !atEnd, 1, undefined);
    if (deleted !== undefined) state.registers.set('"', deleted);
  }

  private visualCommandLine(): void {
    this.leaveVisual();
    this.openCommandLine(":'<,'>");
  }

  private leaveVisual(): void {
    const { state } = this;
    const { cursor } = state.buffer;
    const backwards = isBefore(cursor, state.visualStart);
    state.marks.set("<", backwards ? cursor : state.visualStart);
    state.marks.set(">", backwards ? state.visualStart : cursor);
    state.mode = "normal";
    this.pending = [];
    state.buffer.moveTo(cursor);
  }

  private openCommandLine(text: string): void {
    this.commandLine = text;
    this.historyAt = this.history.length;
  }

  private commandKey(key: Key, line: string): void {
    if (key === "<Enter>") {
      this.commandLine = undefined;
      this.history.push(line);
      this.enter(line);
    } else if (key === "<Esc>" || key === "<C-c>") {
      this.commandLine = undefined;
      this.operatorOfSearch = undefined;
    } else if (key === "<BS>" || key === "<C-h>") this.commandLine = line.length <= 1 ? undefined : line.slice(0, -1);
    else if (key === "<C-u>") this.commandLine = line.slice(0, 1);
    else if (key === "<C-w>") this.commandLine = line.slice(0, 1) + line.slice(1).replace(/\S*\s*$/, "");
    else if (key === "<Up>" || key === "<Down>") this.recall(line, key === "<Up>" ? -1 : 1);
    else if (key === "<Tab>") this.commandLine = `${line}\t`;
    else if (key.length <= 2 || !key.startsWith("<")) this.commandLine = line + key;
  }

  private recall(line: string, step: number): void {
    const kind = line.charAt(0);
    for (let at = this.historyAt + step; at >= 0 && at < this.history.length; at += step) {
      if (this.history[at]?.startsWith(kind) !== true) continue;
      this.historyAt = at;
      this.commandLine = this.history[at];
      return;
    }
  }

  private enter(line: string): void {
    const { state } = this;
    const text = line.slice(1);
    state.say("");
    if (line.startsWith(":")) {
      runEx(state, text);
      state.buffer.end();
      state.wantedColumn = state.buffer.cursor.column;
      return;
    }
    const backwards = line.startsWith("?");
    const end = text.search(backwards ? /(?<!\\)\?/ : /(?<!\\)\//);
    const pattern = end < 0 ? text : text.slice(0, end);
    state.lastSearch = { pattern: pattern === "" ? (state.lastSearch?.pattern ?? "") : pattern, backwards };
    const waiting = this.operatorOfSearch;
    this.operatorOfSearch = undefined;
    const place = state.search(false, waiting?.count ?? 1);
    if (place === undefined) return;
    const { cursor } = state.buffer;
    if (waiting?.operator !== undefined) {
      const [from, to] = isBefore(place, cursor) ? [place, cursor] : [cursor, place];
      this.finish(applyOperator(state, waiting.operator, { from, to, linewise: false }, waiting.register), []);
      return;
    }
    state.buffer.moveTo(place);
    state.wantedColumn = state.buffer.cursor.column;
  }

  private scroll(key: Key, count: number | undefined): void {
    const { state } = this;
    const { first } = state.visible;
    const forward = key === "<C-f>" || key === "<C-d>" || key === "<C-e>" || key === "<PageDown>";
    const single = key === "<C-e>" || key === "<C-y>";
    const half = key === "<C-d>" || key === "<C-u>";
    const page = Math.max(1, state.height - 2) * (count ?? 1);
    const step = single ? (count ?? 1) : half ? (count ?? Math.max(1, Math.floor(state.height / 2))) : page;
    const last = state.buffer.lines.length - 1;
    const { line, column } = state.buffer.cursor;
    state.top = Math.max(0, Math.min(last, first + (forward ? step : -step)));
    const moved = half || first + step > last ? line + (forward ? step : -step) : line;
    if (half || !forward) state.top = Math.max(0, Math.min(state.top, last - state.height + 1));
    const within = Math.max(state.top, Math.min(moved, state.top + state.height - 1, last));
    state.buffer.moveTo({ line: within, column });
  }
}

const VISUAL_OPERATORS: Readonly<Record<Key, string>> = {
  d: "d",
  x: "d",
  X: "d",
  D: "d",
  "<Del>": "d",
  c: "c",
  s: "c",
  S: "c",
  C: "c",
  y: "y",
  Y: "y",
  ">": ">",
  "<": "<",
  "~": "g~",
  u: "gu",
  U: "gU",
};
