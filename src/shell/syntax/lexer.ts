import type { Mark, Reading, SourceLines } from "./source-lines.ts";
import { SyntaxProblem } from "./syntax-error.ts";
import { OPERATORS, type Token } from "./token.ts";
import { isQuoteStart, WordScanner } from "./word-scanner.ts";

/** Looks an alias up; undefined when there is none. */
export type AliasLookup = (name: string) => string | undefined;

/** Where in a command a word stands: this decides whether aliases, assignments and keywords are looked for. */
export type WordPlace = "command" | "argument" | "regex";

interface HereDocument {
  readonly delimiter: string;
  readonly stripTabs: boolean;
  readonly line: number;
}

/** Cuts a script into tokens, a line at a time; puts aliases in and steps over here-documents. */
export class Lexer {
  private readonly source: SourceLines;
  private readonly alias: AliasLookup;
  private readonly scanner: WordScanner;
  private ahead: { token: Token; place: WordPlace } | undefined;
  private hereDocuments: HereDocument[] = [];
  /** Aliases whose text is being read: not expanded again before the rest of the line is shorter than `rest`. */
  private activeAliases: { name: string; rest: number }[] = [];
  private checkNextWord = false;
  /** Warnings about here-documents that the end of the file closed. */
  readonly warnings: { readonly line: number; readonly startLine: number; readonly delimiter: string }[] = [];

  constructor(source: SourceLines, alias: AliasLookup, nested: () => Reading<void>) {
    this.source = source;
    this.alias = alias;
    this.scanner = new WordScanner(source, nested);
  }

  /** The next token, left in place. A line's end stays unread so that the prompt comes before the next line. */
  *peek(place: WordPlace = "argument"): Reading<Token> {
    if (this.ahead === undefined) this.ahead = { token: yield* this.read(place), place };
    return this.ahead.token;
  }

  *next(place: WordPlace = "argument"): Reading<Token> {
    const token = yield* this.peek(place);
    this.ahead = undefined;
    return token;
  }

  /** For `$( )` and the like, which are read inside a word: hides the look-ahead of the outer command. */
  *inside(read: () => Reading<void>): Reading<void> {
    const { ahead, checkNextWord } = this;
    this.ahead = undefined;
    this.checkNextWord = false;
    yield* read();
    this.ahead = ahead;
    this.checkNextWord = checkNextWord;
  }

