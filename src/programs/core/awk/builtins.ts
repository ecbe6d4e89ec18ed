import { strftime } from "../../../base/calendar.ts";
import { formatPrintf } from "../../../base/printf-format.ts";
import { type Regex, STOP_REPLACING } from "../../../base/regex/regex.ts";
import type { AwkRegexes } from "./regexes.ts";
import { type AwkValue, NumericString, toNumber, toText } from "./value.ts";

/** What pure built-in functions may touch besides their arguments. */
export interface BuiltinWorld {
  now(): number;
  random(): number;
  seed(value: number): number;
  setMatch(start: number, length: number): void;
  readonly regexes: AwkRegexes;
}

/** A string for printf: numbers stay numbers. */
export function printfArgument(value: AwkValue): string | number {
  return value instanceof NumericString ? value.text : (value ?? "");
}

/** Built-ins without arrays, assignments or streams; undefined when `name` is none of them. */
export function pureBuiltin(name: string, args: readonly AwkValue[], world: BuiltinWorld): AwkValue | undefined {
  const number = (index: number) => toNumber(args[index]);
  const string = (index: number) => toText(args[index]);
  switch (name) {
    case "substr":
      return substr(string(0), number(1), args.length > 2 ? number(2) : Number.POSITIVE_INFINITY);
    case "index":
      return string(0).indexOf(string(1)) + 1;
    case "match":
      return matchIn(string(0), string(1), world);
    case "sprintf":
      return formatPrintf(string(0), args.slice(1).map(printfArgument));
    case "tolower":
      return string(0).toLowerCase();
    case "toupper":
      return string(0).toUpperCase();
    case "int":
      return Math.trunc(number(0));
    case "sqrt":
      return Math.sqrt(number(0));
    case "exp":
      return Math.exp(number(0));
    case "log":
      return Math.log(number(0));
    case "sin":
      return Math.sin(number(0));
    case "cos":
      return Math.cos(number(0));
    case "atan2":
      return Math.atan2(number(0), number(1));
    case "rand":
      return world.random();
    case "srand":
      return world.seed(args.length > 0 ? number(0) : world.now());
    case "systime":
      return Math.floor(world.now() / 1000);
    case "strftime":
      return strftime(
        args.length > 0 ? string(0) : "%a %b %e %H:%M:%S %Z %Y",
        args.length > 1 ? number(1) * 1000 : world.now(),
      );
    case "gensub":
      return gensub(world.regexes.get(string(0)), string(1), string(2), string(3));
    default:
      return undefined;
  }
}

function substr(text: string, start: number, length: number): string {
  const from = Math.round(start);
  const to = length === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : from + Math.round(length);
  return text.slice(Math.max(0, from - 1), Math.max(0, to - 1));
}

function matchIn(text: string, source: string, world: BuiltinWorld): number {
  const found = world.regexes.get(source).find(text);
  const start = found === undefined ? 0 : found.start + 1;
  world.setMatch(start, found === undefined ? -1 : found.text.length);
  return start;
}

/** The replacement of sub and gsub: & is the match, \& an ampersand. */
function substituted(replacement: string, match: string): string {
  return replacement.replace(/\\(.)|&/g, (whole, escaped?: string) =>
    escaped === undefined ? match : escaped === "&" ? "&" : escaped === "\\" ? "\\" : whole,
  );
}

/** sub and gsub on a string: the result and how often. */
export function substitute(
  text: string,
  regex: Regex,
  replacement: string,
  all: boolean,
): { text: string; count: number } {
  let count = 0;
  const result = regex.replace(text, (match) => {
    if (!all && count > 0) return STOP_REPLACING;
    count++;
    return substituted(replacement, match.text);
  });
  return { text: result, count };
}

function gensub(regex: Regex, replacement: string, how: string, target: string): string {
  const wanted = /^[gG]/.test(how) ? 0 : Math.max(1, Number.parseInt(how, 10) || 1);
  return regex.replace(target, (match, number) => {
    if (wanted !== 0 && number !== wanted) return undefined;
    return replacement.replace(/\\(\d)|\\&|&/g, (whole, group?: string) =>
      whole === "\\&" ? "&" : (match.group(Number(group ?? 0)) ?? ""),
    );
  });
}
