import { compileRegex, type Regex, RegexExhausted } from "../../base/regex/regex.ts";
import type { Key } from "../../base/terminal-keys.ts";
import { clipCells } from "../../base/text-cells.ts";
import type { ScreenFrame, ScreenProgram } from "../../machine/full-screen.ts";
import { type LayoutRules, rowsOfLine } from "./page-layout.ts";

/** What the options set; `-` and a letter change it while it runs. */
export interface PagerSettings {
  chop: boolean;
  raw: boolean;
  numbers: boolean;
  ignoreCase: boolean;
  /** -F: over when everything fits one screen. */
  readonly quitIfOneScreen: boolean;
  /** -e, -E, more: over at the end. */
  readonly quitAtEnd: boolean;
}

/** Where text comes from; lines are added while the pager runs. */
export interface PagedText {
  readonly name: string;
  readonly lines: string[];
  ended: boolean;
}

/** A place: a line and a row within it. */
interface Place {
  readonly line: number;
  readonly row: number;
}

interface Search {
  readonly pattern: Regex;
  readonly backwards: boolean;
}

/** The first line from `from` on in which something matches. */
function nextMatch(pattern: Regex, lines: readonly string[], from: number, step: number): number | undefined {
  pattern.takeWork();
  for (let at = from; at >= 0 && at < lines.length; at += step) if (pattern.test(lines[at] ?? "")) return at;
  return undefined;
}

const HELP = [
  "  SUMMARY OF COMMANDS",
  "",
  "  q  :q  ZZ            leave",
  "  SPACE  f  PageDown   a screen forward          b  PageUp   a screen back",
  "  d                    half a screen forward     u           half a screen back",
  "  RETURN  j  Down      a line forward            k  Up       a line back",
  "  g  <  Home           to the first line (Ng: to line N)",
  "  G  >  End            to the last line",
  "  Left  Right          move sideways (with -S)",
  "  /pattern             search forward            ?pattern    search back",
  "  n                    next match                N           the one before",
  "  F                    follow what is added (Ctrl-C stops)",
  "  :n  :p               next file, file before",
  "  -S  -N  -R  -i       cut long lines, line numbers, colours, ignore case",
  "",
];

/** less as a state machine. */
export class Pager implements ScreenProgram {
  exitCode: number | undefined;
  private readonly texts: readonly PagedText[];
  private readonly settings: PagerSettings;
  private current = 0;
  private top: Place = { line: 0, row: 0 };
  private shift = 0;
  private search: Search | undefined;
  private message: string | undefined;
  /** A line being typed at the bottom: its first character says for what. */
  private typing: string | undefined;
  private count = "";
  private follows = false;
  private moved = false;
  private help: PagedText | undefined;
  private columns = 80;
  private height = 23;

  constructor(texts: readonly PagedText[], settings: PagerSettings) {
    this.texts = texts;
    this.settings = settings;
  }

  /** Commands given with `+` on the command line. */
  start(command: string): void {
    for (const key of command) this.press(key);
    if (/^[/?]/.test(command)) this.press("<Enter>");
  }

  private get text(): PagedText {
    return this.help ?? this.texts[this.current] ?? { name: "", lines: [], ended: true };
  }

  /** The window's size; while following, the end stays in view. */
  fit(columns: number, rows: number): void {
    this.columns = columns;
    this.height = Math.max(1, rows - 1);
    if (this.follows) this.toEnd();
  }

  /** Whether everything that there is fits one screen. */
  fitsOneScreen(columns: number, rows: number): boolean {
    this.columns = columns;
    if (this.texts.length > 1 || this.text.lines.length >= rows) return false;
    let used = 0;
    for (let line = 0; line < this.text.lines.length; line++) used += this.rowsOf(line).length;
    return used < rows;
  }

  frame(columns: number, rows: number): ScreenFrame {
    this.fit(columns, rows);
    const shown: string[] = [];
    let place: Place | undefined = this.top;
    while (shown.length < this.height && place !== undefined) {
      shown.push(this.rowsOf(place.line)[place.row] ?? "");
      place = this.after(place);
    }
    while (shown.length < this.height) shown.push("~");
    const bottom = this.typing ?? this.prompt();
    const clipped = clipCells(bottom, 0, columns - 1);
    return {
      rows: [...shown, this.typing === undefined && bottom !== ":" ? `\x1b[7m${clipped}` : clipped],
      cursor: { row: rows - 1, column: Math.min(columns - 1, clipped.length) },
    };
  }

