import { compileRegex, type Regex, RegexExhausted } from "../../base/regex/regex.ts";
import type { MotionWorld } from "./motion.ts";
import { charClass } from "./motion.ts";
import { type Place, TextBuffer } from "./text-buffer.ts";

/** The editor's access to files and time; failures are texts. */
export interface EditorWorld {
  now(): number;
  /** Undefined: no such file. */
  read(path: string): { readonly text: string; readonly readOnly: boolean } | { readonly problem: string } | undefined;
  /** Why it could not be written, or undefined. */
  write(path: string, text: string, append: boolean): string | undefined;
  exists(path: string): boolean;
}

export type Mode = "normal" | "insert" | "replace" | "visual" | "visual-line" | "command";

/** What `:set` changes. */
export interface EditorSettings {
  number: boolean;
  relativenumber: boolean;
  expandtab: boolean;
  autoindent: boolean;
  ignorecase: boolean;
  wrapscan: boolean;
  readonly: boolean;
  hlsearch: boolean;
  wrap: boolean;
  list: boolean;
  tabstop: number;
  shiftwidth: number;
  softtabstop: number;
}

/** What was deleted or yanked. */
export interface Register {
  readonly text: string;
  readonly linewise: boolean;
}

/** Everything that the parts of the editor share. */
export class EditorState implements MotionWorld {
  readonly world: EditorWorld;
  buffer = new TextBuffer([""]);
  path: string | undefined;
  mode: Mode = "normal";
  message = "";
  messageIsError = false;
  exitCode: number | undefined;
  wantedColumn = 0;
  visible = { first: 0, last: 0 };
  top = 0;
  /** Rows of the screen for text. */
  height = 23;
  found: { readonly kind: string; readonly char: string } | undefined;
  lastSearch: { readonly pattern: string; readonly backwards: boolean } | undefined;
  /** Where the insertion began. */
  insertStart: Place = { line: 0, column: 0 };
  visualStart: Place = { line: 0, column: 0 };
  readonly registers = new Map<string, Register>();
  readonly marks = new Map<string, Place>();
  readonly settings: EditorSettings = {
    number: false,
    relativenumber: false,
    expandtab: false,
    autoindent: false,
    ignorecase: false,
    wrapscan: true,
    readonly: false,
    hlsearch: false,
    wrap: true,
    list: false,
    tabstop: 8,
    shiftwidth: 8,
    softtabstop: 0,
  };

  constructor(world: EditorWorld) {
    this.world = world;
  }

  say(message: string): void {
    this.message = message;
    this.messageIsError = false;
  }

  fail(message: string): void {
    this.message = message;
    this.messageIsError = true;
  }

  /** Loads a file into the buffer; the message is vim's. */
  load(path: string): void {
    this.path = path;
    const found = this.world.read(path);
    this.buffer = new TextBuffer([""]);
    this.wantedColumn = 0;
    if (found === undefined) this.say(`"${path}" [New]`);
    else if ("problem" in found) this.say(`"${path}" ${found.problem}`);
    else {
      const complete = found.text.endsWith("\n");
      const lines = (complete ? found.text.slice(0, -1) : found.text).split("\n");
      this.buffer = new TextBuffer(found.text === "" ? [""] : lines);
      if (found.readOnly) this.settings.readonly = true;
      const flags = (complete || found.text === "" ? "" : "[noeol] ") + (this.settings.readonly ? "[readonly] " : "");
      this.say(`"${path}" ${flags}${found.text === "" ? 0 : lines.length}L, ${byteLength(found.text)}B`);
    }
  }

  /** Writes lines to a file; false when it could not, which is said. */
  save(path: string, lines: readonly string[], force: boolean, append = false): boolean {
    if (this.settings.readonly && !force && path === this.path) {
      this.fail("E45: 'readonly' option is set (add ! to override)");
      return false;
    }
    const isNew = !this.world.exists(path);
    if (!isNew && path !== this.path && !force && !append) {
      this.fail("E13: File exists (add ! to override)");
      return false;
    }
    const empty = lines.length === 1 && lines[0] === "";
    const text = empty ? "" : `${lines.join("\n")}\n`;
    const problem = this.world.write(path, text, append);
    if (problem !== undefined) {
      this.fail(`"${path}" ${problem}`);
      return false;
    }
    const size = `${empty ? 0 : lines.length}L, ${byteLength(text)}B`;
    this.say(`"${path}" ${isNew ? "[New] " : ""}${size} ${append ? "appended" : "written"}`);
    return true;
  }

