import { CharacterSet, NO_NEWLINE, oneCharacter } from "./character-set.ts";
import type { RegexNode } from "./regex-node.ts";

/** Classes that both grammars have. */
export const CLASSES: Readonly<Record<string, CharacterSet>> = {
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
const VERTICAL = "\\n\\v\\f\\r\\x85\\u2028\\u2029";
/** Only PCRE2's: in RE2 `\v` is the one character. */
export const PCRE_CLASSES: Readonly<Record<string, CharacterSet>> = {
  v: classOf(VERTICAL),
  V: classOf(VERTICAL, true),
};

/** What `\R` takes; a carriage return and its newline are one. */
export const LINE_BREAK: RegexNode = {
  kind: "atomic",
  node: {
    kind: "choice",
    choices: [
      {
        kind: "sequence",
        parts: [oneCharacter(13, false), oneCharacter(10, false)].map((set) => ({ kind: "set", set })),
      },
      { kind: "set", set: classOf(VERTICAL) },
    ],
  },
};

function classOf(body: string, negated = false): CharacterSet {
  return new CharacterSet({ classes: [new RegExp(`^[${body}]$`)], negated });
}

/** What is in one of the sets, or all but that. */
export function unionSet(own: CharacterSet, others: readonly CharacterSet[], negated: boolean): CharacterSet {
  if (others.length === 0 && !negated) return own;
  const has = (char: string): boolean => {
    const code = char.codePointAt(0) ?? 0;
    return own.has(code) || others.some((set) => set.has(code));
  };
  return new CharacterSet({ classes: [{ test: has }], negated });
}

/** The test of a Unicode property; undefined when there is none of that name. */
export function propertyTest(name: string): RegExp | undefined {
  for (const source of [name, `Script=${name}`]) {
    try {
      return new RegExp(`^\\p{${source}}$`, "u");
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}