  press(key: Key): void {
    if (this.typing !== undefined) {
      this.type(key);
      return;
    }
    this.message = undefined;
    if (this.follows && key === "<C-c>") this.follows = false;
    else if (/^[0-9]$/.test(key) && (key !== "0" || this.count !== "")) {
      this.count += key;
    } else this.commandWithCount(key);
  }

  private commandWithCount(key: Key): void {
    const count = this.count === "" ? undefined : Number(this.count.slice(0, 9));
    this.count = "";
    this.command(key, count);
  }

  private command(key: Key, count: number | undefined): void {
    const motion = this.motion(key, count);
    if (motion !== undefined) {
      if (motion > 0 && this.settings.quitAtEnd && this.atEnd() && this.text.ended) this.exitCode = 0;
      this.scroll(motion);
      this.moved = true;
      return;
    }
    if (key === "q" || key === "Q") this.leave();
    else if (key === "/" || key === "?" || key === ":" || key === "-" || key === "Z") this.typing = key;
    else if (key === "n" || key === "N") this.searchAgain(key === "N");
    else if (key === "g" || key === "<" || key === "<Home>") this.toLine((count ?? 1) - 1);
    else if (key === "G" || key === ">" || key === "<End>") this.toLineOrEnd(count);
    else if (key === "F") this.follow();
    else if (key === "h" || key === "H") this.showHelp();
    else if (key === "=" || key === "<C-g>") this.message = this.position();
    else if (key === "<Right>") this.shift += count ?? Math.floor(this.columns / 2);
    else if (key === "<Left>") this.shift = Math.max(0, this.shift - (count ?? Math.floor(this.columns / 2)));
  }

  /** Rows to move for a scrolling key. */
  private motion(key: Key, count: number | undefined): number | undefined {
    switch (key) {
      case "j":
      case "e":
      case "<Enter>":
      case "<Down>":
      case "<C-e>":
      case "<C-n>":
        return count ?? 1;
      case "k":
      case "y":
      case "<Up>":
      case "<C-y>":
      case "<C-p>":
        return -(count ?? 1);
      case " ":
      case "f":
      case "<PageDown>":
      case "<C-f>":
      case "<C-v>":
        return count ?? this.height;
      case "b":
      case "<PageUp>":
      case "<C-b>":
        return -(count ?? this.height);
      case "d":
      case "<C-d>":
        return count ?? Math.ceil(this.height / 2);
      case "u":
      case "<C-u>":
        return -(count ?? Math.ceil(this.height / 2));
      default:
        return undefined;
    }
  }

  private type(key: Key): void {
    const typed = this.typing ?? "";
    if (typed === "-" || typed === "Z") {
      this.typing = undefined;
      if (typed === "-") this.toggle(key);
      else if (key === "Z") this.leave();
    } else if (key === "<Enter>") {
      this.typing = undefined;
      this.entered(typed);
    } else if (key === "<BS>") this.typing = typed.length <= 1 ? undefined : typed.slice(0, -1);
    else if (key === "<Esc>" || key === "<C-c>" || key === "<C-g>") this.typing = undefined;
    else if (key === "<C-u>") this.typing = typed.slice(0, 1);
    else if (!/^<.+>$/.test(key)) this.typing = typed + key;
  }

  private entered(line: string): void {
    const rest = line.slice(1);
    if (line.startsWith("/") || line.startsWith("?")) this.newSearch(rest, line.startsWith("?"));
    else if (/^q|^Q/.test(rest)) this.leave();
    else if (rest === "n" || rest === "p") this.otherFile(rest === "n" ? 1 : -1);
    else if (/^\d+$/.test(rest)) this.toLine(Number(rest) - 1);
    else if (rest !== "") this.message = `Unknown command: ${rest}`;
  }

  private toggle(key: Key): void {
    const { settings } = this;
    if (key === "S") settings.chop = !settings.chop;
    else if (key === "N") settings.numbers = !settings.numbers;
    else if (key === "R" || key === "r") settings.raw = !settings.raw;
    else if (key === "i" || key === "I") settings.ignoreCase = !settings.ignoreCase;
    else this.message = `There is no ${key} option`;
    this.shift = settings.chop ? this.shift : 0;
    this.top = { line: this.top.line, row: 0 };
  }

  private leave(): void {
    if (this.help === undefined) this.exitCode = 0;
    this.help = undefined;
  }

  private showHelp(): void {
    this.help = { name: "HELP", lines: HELP, ended: true };
    this.top = { line: 0, row: 0 };
  }

