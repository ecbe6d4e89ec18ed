import type { History } from "../state/history.ts";
import { HistoryCursor } from "./history-cursor.ts";
import type { Key, KeyName } from "./key.ts";
import { isNotBlank, LineBuffer } from "./line-buffer.ts";

/** What a key led to, for whoever runs the editor. */
export type Outcome =
  | { readonly kind: "changed" }
  /** Text was added at the end and nothing else changed: it can be shown without drawing the line anew. */
  | { readonly kind: "appended"; readonly text: string }
  /** The same, by a paste: it stands out until the next key. */
  | { readonly kind: "pasted"; readonly text: string }
  | { readonly kind: "accept"; readonly line: string }
  | { readonly kind: "interrupt" }
  | { readonly kind: "end" }
  | { readonly kind: "clear" }
  | { readonly kind: "complete"; readonly again: boolean }
  | { readonly kind: "bell" }
  | { readonly kind: "nothing" };

const CHANGED: Outcome = { kind: "changed" };
const NOTHING: Outcome = { kind: "nothing" };
const BELL: Outcome = { kind: "bell" };
const UNDO_MAX = 200;

/** Incremental search: what is looked for, and what was in the line before. */
interface Search {
  query: string;
  found: number;
  failed: boolean;
  readonly original: string;
}

/** readline's emacs mode as a state machine: keys in, outcomes out; it draws nothing and waits for nothing. */
export class LineEditor {
  readonly buffer = new LineBuffer();
  private readonly history: HistoryCursor;
  private readonly killRing: string[];
  private search: Search | undefined;
  private undoStack: { text: string; cursor: number }[] = [];
  private lastCommand = "";
  private literalNext = false;
  private prefixed = false;
  private pasting = false;
  private yankLastWord = { count: 0, length: 0 };

  /** The kill ring is kept from line to line. */
  constructor(history: History, killRing: string[]) {
    this.history = new HistoryCursor(history);
    this.killRing = killRing;
  }

  /** What stands in front of the line instead of the prompt while a search runs. */
  get searchPrompt(): string | undefined {
    if (this.search === undefined) return undefined;
    return `(${this.search.failed ? "failed " : ""}reverse-i-search)\`${this.search.query}': `;
  }

  press(key: Key): Outcome {
    if (key.kind === "paste") {
      this.pasting = key.begins;
      return NOTHING;
    }
    if (this.literalNext) return this.insertLiteral(key);
    if (this.search !== undefined) {
      const outcome = this.pressInSearch(key, this.search);
      if (outcome !== undefined) return outcome;
    }
    const before = this.lastCommand;
    this.lastCommand = commandOf(key);
    return this.dispatch(key, before);
  }

  /** Puts a completion in at the cursor. */
  insert(text: string): void {
    this.remember("complete");
    this.buffer.insert(text);
  }

  /** Replaces the characters before the cursor back to `start`. */
  replaceBefore(start: number, text: string): void {
    this.remember("complete");
    this.buffer.cut(start, this.buffer.cursor);
    this.buffer.insert(text);
  }

  private dispatch(key: Key, before: string): Outcome {
    switch (key.kind) {
      case "text":
        return this.type(key.text);
      case "named":
        return this.named(key.name, before);
      case "control":
        return this.prefixed ? this.afterPrefix(key.letter) : this.control(key.letter);
      case "meta":
        return this.meta(key.char, before);
      default:
        return NOTHING;
    }
  }

  private type(text: string): Outcome {
    this.remember("type");
    const atEnd = this.buffer.atEnd;
    this.buffer.insert(text);
    return atEnd ? { kind: this.pasting ? "pasted" : "appended", text } : CHANGED;
  }

