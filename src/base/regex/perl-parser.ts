import { ANY, CharacterSet, isWordCharacter, NAMED_CLASSES, NO_NEWLINE, oneCharacter } from "./character-set.ts";
import { CLASSES, LINE_BREAK, PCRE_CLASSES, propertyTest, unionSet } from "./perl-classes.ts";
import { type Assertion, EMPTY, type ParsedRegex, type RegexNode, RegexSyntaxError } from "./regex-node.ts";

/** PCRE2's expressions (grep -P, journalctl --grep), or RE2's, which are fewer (what is written in Go). */
export type PerlGrammar = { readonly kind: "pcre" | "re2"; readonly ignoreCase: boolean };

const INFINITE = Number.POSITIVE_INFINITY;
const DEPTH_MAX = 250;
/** RE2 takes no more copies of one thing, nested counts multiplied. */
const RE2_REPEAT_MAX = 1000;
const CONTROL: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, e: 27 };
/** What PCRE2 knows besides and this does not, behind `(` and `\`. */
const REFUSED_GROUP = /^\((?:\*[A-Za-z:]+|\?(?:R|[-+]?\d+|&\w*|P>\w*|\||\(|C))/;
const REFUSED_ESCAPE = /^\\[XGC]/;
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

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly extended: boolean;
  readonly ungreedy: boolean;
}

const NO_FLAGS: Flags = { ignoreCase: false, multiline: false, dotAll: false, extended: false, ungreedy: false };
const FLAGS: Readonly<Record<string, keyof Flags>> = {
  i: "ignoreCase",
  m: "multiline",
  s: "dotAll",
  x: "extended",
  U: "ungreedy",
};

class PerlParser {
  private readonly pattern: string;
  private readonly pcre: boolean;
  private at = 0;
  private depth = 0;
  private groups = 0;
  private readonly names = new Map<string, number>();
  private references = 0;
  private flags: Flags;

  constructor(pattern: string, grammar: PerlGrammar) {
    this.pattern = pattern;
    this.pcre = grammar.kind === "pcre";
    this.flags = { ...NO_FLAGS, ignoreCase: grammar.ignoreCase };
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
    const quantifier = this.quantifier();
    if (quantifier !== null)
      throw new RegexSyntaxError(
        this.pcre
          ? "quantifier does not follow a repeatable item"
          : `missing argument to repetition operator: \`${quantifier[0]}\``,
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

  /** The quantifier that stands here. */
  private quantifier(): RegExpExecArray | null {
    const form = this.pcre ? /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})([?+]?)/ : /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\??)/;
    return form.exec(this.pattern.slice(this.at, this.at + 20));
  }

  private repeated(atom: RegexNode): RegexNode {
    const bounds = this.quantifier();
    if (bounds === null) return atom;
    this.at += bounds[0].length;
    const [, operator, low, comma, high, mode] = bounds;
    const min = operator === undefined ? Number(low) : operator === "+" ? 1 : 0;
    const counted = comma === undefined ? min : high === "" ? INFINITE : Number(high);
    const max = operator === undefined ? counted : operator === "?" ? 1 : INFINITE;
    this.check(min, max);
    const node: RegexNode = { kind: "repeat", node: atom, min, max, lazy: (mode === "?") !== this.flags.ungreedy };
    if (this.pcre) return mode === "+" ? { kind: "atomic", node: { ...node, lazy: false } } : node;
    const again = this.quantifier();
    if (again !== null) throw new RegexSyntaxError(`invalid nested repetition operator: \`${bounds[0]}${again[0]}\``);
    if (!isCountValid(node, RE2_REPEAT_MAX)) throw new RegexSyntaxError(`invalid repeat count: \`${bounds[0]}\``);
    return node;
  }

  private check(min: number, max: number): void {
    const [limit, problem] = this.pcre
      ? [65_535, "number too big in {} quantifier"]
      : [RE2_REPEAT_MAX, "invalid repeat count"];
    if (min > limit || (max !== INFINITE && max > limit)) throw new RegexSyntaxError(problem);
    if (max < min)
      throw new RegexSyntaxError(this.pcre ? "numbers out of order in {} quantifier" : "invalid repeat count");
  }

  private group(): RegexNode | undefined {
    const refused = this.pcre ? REFUSED_GROUP.exec(this.pattern.slice(this.at)) : null;
    if (refused !== null) throw new RegexSyntaxError(`not simulated in this sandbox: ${refused[0]} in a pattern`);
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
    const again = this.pcre ? /^P=(\w+)\)/.exec(rest) : null;
    if (again !== null) {
      this.at += again[0].length;
      return this.reference(this.names.get(again[1] ?? ""));
    }
    return this.setting(rest);
  }

  /** `(?i)`, `(?^x-s:…)`: flags for what is inside, or until the group around ends. */
  private setting(rest: string): RegexNode | undefined {
    const set = /^(\^)?([imsxU]*)(?:-([imsxU]*))?([:)])/.exec(rest);
    if (set === null || (!this.pcre && /[\^x]/.test(set[0])))
      throw new RegexSyntaxError(
        this.pcre
          ? "unrecognized character after (? or (?-"
          : `invalid or unsupported Perl syntax: \`(?${rest.slice(0, 1)}\``,
      );
    const [whole, unset, on = "", off = "", end] = set;
    this.at += whole.length;
    if (unset !== undefined) this.flags = NO_FLAGS;
    this.setFlags(on, true);
    this.setFlags(off, false);
    return end === ":" ? this.inside() : undefined;
  }

  private setFlags(letters: string, on: boolean): void {
    for (const letter of letters) {
      const flag = FLAGS[letter];
      if (flag !== undefined) this.flags = { ...this.flags, [flag]: on };
    }
  }

  private escape(): RegexNode | undefined {
    const char = this.pattern.charAt(this.at + 1);
    if (char === "")
      throw new RegexSyntaxError(this.pcre ? "\\ at end of pattern" : "trailing backslash at end of expression");
    const rest = this.pattern.slice(this.at);
    if (this.pcre) {
      const reference = this.backReference(rest);
      if (reference !== undefined) return reference;
      if (REFUSED_ESCAPE.test(rest))
        throw new RegexSyntaxError(`not simulated in this sandbox: \\${char} in a pattern`);
      if (char === "K" || char === "E" || char === "R") {
        this.at += 2;
        return char === "K" ? { kind: "keep" } : char === "R" ? LINE_BREAK : undefined;
      }
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

  /** `\1`, `\g{-1}`, `\k<name>`; undefined for what is none, as a number too great is an octal one. */
  private backReference(rest: string): RegexNode | undefined {
    const found =
      /^\\(?:k(?:<(\w+)>|\{(\w+)\}|'(\w+)')|([1-9]\d{0,2})|g(?:(-?\d+)|\{(-?\d+)\}|\{([A-Za-z_]\w*)\}))/.exec(rest);
    if (found === null) return undefined;
    const name = found[1] ?? found[2] ?? found[3] ?? found[7];
    const plain = found[4];
    const given = Number(plain ?? found[5] ?? found[6]);
    if (plain !== undefined && given > 9 && given > this.groups) return undefined;
    this.at += found[0].length;
    if (name !== undefined) return this.reference(this.names.get(name));
    return this.reference(given < 0 ? this.groups + 1 + given : given);
  }

  private reference(group: number | undefined): RegexNode {
    if (group === undefined || group < 1) throw new RegexSyntaxError("reference to non-existent subpattern");
    this.references = Math.max(this.references, group);
    return { kind: "back-reference", group };
  }

  /** The text in `\Q…\E`; a quantifier behind it is its last character's. */
  private quoted(): RegexNode {
    const end = this.pattern.indexOf("\\E", this.at);
    const text = this.pattern.slice(this.at + 2, end < 0 ? undefined : end);
    this.at = end < 0 ? this.pattern.length : end + 2;
    const parts = [...text].map(
      (char): RegexNode => ({ kind: "set", set: oneCharacter(char.codePointAt(0) ?? 0, this.flags.ignoreCase) }),
    );
    const last = parts.pop();
    if (last !== undefined) parts.push(this.repeated(last));
    return { kind: "sequence", parts };
  }

  /** `\d`, `\p{L}` and their kin. */
  private classEscape(): CharacterSet | undefined {
    const char = this.pattern.charAt(this.at + 1);
    const known = (this.pcre ? PCRE_CLASSES[char] : undefined) ?? CLASSES[char];
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
    const octal = this.pcre ? /^(?:o\{([0-7]+)\}|([0-7]{1,3}))/.exec(this.pattern.slice(this.at)) : null;
    if (octal !== null) {
      this.at += octal[0].length;
      return Math.min(Number.parseInt(octal[1] ?? octal[2] ?? "0", 8), 0x10ffff);
    }
    const held = this.pcre ? /^c([ -~])/.exec(this.pattern.slice(this.at)) : null;
    if (held !== null) {
      this.at += 2;
      return (held[1] ?? "").toUpperCase().charCodeAt(0) ^ 64;
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

/** Whether nested counts come to no more than `left` copies. */
function isCountValid(node: RegexNode, left: number): boolean {
  if (node.kind === "repeat") {
    const count = node.max === INFINITE ? node.min : node.max;
    return count <= left && isCountValid(node.node, count > 1 ? Math.floor(left / count) : left);
  }
  if (node.kind === "group") return isCountValid(node.node, left);
  const parts = node.kind === "sequence" ? node.parts : node.kind === "choice" ? node.choices : [];
  return parts.every((part) => isCountValid(part, left));
}
