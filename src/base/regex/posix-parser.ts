import { ANY, classSet, NO_WORD_SET, oneCharacter, WORD_SET } from "./character-set.ts";
import { type BracketEscapes, readBracket } from "./posix-bracket.ts";
import { type Assertion, EMPTY, type ParsedRegex, type RegexNode, RegexSyntaxError } from "./regex-node.ts";

/** What programs differ in when they read a POSIX expression. */
export interface PosixGrammar {
  /** ERE; otherwise GNU's BRE or what is like it. */
  readonly extended: boolean;
  /** Which operators stand as they are, and which behind a backslash. */
  readonly operators: { readonly plain: string; readonly escaped: string };
  readonly ignoreCase: boolean;
  /** `^` and `$` are at lines of the text as well (sed's flag M). */
  readonly multiline: boolean;
  /** What is wrong with a repetition of nothing: grep takes it as it can and warns, others refuse it. */
  readonly lenient: boolean;
  /** `\t` and its kin are control characters; grep takes the letter. */
  readonly controls: boolean;
  readonly bracketEscapes: BracketEscapes;
}

const REPEAT_MAX = 32_767;
const INFINITE = Number.POSITIVE_INFINITY;
const DEPTH_MAX = 1000;
const CONTROL: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 };
const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  b: "word-edge",
  B: "no-word-edge",
  "<": "word-start",
  ">": "word-end",
  "`": "text-start",
  "'": "text-end",
};

/** Reads POSIX basic and extended expressions with GNU's additions; messages are glibc's. */
export function parsePosix(pattern: string, grammar: PosixGrammar): ParsedRegex {
  return new PosixParser(pattern, grammar).parse();
}

class PosixParser {
  private readonly pattern: string;
  private readonly grammar: PosixGrammar;
  private at = 0;
  private depth = 0;
  private groups = 0;
  private readonly closed = new Set<number>();
  private readonly warnings: string[] = [];
  /** Where braces stand for themselves. */
  private readonly plainBraces = new Set<number>();

  constructor(pattern: string, grammar: PosixGrammar) {
    this.pattern = pattern;
    this.grammar = grammar;
  }

  parse(): ParsedRegex {
    const node = this.choice();
    return { node, groups: this.groups, warnings: this.warnings };
  }

  /** The operator that stands here, without the backslash that a basic expression writes before it. */
  private operator(): string {
    const char = this.pattern.charAt(this.at);
    if (char === "" || this.plainBraces.has(this.at)) return "";
    const { plain, escaped } = this.grammar.operators;
    if (plain.includes(char)) return char;
    const next = char === "\\" ? this.pattern.charAt(this.at + 1) : "";
    return next !== "" && escaped.includes(next) ? next : "";
  }

  private skipOperator(): void {
    this.at += this.pattern.charAt(this.at) === "\\" ? 2 : 1;
  }

  private choice(): RegexNode {
    const choices = [this.sequence()];
    while (this.operator() === "|") {
      this.skipOperator();
      choices.push(this.sequence());
    }
    return choices.length === 1 ? (choices[0] ?? EMPTY) : { kind: "choice", choices };
  }

  private sequence(): RegexNode {
    const parts: RegexNode[] = [];
    const start = this.at;
    while (this.at < this.pattern.length) {
      const operator = this.operator();
      if (operator === "|" || (operator === ")" && this.closes())) break;
      const atom = this.atom(operator, start);
      if (atom !== undefined) parts.push(this.repeated(atom));
    }
    return parts.length === 1 ? (parts[0] ?? EMPTY) : { kind: "sequence", parts };
  }

  /** Whether a `)` here is the end of a group; grep -E takes one too many as it stands. */
  private closes(): boolean {
    if (this.depth > 0) return true;
    if (this.grammar.extended && this.grammar.lenient) return false;
    throw new RegexSyntaxError("Unmatched ) or \\)");
  }

  /** One thing that may be repeated; undefined for what stands for nothing. `start`: where its alternative began. */
  private atom(operator: string, start: number): RegexNode | undefined {
    if (operator === "(") return this.group();
    if (operator !== "" && operator !== ")") return this.misplaced(operator);
    const first = this.at === start;
    const char = this.pattern.charAt(this.at);
    if (char === "[") return this.bracket();
    if (char === "\\" && operator === "") return this.escape();
    if (char === "^" && (this.grammar.extended || first)) {
      this.at++;
      return { kind: "assert", assertion: this.grammar.multiline ? "line-start" : "text-start" };
    }
    if (char === "$" && (this.grammar.extended || this.isLast())) {
      this.at++;
      return { kind: "assert", assertion: this.grammar.multiline ? "line-end" : "text-end" };
    }
    this.at++;
    if (char === ".") return { kind: "set", set: ANY };
    this.at--;
    return this.literal();
  }

  /** In a basic expression `$` is an anchor where an alternative ends. */
  private isLast(): boolean {
    const rest = this.pattern.slice(this.at + 1, this.at + 3);
    return rest === "" || rest === "\\)" || rest === "\\|";
  }

