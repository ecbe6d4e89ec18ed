import { Regex, RegexSyntaxError } from "../../../base/regex/regex.ts";

/** Which lines a command is for. */
export type Address =
  | { readonly kind: "line"; readonly line: number }
  | { readonly kind: "last" }
  | { readonly kind: "step"; readonly first: number; readonly step: number }
  /** Undefined pattern: the last one used. */
  | { readonly kind: "regex"; readonly regex: Regex | undefined };

/** The end of a range: an address, or a count of lines after the first. */
export type RangeEnd = Address | { readonly kind: "count"; readonly count: number };

export interface Substitution {
  readonly regex: Regex | undefined;
  readonly replacement: string;
  readonly global: boolean;
  readonly print: boolean;
  /** Which match is replaced first, from 1. */
  readonly nth: number;
  readonly writeTo: string | undefined;
}

/** One command of a sed script. Blocks are commands `{` with what is inside. */
export interface SedCommand {
  readonly id: number;
  readonly start: Address | undefined;
  readonly end: RangeEnd | undefined;
  readonly negated: boolean;
  readonly name: string;
  readonly text: string;
  readonly substitution: Substitution | undefined;
  readonly translation: ReadonlyMap<string, string> | undefined;
  readonly block: readonly SedCommand[];
}

/** A script that cannot be read; the message is GNU sed's, after `-e expression #N, char M: `. */
export class SedSyntaxError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Reads a script. `extended` is -E. Throws `SedSyntaxError`. */
export function parseScript(script: string, extended: boolean): SedCommand[] {
  const parser = new ScriptParser(script, extended);
  const commands = parser.commands(false);
  return commands;
}

class ScriptParser {
  private readonly script: string;
  private readonly extended: boolean;
  private at = 0;
  private nextId = 0;

  constructor(script: string, extended: boolean) {
    this.script = script;
    this.extended = extended;
  }

  commands(inBlock: boolean): SedCommand[] {
    const commands: SedCommand[] = [];
    for (;;) {
      this.skip(/[\s;]/);
      if (this.at >= this.script.length) {
        if (inBlock) throw this.error("unmatched `{'", 0);
        return commands;
      }
      if (this.peek() === "}") {
        if (!inBlock) throw this.error("unexpected `}'");
        this.at++;
        return commands;
      }
      if (this.peek() === "#") this.skip(/[^\n]/);
      else commands.push(this.command());
    }
  }

  private peek(): string {
    return this.script.charAt(this.at);
  }

  private skip(pattern: RegExp): void {
    while (this.at < this.script.length && pattern.test(this.peek())) this.at++;
  }

  private error(message: string, at = this.at + 1): SedSyntaxError {
    return new SedSyntaxError(message, at);
  }

  private command(): SedCommand {
    const start = this.address();
    let end: RangeEnd | undefined;
    this.skip(/ /);
    if (start !== undefined && this.peek() === ",") {
      this.at++;
      this.skip(/ /);
      end = this.rangeEnd();
      if (end === undefined) throw this.error("unexpected `,'");
    }
    this.skip(/\s/);
    let negated = false;
    while (this.peek() === "!") {
      negated = true;
      this.at++;
      this.skip(/\s/);
    }
    const name = this.peek();
    if (name === "") throw this.error("missing command", this.at);
    this.at++;
    const base = {
      id: this.nextId++,
      start,
      end,
      negated,
      name,
      text: "",
      substitution: undefined,
      translation: undefined,
      block: [],
    };
    return { ...base, ...this.rest(name) };
  }

  /** What belongs to the command after its letter. */
  private rest(name: string): Partial<SedCommand> {
    if (name === "{") return { block: this.commands(true) };
    if (name === "s") return { substitution: this.substitution() };
    if (name === "y") return { translation: this.translation() };
    if ("aic".includes(name)) return { text: this.textBlock() };
    if (":btTrRwW".includes(name)) return { text: this.word(name) };
    if ("qQlL".includes(name)) {
      this.skip(/ /);
      const code = /^\d*/.exec(this.script.slice(this.at))?.[0] ?? "";
      this.at += code.length;
      this.end();
      return { text: code };
    }
    if ("=dDgGhHnNpPxzF".includes(name)) {
      this.end();
      return {};
    }
    throw this.error(`unknown command: \`${name}'`, this.at);
  }

  private end(): void {
    this.skip(/[ \t]/);
    const next = this.peek();
    if (next === "" || next === ";" || next === "\n" || next === "}" || next === "#") return;
    throw this.error("extra characters after command");
  }

