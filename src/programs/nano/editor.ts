import type { Key } from "../../base/terminal-keys.ts";
import type { ScreenFrame, ScreenProgram } from "../../machine/full-screen.ts";
import { drawNano } from "./view.ts";

/** The editor's access to files; a failure is a text. */
export interface NanoFiles {
  /** Undefined: a new file. */
  read(path: string): { readonly text: string } | { readonly problem: string } | undefined;
  write(path: string, text: string): string | undefined;
}

/** A question at the bottom, and what its answer does. */
export interface Prompt {
  readonly label: string;
  text: string;
  /** A single key answers. */
  readonly yesNo: boolean;
  answer(text: string): void;
}

interface Snapshot {
  readonly lines: readonly string[];
  readonly line: number;
  readonly column: number;
}

const UNDO_LEVELS = 500;

/** nano as a state machine: keys in, screen out. */
export class NanoEditor implements ScreenProgram {
  exitCode: number | undefined;
  path: string;
  lines: string[] = [""];
  line = 0;
  column = 0;
  top = 0;
  height = 20;
  modified = false;
  readonly viewOnly: boolean;
  status = "";
  prompt: Prompt | undefined;
  help = false;
  private readonly files: NanoFiles;
  private cutBuffer: string[] = [];
  private lastKey: Key = "";
  private meta = false;
  private lastSearch = "";
  private undone: Snapshot[] = [];
  private done: Snapshot[] = [];

  constructor(files: NanoFiles, path: string, viewOnly: boolean) {
    this.files = files;
    this.path = path;
    this.viewOnly = viewOnly;
    if (path !== "") this.load(path);
  }

  frame(columns: number, rows: number): ScreenFrame {
    return drawNano(this, columns, rows);
  }

  goTo(line: number): void {
    this.line = Math.max(0, Math.min(line, this.lines.length - 1));
    this.column = Math.min(this.column, this.text.length);
  }

  get text(): string {
    return this.lines[this.line] ?? "";
  }

  press(key: Key): void {
    if (this.help) {
      this.help = key !== "<C-x>" && key !== "q";
      return;
    }
    if (this.prompt !== undefined) {
      this.promptKey(key, this.prompt);
      return;
    }
    this.status = "";
    if (this.meta) this.metaKey(key);
    else if (key === "<Esc>") this.meta = true;
    else if (!this.move(key)) this.command(key);
    this.lastKey = key;
  }

  private load(path: string): void {
    const found = this.files.read(path);
    if (found === undefined) this.status = "[ New File ]";
    else if ("problem" in found) this.status = `[ ${found.problem} ]`;
    else {
      const complete = found.text.endsWith("\n");
      const lines = (complete ? found.text.slice(0, -1) : found.text).split("\n");
      const count = found.text === "" ? 0 : lines.length;
      this.lines = complete ? [...lines, ""] : lines;
      this.status = `[ Read ${count} line${count === 1 ? "" : "s"} ]`;
    }
  }

  private command(key: Key): void {
    if (key === "<C-x>") this.leave();
    else if (key === "<C-o>") this.askToWrite(false);
    else if (key === "<C-s>") this.write(this.path, false);
    else if (key === "<C-g>") this.help = true;
    else if (key === "<C-w>") this.ask("Search", (text) => this.search(text));
    else if (key === "<C-c>") this.sayPosition();
    else if (key === "<C-_>" || key === "<C-\x7f>")
      this.ask("Enter line number, column number", (text) => this.jump(text));
    else if (key === "<C-\\>" || key === "<C-|>") this.askToReplace();
    else if (key === "<C-l>") this.status = "";
    else this.edit(key);
  }

  private edit(key: Key): void {
    const typed = key === "<Enter>" ? "\n" : key === "<Tab>" || key === "<C-i>" ? "\t" : key;
    const known = ["<BS>", "<C-h>", "<Del>", "<C-d>", "<C-k>", "<C-u>"].includes(key);
    if (!known && typed.startsWith("<") && typed.length > 2) {
      this.status = "[ Unbound key ]";
      return;
    }
    if (this.viewOnly) {
      this.status = "[ Key is invalid in view mode ]";
      return;
    }
    this.remember();
    if (key === "<BS>" || key === "<C-h>") this.backspace();
    else if (key === "<Del>" || key === "<C-d>") this.deleteForward();
    else if (key === "<C-k>") this.cut();
    else if (key === "<C-u>") this.paste();
    else this.insert(typed);
  }