  private literal(): RegexNode {
    const code = this.pattern.codePointAt(this.at) ?? 0;
    this.at += code > 0xffff ? 2 : 1;
    return { kind: "set", set: oneCharacter(code, this.grammar.ignoreCase) };
  }

  private group(): RegexNode {
    this.skipOperator();
    if (++this.depth > DEPTH_MAX) throw new RegexSyntaxError("Regular expression too big");
    const index = ++this.groups;
    const node = this.choice();
    if (this.operator() !== ")") throw new RegexSyntaxError("Unmatched ( or \\(");
    this.skipOperator();
    this.depth--;
    this.closed.add(index);
    return { kind: "group", index, node };
  }

  /** A repetition with nothing before it. */
  private misplaced(operator: string): RegexNode | undefined {
    const { extended, lenient } = this.grammar;
    if (!extended && (operator !== "{" || lenient)) {
      this.skipOperator();
      this.at--; // to the operator's own character
      return this.literal();
    }
    if (!extended || !lenient) throw new RegexSyntaxError("Invalid preceding regular expression");
    this.warnings.push(`${operator === "{" ? "{...}" : operator} at start of expression`);
    if (operator === "{") return this.literal();
    this.skipOperator();
    return undefined;
  }

  private repeated(atom: RegexNode): RegexNode {
    let node = atom;
    // what follows an anchor is no repetition of it
    let depth = 0;
    while (node.kind !== "assert") {
      const bounds = this.bounds();
      if (bounds === undefined) return node;
      const again = repeatedAgain(node, ...bounds);
      if (again.node === node && ++depth > DEPTH_MAX) throw new RegexSyntaxError("Regular expression too big");
      node = again;
    }
    return node;
  }

  private bounds(): readonly [min: number, max: number] | undefined {
    const operator = this.operator();
    if (operator === "{") return this.interval();
    if (operator !== "*" && operator !== "+" && operator !== "?") return undefined;
    this.skipOperator();
    return [operator === "+" ? 1 : 0, operator === "?" ? 1 : INFINITE];
  }

  private interval(): readonly [min: number, max: number] | undefined {
    const from = this.at;
    this.skipOperator();
    const close = this.grammar.extended ? "}" : "\\}";
    const end = this.pattern.indexOf(close, this.at);
    const body = /^(\d*)(?:(,)(\d*))?$/.exec(end < 0 ? "x" : this.pattern.slice(this.at, end));
    if (body === null || (body[1] === "" && body[2] === undefined)) {
      this.at = from;
      return this.badInterval(end);
    }
    this.at = end + close.length;
    const min = Number(body[1] === "" ? 0 : body[1]);
    const max = body[2] === undefined ? min : body[3] === "" ? INFINITE : Number(body[3]);
    if (min > REPEAT_MAX || (max !== INFINITE && max > REPEAT_MAX))
      throw new RegexSyntaxError("Regular expression too big");
    if (max < min) throw new RegexSyntaxError("Invalid content of \\{\\}");
    return [min, max];
  }

  /** grep -E takes a brace that begins no interval as it stands: it is read as the next atom. */
  private badInterval(end: number): undefined {
    const { extended, lenient } = this.grammar;
    if (!extended || !lenient) throw new RegexSyntaxError(end < 0 ? "Unmatched \\{" : "Invalid content of \\{\\}");
    this.plainBraces.add(this.at);
    return undefined;
  }

  private bracket(): RegexNode {
    const { bracketEscapes, ignoreCase } = this.grammar;
    const { set, end } = readBracket(this.pattern, this.at + 1, bracketEscapes, ignoreCase);
    this.at = end;
    return { kind: "set", set };
  }

  private escape(): RegexNode {
    const char = this.pattern.charAt(this.at + 1);
    if (char === "") throw new RegexSyntaxError("Trailing backslash");
    this.at += 2;
    const assertion = ASSERTIONS[char];
    if (assertion !== undefined) return { kind: "assert", assertion };
    if (char === "w") return { kind: "set", set: WORD_SET };
    if (char === "W") return { kind: "set", set: NO_WORD_SET };
    if (char === "s" || char === "S") return { kind: "set", set: classSet("space", char === "S") };
    if (/[1-9]/.test(char)) {
      if (!this.closed.has(Number(char))) throw new RegexSyntaxError("Invalid back reference");
      return { kind: "back-reference", group: Number(char) };
    }
    const control = this.grammar.controls ? CONTROL[char] : undefined;
    if (control !== undefined) return { kind: "set", set: oneCharacter(control, false) };
    this.at--;
    return this.literal();
  }
}

/** Repeats; `a**` is `a*`, so that a row of stars makes no tower. */
function repeatedAgain(node: RegexNode, min: number, max: number): Extract<RegexNode, { kind: "repeat" }> {
  if (node.kind === "repeat" && node.min <= 1 && node.max === INFINITE && min <= 1 && max >= 1)
    return { ...node, min: node.min * min };
  return { kind: "repeat", node, min, max, lazy: false };
}
