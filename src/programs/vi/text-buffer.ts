/** A place in the text: line and index within the line (UTF-16 units), from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

interface Snapshot {
  readonly lines: readonly string[];
  readonly cursor: Place;
  readonly at: number;
}

const UNDO_LEVELS = 1000;

/** The text being edited, its cursor and what to undo. There is always at least one line. */
export class TextBuffer {
  lines: string[];
  cursor: Place = { line: 0, column: 0 };
  modified = false;
  private undone: Snapshot[] = [];
  private done: Snapshot[] = [];
  private open = false;

  constructor(lines: readonly string[]) {
    this.lines = lines.length === 0 ? [""] : [...lines];
  }

  get line(): string {
    return this.lines[this.cursor.line] ?? "";
  }

  lineAt(index: number): string {
    return this.lines[index] ?? "";
  }

  /** Begins a change that one undo takes back; changes within an open one belong to it. */
  begin(now: number): void {
    if (this.open) return;
    this.open = true;
    this.done.push({ lines: [...this.lines], cursor: this.cursor, at: now });
    if (this.done.length > UNDO_LEVELS) this.done.shift();
    this.undone = [];
  }

  /** Ends a change; one that changed nothing is forgotten. */
  end(): void {
    if (!this.open) return;
    this.open = false;
    const before = this.done.at(-1)?.lines ?? [];
    if (before.length === this.lines.length && before.every((line, at) => line === this.lines[at])) this.done.pop();
    else this.modified = true;
  }

  /** Takes the last change back, or does it again. Undefined: there is none. */
  travel(
    back: boolean,
    now: number,
  ): { readonly more: number; readonly number: number; readonly at: number } | undefined {
    const from = back ? this.done : this.undone;
    const to = back ? this.undone : this.done;
    const snapshot = from.pop();
    if (snapshot === undefined) return undefined;
    to.push({ lines: this.lines, cursor: this.cursor, at: back ? snapshot.at : now });
    const more = snapshot.lines.length - this.lines.length;
    const changedLine = firstDifference(this.lines, snapshot.lines);
    this.lines = [...snapshot.lines];
    this.modified = true;
    this.moveTo({ line: Math.min(changedLine, this.lines.length - 1), column: 0 });
    const text = this.line;
    this.moveTo({ line: this.cursor.line, column: Math.max(0, text.search(/\S/)) });
    return { more, number: this.done.length + (back ? 1 : 0), at: snapshot.at };
  }

  /** Moves the cursor, kept within the text; `past` allows the place after the last character. */
  moveTo(place: Place, past = false): void {
    const line = Math.max(0, Math.min(place.line, this.lines.length - 1));
    const length = this.lineAt(line).length;
    this.cursor = { line, column: Math.max(0, Math.min(place.column, past ? length : length - 1)) };
  }

  /** Replaces whole lines. */
  replaceLines(from: number, count: number, by: readonly string[]): void {
    this.lines = [...this.lines.slice(0, from), ...by, ...this.lines.slice(from + count)];
    if (this.lines.length === 0) this.lines = [""];
  }

  /** The text between two places, the second not included. */
  textBetween(from: Place, to: Place): string {
    if (from.line === to.line) return this.lineAt(from.line).slice(from.column, to.column);
    const middle = this.lines.slice(from.line + 1, to.line);
    return [this.lineAt(from.line).slice(from.column), ...middle, this.lineAt(to.line).slice(0, to.column)].join("\n");
  }

  /** Replaces the text between two places; gives the place after what was put in. */
  replaceBetween(from: Place, to: Place, by: string): Place {
    const parts = by.split("\n");
    const last = parts.length - 1;
    const head = this.lineAt(from.line).slice(0, from.column);
    const tail = this.lineAt(to.line).slice(to.column);
    const end = { line: from.line + last, column: (last === 0 ? head.length : 0) + (parts[last] ?? "").length };
    parts[0] = head + (parts[0] ?? "");
    parts[last] = (parts[last] ?? "") + tail;
    this.replaceLines(from.line, to.line - from.line + 1, parts);
    return end;
  }
}

function firstDifference(a: readonly string[], b: readonly string[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}

/** Whether `a` comes before `b`. */
export function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
