import type { GivenOptions } from "../../base/getopt.ts";
import { compileRegex, type Regex, RegexExhausted } from "../../base/regex/regex.ts";
import { LineReader, writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { regexTime } from "../../machine/regex-time.ts";
import { ExitProgram } from "../../machine/signals.ts";
import type { Task } from "../../sim/task.ts";
import { FileChoice } from "./grep-files.ts";
import { complain, fileErrorText, type Input, openInput, utility } from "./utility.ts";

const OPTIONS = [
  { short: "E", long: "extended-regexp", help: "extended regular expressions" },
  { short: "F", long: "fixed-strings", help: "plain strings" },
  { short: "G", long: "basic-regexp", help: "basic regular expressions (the default)" },
  { short: "P", long: "perl-regexp", help: "Perl-like regular expressions" },
  { short: "e", long: "regexp", value: "required", help: "a pattern; may be given several times" },
  { short: "f", long: "file", value: "required", help: "patterns from a file, one a line" },
  { short: "i", long: "ignore-case", help: "upper and lower case are the same" },
  { short: "v", long: "invert-match", help: "lines that do not match" },
  { short: "w", long: "word-regexp", help: "whole words" },
  { short: "x", long: "line-regexp", help: "whole lines" },
  { short: "c", long: "count", help: "only the number of lines" },
  { short: "n", long: "line-number", help: "with line numbers" },
  { short: "o", long: "only-matching", help: "only what matched" },
  { short: "q", long: "quiet", help: "nothing; the exit code tells" },
  { long: "silent" },
  { short: "s", long: "no-messages", help: "no complaints about files" },
  { short: "l", long: "files-with-matches", help: "only names of files that match" },
  { short: "L", long: "files-without-match", help: "only names of files that do not" },
  { short: "h", long: "no-filename", help: "without file names" },
  { short: "H", long: "with-filename", help: "with file names" },
  { short: "r", long: "recursive", help: "all files under directories" },
  { short: "R", long: "dereference-recursive" },
  { short: "m", long: "max-count", value: "required", help: "stop after this many lines" },
  { short: "A", long: "after-context", value: "required", help: "lines after a match" },
  { short: "B", long: "before-context", value: "required", help: "lines before a match" },
  { short: "C", long: "context", value: "required", help: "lines around a match" },
  { short: "a", long: "text", help: "treat binary files as text" },
  { short: "z", long: "null-data" },
  { long: "color", value: "optional" },
  { long: "colour", value: "optional" },
  { long: "line-buffered" },
  { long: "include", value: "required" },
  { long: "exclude", value: "required" },
  { long: "exclude-dir", value: "required" },
] as const;

/** grep, and with a fixed grammar egrep and fgrep. */
function grepProgram(name: string, grammar: "basic" | "extended" | "fixed"): Program {
  return utility({
    name,
    usage: "[OPTION]... PATTERNS [FILE]...",
    summary: "Show the lines that match a pattern.",
    usageExitCode: 2,
    options: OPTIONS,
    *run(process, options, operands) {
      return yield* new Search(process, options, grammar).run(operands);
    },
  });
}

export const grep = grepProgram("grep", "basic");
export const egrep = grepProgram("egrep", "extended");
export const fgrep = grepProgram("fgrep", "fixed");

/** The last of these options counts. */
const GRAMMARS = {
  "extended-regexp": "extended",
  "basic-regexp": "basic",
  "fixed-strings": "fixed",
  "perl-regexp": "perl",
} as const;
const SYNTAX = { basic: "grep basic", extended: "grep extended", fixed: "fixed", perl: "pcre" } as const;

class Search {
  private readonly process: Process;
  private readonly options: GivenOptions;
  private readonly grammar: "basic" | "extended" | "fixed" | "perl";
  private readonly choice: FileChoice;
  private matched = false;
  private failed = false;
  private readonly before: number;
  private readonly after: number;

  constructor(process: Process, options: GivenOptions, grammar: "basic" | "extended" | "fixed") {
    this.process = process;
    this.options = options;
    this.choice = new FileChoice(options);
    const named = options.inOrder.findLast(({ name }) => name in GRAMMARS)?.name;
    this.grammar = named === undefined ? grammar : GRAMMARS[named as keyof typeof GRAMMARS];
    const around = Number(options.value("context") ?? 0);
    this.before = Number(options.value("before-context") ?? around);
    this.after = Number(options.value("after-context") ?? around);
  }

  *run(operands: readonly string[]): Task<number> {
    if (this.options.has("null-data")) {
      yield* complain(this.process, "grep", "not simulated in this sandbox: lines that end with a null byte (-z)");
      return 2;
    }
    const patterns = yield* this.patterns();
    if (patterns === undefined) return 2;
    const files = [...operands];
    if (patterns.length === 0 && !this.options.has("regexp") && !this.options.has("file")) {
      const first = files.shift();
      if (first === undefined) {
        yield* writeText(
          this.process.stderr,
          "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n",
        );
        return 2;
      }
      patterns.push(...first.split("\n"));
    }
    const test = yield* this.compile(patterns);
    if (test === undefined) return 2;
    return yield* this.searchAll(files, test);
  }

  private *patterns(): Task<string[] | undefined> {
    const patterns = this.options.values("regexp").flatMap((pattern) => pattern.split("\n"));
    for (const file of this.options.values("file")) {
      try {
        patterns.push(...this.process.fs.readText(file).replace(/\n$/, "").split("\n"));
      } catch (error) {
        yield* complain(this.process, "grep", `${file}: ${fileErrorText(error)}`);
        return undefined;
      }
    }
    return patterns;
  }

  private *compile(patterns: readonly string[]): Task<Regex | undefined> {
    const misplaced = patterns.some((pattern) => /^\[:\w+:\]$/.test(pattern));
    if (misplaced && this.grammar !== "fixed" && this.grammar !== "perl") {
      yield* complain(this.process, "grep", "character class syntax is [[:space:]], not [:space:]");
      return undefined;
    }
    const regex = compileRegex(patterns, {
      syntax: SYNTAX[this.grammar],
      ignoreCase: this.options.has("ignore-case"),
      only: this.options.has("line-regexp") ? "line" : this.options.has("word-regexp") ? "word" : undefined,
    });
    if (typeof regex === "string") {
      yield* complain(this.process, "grep", regex);
      return undefined;
    }
    for (const warning of regex.warnings) yield* complain(this.process, "grep", `warning: ${warning}`);
    return regex;
  }

  private *searchAll(files: readonly string[], test: Regex): Task<number> {
    const recursive = this.options.has("recursive") || this.options.has("dereference-recursive");
    const named =
      this.options.has("with-filename") || ((files.length > 1 || recursive) && !this.options.has("no-filename"));
    const roots = files.length === 0 ? [recursive ? "" : "-"] : files;
    for (const root of roots) {
      for (const name of this.filesOf(root, recursive)) {
        yield* this.searchFile(name, test, named);
        if (this.matched && this.options.has("quiet")) return 0;
      }
    }
    return this.failed && !this.options.has("quiet") ? 2 : this.matched ? 0 : 1;
  }

  private tree(root: string): string[] {
    return this.process.fs.readdir(root === "" ? "." : root).flatMap((name) => {
      const path = root === "" || root.endsWith("/") ? root + name : `${root}/${name}`;
      const type = this.process.fs.lstat(path).type;
      if (type === "directory") return this.choice.entersDirectory(name) ? this.tree(path) : [];
      return type === "file" && this.choice.takes(name) ? [path] : [];
    });
  }

  /** The files that an operand stands for. */
  private filesOf(root: string, recursive: boolean): string[] {
    if (root === "-") return [root];
    if (root === "") return this.tree(root);
    const { fs } = this.process;
    const isDirectory = fs.exists(root) && fs.stat(root).type === "directory";
    if (!this.choice.takesNamed(root, isDirectory)) return [];
    return recursive && isDirectory ? this.tree(root) : [root];
  }

  private *searchFile(name: string, test: Regex, named: boolean): Task<void> {
    let input: Input;
    try {
      input = openInput(this.process, name);
    } catch (error) {
      const reason = fileErrorText(error);
      if (reason === "Is a directory") yield* complain(this.process, "grep", `${name}: Is a directory`);
      else {
        this.failed = true;
        if (!this.options.has("no-messages")) yield* complain(this.process, "grep", `${name}: ${reason}`);
      }
      return;
    }
    try {
      yield* this.searchInput(input, test, named);
    } catch (error) {
      if (!(error instanceof RegexExhausted)) throw error;
      const where = this.grammar === "perl" ? `${input.label === "-" ? "(standard input)" : input.label}: ` : "";
      yield* complain(this.process, "grep", `${where}${error.message}`);
      throw new ExitProgram(2);
    } finally {
      input.close();
    }
  }

  private *searchInput(input: Input, test: Regex, named: boolean): Task<void> {
    const label = input.label === "-" ? "(standard input)" : input.label;
    const prefix = named ? label : undefined;
    const limit = Number(this.options.value("max-count") ?? Number.POSITIVE_INFINITY);
    const quiet = this.options.has("quiet") || this.options.has("silent");
    const namesOnly = this.options.has("files-with-matches") || this.options.has("files-without-match");
    const silent = quiet || namesOnly || this.options.has("count");
    const reader = new LineReader(input.descriptor);
    const window = new ContextWindow(this.before);
    let count = 0;
    let line = 0;
    let afterLeft = 0;
    let binary = false;
    for (let text = yield* reader.next(); text !== undefined && count < limit; text = yield* reader.next()) {
      line++;
      if (text.includes("\0") && !this.options.has("text")) binary = true;
      yield* regexTime(this.process, test);
      const hit = test.test(text) !== this.options.has("invert-match");
      if (hit) {
        count++;
        this.matched = true;
        if (quiet || namesOnly) break;
        if (silent) continue;
        if (binary) {
          yield* writeText(this.process.stdout, `Binary file ${label} matches\n`);
          break;
        }
        for (const [earlier, earlierText] of window.take()) yield* this.show(prefix, earlier, earlierText, "-");
        yield* this.showHit(prefix, line, text, test);
        window.clear();
        afterLeft = this.after;
      } else if (afterLeft > 0 && !silent) {
        afterLeft--;
        yield* this.show(prefix, line, text, "-");
        window.clear();
      } else window.remember(line, text);
    }
    if (this.options.has("count") && !quiet)
      yield* writeText(this.process.stdout, `${prefix === undefined ? "" : `${prefix}:`}${count}\n`);
    const listed = this.options.has("files-with-matches")
      ? count > 0
      : this.options.has("files-without-match") && count === 0;
    if (listed && !quiet) yield* writeText(this.process.stdout, `${label}\n`);
  }

  private *showHit(prefix: string | undefined, line: number, text: string, test: Regex): Task<void> {
    if (!this.options.has("only-matching")) return yield* this.show(prefix, line, text, ":");
    if (this.options.has("invert-match")) return;
    for (const found of test.matches(text)) if (found.text !== "") yield* this.show(prefix, line, found.text, ":");
  }

  private *show(prefix: string | undefined, line: number, text: string, mark: string): Task<void> {
    if (this.lastShown !== undefined && line > this.lastShown + 1 && (this.before > 0 || this.after > 0)) {
      yield* writeText(this.process.stdout, "--\n");
    }
    this.lastShown = line;
    const name = prefix === undefined ? "" : `${prefix}${mark}`;
    const number = this.options.has("line-number") ? `${line}${mark}` : "";
    yield* writeText(this.process.stdout, `${name}${number}${text}\n`);
  }

  private lastShown: number | undefined;
}

/** The lines before a match that have not been shown. */
class ContextWindow {
  private readonly size: number;
  private lines: [number, string][] = [];

  constructor(size: number) {
    this.size = size;
  }

  remember(line: number, text: string): void {
    if (this.size === 0) return;
    this.lines.push([line, text]);
    if (this.lines.length > this.size) this.lines.shift();
  }

  take(): readonly (readonly [number, string])[] {
    const lines = this.lines;
    this.lines = [];
    return lines;
  }

  clear(): void {
    this.lines = [];
  }
}