  private named(name: KeyName, before: string): Outcome {
    const { buffer } = this;
    switch (name) {
      case "enter":
        return { kind: "accept", line: buffer.text };
      case "tab":
        return { kind: "complete", again: before === "tab" };
      case "backspace":
        return buffer.cursor === 0 ? BELL : this.erase(buffer.cursor - 1, buffer.cursor);
      case "delete":
        return buffer.atEnd ? BELL : this.erase(buffer.cursor, buffer.cursor + 1);
      case "left":
        return this.move(buffer.cursor - 1);
      case "right":
        return this.move(buffer.cursor + 1);
      case "home":
        return this.move(0);
      case "end":
        return this.move(buffer.length);
      case "word-left":
        return this.move(buffer.wordStart());
      case "word-right":
        return this.move(buffer.wordEnd());
      case "up":
        return this.show(this.history.move(-1, buffer.text));
      case "down":
        return this.show(this.history.move(1, buffer.text));
    }
  }

  private control(letter: string): Outcome {
    const { buffer } = this;
    switch (letter) {
      case "a":
        return this.move(0);
      case "e":
        return this.move(buffer.length);
      case "b":
        return this.move(buffer.cursor - 1);
      case "f":
        return this.move(buffer.cursor + 1);
      case "p":
        return this.show(this.history.move(-1, buffer.text));
      case "n":
        return this.show(this.history.move(1, buffer.text));
      case "d":
        if (buffer.length === 0) return { kind: "end" };
        return buffer.atEnd ? BELL : this.erase(buffer.cursor, buffer.cursor + 1);
      case "k":
        return this.kill(buffer.cursor, buffer.length);
      case "u":
        return this.kill(0, buffer.cursor);
      case "w":
        return this.kill(buffer.wordStart(isNotBlank), buffer.cursor);
      case "y":
        return this.yank();
      case "t":
        return this.transpose();
      case "l":
        return { kind: "clear" };
      case "c":
        return { kind: "interrupt" };
      case "g":
        return BELL;
      case "r":
        this.search = { query: "", found: this.history.position, failed: false, original: buffer.text };
        return CHANGED;
      case "_":
        return this.undo();
      case "v":
      case "q":
        this.literalNext = true;
        return NOTHING;
      case "x":
        this.prefixed = true;
        return NOTHING;
      default:
        return NOTHING;
    }
  }

  private afterPrefix(letter: string): Outcome {
    this.prefixed = false;
    if (letter === "c") return { kind: "interrupt" };
    if (letter === "u") return this.undo();
    if (letter === "x") return this.move(this.buffer.cursor === this.buffer.length ? 0 : this.buffer.length);
    return NOTHING;
  }

  private meta(char: string, before: string): Outcome {
    const { buffer } = this;
    switch (char) {
      case "b":
        return this.move(buffer.wordStart());
      case "f":
        return this.move(buffer.wordEnd());
      case "d":
        return this.kill(buffer.cursor, buffer.wordEnd());
      case "\x7f":
      case "\b":
        return this.kill(buffer.wordStart(), buffer.cursor);
      case ".":
      case "_":
        return this.insertLastWord(before === `meta-${char}`);
      case "<":
        return this.show(this.history.first(buffer.text));
      case ">":
        return this.show(this.history.last(buffer.text));
      case "u":
      case "l":
      case "c":
        return this.changeCase(char);
      case "#":
        return { kind: "accept", line: `#${buffer.text}` };
      default:
        return NOTHING;
    }
  }

  private move(position: number): Outcome {
    if (position < 0 || position > this.buffer.length) return BELL;
    this.buffer.moveTo(position);
    return CHANGED;
  }

  private show(entry: string | undefined): Outcome {
    if (entry === undefined) return BELL;
    this.undoStack = [];
    this.buffer.set(entry);
    return CHANGED;
  }

  private erase(from: number, to: number): Outcome {
    this.remember("erase");
    this.buffer.cut(from, to);
    return CHANGED;
  }

  private kill(from: number, to: number): Outcome {
    if (from === to) return NOTHING;
    this.remember("kill");
    this.killRing.push(this.buffer.cut(from, to));
    if (this.killRing.length > 20) this.killRing.shift();
    return CHANGED;
  }

  private yank(): Outcome {
    const text = this.killRing[this.killRing.length - 1];
    if (text === undefined) return BELL;
    this.remember("yank");
    this.buffer.insert(text);
    return CHANGED;
  }

