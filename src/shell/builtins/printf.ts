import { strftime } from "../../base/calendar.ts";
import { decodeEscapes } from "../expand/escapes.ts";
import { backslashQuote } from "../expand/quote.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { isName } from "../state/variables.ts";
import { print } from "./output.ts";
import { badOption, fail, parseOptions } from "./usage.ts";

const USAGE = "printf [-v var] format [arguments]";

/** `printf`: the format is used again as long as arguments are left. */
export const printf: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "v:");
  if (typeof parsed === "string") return yield* badOption(shell, "printf", parsed, USAGE);
  const [format, ...values] = parsed.rest;
  if (format === undefined) {
    yield* shell.writeError(`printf: usage: ${USAGE}\n`);
    return 2;
  }
  const target = parsed.flags.get("v");
  if (target !== undefined && !/^[A-Za-z_]\w*(\[.+\])?$/.test(target)) {
    return (yield* fail(shell, "printf", `\`${target}': not a valid identifier`)) + 1;
  }
  const run = new FormatRun(shell, values);
  const text = run.all(format);
  if (target === undefined) yield* print(shell, text);
  else setTarget(shell, target, text);
  for (const problem of run.problems) yield* shell.complain(`printf: ${problem}`);
  return run.problems.length > 0 ? 1 : 0;
};

function setTarget(shell: Shell, target: string, text: string): void {
  const element = /^(\w+)\[(.+)\]$/.exec(target);
  if (element !== null) shell.variables.setElement(element[1] ?? "", element[2] ?? "", text);
  else if (isName(target)) shell.variables.set(target, text);
}

