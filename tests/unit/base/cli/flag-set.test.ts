import { describe, expect, test } from "vitest";
import type { FlagSpec } from "../../../../src/base/cli/flag.ts";
import { FlagSet, ParsedFlags, parseFlags } from "../../../../src/base/cli/flag-set.ts";

const FLAGS: readonly FlagSpec[] = [
  { name: "all", shorthand: "A", type: "bool", usage: "" },
  { name: "stdin", shorthand: "i", type: "bool", usage: "" },
  { name: "tty", shorthand: "t", type: "bool", usage: "" },
  { name: "output", shorthand: "o", type: "string", usage: "" },
  { name: "dry-run", type: "string", default: "none", noOptDefVal: "unchanged", usage: "" },
  { name: "rev", type: "int64", usage: "" },
  { name: "v", shorthand: "v", type: "count", usage: "" },
  { name: "timeout", type: "duration", default: "5s", usage: "" },
  { name: "file", shorthand: "f", type: "stringSlice", default: ["-"], usage: "" },
  { name: "env", type: "stringArray", usage: "" },
  { name: "old", type: "string", deprecated: "use --output", usage: "" },
];

function parse(...words: string[]): { parsed: ParsedFlags; fault: string | undefined } {
  const parsed = new ParsedFlags(new FlagSet(FLAGS, (name) => name.replaceAll("_", "-")));
  return { fault: parseFlags(parsed, words), parsed };
}

describe("flags are read as pflag reads them", () => {
  test("words that bring their value along, and words that take the next one", () => {
    const { parsed } = parse("-oyaml", "--timeout", "1m30s", "-f", "a,b", "-f=c", "pods", "--env=X=1,2");
    expect(parsed.string("output")).toBe("yaml");
    expect(parsed.number("timeout")).toBe(90_000);
    expect(parsed.list("file")).toEqual(["a", "b", "c"]);
    expect(parsed.list("env")).toEqual(["X=1,2"]);
    expect(parsed.args).toEqual(["pods"]);
  });

  test("letters may be put together, and the last may take a value", () => {
    const { parsed } = parse("-itojson", "-vv", "-v");
    expect([parsed.bool("stdin"), parsed.bool("tty"), parsed.string("output")]).toEqual([true, true, "json"]);
    expect(parsed.number("v")).toBe(3);
  });

  test("a bare flag with a meaning of its own leaves the next word alone", () => {
    const { parsed } = parse("--dry-run", "client");
    expect([parsed.string("dry-run"), parsed.args]).toEqual(["unchanged", ["client"]]);
    expect(parse("--dry_run=server").parsed.string("dry-run")).toBe("server");
  });

  test("defaults hold until the flag is given, and changed() tells the difference", () => {
    const { parsed } = parse("--rev=-1");
    expect([parsed.number("timeout"), parsed.list("file"), parsed.string("dry-run")]).toEqual([5000, ["-"], "none"]);
    expect([parsed.changed("rev"), parsed.changed("timeout"), parsed.number("rev")]).toEqual([true, false, -1]);
  });

  test("-- ends the flags, a lone dash is an argument", () => {
    const { parsed } = parse("a", "-", "--", "-o", "--all");
    expect([parsed.args, parsed.argsLengthAtDash]).toEqual([["a", "-", "-o", "--all"], 2]);
    const stopped = new ParsedFlags(new FlagSet(FLAGS));
    expect(parseFlags(stopped, ["-A", "sh", "-c", "x"], false)).toBeUndefined();
    expect(stopped.args).toEqual(["sh", "-c", "x"]);
  });

  test("deprecated flags warn", () => {
    expect(parse("--old=x").parsed.warnings).toEqual(["Flag --old has been deprecated, use --output"]);
  });

  test.each([
    ["--nosuch", "unknown flag: --nosuch"],
    ["--nosuch=1", "unknown flag: --nosuch"],
    ["-1", "unknown shorthand flag: '1' in -1"],
    ["-Ax", "unknown shorthand flag: 'x' in -x"],
    ["--rev", "flag needs an argument: --rev"],
    ["-o", "flag needs an argument: 'o' in -o"],
    ["--=x", "bad flag syntax: --=x"],
    ["--rev=abc", 'invalid argument "abc" for "--rev" flag: strconv.ParseInt: parsing "abc": invalid syntax'],
    [
      "--rev=9223372036854775808",
      'invalid argument "9223372036854775808" for "--rev" flag: strconv.ParseInt: parsing "9223372036854775808": value out of range',
    ],
    ["--timeout=5", 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    ["--timeout=x", 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"'],
    [
      "--all=maybe",
      'invalid argument "maybe" for "-A, --all" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      '-fa"b',
      'invalid argument "a\\"b" for "-f, --file" flag: parse error on line 1, column 2: bare " in non-quoted field',
    ],
  ])("%s: %s", (word, text) => {
    expect(parse(word).fault).toBe(text);
  });
});
