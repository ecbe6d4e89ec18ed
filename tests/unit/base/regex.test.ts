import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileRegex, Regex, RegexExhausted, type RegexOptions } from "../../../src/base/regex/regex.ts";

/** Small expressions that mean the same in POSIX and in JavaScript, but for which alternative is taken. */
const expression = fc.letrec<{ node: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("a", "b", "c", ".", "[ab]", "[^a]") },
    { weight: 1, arbitrary: tie("node").map((inner) => `(${inner})`) },
  ),
  node: fc
    .array(
      fc
        .array(fc.tuple(tie("atom"), fc.constantFrom("", "", "*", "+", "?", "{2}", "{0,2}")), {
          minLength: 1,
          maxLength: 3,
        })
        .map((parts) => parts.map(([atom, repeat]) => atom + repeat).join("")),
      { minLength: 1, maxLength: 2 },
    )
    .map((choices) => choices.join("|")),
})).node;
const shortText = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });

/** The leftmost-longest match by trying every piece of the text. */
function tried(pattern: string, text: string): readonly [number, number] | undefined {
  const whole = new RegExp(`^(?:${pattern})$`);
  for (let start = 0; start <= text.length; start++)
    for (let end = text.length; end >= start; end--) if (whole.test(text.slice(start, end))) return [start, end];
  return undefined;
}

test("finds the leftmost-longest match that trying every piece finds", () => {
  fc.assert(
    fc.property(expression, shortText, (pattern, text) => {
      const found = new Regex(pattern, { syntax: "extended" }).find(text);
      expect(found && [found.start, found.end]).toEqual(tried(pattern, text));
    }),
    { numRuns: 2000 },
  );
});

test("tries one way after the other as JavaScript does", () => {
  fc.assert(
    fc.property(expression, shortText, (pattern, text) => {
      fc.pre(!/\)[*+?{]/.test(pattern)); // JavaScript's rounds of a loop may not be empty, Perl's last one may
      const found = new Regex(pattern, { syntax: "pcre" }).find(text);
      const expected = new RegExp(pattern).exec(text);
      expect(found && [found.start, found.text]).toEqual(expected === null ? undefined : [expected.index, expected[0]]);
    }),
    { numRuns: 2000 },
  );
});

test("following sets of states and trying one way after the other find the same longest match", () => {
  fc.assert(
    fc.property(expression, shortText, (pattern, text) => {
      const found = new Regex(pattern, { syntax: "extended" }).find(text);
      // a back-reference to an empty group changes nothing but how the match is looked for
      const other = new Regex(`()(${pattern})\\1`, { syntax: "extended" }).find(text);
      expect(other && [other.start, other.end]).toEqual(found && [found.start, found.end]);
    }),
    { numRuns: 1000 },
  );
});

