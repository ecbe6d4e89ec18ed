import { ANY, CharacterSet, isWordCharacter, NAMED_CLASSES, NO_NEWLINE, oneCharacter } from "./character-set.ts";
import { type Assertion, EMPTY, type ParsedRegex, type RegexNode, RegexSyntaxError } from "./regex-node.ts";

/** PCRE2's expressions (grep -P, journalctl --grep), or RE2's, which are fewer (what is written in Go). */
export type PerlGrammar = { readonly kind: "pcre" | "re2"; readonly ignoreCase: boolean };

const INFINITE = Number.POSITIVE_INFINITY;
const DEPTH_MAX = 250;
const CONTROL: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, e: 27 };
const CLASSES: Readonly<Record<string, CharacterSet>> = {
  d: classOf("0-9"),
  w: classOf("0-9A-Za-z_"),
  s: classOf(" \\t\\n\\v\\f\\r"),
  h: classOf(" \\t"),
  D: classOf("0-9", true),
  W: classOf("0-9A-Za-z_", true),
  S: classOf(" \\t\\n\\v\\f\\r", true),
  H: classOf(" \\t", true),
  N: NO_NEWLINE,
};
const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  b: "word-edge",
  B: "no-word-edge",
  A: "text-start",
  z: "text-end",
  Z: "last-line-end",
};

/** Reads Perl's kind of expressions. */
export function parsePerl(pattern: string, grammar: PerlGrammar): ParsedRegex {
  return new PerlParser(pattern, grammar).parse();
}

class PerlParser {
  private readonly pattern: string;
  private readonly pcre: boolean;
  private at = 0;
  private depth = 0;
  private groups = 0;
  private readonly names = new Map<string, number>();
  private references = 0;
  private flags: { ignoreCase: boolean; multiline: boolean; dotAll: boolean; extended: boolean };

  constructor(pattern: string, grammar: PerlGrammar) {
    this.pattern = pattern;
    this.pcre = grammar.kind === "pcre";
    this.flags = { ignoreCase: grammar.ignoreCase, multiline: false, dotAll: false, extended: false };
  }

  parse(): ParsedRegex {
    const node = this.choice();
    if (this.at < this.pattern.length)
      throw new RegexSyntaxError(this.pcre ? "unmatched closing parenthesis" : `unexpected ): \`${this.pattern}\``);
    if (this.references > this.groups) throw new RegexSyntaxError("reference to non-existent subpattern");
    return { node, groups: this.groups, warnings: [] };
  }

  private eat(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private choice(): RegexNode {
    const flags = this.flags;
    const choices = [this.sequence()];
    while (this.eat("|")) choices.push(this.sequence());
    this.flags = flags;
    return choices.length === 1 ? (choices[0] ?? EMPTY) : { kind: "choice", choices };
  }

  private sequence(): RegexNode {
    const parts: RegexNode[] = [];
    for (;;) {
      if (this.flags.extended) this.skipComments();
      const char = this.pattern.charAt(this.at);
      if (char === "" || char === "|" || char === ")") break;
      const atom = this.atom(char);
      if (atom !== undefined) parts.push(this.repeated(atom));
    }
    return parts.length === 1 ? (parts[0] ?? EMPTY) : { kind: "sequence", parts };
  }

  private skipComments(): void {
    const found = /^(?:\s|#[^\n]*)+/.exec(this.pattern.slice(this.at));
    this.at += found?.[0].length ?? 0;
  }

  private atom(char: string): RegexNode | undefined {
    if (char === "(") return this.group();
    if (char === "[") return this.bracket();
    if (char === "\\") return this.escape();
    if ("*+?".includes(char))
      throw new RegexSyntaxError(
        this.pcre
          ? "quantifier does not follow a repeatable item"
          : `missing argument to repetition operator: \`${char}\``,
      );
    if (char === "^" || char === "$") {
      this.at++;
      const { multiline } = this.flags;
      if (char === "^") return { kind: "assert", assertion: multiline ? "line-start" : "text-start" };
      return { kind: "assert", assertion: multiline ? "line-end" : this.pcre ? "last-line-end" : "text-end" };
    }
    if (char !== ".") return this.literal();
    this.at++;
    return { kind: "set", set: this.flags.dotAll ? ANY : NO_NEWLINE };
  }

  private literal(): RegexNode {
    return { kind: "set", set: oneCharacter(this.code(), this.flags.ignoreCase) };
  }

  private code(): number {
    const code = this.pattern.codePointAt(this.at) ?? 0;
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }

  private repeated(atom: RegexNode): RegexNode {
    let node = atom;
    for (;;) {
      const bounds = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})([?+]?)/.exec(this.pattern.slice(this.at, this.at + 20));
      if (bounds === null) return node;
      this.at += bounds[0].length - (bounds[5] === "+" && !this.pcre ? 1 : 0);
      const [, operator, low, comma, high, mode] = bounds;
      const min = operator === undefined ? Number(low) : operator === "+" ? 1 : 0;
      const max =
        operator === undefined
          ? comma === undefined
            ? min
            : high === ""
              ? INFINITE
              : Number(high)
          : operator === "?"
            ? 1
            : INFINITE;
      this.check(min, max);
      node = { kind: "repeat", node, min, max, lazy: mode === "?" };
      if (mode === "+" && this.pcre) node = { kind: "atomic", node };
    }
  }

