import { escapedByte, joinEscapedBytes } from "../../base/byte-text.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** Which dialect of backslash escapes: `$'…'`, `echo -e`, `printf`'s format, `printf`'s `%b`. */
export type EscapeDialect = "ansi-c" | "echo" | "format" | "percent-b";

/** A decoded text; `stopped` when `\c` ended all output. */
export interface Unescaped {
  readonly text: string;
  readonly stopped: boolean;
}

/** Puts the characters in for backslash escapes; bash's ansicstr(). */
export function decodeEscapes(source: string, dialect: EscapeDialect): Unescaped {
  if (!source.includes("\\")) return { text: source, stopped: false };
  let text = "";
  let at = 0;
  while (at < source.length) {
    const next = source.indexOf("\\", at);
    if (next < 0 || next === source.length - 1) break;
    text += source.slice(at, next);
    if (source.charAt(next + 1) === "c" && (dialect === "echo" || dialect === "percent-b")) {
      return { text: joinEscapedBytes(text), stopped: true };
    }
    const found = escapeAt(source, next + 1, dialect);
    text += found.text;
    at = found.end;
  }
  return { text: joinEscapedBytes(text + source.slice(at)), stopped: false };
}

interface Escape {
  readonly text: string;
  readonly end: number;
}

function escapeAt(source: string, at: number, dialect: EscapeDialect): Escape {
  const char = source.charAt(at);
  const simple = SIMPLE[char];
  if (simple !== undefined) return { text: simple, end: at + 1 };
  if (char >= "0" && char <= "7") return octal(source, at, dialect);
  if (char === "x") return byNumber(source, at, /^[0-9A-Fa-f]{1,2}/, (code) => escapedByte(code & 255));
  if (char === "u") return byNumber(source, at, /^[0-9A-Fa-f]{1,4}/, codePoint);
  if (char === "U") return byNumber(source, at, /^[0-9A-Fa-f]{1,8}/, codePoint);
  if (dialect === "ansi-c") {
    if (char === "c") return { text: String.fromCharCode(source.charCodeAt(at + 1) & 0x1f), end: at + 2 };
    if (char === "'" || char === '"' || char === "?") return { text: char, end: at + 1 };
  }
  if (dialect === "format" && (char === '"' || char === "'")) return { text: char, end: at + 1 };
  return { text: `\\${char}`, end: at + 1 };
}

function codePoint(code: number): string {
  return code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
}

function octal(source: string, at: number, dialect: EscapeDialect): Escape {
  const zero = source.charAt(at) === "0";
  if (dialect === "echo" && !zero) return { text: `\\${source.charAt(at)}`, end: at + 1 };
  const digitsMax = zero && dialect !== "ansi-c" && dialect !== "format" ? 4 : 3;
  const digits = /^[0-7]+/.exec(source.slice(at, at + digitsMax))?.[0] ?? "0";
  return { text: escapedByte(Number.parseInt(digits, 8) & 255), end: at + digits.length };
}

function byNumber(source: string, at: number, digits: RegExp, char: (code: number) => string): Escape {
  const found = digits.exec(source.slice(at + 1, at + 9))?.[0];
  if (found === undefined) return { text: `\\${source.charAt(at)}`, end: at + 1 };
  return { text: char(Number.parseInt(found, 16)), end: at + 1 + found.length };
}
