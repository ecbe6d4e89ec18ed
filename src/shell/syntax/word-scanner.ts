import type { Reading, SourceLines } from "./source-lines.ts";
import { SyntaxProblem } from "./syntax-error.ts";

/** How deep quotes and substitutions may stand in each other before a script is refused. */
export const NESTING_MAX = 200;

/**
 * Moves over quotes and expansions to their end. It makes nothing of them: the parser does that once the whole command
 * is there. `nested` reads the commands inside `$( )` up to the closing parenthesis.
 */
export class WordScanner {
  private readonly source: SourceLines;
  private readonly nested: () => Reading<void>;
  private depth = 0;

  constructor(source: SourceLines, nested: () => Reading<void>) {
    this.source = source;
    this.nested = nested;
  }

  /** At a quote, a `$`, a backquote or a backslash: goes behind what it begins. */
  *quoted(): Reading<void> {
    switch (this.source.char()) {
      case "\\":
        return yield* this.backslash();
      case "'":
        return yield* this.singleQuotes();
      case '"':
        return yield* this.doubleQuotes();
      case "`":
        return yield* this.backquotes();
      default:
        return yield* this.dollar(false);
    }
  }

  /** A backslash takes the next character; before a newline it joins the lines. */
  *backslash(): Reading<void> {
    this.source.at++;
    if (this.source.char() === "\n") {
      this.source.at++;
      yield* this.source.more("backslash");
    } else if (this.source.char() !== "") this.source.at++;
  }

  /** Balanced parentheses with quotes respected; the cursor stands behind the opening one. */
  *parentheses(): Reading<void> {
    const start = this.source.lineNumber;
    this.enter();
    for (;;) {
      if (!(yield* this.source.more("quote"))) throw this.unmatched(")", start);
      const char = this.source.char();
      if (char === ")") break;
      if (char === "(") {
        this.source.at++;
        yield* this.parentheses();
      } else if (isQuoteStart(char)) yield* this.quoted();
      else this.source.at++;
    }
    this.source.at++;
    this.depth--;
  }

  /** Goes behind `((…))`, the cursor standing behind the two opening ones; false (and no move) when it is not one. */
  *doubleParentheses(): Reading<boolean> {
    const start = this.source.mark();
    yield* this.parentheses();
    if (this.source.char() === ")") {
      this.source.at++;
      return true;
    }
    this.source.reset(start);
    return false;
  }

  /** `$'…'` when `ansi`, where a backslash escapes. */
  private *singleQuotes(ansi = false): Reading<void> {
    const start = this.source.lineNumber;
    this.source.at++;
    for (;;) {
      if (!(yield* this.source.more("quote"))) throw this.unmatched("'", start);
      const line = this.source.line;
      const end = line.indexOf("'", this.source.at);
      const backslash = ansi ? line.indexOf("\\", this.source.at) : -1;
      if (backslash >= 0 && (end < 0 || backslash < end)) this.source.at = Math.min(backslash + 2, line.length);
      else if (end < 0) this.source.at = line.length;
      else {
        this.source.at = end + 1;
        return;
      }
    }
  }

  private *doubleQuotes(): Reading<void> {
    const start = this.source.lineNumber;
    this.source.at++;
    this.enter();
    for (;;) {
      if (!(yield* this.source.more("quote"))) throw this.unmatched('"', start);
      const char = this.source.char();
      if (char === '"') break;
      if (char === "\\") yield* this.backslash();
      else if (char === "$") yield* this.dollar(true);
      else if (char === "`") yield* this.backquotes();
      else this.source.at++;
    }
    this.source.at++;
    this.depth--;
  }

  private *backquotes(): Reading<void> {
    const start = this.source.lineNumber;
    this.source.at++;
    for (;;) {
      if (!(yield* this.source.more("quote"))) throw this.unmatched("`", start);
      const char = this.source.char();
      this.source.at += char === "\\" ? 2 : 1;
      if (char === "`") return;
    }
  }

  private *dollar(inDoubleQuotes: boolean): Reading<void> {
    this.source.at++;
    const char = this.source.char();
    if (char === "(") return yield* this.dollarParenthesis();
    if (char === "{") return yield* this.braces(inDoubleQuotes);
    if (char === "[") return yield* this.brackets();
    if (inDoubleQuotes) return;
    if (char === "'") yield* this.singleQuotes(true);
    else if (char === '"') yield* this.doubleQuotes();
    else if (char === "$") this.source.at++;
  }

  private *dollarParenthesis(): Reading<void> {
    this.source.at++;
    if (this.source.char() === "(") {
      this.source.at++;
      if (yield* this.doubleParentheses()) return;
      this.source.at--;
    }
    this.enter();
    yield* this.nested();
    this.depth--;
  }

  private *braces(inDoubleQuotes: boolean): Reading<void> {
    const start = this.source.lineNumber;
    this.source.at++;
    this.enter();
    for (;;) {
      if (!(yield* this.source.more("quote"))) throw this.unmatched("}", start);
      const char = this.source.char();
      if (char === "}") break;
      if (char === "'" && inDoubleQuotes) this.source.at++;
      else if (isQuoteStart(char)) yield* this.quoted();
      else this.source.at++;
    }
    this.source.at++;
    this.depth--;
  }

  private *brackets(): Reading<void> {
    const start = this.source.lineNumber;
    let open = 0;
    for (;;) {
      if (!(yield* this.source.more("quote"))) throw this.unmatched("]", start);
      const char = this.source.char();
      this.source.at++;
      if (char === "[") open++;
      if (char === "]" && --open === 0) return;
    }
  }

  private enter(): void {
    if (++this.depth > NESTING_MAX) {
      const fault = { kind: "text", text: "maximum nesting depth of quotes and substitutions exceeded" } as const;
      throw new SyntaxProblem(fault, this.source.lineNumber, "");
    }
  }

  private unmatched(wanted: string, line: number): SyntaxProblem {
    return new SyntaxProblem({ kind: "unmatched", wanted }, line, "");
  }
}

/** Whether a character begins something that a word scanner must step over whole. */
export function isQuoteStart(char: string): boolean {
  return char === "\\" || char === "'" || char === '"' || char === "`" || char === "$";
}