  private transpose(): Outcome {
    const { buffer } = this;
    if (buffer.cursor === 0 || buffer.length < 2) return BELL;
    this.remember("transpose");
    if (!buffer.atEnd) buffer.moveTo(buffer.cursor + 1);
    const at = buffer.cursor;
    const [first = "", second = ""] = [...buffer.cut(at - 2, at)];
    buffer.insert(second + first);
    return CHANGED;
  }

  private changeCase(kind: "u" | "l" | "c"): Outcome {
    this.remember("case");
    const word = this.buffer.cut(this.buffer.cursor, this.buffer.wordEnd());
    const lower = word.toLowerCase();
    const capital = lower.replace(/\p{L}/u, (letter) => letter.toUpperCase());
    this.buffer.insert(kind === "u" ? word.toUpperCase() : kind === "l" ? lower : capital);
    return CHANGED;
  }

  /** Alt-. puts the last word of the newest entry in; pressed again, of the one before. */
  private insertLastWord(again: boolean): Outcome {
    const count = again ? this.yankLastWord.count + 1 : 1;
    const word = this.history.lastWord(count);
    if (word === undefined) return BELL;
    this.remember("last-word");
    if (again) this.buffer.cut(this.buffer.cursor - this.yankLastWord.length, this.buffer.cursor);
    this.buffer.insert(word);
    this.yankLastWord = { count, length: [...word].length };
    return CHANGED;
  }

  private insertLiteral(key: Key): Outcome {
    this.literalNext = false;
    if (key.kind === "control") return this.type(String.fromCharCode(key.letter.toUpperCase().charCodeAt(0) - 64));
    if (key.kind === "text") return this.type(key.text);
    if (key.kind === "named" && key.name === "tab") return this.type("\t");
    return NOTHING;
  }

  /** Keys in a search; undefined when the key ends it and is to be obeyed as usual. */
  private pressInSearch(key: Key, search: Search): Outcome | undefined {
    if (key.kind === "text") return this.searchFor(search, search.query + key.text, search.found);
    if (key.kind === "named" && key.name === "backspace") {
      return this.searchFor(search, [...search.query].slice(0, -1).join(""), this.history.position);
    }
    if (key.kind === "control" && key.letter === "r") return this.searchFor(search, search.query, search.found - 1);
    if (key.kind === "control" && (key.letter === "g" || key.letter === "c")) {
      this.search = undefined;
      this.buffer.set(search.original);
      return key.letter === "g" ? CHANGED : undefined;
    }
    this.search = undefined;
    if (!search.failed && search.query !== "") this.history.jump(search.found);
    if (key.kind === "meta" && key.char === "\x1b") return CHANGED;
    return undefined;
  }

  private searchFor(search: Search, query: string, from: number): Outcome {
    search.query = query;
    if (query === "") return CHANGED;
    const hit = this.history.search(query, from);
    search.failed = hit === undefined;
    if (hit === undefined) return CHANGED;
    search.found = hit.index;
    this.buffer.set(hit.text);
    this.buffer.moveTo([...hit.text.slice(0, hit.text.lastIndexOf(query))].length);
    return CHANGED;
  }

  /** Keeps what the line was, once for a run of the same command. */
  private remember(command: string): void {
    const last = this.undoStack[this.undoStack.length - 1];
    if (command === "type" && this.lastUndo === "type" && last !== undefined) return;
    this.lastUndo = command;
    this.undoStack.push({ text: this.buffer.text, cursor: this.buffer.cursor });
    if (this.undoStack.length > UNDO_MAX) this.undoStack.shift();
  }

  private lastUndo = "";

  private undo(): Outcome {
    const last = this.undoStack.pop();
    this.lastUndo = "";
    if (last === undefined) return BELL;
    this.buffer.set(last.text);
    this.buffer.moveTo(last.cursor);
    return CHANGED;
  }
}

function commandOf(key: Key): string {
  if (key.kind === "named") return key.name;
  if (key.kind === "meta") return `meta-${key.char}`;
  return key.kind === "control" ? `control-${key.letter}` : key.kind;
}
