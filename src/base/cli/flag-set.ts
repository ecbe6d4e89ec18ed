import { assert } from "../assert.ts";
import { goQuote } from "../go-quote.ts";
import { bareValue, type FlagSpec, type FlagValue } from "./flag.ts";
import { defaultFlagValue, setFlagValue } from "./flag-value.ts";

/** The flags that one command understands, by name and shorthand. */
export class FlagSet {
  private readonly byName = new Map<string, FlagSpec>();
  private readonly byShorthand = new Map<string, FlagSpec>();
  private readonly normalize: (name: string) => string;

  constructor(flags: readonly FlagSpec[], normalize: (name: string) => string = (name) => name) {
    this.normalize = normalize;
    for (const flag of flags) this.add(flag);
  }

  /** Nearer commands' flags come first; a later one of the same name is hidden by them. */
  private add(flag: FlagSpec): void {
    if (this.byName.has(flag.name)) return;
    this.byName.set(flag.name, flag);
    if (flag.shorthand !== undefined && !this.byShorthand.has(flag.shorthand))
      this.byShorthand.set(flag.shorthand, flag);
  }

  get(name: string): FlagSpec | undefined {
    return this.byName.get(this.normalize(name));
  }

  getShorthand(letter: string): FlagSpec | undefined {
    return this.byShorthand.get(letter);
  }

  /** All flags in name order. */
  sorted(): FlagSpec[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }
}

/** What parsing made of a command's words. */
export class ParsedFlags {
  /** Positional arguments. */
  args: string[] = [];
  /** How many of them stood before `--`; -1 without `--` (cobra's ArgsLenAtDash). */
  argsLengthAtDash = -1;
  /** Lines for stderr about deprecated flags that were used. */
  readonly warnings: string[] = [];
  /** Names of the commands from the root to the chosen one: `["kubectl", "get"]`. */
  path: readonly string[] = [];

  readonly flags: FlagSet;
  private readonly values = new Map<string, FlagValue>();

  constructor(flags: FlagSet) {
    this.flags = flags;
  }

  /** Whether the flag was given (pflag's Changed). */
  changed(name: string): boolean {
    return this.values.has(name);
  }

  /** Names of the flags that were given, in the order of their first setting. */
  changedNames(): string[] {
    return [...this.values.keys()];
  }

  value(name: string): FlagValue {
    const given = this.values.get(name);
    if (given !== undefined) return given;
    const flag = this.flags.get(name);
    assert(flag !== undefined, "flag is not defined", { name, path: this.path });
    return defaultFlagValue(flag);
  }

  bool(name: string): boolean {
    const value = this.value(name);
    assert(typeof value === "boolean", "flag is no bool", { name });
    return value;
  }

  string(name: string): string {
    const value = this.value(name);
    assert(typeof value === "string", "flag is no string", { name });
    return value;
  }

  /** Any number kind; durations in milliseconds. */
  number(name: string): number {
    const value = this.value(name);
    assert(typeof value === "number", "flag is no number", { name });
    return value;
  }

  list(name: string): readonly string[] {
    const value = this.value(name);
    assert(Array.isArray(value), "flag is no list", { name });
    return value as readonly string[];
  }

  /** Sets a flag as the command line would; gives pflag's error text. */
  set(flag: FlagSpec, input: string): string | undefined {
    const result = setFlagValue(flag, input, this.values.get(flag.name));
    if ("error" in result) {
      const letter = flag.shorthand !== undefined && flag.shorthandDeprecated === undefined;
      const shown = letter ? `-${flag.shorthand}, --${flag.name}` : `--${flag.name}`;
      return `invalid argument ${goQuote(input)} for ${goQuote(shown)} flag: ${result.error}`;
    }
    this.values.set(flag.name, result.value);
    if (flag.deprecated !== undefined)
      this.warnings.push(`Flag --${flag.name} has been deprecated, ${flag.deprecated}`);
    return undefined;
  }
}

/**
 * Reads `words` into `into`, as pflag.FlagSet.Parse. Gives the error text, or undefined. With `interspersed` false
 * the first positional argument ends the flags.
 */
export function parseFlags(into: ParsedFlags, words: readonly string[], interspersed = true): string | undefined {
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "-" || !word.startsWith("-")) {
      into.args.push(word);
      if (interspersed) continue;
      into.args.push(...rest);
      return undefined;
    }
    if (word === "--") {
      into.argsLengthAtDash = into.args.length;
      into.args.push(...rest);
      return undefined;
    }
    const fault = word.startsWith("--") ? parseLong(into, word, rest) : parseShorthands(into, word, rest);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function parseLong(into: ParsedFlags, word: string, rest: string[]): string | undefined {
  const body = word.slice(2);
  if (body.startsWith("-") || body.startsWith("=")) return `bad flag syntax: ${word}`;
  const equals = body.indexOf("=");
  const name = equals < 0 ? body : body.slice(0, equals);
  const flag = into.flags.get(name);
  if (flag === undefined) return `unknown flag: --${name}`;
  if (equals >= 0) return into.set(flag, body.slice(equals + 1));
  const bare = bareValue(flag);
  if (bare !== undefined) return into.set(flag, bare);
  const value = rest.shift();
  return value === undefined ? `flag needs an argument: ${word}` : into.set(flag, value);
}

function parseShorthands(into: ParsedFlags, word: string, rest: string[]): string | undefined {
  let letters = word.slice(1);
  while (letters !== "") {
    const letter = letters.charAt(0);
    const flag = into.flags.getShorthand(letter);
    if (flag === undefined) return `unknown shorthand flag: ${goRune(letter)} in -${letters}`;
    if (flag.shorthandDeprecated !== undefined) {
      into.warnings.push(`Flag shorthand -${letter} has been deprecated, ${flag.shorthandDeprecated}`);
    }
    const bare = bareValue(flag);
    if (letters.length > 2 && letters[1] === "=") return into.set(flag, letters.slice(2));
    if (bare === undefined) return shorthandValue(into, flag, letters, rest);
    const fault = into.set(flag, bare);
    if (fault !== undefined) return fault;
    letters = letters.slice(1);
  }
  return undefined;
}

function shorthandValue(into: ParsedFlags, flag: FlagSpec, letters: string, rest: string[]): string | undefined {
  if (letters.length > 1) return into.set(flag, letters.slice(1));
  const value = rest.shift();
  if (value === undefined) return `flag needs an argument: ${goRune(letters.charAt(0))} in -${letters}`;
  return into.set(flag, value);
}

function goRune(letter: string): string {
  return letter === "'" ? "'\\''" : `'${goQuote(letter).slice(1, -1)}'`;
}