  addHereDocument(delimiterWord: string, stripTabs: boolean): void {
    const delimiter = delimiterWord.replace(/\\(.)|["']/g, "$1");
    this.hereDocuments.push({ delimiter, stripTabs, line: this.source.lineNumber });
  }

  /** Goes behind `((…))` in front of the cursor, if it is that; called with the first parenthesis read. */
  *arithmetic(): Reading<boolean> {
    if (this.source.char() !== "(") return false;
    const mark = this.source.mark();
    this.source.at++;
    if (yield* this.scanner.doubleParentheses()) return true;
    this.source.reset(mark);
    return false;
  }

  /** Goes behind the balanced parenthesis that the cursor stands in, for array values. */
  *closeParenthesis(): Reading<void> {
    yield* this.scanner.parentheses();
  }

  private *read(place: WordPlace): Reading<Token> {
    yield* this.skipBlanks();
    if (!(yield* this.source.more("command"))) return this.token("end", "newline");
    const char = this.source.char();
    if (char === "\n") return yield* this.newline();
    if (char === "#") {
      this.source.at = lineEnd(this.source.line, this.source.at);
      return yield* this.read(place);
    }
    // an expression behind `=~` may begin with a group
    const operator = place === "regex" && char === "(" ? undefined : this.operator();
    if (operator === undefined) return yield* this.word(place);
    this.source.at += operator.length;
    return this.token("operator", operator);
  }

  private *skipBlanks(): Reading<void> {
    for (;;) {
      const char = this.source.char();
      if (char === " " || char === "\t") this.source.at++;
      else if (char === "\\" && this.source.char(1) === "\n") yield* this.scanner.backslash();
      else return;
    }
  }

  private *newline(): Reading<Token> {
    const token = this.token("newline", "newline");
    this.source.at++;
    const waiting = this.hereDocuments;
    this.hereDocuments = [];
    for (const document of waiting) yield* this.hereDocument(document);
    return token;
  }

  private *hereDocument(document: HereDocument): Reading<void> {
    for (;;) {
      if (!(yield* this.source.more("here-document"))) {
        const line = this.source.lineNumber;
        this.warnings.push({ line, startLine: document.line, delimiter: document.delimiter });
        return;
      }
      const end = lineEnd(this.source.line, this.source.at);
      const text = this.source.line.slice(this.source.at, end);
      this.source.at = Math.min(end + 1, this.source.line.length);
      if ((document.stripTabs ? text.replace(/^\t+/, "") : text) === document.delimiter) return;
    }
  }

  private operator(): string | undefined {
    const char = this.source.char();
    if (!"&|;<>()".includes(char)) return undefined;
    if ((char === "<" || char === ">") && this.source.char(1) === "(") return undefined;
    return OPERATORS.find((operator) => this.source.startsWith(operator));
  }

  private *word(place: WordPlace): Reading<Token> {
    const mark = this.source.mark();
    const restAtStart = this.source.line.length - this.source.at;
    const plain = yield* this.scanWord(place);
    const text = this.source.since(mark);
    const wanted = place === "command" || (place === "argument" && this.checkNextWord);
    this.checkNextWord = false;
    if (plain && wanted && this.expandAlias(text, mark, restAtStart)) return yield* this.read(place);
    const next = this.source.char();
    const descriptor = (next === "<" || next === ">") && (/^\d+$/.test(text) || /^\{[A-Za-z_]\w*\}$/.test(text));
    return { kind: "word", text, plain, row: mark.row, descriptor };
  }

  private expandAlias(name: string, mark: Mark, rest: number): boolean {
    this.activeAliases = this.activeAliases.filter((active) => rest > active.rest);
    if (this.activeAliases.some((active) => active.name === name)) return false;
    const value = this.alias(name);
    if (value === undefined) return false;
    this.source.reset(mark);
    this.source.splice(name.length, value);
    this.activeAliases.push({ name, rest: rest - name.length });
    this.checkNextWord = /[ \t]$/.test(value);
    return true;
  }

  /** Goes behind the word at the cursor; says whether it is free of quotes and expansions. */
  private *scanWord(place: WordPlace): Reading<boolean> {
    let plain = true;
    for (;;) {
      const char = this.source.char();
      if (char === "" || isBlank(char)) return plain;
      if (isQuoteStart(char)) {
        plain = false;
        yield* this.scanner.quoted();
      } else if ((char === "<" || char === ">") && this.source.char(1) === "(") {
        plain = false;
        this.source.at += 2;
        yield* this.scanner.parentheses();
      } else if (char === "(") {
        if (place !== "regex" && !this.parenthesisInWord()) return plain;
        plain = false;
        this.source.at++;
        yield* this.scanner.parentheses();
      } else if ("&|;<>)".includes(char) && !(place === "regex" && char === "|")) return plain;
      else this.source.at++;
    }
  }

  /** `?( *( +( @( !(` patterns and `name=(`, `name+=(` array values. */
  private parenthesisInWord(): boolean {
    const before = this.source.line.charAt(this.source.at - 1);
    if (this.source.at > 0 && "?*+@!".includes(before)) return true;
    return before === "=" && /(?:^|[\s;&|(])[A-Za-z_]\w*\+?=$/.test(this.source.line.slice(0, this.source.at));
  }

  private token(kind: Token["kind"], text: string): Token {
    return { kind, text, plain: false, row: this.source.currentRow, descriptor: false };
  }

  /** A fault at `token`, with bash's texts. */
  unexpected(token: Token): SyntaxProblem {
    const line = this.source.firstLine + token.row;
    if (token.kind === "end") return new SyntaxProblem({ kind: "end-of-file" }, line + 1, "");
    return new SyntaxProblem({ kind: "unexpected", token: token.text }, line, this.source.lineAt(token.row));
  }

  /** Another fault at `token`. */
  problem(token: Token, text: string): SyntaxProblem {
    return new SyntaxProblem({ kind: "text", text }, this.source.firstLine + token.row, "");
  }
}

function isBlank(char: string): boolean {
  return char === " " || char === "\t" || char === "\n";
}

function lineEnd(line: string, from: number): number {
  const end = line.indexOf("\n", from);
  return end < 0 ? line.length : end;
}