  /** A pattern as vim writes it; undefined when it is wrong, which is said. */
  regex(pattern: string, ignoreCase = false): Regex | undefined {
    const folded = ignoreCase || this.settings.ignorecase || pattern.includes("\\c");
    const veryMagic = pattern.startsWith("\\v");
    const plain = pattern
      .replace(/^\\[vmM]/, "")
      .replace(/\\[cC]/g, "")
      .replace(/\\=/g, "\\?")
      .replace(/\\d/g, "[0-9]");
    const compiled = pattern.startsWith("\\V")
      ? compileRegex(plain.replace(/^\\V/, ""), { syntax: "fixed", ignoreCase: folded })
      : compileRegex(plain, { syntax: veryMagic ? "sed extended" : "sed basic", ignoreCase: folded });
    if (typeof compiled !== "string") return compiled;
    this.fail(`E383: Invalid search string: ${pattern}`);
    return undefined;
  }

  /** What `match` finds; nothing when matching takes too much, which is said. */
  bounded<T>(match: () => T): T | undefined {
    try {
      return match();
    } catch (error) {
      if (!(error instanceof RegexExhausted)) throw error;
      this.fail("E363: Pattern uses more memory than 'maxmempattern'");
      return undefined;
    }
  }

  search(backwards: boolean, count: number): Place | undefined {
    if (this.lastSearch === undefined) {
      this.fail("E35: No previous regular expression");
      return undefined;
    }
    const { pattern } = this.lastSearch;
    const reverse = this.lastSearch.backwards !== backwards;
    const regex = this.regex(pattern);
    if (regex === undefined) return undefined;
    this.say((reverse ? "?" : "/") + pattern);
    const found = this.bounded(() => {
      let place: Place | undefined = this.buffer.cursor;
      for (let step = 0; step < count && place !== undefined; step++) place = this.findFrom(place, regex, reverse);
      return place ?? "none";
    });
    if (found === "none") this.fail(`E486: Pattern not found: ${pattern}`);
    return typeof found === "string" ? undefined : found;
  }

  searchWord(backwards: boolean, count: number): Place | undefined {
    const { line, column } = this.buffer.cursor;
    const text = this.buffer.line;
    let from = column;
    while (from < text.length && charClass(text[from], false) !== 2) from++;
    let to = from;
    while (from > 0 && charClass(text[from - 1], false) === 2) from--;
    while (to < text.length && charClass(text[to], false) === 2) to++;
    if (from === to) {
      this.fail("E348: No string under cursor");
      return undefined;
    }
    this.buffer.moveTo({ line, column: from });
    this.lastSearch = { pattern: `\\<${text.slice(from, to)}\\>`, backwards };
    return this.search(false, count);
  }

  private findFrom(from: Place, regex: Regex, reverse: boolean): Place | undefined {
    const { lines } = this.buffer;
    for (let step = 0; step <= lines.length; step++) {
      const index = (from.line + (reverse ? -step : step) + lines.length * 2) % lines.length;
      const wrapped = reverse ? from.line - step < 0 : from.line + step >= lines.length;
      if (wrapped && !this.settings.wrapscan) return undefined;
      const columns = [...regex.matches(lines[index] ?? "")].map((match) => match.start);
      const first = step === 0;
      const fit = reverse
        ? columns.filter((column) => !first || column < from.column).at(-1)
        : columns.find((column) => !first || column > from.column);
      if (fit === undefined) continue;
      if (wrapped) this.fail(`search hit ${reverse ? "TOP" : "BOTTOM"}, continuing at ${reverse ? "BOTTOM" : "TOP"}`);
      return { line: index, column: fit };
    }
    return undefined;
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