  private move(key: Key): boolean {
    const page = Math.max(1, this.height - 2);
    if (key === "<Up>" || key === "<C-p>") this.goTo(this.line - 1);
    else if (key === "<Down>" || key === "<C-n>") this.goTo(this.line + 1);
    else if (key === "<PageUp>" || key === "<C-y>") this.goTo(this.line - page);
    else if (key === "<PageDown>" || key === "<C-v>") this.goTo(this.line + page);
    else if (key === "<Home>" || key === "<C-a>") this.column = 0;
    else if (key === "<End>" || key === "<C-e>") this.column = this.text.length;
    else if (key === "<Left>" || key === "<C-b>") this.step(-1);
    else if (key === "<Right>" || key === "<C-f>") this.step(1);
    else return false;
    return true;
  }

  private step(by: 1 | -1): void {
    if (by < 0 && this.column === 0) {
      if (this.line === 0) return;
      this.line--;
      this.column = this.text.length;
    } else if (by > 0 && this.column >= this.text.length) {
      if (this.line + 1 >= this.lines.length) return;
      this.line++;
      this.column = 0;
    } else this.column += by;
  }

  private metaKey(key: Key): void {
    this.meta = false;
    if (key === "u" || key === "U") this.travel(this.done, this.undone, "Undid an edit");
    else if (key === "e" || key === "E") this.travel(this.undone, this.done, "Redid an edit");
    else if (key === "w" || key === "W") this.search(this.lastSearch);
    else if (key === "\\" || key === "|") this.goTo(0);
    else if (key === "/" || key === "?") this.goTo(this.lines.length - 1);
    else if (key === "6" || key === "^") this.cutBuffer = [this.text];
    else if (key === "r" || key === "R") this.askToReplace();
    else this.status = "[ Unbound key ]";
  }

  private remember(): void {
    this.done.push({ lines: [...this.lines], line: this.line, column: this.column });
    if (this.done.length > UNDO_LEVELS) this.done.shift();
    this.undone = [];
    this.modified = true;
  }

  private travel(from: Snapshot[], to: Snapshot[], message: string): void {
    const snapshot = from.pop();
    if (snapshot === undefined) {
      this.status = from === this.done ? "[ Nothing to undo ]" : "[ Nothing to redo ]";
      return;
    }
    to.push({ lines: this.lines, line: this.line, column: this.column });
    this.lines = [...snapshot.lines];
    this.line = snapshot.line;
    this.column = snapshot.column;
    this.status = `[ ${message} ]`;
  }

  private insert(text: string): void {
    const [head, tail] = [this.text.slice(0, this.column), this.text.slice(this.column)];
    if (text === "\n") {
      this.lines.splice(this.line, 1, head, tail);
      this.line++;
      this.column = 0;
      return;
    }
    this.lines[this.line] = head + text + tail;
    this.column += text.length;
    // there is always an empty line to go on at
    if (this.line === this.lines.length - 1) this.lines.push("");
  }

  private backspace(): void {
    if (this.line === 0 && this.column === 0) return;
    this.step(-1);
    this.deleteForward();
  }

  private deleteForward(): void {
    if (this.column < this.text.length)
      this.lines[this.line] = this.text.slice(0, this.column) + this.text.slice(this.column + 1);
    else if (this.line + 1 < this.lines.length) this.lines.splice(this.line, 2, this.text + this.lines[this.line + 1]);
  }

  private cut(): void {
    if (this.line === this.lines.length - 1 && this.text === "") {
      this.status = "[ Nothing was cut ]";
      return;
    }
    if (this.lastKey !== "<C-k>") this.cutBuffer = [];
    this.cutBuffer.push(this.text);
    this.lines.splice(this.line, 1);
    if (this.lines.length === 0) this.lines.push("");
    this.goTo(this.line);
    this.column = 0;
  }

  private paste(): void {
    this.lines.splice(this.line, 0, ...this.cutBuffer);
    this.line += this.cutBuffer.length;
    this.column = 0;
  }

  private ask(label: string, answer: (text: string) => void, text = ""): void {
    this.prompt = { label, text, yesNo: false, answer };
  }