  private word(name: string): string {
    this.skip(/[ \t]/);
    const stop = "rRwW".includes(name) ? /[^\n]/ : name === ":" ? /[^\s;]/ : /[^\n;}]/;
    const from = this.at;
    this.skip(stop);
    const text = this.script.slice(from, this.at).trim();
    if (name === ":" && text === "") throw this.error('":" lacks a label', this.at);
    if ("rRwW".includes(name) && text === "") throw this.error("missing filename in r/R/w/W commands", this.at);
    return text;
  }

  private textBlock(): string {
    this.skip(/[ \t]/);
    if (this.peek() === "\\") {
      this.at++;
      this.skip(/[ \t]/);
      if (this.peek() === "\n") this.at++;
    }
    let text = "";
    while (this.at < this.script.length && this.peek() !== "\n") {
      if (this.peek() === "\\") {
        this.at++;
        text += this.peek() === "\n" ? "\n" : this.peek() === "t" ? "\t" : this.peek();
      } else text += this.peek();
      this.at++;
    }
    if (text === "") throw this.error("expected \\ after `a', `c' or `i'", this.at);
    return text;
  }

  private address(): Address | undefined {
    const number = /^(\d+)(?:~(\d+))?/.exec(this.script.slice(this.at));
    if (number !== null) {
      this.at += number[0].length;
      const first = Number(number[1]);
      return number[2] === undefined ? { kind: "line", line: first } : { kind: "step", first, step: Number(number[2]) };
    }
    if (this.peek() === "$") {
      this.at++;
      return { kind: "last" };
    }
    if (this.peek() !== "/" && this.peek() !== "\\") return undefined;
    if (this.peek() === "\\") this.at++;
    const pattern = this.delimited("unterminated address regex");
    const flags = /^[IM]*/.exec(this.script.slice(this.at))?.[0] ?? "";
    this.at += flags.length;
    return { kind: "regex", regex: this.regex(pattern, flags.toLowerCase()) };
  }

  private rangeEnd(): RangeEnd | undefined {
    if (this.peek() !== "+") return this.address();
    this.at++;
    const count = /^\d+/.exec(this.script.slice(this.at))?.[0] ?? "";
    this.at += count.length;
    return { kind: "count", count: Number(count) };
  }

  /** What stands up to the next delimiter, which the current character is. */
  private delimited(problem: string): string {
    const delimiter = this.peek();
    this.at++;
    let text = "";
    let inBracket = false;
    for (;;) {
      const char = this.peek();
      if (char === "" || (char === "\n" && problem.includes("address"))) throw this.error(problem, this.at);
      this.at++;
      if (char === "\\") {
        const next = this.peek();
        this.at++;
        text +=
          next === delimiter && !/[.*[\]^$\\1-9n]/.test(delimiter)
            ? next
            : next === "n" && delimiter !== "n"
              ? "\\n"
              : `\\${next}`;
        continue;
      }
      if (char === "[" && !inBracket) inBracket = !/^\^?\]?[^\]]*$/.test(this.script.slice(this.at));
      else if (char === "]") inBracket = false;
      if (char === delimiter && !inBracket) return text;
      text += char;
    }
  }

  private regex(pattern: string, flags: string): Regex | undefined {
    if (pattern === "") return undefined;
    try {
      return new Regex(pattern, {
        syntax: this.extended ? "sed extended" : "sed basic",
        ignoreCase: flags.includes("i"),
        multiline: flags.includes("m"),
      });
    } catch (error) {
      if (error instanceof RegexSyntaxError) throw this.error(error.message, this.at);
      throw error;
    }
  }

  private substitution(): Substitution {
    const pattern = this.delimited("unterminated `s' command");
    this.at--;
    const replacement = this.delimited("unterminated `s' command");
    const flags = /^[gpiIemM0-9]*/.exec(this.script.slice(this.at))?.[0] ?? "";
    this.at += flags.length;
    const nth = /\d+/.exec(flags)?.[0];
    let writeTo: string | undefined;
    if (this.peek() === "w") {
      this.at++;
      writeTo = this.word("w");
    } else {
      this.skip(/[ \t]/);
      if (!/^([;}\n#]|$)/.test(this.script.slice(this.at))) throw this.error("unknown option to `s'");
    }
    const regex = this.regex(pattern, flags.toLowerCase());
    const reference = [...replacement.matchAll(/\\(?:([1-9])|[\s\S])/g)].reduce(
      (highest, found) => Math.max(highest, Number(found[1] ?? 0)),
      0,
    );
    if (regex !== undefined && reference > regex.groups)
      throw this.error(`invalid reference \\${reference} on \`s' command's RHS`, this.at);
    return {
      regex,
      replacement,
      global: flags.includes("g"),
      print: flags.includes("p"),
      nth: Number(nth ?? 1),
      writeTo,
    };
  }

  private translation(): Map<string, string> {
    const from = [...this.delimited("unterminated `y' command").replaceAll("\\n", "\n")];
    this.at--;
    const to = [...this.delimited("unterminated `y' command").replaceAll("\\n", "\n")];
    if (from.length !== to.length) throw this.error("strings for `y' command are different lengths", this.at);
    this.end();
    return new Map(from.map((char, index) => [char, to[index] ?? char]));
  }
}
