/** What a string's characters allow, found in one pass (libyaml's yaml_emitter_analyze_scalar). */
export interface ScalarFacts {
  readonly value: string;
  /** In code points. */
  readonly length: number;
  readonly multiline: boolean;
  readonly plainAllowed: boolean;
  readonly singleAllowed: boolean;
  readonly blockAllowed: boolean;
}

const INDICATORS_AT_START = new Set([..."#,[]{}&*!|>'\"%@`"]);

/** Looks at a string as a scalar outside flow collections. */
export function analyse(value: string): ScalarFacts {
  let indicator = value.startsWith("---") || value.startsWith("...");
  let special = false;
  let multiline = false;
  let breakSpace = false;
  let spaceBreak = false;
  let length = 0;
  let previous = "";
  for (const [character, next] of withNext(value)) {
    if (isIndicator(character, next, previous)) indicator = true;
    if (isBreak(character)) {
      multiline = true;
      if (previous === " ") spaceBreak = true;
    }
    if (!isPrintable(character)) special = true;
    if (character === " " && isBreak(previous)) breakSpace = true;
    previous = character;
    length++;
  }
  const first = value.charAt(0);
  const edges = first === " " || previous === " " || isBreak(first) || isBreak(previous);
  return {
    value,
    length,
    multiline,
    plainAllowed: !(indicator || special || multiline || edges),
    singleAllowed: !(special || breakSpace || spaceBreak),
    blockAllowed: value !== "" && !(special || spaceBreak || previous === " "),
  };
}

function* withNext(value: string): Generator<[string, string]> {
  let held: string | undefined;
  for (const character of value) {
    if (held !== undefined) yield [held, character];
    held = character;
  }
  if (held !== undefined) yield [held, ""];
}

function isIndicator(character: string, next: string, previous: string): boolean {
  const blankNext = next === "" || next === " " || next === "\t" || isBreak(next);
  if (previous === "")
    return INDICATORS_AT_START.has(character) || ("?:-".includes(character) && blankNext && character !== "");
  if (character === ":") return blankNext;
  return character === "#" && (previous === " " || previous === "\t" || isBreak(previous));
}

function isBreak(character: string): boolean {
  return (
    character === "\n" ||
    character === "\r" ||
    character === "\u0085" ||
    character === "\u2028" ||
    character === "\u2029"
  );
}

function isPrintable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x0a;
  if (code < 0x7f) return true;
  if (code < 0xa0) return false;
  if (code < 0xd800) return true;
  return code >= 0xe000 && code <= 0xfffd && code !== 0xfeff;
}

/** The signs after `|`: an indentation hint when the text begins with a space or break, and how it ends. */
export function blockHints(value: string): string {
  const first = value.charAt(0);
  const hint = first === " " || isBreak(first) ? "2" : "";
  if (!value.endsWith("\n")) return `${hint}-`;
  return value === "\n" || value.endsWith("\n\n") ? `${hint}+` : hint;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\0", "\\0"],
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\v", "\\v"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\u001b", "\\e"],
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\u0085", "\\N"],
  ["\u2028", "\\L"],
  ["\u2029", "\\P"],
]);

/** The double-quoted form with libyaml's escapes. */
export function doubleQuoted(value: string): string {
  let result = '"';
  for (const character of value) {
    const escaped = ESCAPES.get(character);
    if (escaped !== undefined) result += escaped;
    else result += isPrintable(character) ? character : codeEscape(character.codePointAt(0) ?? 0);
  }
  return `${result}"`;
}

function codeEscape(code: number): string {
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** A number as Go's strconv writes it with format 'g' and the shortest digits; integers stay whole up to 1e21. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  const text = String(value);
  if (Number.isInteger(value) && !text.includes("e")) return text;
  return exponentPadded(Math.abs(value) < 1e-4 ? value.toExponential() : text);
}

function exponentPadded(text: string): string {
  return text.replace(/e([-+])(\d)$/, "e$10$2");
}