  private otherFile(step: number): void {
    const index = this.current + step;
    if (this.texts[index] === undefined) {
      this.message = step > 0 ? "No next file" : "No previous file";
      return;
    }
    this.current = index;
    this.top = { line: 0, row: 0 };
    this.moved = false;
  }

  private newSearch(pattern: string, backwards: boolean): void {
    if (pattern !== "") {
      const compiled = compileRegex(pattern, { syntax: "extended", ignoreCase: this.settings.ignoreCase });
      if (typeof compiled === "string") {
        this.message = compiled;
        return;
      }
      this.search = { pattern: compiled, backwards };
    }
    this.searchAgain(false);
  }

  private searchAgain(reversed: boolean): void {
    const { search } = this;
    if (search === undefined) {
      this.message = "No previous regular expression";
      return;
    }
    const step = search.backwards !== reversed ? -1 : 1;
    const { lines } = this.text;
    // from the second line on, so that `n` moves; a first search may hit the line on top
    const from = this.top.line + (this.moved || step < 0 ? step : 0);
    try {
      const at = nextMatch(search.pattern, lines, from, step);
      if (at === undefined) {
        this.message = "Pattern not found";
        return;
      }
      this.top = { line: at, row: 0 };
      this.moved = true;
    } catch (error) {
      if (!(error instanceof RegexExhausted)) throw error;
      this.search = undefined; // the screen would mark its matches
      this.message = error.message;
    }
  }

  private follow(): void {
    this.follows = true;
    this.toEnd();
  }

  private toLine(index: number): void {
    this.moved = true;
    this.top = { line: Math.max(0, Math.min(index, this.text.lines.length - 1)), row: 0 };
    this.stopAtEnd();
  }

  private toLineOrEnd(count: number | undefined): void {
    if (count === undefined) this.toEnd();
    else this.toLine(count - 1);
  }

  private toEnd(): void {
    this.moved = true;
    this.top = this.lastTop();
  }

  private scroll(rows: number): void {
    for (let moved = 0; moved < Math.abs(rows); moved++) {
      const next = rows > 0 ? this.after(this.top) : this.before(this.top);
      if (next === undefined || (rows > 0 && this.atEnd())) return;
      this.top = next;
    }
  }

  private stopAtEnd(): void {
    const last = this.lastTop();
    if (this.top.line > last.line || (this.top.line === last.line && this.top.row > last.row)) this.top = last;
  }

  /** The place from which the last row is at the bottom. */
  private lastTop(): Place {
    const last = this.text.lines.length - 1;
    if (last < 0) return { line: 0, row: 0 };
    let place: Place = { line: last, row: this.rowsOf(last).length - 1 };
    for (let row = 1; row < this.height; row++) {
      const before = this.before(place);
      if (before === undefined) break;
      place = before;
    }
    return place;
  }

  private atEnd(): boolean {
    const last = this.lastTop();
    return this.top.line > last.line || (this.top.line === last.line && this.top.row >= last.row);
  }

  private after(place: Place): Place | undefined {
    if (place.row + 1 < this.rowsOf(place.line).length) return { line: place.line, row: place.row + 1 };
    return place.line + 1 < this.text.lines.length ? { line: place.line + 1, row: 0 } : undefined;
  }

  private before(place: Place): Place | undefined {
    if (place.row > 0) return { line: place.line, row: place.row - 1 };
    return place.line > 0 ? { line: place.line - 1, row: this.rowsOf(place.line - 1).length - 1 } : undefined;
  }

  private rowsOf(line: number): string[] {
    if (line >= this.text.lines.length) return ["~"];
    return rowsOfLine(this.text.lines[line] ?? "", line, this.rules());
  }

  private rules(): LayoutRules {
    const { chop, raw, numbers } = this.settings;
    const numberColumns = numbers ? 8 : 0;
    const rules = { columns: this.columns, chop, raw, shift: this.shift, numberColumns };
    return { ...rules, highlight: this.search?.pattern };
  }

  private prompt(): string {
    if (this.message !== undefined) return `${this.message}  (press RETURN)`;
    if (this.follows) return "Waiting for data... (interrupt to abort)";
    if (this.help !== undefined) return "HELP -- Press RETURN for more, or q when done";
    if (this.count !== "") return `:${this.count}`;
    if (this.atEnd() && this.text.ended) return "(END)";
    return this.moved || this.text.name === "" ? ":" : this.text.name;
  }

  private position(): string {
    const { name, lines } = this.text;
    const from = this.top.line + 1;
    const to = Math.min(lines.length, from + this.height - 1);
    return `${name === "" ? "" : `${name} `}lines ${from}-${to}/${lines.length}`;
  }
}
