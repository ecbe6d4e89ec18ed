/** Tells of one character whether it belongs. */
export interface CharacterTest {
  test(char: string): boolean;
}

/**
 * A set of characters by code point. A byte that is no UTF-8 (a lone surrogate, see `base/byte-text.ts`) is in no set but
 * one that names it: neither `.` nor `[^a]` matches it, as in glibc.
 */
export class CharacterSet {
  private readonly ranges: readonly (readonly [low: number, high: number])[];
  private readonly classes: readonly CharacterTest[];
  private readonly negated: boolean;
  private readonly ignoreCase: boolean;

  constructor(options: {
    readonly ranges?: readonly (readonly [low: number, high: number])[];
    readonly classes?: readonly CharacterTest[];
    readonly negated?: boolean;
    readonly ignoreCase?: boolean;
  }) {
    this.ranges = options.ranges ?? [];
    this.classes = options.classes ?? [];
    this.negated = options.negated ?? false;
    this.ignoreCase = options.ignoreCase ?? false;
  }

  has(code: number): boolean {
    if (code >= 0xd800 && code <= 0xdfff) return !this.negated && this.lists(code);
    return this.holds(code) !== this.negated;
  }

  private holds(code: number): boolean {
    if (this.lists(code)) return true;
    if (!this.ignoreCase) return false;
    const char = String.fromCodePoint(code);
    return this.listsText(char.toLowerCase()) || this.listsText(char.toUpperCase());
  }

  private listsText(char: string): boolean {
    const code = char.codePointAt(0) ?? -1;
    return char.length === String.fromCodePoint(code).length && this.lists(code);
  }

  private lists(code: number): boolean {
    for (const [low, high] of this.ranges) if (code >= low && code <= high) return true;
    if (this.classes.length === 0) return false;
    const char = String.fromCodePoint(code);
    return this.classes.some((test) => test.test(char));
  }
}

/** POSIX's named classes as the C.UTF-8 locale has them. */
export const NAMED_CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /^[\p{L}\p{Nl}]$/u,
  digit: /^[0-9]$/,
  alnum: /^[\p{L}\p{Nl}\p{Nd}]$/u,
  upper: /^\p{Lu}$/u,
  lower: /^\p{Ll}$/u,
  space: /^[ \t\n\r\f\v\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]$/,
  blank: /^[ \t\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]$/,
  punct: /^(?:[!-/:-@[-`{-~]|[^\x00-\x7f\p{L}\p{N}\p{Z}\p{C}])$/u,
  print: /^[^\p{Cc}\p{Cs}\p{Cn}]$/u,
  graph: /^[^\p{Cc}\p{Cs}\p{Cn}\p{Z}]$/u,
  cntrl: /^[\p{Cc}\u2028\u2029]$/u,
  xdigit: /^[0-9A-Fa-f]$/,
};

const WORD = /^[\p{L}\p{Nl}\p{Nd}_]$/u;

/** Whether a character is part of a word (`\w`, `\b`). */
export function isWordCharacter(code: number): boolean {
  if (code < 0x80)
    return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
  return WORD.test(String.fromCodePoint(code));
}

export const WORD_SET = new CharacterSet({ classes: [WORD] });
export const NO_WORD_SET = new CharacterSet({ classes: [WORD], negated: true });
export const ANY = new CharacterSet({ negated: true });
export const NO_NEWLINE = new CharacterSet({ ranges: [[10, 10]], negated: true });

/** The set of one named class, or all but it. */
export function classSet(name: string, negated = false): CharacterSet {
  const test = NAMED_CLASSES[name];
  return new CharacterSet({ classes: test === undefined ? [] : [test], negated });
}

/** The set of one character. */
export function oneCharacter(code: number, ignoreCase: boolean): CharacterSet {
  return new CharacterSet({ ranges: [[code, code]], ignoreCase });
}