const DIRECTIVE = /%(?:%|([-+ #0]*)(\*|\d+)?(?:\.(\*|-?\d+)?)?[hlLjzt]*(\([^)]*\)T|[diouxXeEfFgGaAcsbqQ]|$|.))/g;
const OUTPUT_MAX = 50_000_000;

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly letter: string;
}

/** One `printf` call: takes the arguments as its directives ask for them. */
class FormatRun {
  readonly problems: string[] = [];
  private readonly shell: Shell;
  private readonly values: readonly string[];
  private next = 0;
  private stopped = false;

  constructor(shell: Shell, values: readonly string[]) {
    this.shell = shell;
    this.values = values;
  }

  all(format: string): string {
    let text = "";
    do {
      const before = this.next;
      text += this.once(format);
      if (this.next === before) break;
    } while (this.next < this.values.length && !this.stopped && text.length < OUTPUT_MAX);
    return text;
  }

  private once(format: string): string {
    let text = "";
    let at = 0;
    for (const match of format.matchAll(DIRECTIVE)) {
      if (this.stopped) return text;
      text += decodeEscapes(format.slice(at, match.index), "format").text;
      at = match.index + match[0].length;
      text += match[0] === "%%" ? "%" : this.directive(match);
    }
    return this.stopped ? text : text + decodeEscapes(format.slice(at), "format").text;
  }

  private directive(match: RegExpExecArray): string {
    const [whole, flags = "", width, precision, letter = ""] = match;
    const widthValue = width === "*" ? Number(this.integer(this.take() ?? "0")) : Number(width ?? 0);
    const hasPrecision = whole.includes(".") && !letter.startsWith("(");
    const given = precision === "*" ? Number(this.integer(this.take() ?? "0")) : Number(precision ?? 0);
    const directive: Directive = {
      flags: widthValue < 0 ? `${flags}-` : flags,
      width: Math.min(Math.abs(widthValue), OUTPUT_MAX),
      precision: hasPrecision && given >= 0 ? Math.min(given, 1000) : undefined,
      letter,
    };
    return this.format(directive);
  }

  private format(directive: Directive): string {
    const { letter } = directive;
    if (letter.startsWith("(")) return pad(this.time(letter.slice(1, -2)), directive);
    switch (letter) {
      case "s":
        return pad(cut(this.take() ?? "", directive), directive);
      case "b":
        return this.escaped(directive);
      case "q":
      case "Q":
        return pad(backslashQuote(this.take() ?? ""), directive);
      case "c":
        return pad([...(this.take() ?? "")][0] ?? "", directive);
      case "d":
      case "i":
        return signed(this.integer(this.take()), directive);
      case "o":
      case "u":
      case "x":
      case "X":
        return unsigned(this.integer(this.take()), directive);
      case "":
        this.problems.push("`%': missing format character");
        this.stopped = true;
        return "";
      default:
        return this.float(directive);
    }
  }

  private float(directive: Directive): string {
    if (/^[eEfFgGaA]$/.test(directive.letter)) return floating(this.number(this.take()), directive);
    this.problems.push(`\`${directive.letter}': invalid format character`);
    this.stopped = true;
    return "";
  }

  private escaped(directive: Directive): string {
    const { text, stopped } = decodeEscapes(this.take() ?? "", "percent-b");
    this.stopped ||= stopped;
    return pad(cut(text, directive), directive);
  }

  private time(format: string): string {
    const value = this.take();
    const { clock } = this.shell.process;
    const seconds = value === undefined || value === "-1" ? Math.floor(clock.now / 1000) : Number(this.integer(value));
    const at = value === "-2" ? Math.floor(this.shell.startedAt / 1000) : seconds;
    return strftime(format === "" ? "%X" : format, at * 1000);
  }

  private take(): string | undefined {
    return this.values[this.next++];
  }

  private integer(value: string | undefined): bigint {
    const text = (value ?? "").trim();
    if (text === "") return 0n;
    if (text.startsWith("'") || text.startsWith('"')) return BigInt(text.codePointAt(1) ?? 0);
    const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
    if (match === null || match[0].length < text.length) this.problems.push(`${value}: invalid number`);
    if (match === null) return 0n;
    const digits = match[2] ?? "0";
    const magnitude = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
    return match[1] === "-" ? -magnitude : magnitude;
  }

  private number(value: string | undefined): number {
    const text = (value ?? "").trim();
    if (text === "") return 0;
    if (text.startsWith("'") || text.startsWith('"')) return text.codePointAt(1) ?? 0;
    const match =
      /^[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|0[xX][0-9a-fA-F]+|inf(?:inity)?|nan)/i.exec(text);
    if (match === null || match[0].length < text.length) this.problems.push(`${value}: invalid number`);
    if (match === null) return 0;
    if (/inf/i.test(match[0])) return match[0].startsWith("-") ? -Infinity : Infinity;
    return Number(match[0]);
  }
}

function cut(text: string, directive: Directive): string {
  return directive.precision === undefined ? text : [...text].slice(0, directive.precision).join("");
}

function pad(text: string, directive: Directive): string {
  return directive.flags.includes("-") ? text.padEnd(directive.width) : text.padStart(directive.width);
}

function signed(value: bigint, directive: Directive): string {
  const wrapped = BigInt.asIntN(64, value);
  const digits = (wrapped < 0n ? -wrapped : wrapped).toString().padStart(directive.precision ?? 1, "0");
  return padNumber(signOf(wrapped < 0n, directive), digits, directive);
}

function unsigned(value: bigint, directive: Directive): string {
  const wrapped = BigInt.asUintN(64, value);
  const base = directive.letter === "o" ? 8 : directive.letter === "u" ? 10 : 16;
  let digits = wrapped.toString(base).padStart(directive.precision ?? 1, "0");
  if (directive.letter === "X") digits = digits.toUpperCase();
  const marked = directive.flags.includes("#") && wrapped !== 0n;
  const mark = !marked ? "" : directive.letter === "o" ? "0" : base === 16 ? `0${directive.letter}` : "";
  return padNumber(mark, digits, directive);
}

function signOf(negative: boolean, directive: Directive): string {
  if (negative) return "-";
  return directive.flags.includes("+") ? "+" : directive.flags.includes(" ") ? " " : "";
}

function padNumber(sign: string, digits: string, directive: Directive): string {
  const zero = directive.flags.includes("0") && !directive.flags.includes("-");
  const isInteger = "diouxX".includes(directive.letter);
  if (zero && !(isInteger && directive.precision !== undefined)) {
    return sign + digits.padStart(directive.width - sign.length, "0");
  }
  return pad(sign + digits, directive);
}

function floating(value: number, directive: Directive): string {
  const negative = value < 0 || Object.is(value, -0);
  const sign = signOf(negative, directive);
  if (!Number.isFinite(value)) return pad(sign + (Number.isNaN(value) ? "nan" : "inf"), directive);
  const upper = directive.letter !== directive.letter.toLowerCase();
  const text = floatDigits(Math.abs(value), directive);
  return padNumber(sign, upper ? text.toUpperCase() : text, directive);
}

function floatDigits(value: number, directive: Directive): string {
  const precision = Math.min(directive.precision ?? 6, 100);
  switch (directive.letter.toLowerCase()) {
    case "f":
      return value < 1e21
        ? value.toFixed(precision)
        : BigInt(value).toString() + (precision > 0 ? `.${"0".repeat(precision)}` : "");
    case "e":
      return exponent(value.toExponential(precision));
    default: {
      const significant = precision === 0 ? 1 : precision;
      const power = value === 0 ? 0 : Number(value.toExponential(significant - 1).split("e")[1]);
      const fixed = power >= -4 && power < significant;
      const text = fixed ? value.toFixed(Math.max(0, significant - 1 - power)) : value.toExponential(significant - 1);
      return exponent(directive.flags.includes("#") ? text : trimZeros(text));
    }
  }
}

function trimZeros(text: string): string {
  const [digits = "", power] = text.split("e");
  const trimmed = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  return power === undefined ? trimmed : `${trimmed}e${power}`;
}

/** C writes at least two digits of an exponent. */
function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, "e$10$2");
}
