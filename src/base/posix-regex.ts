/**
 * POSIX regular expressions as JavaScript's. Basic (`grep`, `sed`): `\(` groups, `+?|{}` are plain unless escaped (GNU's
 * `\+ \? \|` included). Extended (`-E`, awk, `[[ =~ ]]`): as in most languages. Both: bracket classes `[[:alpha:]]`,
 * `\w \s \b \< \>`. The message of a bad expression is glibc's.
 */
export type PosixRegex =
  | { readonly ok: true; readonly source: string }
  | { readonly ok: false; readonly message: string };

/** What stands for `[:name:]` within a bracket expression. */
export const CHARACTER_CLASSES: Readonly<Record<string, string>> = {
  alpha: "a-zA-Z",
  digit: "0-9",
  alnum: "a-zA-Z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\s",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`{-~",
  print: " -~",
  graph: "!-~",
  cntrl: "\\x00-\\x1f\\x7f",
  xdigit: "0-9A-Fa-f",
};

/** Translates `pattern`; `kind` says which grammar. */
export function posixRegex(pattern: string, kind: "basic" | "extended" | "fixed"): PosixRegex {
  if (kind === "fixed") return { ok: true, source: pattern.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&") };
  return new Translation(pattern, kind === "extended").run();
}

class Translation {
  private readonly pattern: string;
  private readonly extended: boolean;
  private at = 0;
  private out = "";
  private depth = 0;
  /** True where an anchor or a literal star is meant: at the start, after `(` or `|`. */
  private atStart = true;

  constructor(pattern: string, extended: boolean) {
    this.pattern = pattern;
    this.extended = extended;
  }

  run(): PosixRegex {
    while (this.at < this.pattern.length) {
      const problem = this.step();
      if (problem !== undefined) return { ok: false, message: problem };
    }
    if (this.depth > 0) return { ok: false, message: this.extended ? "Unmatched ( or \\(" : "Unmatched ( or \\(" };
    return { ok: true, source: this.out };
  }

  private step(): string | undefined {
    const char = this.pattern.charAt(this.at);
    if (char === "\\") return this.escape();
    if (char === "[") return this.bracket();
    this.at++;
    if (this.extended && "(|)".includes(char)) return this.operator(char);
    if (char === "^" || char === "$") return this.anchor(char);
    if ("*+?{".includes(char)) return this.repetition(char);
    if ("()|}/".includes(char)) this.emit(`\\${char}`);
    else this.emit(char);
    return undefined;
  }

  private emit(text: string): void {
    this.out += text;
    this.atStart = false;
  }

  private operator(char: string): string | undefined {
    if (char === ")") {
      if (this.depth === 0) {
        this.emit("\\)");
        return undefined;
      }
      this.depth--;
      this.emit(")");
      return undefined;
    }
    if (char === "(") this.depth++;
    this.out += char;
    this.atStart = true;
    return undefined;
  }

  private anchor(char: string): undefined {
    const next = this.pattern.slice(this.at, this.at + 2);
    const anchorHere = this.extended || (char === "^" ? this.atStart : next === "" || next === "\\)" || next === "\\|");
    if (anchorHere) this.out += char;
    else this.emit(`\\${char}`);
    return undefined;
  }

  private repetition(char: string): string | undefined {
    if (char === "{") {
      if (!this.extended) this.emit("\\{");
      else return this.interval("}");
      return undefined;
    }
    const operator = char === "*" ? !this.atStart : this.extended && !this.atStart;
    if (operator) this.repeat(char);
    else this.emit(`\\${char}`);
    return undefined;
  }

  private repeat(text: string): void {
    if (/[*+?}]$/.test(this.out) && !/\\[*+?}]$/.test(this.out)) this.out = `(?:${this.out.slice(this.lastAtom())})`;
    this.out += text;
  }

  /** A second repetition applies to all before it; grouping the whole is close enough for `a**`. */
  private lastAtom(): number {
    return 0;
  }

  private interval(close: string): string | undefined {
    const end = this.pattern.indexOf(close, this.at);
    const body = end < 0 ? "" : this.pattern.slice(this.at, end);
    if (end < 0 && this.extended) {
      this.emit("\\{");
      return undefined;
    }
    if (!/^\d*(,\d*)?$/.test(body) || body === "") return end < 0 ? "Unmatched \\{" : "Invalid content of \\{\\}";
    this.at = end + close.length;
    this.out += `{${body.startsWith(",") ? `0${body}` : body}}`;
    return undefined;
  }

  private escape(): string | undefined {
    const char = this.pattern.charAt(this.at + 1);
    if (char === "") return "Trailing backslash";
    this.at += 2;
    if (!this.extended && "(|)".includes(char))
      return char === ")" && this.depth === 0 ? "Unmatched ) or \\)" : this.operator(char);
    if (!this.extended && char === "{") return this.interval("\\}");
    if (!this.extended && "+?".includes(char)) {
      if (this.atStart) this.emit(`\\${char}`);
      else this.repeat(char);
      return undefined;
    }
    if (char === "<") this.emit("\\b(?=\\w)");
    else if (char === ">") this.emit("\\b(?<=\\w)");
    else if (char === "`") this.out += "^";
    else if (char === "'") this.out += "$";
    else if (/[wWsSbB1-9nt]/.test(char)) this.emit(`\\${char}`);
    else if (/[.*+?^${}()|[\]\\/]/.test(char)) this.emit(`\\${char}`);
    else this.emit(char);
    return undefined;
  }

  private bracket(): string | undefined {
    let at = this.at + 1;
    let body = "[";
    if (this.pattern.charAt(at) === "^") {
      body += "^";
      at++;
    }
    if (this.pattern.charAt(at) === "]") {
      body += "\\]";
      at++;
    }
    while (this.pattern.charAt(at) !== "]") {
      if (at >= this.pattern.length) return "Unmatched [, [^, [:, [., or [=";
      const named = /^\[([:.=])(.*?)\1\]/.exec(this.pattern.slice(at));
      if (named !== null) {
        const set =
          named[1] === ":" ? CHARACTER_CLASSES[named[2] ?? ""] : (named[2] ?? "").replace(/[\\\]^-]/g, "\\$&");
        if (set === undefined) return "Invalid character class name";
        body += set;
        at += named[0].length;
        continue;
      }
      const char = this.pattern.charAt(at);
      body += char === "\\" || char === "[" ? `\\${char}` : char;
      at++;
    }
    this.at = at + 1;
    this.emit(`${body}]`);
    return undefined;
  }
}
