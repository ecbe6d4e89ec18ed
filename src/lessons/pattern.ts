import { compileRegex, type Regex } from "../base/regex/regex.ts";

/**
 * An author's regular expression, in RE2's syntax, `^` and `$` at each line: it is tried in time that grows with the text
 * alone, so no lesson can hold the world by one. What is wrong with it, where it is none.
 */
export function readPattern(pattern: string): Regex | string {
  const read = compileRegex(pattern, { syntax: "re2" });
  return typeof read === "string" ? read : compileRegex(`(?m)${pattern}`, { syntax: "re2" });
}

/** Whether a pattern that has been read before is in a text. Throws `RegexExhausted` where it takes too much to tell. */
export function isFound(pattern: string, text: string): boolean {
  const regex = readPattern(pattern);
  return typeof regex !== "string" && regex.test(text);
}
