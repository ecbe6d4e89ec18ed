import { CharacterSet, NAMED_CLASSES } from "./character-set.ts";
import { RegexSyntaxError } from "./regex-node.ts";

const UNMATCHED = "Unmatched [, [^, [:, [., or [=";
const CONTROL: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, b: 8 };

/** How a program reads `\` within brackets: POSIX takes it as it stands, sed knows `\n` and its kin, awk all escapes. */
export type BracketEscapes = "none" | "controls" | "all";

/** The bracket expression that begins behind the `[` at `start`, and where it ends. */
export function readBracket(
  pattern: string,
  start: number,
  escapes: BracketEscapes,
  ignoreCase: boolean,
): { readonly set: CharacterSet; readonly end: number } {
  const reader = new BracketReader(pattern, start, escapes);
  const { ranges, classes, negated } = reader.read();
  return { set: new CharacterSet({ ranges, classes, negated, ignoreCase }), end: reader.at };
}

class BracketReader {
  at: number;
  private readonly pattern: string;
  private readonly escapes: BracketEscapes;
  private readonly ranges: [number, number][] = [];
  private readonly classes: RegExp[] = [];

  constructor(pattern: string, start: number, escapes: BracketEscapes) {
    this.pattern = pattern;
    this.at = start;
    this.escapes = escapes;
  }

  read() {
    const negated = this.pattern.charAt(this.at) === "^";
    if (negated) this.at++;
    for (let first = true; first || this.pattern.charAt(this.at) !== "]"; first = false) this.item();
    this.at++;
    return { ranges: this.ranges, classes: this.classes, negated };
  }

  private item(): void {
    if (this.pattern.startsWith("[:", this.at)) {
      const test = NAMED_CLASSES[this.named(":")];
      if (test === undefined) throw new RegexSyntaxError("Invalid character class name");
      this.classes.push(test);
      return;
    }
    const low = this.character();
    const isRange = this.pattern.charAt(this.at) === "-" && !"]".includes(this.pattern.charAt(this.at + 1));
    if (!isRange) {
      this.ranges.push([low, low]);
      return;
    }
    this.at++;
    const high = this.character();
    if (high < low) throw new RegexSyntaxError("Invalid range end");
    this.ranges.push([low, high]);
  }

  /** The name in `[:name:]`, `[.name.]` or `[=name=]`. */
  private named(mark: string): string {
    const end = this.pattern.indexOf(`${mark}]`, this.at + 2);
    if (end < 0) throw new RegexSyntaxError(UNMATCHED);
    const name = this.pattern.slice(this.at + 2, end);
    this.at = end + 2;
    return name;
  }

  private character(): number {
    for (const mark of [".", "="]) {
      if (!this.pattern.startsWith(`[${mark}`, this.at)) continue;
      const name = this.named(mark);
      const code = name.codePointAt(0);
      if (code === undefined || name.length !== String.fromCodePoint(code).length)
        throw new RegexSyntaxError("Invalid collation character");
      return code;
    }
    const code = this.pattern.codePointAt(this.at);
    if (code === undefined) throw new RegexSyntaxError(UNMATCHED);
    this.at += code > 0xffff ? 2 : 1;
    return code === 92 && this.escapes !== "none" ? this.escaped() : code;
  }

  private escaped(): number {
    const char = this.pattern.charAt(this.at);
    const control = CONTROL[char];
    if (control === undefined && this.escapes !== "all") return 92;
    const code = control ?? this.pattern.codePointAt(this.at);
    if (code === undefined) throw new RegexSyntaxError(UNMATCHED);
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }
}
