import { isWordCharacter } from "./character-set.ts";
import type { Assertion } from "./regex-node.ts";

const NEWLINE = 10;
/** Instead of a character: there is none. */
export const NO_CHARACTER = -1;

/** The character that begins at `at`; a pair of surrogates is one. */
export function characterAt(text: string, at: number): number {
  return at < text.length ? (text.codePointAt(at) ?? NO_CHARACTER) : NO_CHARACTER;
}

/** The character that ends at `at`. */
export function characterBefore(text: string, at: number): number {
  if (at <= 0) return NO_CHARACTER;
  const low = text.charCodeAt(at - 1);
  if (low < 0xdc00 || low > 0xdfff || at < 2) return low;
  const code = text.codePointAt(at - 2) ?? low;
  return code > 0xffff ? code : low;
}

/** Whether the place between two characters is what is asserted. `last`: nothing but a newline follows. */
export function holdsBetween(assertion: Assertion, before: number, after: number, last: boolean): boolean {
  switch (assertion) {
    case "text-start":
      return before === NO_CHARACTER;
    case "text-end":
      return after === NO_CHARACTER;
    case "last-line-end":
      return after === NO_CHARACTER || last;
    case "line-start":
      return before === NO_CHARACTER || before === NEWLINE;
    case "line-end":
      return after === NO_CHARACTER || after === NEWLINE;
    default: {
      const [left, right] = [isWord(before), isWord(after)];
      if (assertion === "no-word-before") return !left;
      if (assertion === "no-word-behind") return !right;
      if (assertion === "word-edge") return left !== right;
      if (assertion === "no-word-edge") return left === right;
      return assertion === "word-start" ? !left && right : left && !right;
    }
  }
}

function isWord(code: number): boolean {
  return code !== NO_CHARACTER && isWordCharacter(code);
}