  private promptKey(key: Key, prompt: Prompt): void {
    if (key === "<C-c>" || key === "<Esc>") {
      this.prompt = undefined;
      this.status = "[ Cancelled ]";
    } else if (prompt.yesNo) {
      if (!/^[yn]$/i.test(key)) return;
      this.prompt = undefined;
      prompt.answer(key.toLowerCase());
    } else if (key === "<Enter>") {
      this.prompt = undefined;
      prompt.answer(prompt.text);
    } else if (key === "<BS>" || key === "<C-h>") prompt.text = prompt.text.slice(0, -1);
    else if (key === "<C-u>" || key === "<C-k>") prompt.text = "";
    else if (key.length <= 2 || !key.startsWith("<")) prompt.text += key;
  }

  private leave(): void {
    if (!this.modified) {
      this.exitCode = 0;
      return;
    }
    const answer = (key: string) => {
      if (key === "n") this.exitCode = 0;
      else this.askToWrite(true);
    };
    this.prompt = { label: "Save modified buffer?", text: "", yesNo: true, answer };
  }

  private askToWrite(thenLeave: boolean): void {
    this.ask("File Name to Write", (path) => this.write(path, thenLeave), this.path);
  }

  private write(path: string, thenLeave: boolean): void {
    if (path === "") {
      if (thenLeave) this.status = "[ Cancelled ]";
      else this.askToWrite(false);
      return;
    }
    // a file ends with a newline: the empty last line is it
    const lines = this.lines.at(-1) === "" ? this.lines.slice(0, -1) : this.lines;
    const problem = this.files.write(path, lines.map((line) => `${line}\n`).join(""));
    if (problem !== undefined) {
      this.status = `[ Error writing ${path}: ${problem} ]`;
      return;
    }
    this.path = path;
    this.modified = false;
    this.status = `[ Wrote ${lines.length} line${lines.length === 1 ? "" : "s"} ]`;
    if (thenLeave) this.exitCode = 0;
  }

  private search(given: string): void {
    const wanted = given === "" ? this.lastSearch : given;
    if (wanted === "") {
      this.status = "[ Cancelled ]";
      return;
    }
    this.lastSearch = wanted;
    const needle = wanted.toLowerCase();
    for (let step = 0; step <= this.lines.length; step++) {
      const index = (this.line + step) % this.lines.length;
      const at = (this.lines[index] ?? "").toLowerCase().indexOf(needle, step === 0 ? this.column + 1 : 0);
      if (at < 0) continue;
      if (index < this.line || step === this.lines.length) this.status = "[ Search Wrapped ]";
      this.line = index;
      this.column = at;
      return;
    }
    this.status = `[ "${wanted}" not found ]`;
  }

  private askToReplace(): void {
    this.ask("Search (to replace)", (from) => {
      if (from === "") this.status = "[ Cancelled ]";
      else this.ask("Replace with", (to) => this.replaceAll(from, to));
    });
  }

  private replaceAll(from: string, to: string): void {
    const count = this.lines.reduce((sum, line) => sum + line.split(from).length - 1, 0);
    if (count === 0) {
      this.status = `[ "${from}" not found ]`;
      return;
    }
    this.remember();
    this.lines = this.lines.map((line) => line.split(from).join(to));
    this.goTo(this.line);
    this.status = `[ Replaced ${count} occurrence${count === 1 ? "" : "s"} ]`;
  }

  private jump(text: string): void {
    const [line, column] = text.split(/[ ,]+/).map(Number);
    if (line === undefined || !Number.isInteger(line) || text === "") {
      this.status = "[ Invalid line or column number ]";
      return;
    }
    this.goTo(line - 1);
    if (column !== undefined && Number.isInteger(column))
      this.column = Math.max(0, Math.min(column - 1, this.text.length));
  }

  private sayPosition(): void {
    const percent = (part: number, whole: number) => Math.floor((part * 100) / Math.max(1, whole));
    const { length } = this.lines;
    const columns = this.text.length + 1;
    const chars = this.lines.reduce((sum, line) => sum + line.length + 1, -1);
    const before = this.lines.slice(0, this.line).reduce((sum, line) => sum + line.length + 1, 0) + this.column;
    this.status = `[ line ${this.line + 1}/${length} (${percent(this.line + 1, length)}%), col ${this.column + 1}/${columns} (${percent(this.column + 1, columns)}%), char ${before}/${chars} (${percent(before, chars)}%) ]`;
  }
}
