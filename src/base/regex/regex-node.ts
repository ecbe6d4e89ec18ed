import type { CharacterSet } from "./character-set.ts";

/** A place that is tested and takes no character. */
export type Assertion =
  | "text-start"
  | "text-end"
  /** Also before a newline that ends the text, as Perl's `$`. */
  | "last-line-end"
  | "line-start"
  | "line-end"
  | "word-edge"
  | "no-word-edge"
  | "word-start"
  | "word-end"
  /** No word before, whatever follows; no word behind, whatever came. */
  | "no-word-before"
  | "no-word-behind";

/** A regular expression as a tree, whatever grammar it was written in. */
export type RegexNode =
  | { readonly kind: "set"; readonly set: CharacterSet }
  | { readonly kind: "sequence"; readonly parts: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly choices: readonly RegexNode[] }
  | {
      readonly kind: "repeat";
      readonly node: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly kind: "group"; readonly index: number; readonly node: RegexNode }
  | { readonly kind: "assert"; readonly assertion: Assertion }
  | { readonly kind: "back-reference"; readonly group: number }
  | { readonly kind: "look"; readonly behind: boolean; readonly negative: boolean; readonly node: RegexNode }
  /** The match is said to begin here, whatever was passed before (`\K`). */
  | { readonly kind: "keep" }
  /** What matched first inside is not tried otherwise (`(?>…)`, `a++`). */
  | { readonly kind: "atomic"; readonly node: RegexNode };

/** What a parser makes of a pattern. */
export interface ParsedRegex {
  readonly node: RegexNode;
  /** How many groups capture. */
  readonly groups: number;
  /** What grep warns of. */
  readonly warnings: readonly string[];
}

/** A pattern that cannot be read; the message is the one of glibc, of RE2 or of PCRE2, as the grammar is. */
export class RegexSyntaxError extends Error {}

/** Matching took more than it may: glibc's REG_ESPACE, PCRE's match limit. */
export class RegexExhausted extends Error {}

export const EMPTY: RegexNode = { kind: "sequence", parts: [] };