/** A program's own words: what it prints for a pattern and an input. */
function real(argv: readonly string[], input: string): { out: string; code: number; err: string } {
  const [program = "", ...args] = argv;
  const run = spawnSync(program, args, { input, env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" }, encoding: "utf8" });
  return { out: run.stdout, code: run.status ?? -1, err: run.stderr };
}

const SUBSTITUTIONS: readonly (readonly [pattern: string, text: string])[] = [
  ["(a|ab)(c|bcd)(d*)", "abcd"],
  ["(a*)*", "b"],
  ["(a|(b))*", "ba"],
  ["(a|(b))*", "ab"],
  ["(a*)(ab)*(b*)", "abab"],
  ["(foo|foob)(ar|bar)?", "foobar"],
  ["(a|aa)*", "aaa"],
  ["(a|aa|aaa)(a|aa)?", "aaaa"],
  ["(a?)((ab)?)", "xaby"],
  ["(a|b|c)*", "abc"],
  ["(.*)X(.*)", "aXbXc"],
  ["(abc)*?", "abcabc"],
  ["()|b", "ab"],
  ["(a+|b+)*c?", "aabbaac"],
  ["((a)|(ab))((c)|(bc))", "abc"],
  ["(.)(.)\\2\\1", "xabbay"],
  ["(a*)\\1", "aaaaa"],
  ["^(a|b)$", "a"],
  ["\\bfoo\\b|bar\\>", "xfoo foo rebar"],
  ["[[:alpha:]]+[^[:space:]]", "12 héllo!"],
  ["[]x]+|[a-]+", "y]x]-a"],
  ["é.", "aéüx"],
  ["(a{2,3}){2}", "aaaaaaa"],
  ["a{,2}b", "aaab"],
];

describe("as GNU sed finds and groups it", () => {
  test.each(SUBSTITUTIONS)("%s in %s", (pattern, text) => {
    const regex = new Regex(pattern, { syntax: "sed extended" });
    const by = (group: (index: number) => string | undefined) =>
      `<${Array.from({ length: regex.groups + 1 }, (_, index) => group(index) ?? "").join(",")}>`;
    const replacement = `<${Array.from({ length: regex.groups + 1 }, (_, index) => `\\${index}`).join(",")}>`;
    const separator = "\x01";
    const sed = real(["sed", "-E", `s${separator}${pattern}${separator}${replacement}${separator}g`], `${text}\n`);
    expect(`${regex.replace(text, (match) => by((index) => match.group(index)))}\n`).toBe(sed.out);
  });
});

const GREPPED: readonly (readonly [flag: string, pattern: string, text: string])[] = [
  ["-E", "*a", "a*b"],
  ["-E", "a)", "a)b"],
  ["-E", "a{x", "a{x"],
  ["-E", "a|*b", "b"],
  ["-E", "(*a)", "a"],
  ["-E", "^*", "x"],
  ["-E", "a**b+*", "aab"],
  ["-E", "(a", "a"],
  ["-E", "a{3,2}", "a"],
  ["-E", "a{99999}", "a"],
  ["-E", "(a)\\2", "aa"],
  ["-E", "a||b", "x"],
  ["-E", "()", "x"],
  ["-E", "[[:foo:]]", "a"],
  ["-E", "[b-a]", "a"],
  ["-E", "[a", "a"],
  ["-E", "a\\", "a"],
  ["-E", "a\\tb", "atb"],
  ["-G", "a\\{1", "a"],
  ["-G", "\\(a", "a"],
  ["-G", "a\\)", "a"],
  ["-G", "*a", "*a"],
  ["-G", "^*a", "*a"],
  ["-G", "\\(*a\\)", "*a"],
  ["-G", "a\\|b", "b"],
  ["-G", "a\\+b\\?c", "aac"],
  ["-G", "a$b^c", "a$b^c"],
  ["-G", "\\(^a\\)", "ba"],
  ["-G", "x\\(a$\\)", "xa"],
  ["-G", "a{1}+?|()", "a{1}+?|()"],
  ["-G", "\\<b\\>", "a b c"],
  ["-G", "\\Bb", "ab"],
  ["-G", "\\w\\W\\s", "a! "],
  ["-G", "[\\n]", "n"],
  ["-G", "[[.-.]]", "-"],
  ["-G", "[[=a=]b]", "a"],
  ["-P", "(?<=a)b(?!c)", "abd"],
  ["-P", "(?<!a)b", "ab"],
  ["-P", "a++a", "aaa"],
  ["-P", "(?i)A(?-i)b", "ab"],
  ["-P", "(?<x>a)\\k<x>", "aa"],
  ["-P", "\\d{2,}?\\w$", "12a"],
  ["-P", "[\\d-]+\\.", "1-2."],
  ["-P", "\\Qa.b\\E", "a.b"],
  ["-P", "(?>a|ab)c", "abc"],
  ["-P", "a(?=.*z)", "abz"],
  ["-P", "(a", "a"],
  ["-P", "*a", "a"],
  ["-P", "(?<=a+)b", "ab"],
  ["-P", "[z-a]", "a"],
  ["-P", "image: \\K\\S+", "image: nginx:1.27"],
  ["-P", "a|\\Kb", "ab"],
  ["-P", "(?U)a+b*", "aab"],
  ["-P", "(?U)a+?b", "aab"],
  ["-P", "(?i)a(?^)b", "AB Ab"],
  ["-P", "a**", "aa"],
  ["-P", "a{2}{3}", "aa"],
  ["-P", "{1}", "{1}"],
  ["-P", "{x}", "{x}"],
  ["-P", "\\Ea\\Qb+\\E+", "ab++"],
  ["-P", "(?<x>a)(?P=x)\\g{x}", "aaa"],
  ["-P", "(a)(b)\\g{-1}\\g1", "abba"],
  ["-P", "(a)\\g{2}", "aa"],
  ["-P", "\\141\\o{142}\\x63\\x{64}", "abcd"],
  ["-P", "(a)\\11", "a\t1"],
  ["-P", "a\\cIb", "a\tb"],
  ["-P", "a\\vb[\\v]", "a\vb\f"],
  ["-P", "a\\Rb", "a\rb"],
  ["-G", "\\{1\\}a", "{1}a"],
];

const GREP_SYNTAX = { "-E": "grep extended", "-G": "grep basic", "-P": "pcre" } as const;

describe("as GNU grep takes it", () => {
  test.each(GREPPED)("%s %s", (flag, pattern, text) => {
    const grep = real(["grep", "-o", flag, "-e", pattern], `${text}\n`);
    const regex = compileRegex(pattern, { syntax: GREP_SYNTAX[flag as keyof typeof GREP_SYNTAX] });
    if (typeof regex === "string") {
      expect(grep.err).toBe(`grep: ${regex}\n`);
      return;
    }
    expect(regex.warnings.map((warning) => `grep: warning: ${warning}\n`).join("")).toBe(grep.err);
    const shown = [...regex.matches(text)].map((match) => match.text).filter((each) => each !== "");
    expect(shown.map((each) => `${each}\n`).join("")).toBe(grep.out);
    expect(regex.test(text) ? 0 : 1).toBe(grep.code);
  });
});

describe("no pattern holds the thread", () => {
  const LINE = `${"a".repeat(50_000)}!`;
  test.each([
    "(a+)+$",
    "(a|aa)+$",
    "(a*)*b",
    "(.*)*(.*)*(.*)*x",
    "a*a*a*a*a*a*b",
    "(a|a|a|a)*c",
    "((a*)*)*d",
    "(a?){50}a{50}e",
    "(x+x+)+y",
    "(a|b)*a(a|b){12}z",
  ])("%s on a long line takes steps in proportion to it", (pattern) => {
    const regex = new Regex(pattern, { syntax: "extended" });
    expect(regex.test(LINE)).toBe(false);
    expect(regex.takeWork()).toBeLessThan(LINE.length * 40);
  });

  test.each<[string, RegexOptions["syntax"]]>([
    ["\\(a*\\)*\\1b", "basic"],
    ["(a+)+$", "pcre"],
    ["(.*)*(.*)*(.*)*x", "pcre"],
    ["(?:a?){40}a{40}(?=z)", "pcre"],
  ])("%s in %s, which cannot, is given up", (pattern, syntax) => {
    expect(() => new Regex(pattern, { syntax }).test(LINE)).toThrow(RegexExhausted);
  });

  test("ways that a back-reference can't tell apart are tried once", () => {
    const regex = new Regex("()((((.*a{0,2})+)+)+a)\\1", { syntax: "extended" });
    expect(regex.find("aaaaaab")?.text).toBe("aaaaaa");
    expect(regex.takeWork()).toBeLessThan(100_000);
  });

  test("a repetition too big to be copied out is refused, and one that is not is bounded", () => {
    expect(compileRegex("((a{1000}){1000}){1000}", { syntax: "extended" })).toBe("Regular expression too big");
    const regex = new Regex("(a|b)*a(a|b){10000}c", { syntax: "extended" });
    expect(() => regex.test("ab".repeat(50_000))).toThrow(RegexExhausted);
    expect(compileRegex("(".repeat(100_000), { syntax: "extended" })).toBe("Regular expression too big");
    expect(typeof compileRegex("a*".repeat(20_000), { syntax: "extended" })).toBe("object");
    expect(new Regex(`^a${"*".repeat(20_000)}$`, { syntax: "grep extended" }).test("aaa")).toBe(true);
    expect(compileRegex(`a${"?".repeat(20_000)}`, { syntax: "extended" })).toBe("Regular expression too big");
  });
});

test("counts of nothing are not counted out", () => {
  const regex = new Regex(`^(a{0}${"{32767}".repeat(4)})$`, { syntax: "extended" });
  expect([regex.test(""), regex.test("a")]).toEqual([true, false]);
  expect(new Regex("^(?:(?:){60000}){60000}$", { syntax: "pcre" }).test("")).toBe(true);
});

test("RE2 takes no more than a thousand copies, and no quantifier of a quantifier", () => {
  const problem = (pattern: string) => compileRegex(pattern, { syntax: "re2" });
  expect(problem("(a{100}){100}")).toBe("invalid repeat count: `{100}`");
  expect(problem("a{1001}")).toBe("invalid repeat count");
  expect(problem("a**")).toBe("invalid nested repetition operator: `**`");
  expect(problem("a++")).toBe("invalid nested repetition operator: `++`");
  expect(problem("(?x)a")).toBe("invalid or unsupported Perl syntax: `(?x`");
  expect(typeof problem("(a{10}){100}b+?(?i:c)")).toBe("object");
});

test("what PCRE2 knows and this does not says so", () => {
  for (const pattern of ["(a)(?1)", "(?R)", "(?|a)", "(?(1)a)", "(*UTF)a", "\\X"])
    expect(compileRegex(pattern, { syntax: "pcre" })).toMatch(/^not simulated in this sandbox: .+ in a pattern$/);
});

test("bytes that are no UTF-8 are matched by themselves only", () => {
  const byte = "\udcff";
  for (const pattern of [".", "[^a]", "\\W", "\\S"])
    expect(new Regex(`^${pattern}$`, { syntax: "grep extended" }).test(byte)).toBe(false);
  expect(new Regex(`a${byte}b`, { syntax: "grep extended" }).test(`a${byte}b`)).toBe(true);
});