  private check(min: number, max: number): void {
    const [limit, problem] = this.pcre ? [65_535, "number too big in {} quantifier"] : [1000, "invalid repeat count"];
    if (min > limit || (max !== INFINITE && max > limit)) throw new RegexSyntaxError(problem);
    if (max < min)
      throw new RegexSyntaxError(this.pcre ? "numbers out of order in {} quantifier" : "invalid repeat count");
  }

  private group(): RegexNode | undefined {
    this.at++;
    if (++this.depth > DEPTH_MAX) throw new RegexSyntaxError("parentheses are too deeply nested");
    const flags = this.flags;
    const node = this.eat("?") ? this.special() : this.capture();
    this.depth--;
    if (node !== undefined) this.flags = flags;
    return node;
  }

  private capture(): RegexNode {
    const index = ++this.groups;
    return { kind: "group", index, node: this.inside() };
  }

  private inside(): RegexNode {
    const node = this.choice();
    if (!this.eat(")"))
      throw new RegexSyntaxError(this.pcre ? "missing closing parenthesis" : `missing closing ): \`${this.pattern}\``);
    return node;
  }

  /** What begins with `(?`. */
  private special(): RegexNode | undefined {
    const rest = this.pattern.slice(this.at);
    const name = /^P?<([A-Za-z_]\w*)>|^'([A-Za-z_]\w*)'/.exec(rest);
    if (name !== null) {
      this.at += name[0].length;
      this.names.set(name[1] ?? name[2] ?? "", this.groups + 1);
      return this.capture();
    }
    const look = /^<?[=!]/.exec(rest)?.[0];
    if (look !== undefined && this.pcre) {
      this.at += look.length;
      return { kind: "look", behind: look.startsWith("<"), negative: look.endsWith("!"), node: this.inside() };
    }
    if (this.pcre && this.eat(">")) return { kind: "atomic", node: this.inside() };
    if (this.pcre && rest.startsWith("#")) {
      this.at += rest.indexOf(")") + 1;
      return EMPTY;
    }
    const set = /^([imsxU]*)(?:-([imsxU]*))?([:)])/.exec(rest);
    if (set === null)
      throw new RegexSyntaxError(
        this.pcre
          ? "unrecognized character after (? or (?-"
          : `invalid or unsupported Perl syntax: \`(?${rest.slice(0, 1)}\``,
      );
    this.at += set[0].length;
    for (const letter of set[1] ?? "") this.setFlag(letter, true);
    for (const letter of set[2] ?? "") this.setFlag(letter, false);
    return set[3] === ":" ? this.inside() : undefined;
  }

  private setFlag(letter: string, on: boolean): void {
    if (letter === "i") this.flags = { ...this.flags, ignoreCase: on };
    if (letter === "m") this.flags = { ...this.flags, multiline: on };
    if (letter === "s") this.flags = { ...this.flags, dotAll: on };
    if (letter === "x") this.flags = { ...this.flags, extended: on };
  }

  private escape(): RegexNode | undefined {
    const char = this.pattern.charAt(this.at + 1);
    if (char === "")
      throw new RegexSyntaxError(this.pcre ? "\\ at end of pattern" : "trailing backslash at end of expression");
    const rest = this.pattern.slice(this.at);
    const named = /^\\k(?:<(\w+)>|\{(\w+)\}|'(\w+)')/.exec(rest);
    const numbered = /^\\(?:([1-9])|g\{?(\d)\}?)/.exec(rest);
    if (this.pcre && (named !== null || numbered !== null)) {
      this.at += (named ?? numbered)?.[0].length ?? 0;
      const group =
        named === null
          ? Number(numbered?.[1] ?? numbered?.[2])
          : this.names.get(named[1] ?? named[2] ?? named[3] ?? "");
      if (group === undefined) throw new RegexSyntaxError("reference to non-existent subpattern");
      this.references = Math.max(this.references, group);
      return { kind: "back-reference", group };
    }
    const assertion = ASSERTIONS[char];
    if (assertion !== undefined) {
      this.at += 2;
      return { kind: "assert", assertion };
    }
    if (char === "Q") return this.quoted();
    const set = this.classEscape();
    if (set !== undefined) return { kind: "set", set };
    return { kind: "set", set: oneCharacter(this.escapedCode(), this.flags.ignoreCase) };
  }

  private quoted(): RegexNode {
    const end = this.pattern.indexOf("\\E", this.at);
    const text = this.pattern.slice(this.at + 2, end < 0 ? undefined : end);
    this.at = end < 0 ? this.pattern.length : end + 2;
    const parts = [...text].map(
      (char): RegexNode => ({ kind: "set", set: oneCharacter(char.codePointAt(0) ?? 0, this.flags.ignoreCase) }),
    );
    return { kind: "sequence", parts };
  }

  /** `\d`, `\p{L}` and their kin. */
  private classEscape(): CharacterSet | undefined {
    const char = this.pattern.charAt(this.at + 1);
    const known = CLASSES[char];
    if (known !== undefined) {
      this.at += 2;
      return known;
    }
    if (char !== "p" && char !== "P") return undefined;
    const property = /^\\[pP](?:\{(\^?)(\w+)\}|(\w))/.exec(this.pattern.slice(this.at));
    const test = propertyTest(property?.[2] ?? property?.[3] ?? "");
    if (property === null || test === undefined)
      throw new RegexSyntaxError(this.pcre ? "unknown property after \\P or \\p" : "invalid character class range");
    this.at += property[0].length;
    return new CharacterSet({ classes: [test], negated: (char === "P") !== (property[1] === "^") });
  }

  /** Any other escape, as the code of the character that it stands for. */
  private escapedCode(): number {
    this.at++;
    const hex = /^x(?:([0-9a-fA-F]{1,2})|\{([0-9a-fA-F]{1,6})\})/.exec(this.pattern.slice(this.at));
    if (hex !== null) {
      this.at += hex[0].length;
      return Math.min(Number.parseInt(hex[1] ?? hex[2] ?? "0", 16), 0x10ffff);
    }
    const control = CONTROL[this.pattern.charAt(this.at)];
    if (control === undefined) {
      const char = this.pattern.charAt(this.at);
      if (char !== "" && isWordCharacter(char.charCodeAt(0)) && char !== "_" && char !== "0")
        throw new RegexSyntaxError(
          this.pcre ? "unrecognized character follows \\" : `invalid escape sequence: \`\\${char}\``,
        );
      const code = this.code();
      return char === "0" ? 0 : code;
    }
    this.at++;
    return control;
  }

  private bracket(): RegexNode {
    this.at++;
    const negated = this.eat("^");
    const ranges: [number, number][] = [];
    const sets: CharacterSet[] = [];
    for (let first = true; first || !this.eat("]"); first = false) {
      if (this.at >= this.pattern.length)
        throw new RegexSyntaxError(this.pcre ? "missing terminating ] for character class" : "missing closing ]");
      const named = /^\[:(\^?)(\w+):\]/.exec(this.pattern.slice(this.at));
      const test = NAMED_CLASSES[named?.[2] ?? ""];
      if (named !== null) {
        if (test === undefined) throw new RegexSyntaxError("unknown POSIX class name");
        this.at += named[0].length;
        sets.push(new CharacterSet({ classes: [test], negated: named[1] === "^" }));
        continue;
      }
      const set = this.pattern.charAt(this.at) === "\\" ? this.classEscape() : undefined;
      if (set !== undefined) sets.push(set);
      else ranges.push(this.range());
    }
    const { ignoreCase } = this.flags;
    return { kind: "set", set: unionSet(new CharacterSet({ ranges, ignoreCase }), sets, negated) };
  }

  private range(): [number, number] {
    const low = this.bracketCode();
    const next = this.pattern.charAt(this.at + 1);
    if (this.pattern.charAt(this.at) !== "-" || next === "]" || next === "") return [low, low];
    this.at++;
    const high = this.bracketCode();
    if (high < low) throw new RegexSyntaxError("range out of order in character class");
    return [low, high];
  }

  private bracketCode(): number {
    if (this.pattern.charAt(this.at) !== "\\") return this.code();
    if (this.pattern.charAt(this.at + 1) !== "b") return this.escapedCode();
    this.at += 2;
    return 8;
  }
}

function classOf(body: string, negated = false): CharacterSet {
  return new CharacterSet({ classes: [new RegExp(`^[${body}]$`)], negated });
}

function unionSet(own: CharacterSet, others: readonly CharacterSet[], negated: boolean): CharacterSet {
  if (others.length === 0 && !negated) return own;
  const has = (char: string): boolean => {
    const code = char.codePointAt(0) ?? 0;
    return own.has(code) || others.some((set) => set.has(code));
  };
  return new CharacterSet({ classes: [{ test: has }], negated });
}

/** The test of a Unicode property; undefined when there is none of that name. */
function propertyTest(name: string): RegExp | undefined {
  for (const source of [name, `Script=${name}`]) {
    try {
      return new RegExp(`^\\p{${source}}$`, "u");
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}
