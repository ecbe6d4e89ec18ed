import { Failure } from "./run.ts";

/** One option of a command. `value` is undefined for a switch; else what its value is called in the help. */
export interface OptionSpec {
  readonly name: string;
  readonly value?: string;
  readonly kind?: "number";
  readonly help: string;
}

/** A command line that has been read. */
export class Options {
  private readonly given: readonly { readonly name: string; readonly value: string }[];
  /** What is not an option, in order. */
  readonly rest: readonly string[];

  constructor(given: readonly { readonly name: string; readonly value: string }[], rest: readonly string[]) {
    this.given = given;
    this.rest = rest;
  }

  has(name: string): boolean {
    return this.given.some((option) => option.name === name);
  }

  /** The last value given. */
  value(name: string): string | undefined {
    return this.given.findLast((option) => option.name === name)?.value;
  }

  values(name: string): string[] {
    return this.given.filter((option) => option.name === name).map((option) => option.value);
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : parseNumber(value);
  }

  /** The options among `names` in the order in which they were given last. */
  order(names: readonly string[]): string[] {
    const last = new Map<string, number>();
    this.given.forEach(({ name }, index) => {
      if (names.includes(name)) last.set(name, index);
    });
    return [...last].sort((a, b) => a[1] - b[1]).map(([name]) => name);
  }
}

/** What `-help` asks for; the caller prints the help and ends with 0. */
export class HelpWanted extends Error {}

/**
 * Reads options as OpenSSL 3.0 does (apps/lib/opt.c): one dash or two, values in the next word or after `=`, up to the
 * first word that is no option. Throws Failure with OpenSSL's complaint. With `digests`, an unknown option may be the
 * name of a digest, kept as option `md`.
 */
export function parseOptions(
  name: string,
  args: readonly string[],
  specs: readonly OptionSpec[],
  digests?: (name: string) => boolean,
): Options {
  const given: { name: string; value: string }[] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    const bare = word.replace(/^--?/, "");
    const equals = bare.indexOf("=");
    const option = equals < 0 ? bare : bare.slice(0, equals);
    if (option === "help" || option === "h") throw new HelpWanted();
    const spec = specs.find((candidate) => candidate.name === option);
    if (spec === undefined) {
      if (digests?.(option) !== true) throw usage(name, unknownOption(option, digests !== undefined));
      given.push({ name: "md", value: option });
      continue;
    }
    if (spec.value === undefined) {
      given.push({ name: option, value: "" });
      continue;
    }
    const value = equals < 0 ? args[++at] : bare.slice(equals + 1);
    if (value === undefined) throw usage(name, `Option -${option} needs a value`);
    if (spec.kind === "number" && parseNumber(value) === undefined) {
      throw usage(name, `Can't parse "${value}" as a number`);
    }
    given.push({ name: option, value });
  }
  return new Options(given, args.slice(at));
}

function unknownOption(option: string, mayBeDigest: boolean): string {
  return mayBeDigest ? `Unknown option or message digest: ${option}` : `Unknown option: -${option}`;
}

/** A complaint about the command line. */
export function usage(name: string, complaint?: string): Failure {
  const first = complaint === undefined ? "" : `${name}: ${complaint}\n`;
  return new Failure(`${first}${name}: Use -help for summary.\n`);
}

/** A decimal, octal or hexadecimal integer, as strtol reads it. */
export function parseNumber(text: string): number | undefined {
  if (!/^[+-]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The help of a command, generated from its options. */
export function helpText(name: string, specs: readonly OptionSpec[], parameters = ""): string {
  const all = [{ name: "help", help: "Display this summary" }, ...specs];
  const lines = all.map((spec) => {
    const left = ` -${spec.name}${"value" in spec && spec.value !== undefined ? ` ${spec.value}` : ""}`;
    return left.length < 28 ? `${left.padEnd(28)}${spec.help}\n` : `${left}\n${" ".repeat(28)}${spec.help}\n`;
  });
  return `Usage: ${name} [options]${parameters}\n\nValid options are:\n${lines.join("")}`;
}
