/** Quotes without end that are tried before the rest are taken for none; keeps long lines linear. */
const OPEN_QUOTES_MAX = 64;

/**
 * Splits a line of `txn` or `watch -i` into words; single quotes keep all, double quotes know Go's escapes. A quote
 * that is never closed is passed over, as upstream's regular expression does.
 */
export function argify(line: string): string[] {
  const words: string[] = [];
  let open = 0;
  for (let at = 0; at < line.length; ) {
    const char = line.charAt(at);
    const end = /\s/.test(char) ? -1 : open < OPEN_QUOTES_MAX ? wordEnd(line, at) : plainEnd(line, at);
    if (end > at) {
      words.push(unquoted(line.slice(at, end)));
      at = end;
    } else {
      if (end < 0 && (char === '"' || char === "'")) open++;
      at++;
    }
  }
  return words;
}

/** Where the word that begins at `from` ends; -1 for a quote that is not closed. */
function wordEnd(line: string, from: number): number {
  const quote = line.charAt(from);
  if (quote === "'") return line.indexOf("'", from + 1) + 1 || -1;
  return quote === '"' ? quotedEnd(line, from) : plainEnd(line, from);
}

/** Where the text in double quotes that begins at `from` ends; -1 when it does not begin there or has no end. */
export function quotedEnd(line: string, from: number): number {
  if (line[from] !== '"') return -1;
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === "\\") at++;
    else if (line[at] === '"') return at + 1;
  }
  return -1;
}

function plainEnd(line: string, from: number): number {
  const quote = line.charAt(from);
  if (quote === "'" || quote === '"') return -1;
  const rest = /\s/g;
  rest.lastIndex = from;
  return rest.exec(line)?.index ?? line.length;
}

function unquoted(word: string): string {
  if (word.startsWith("'") && word.endsWith("'") && word.length > 1) return word.slice(1, -1);
  return word.startsWith('"') ? (unquoteGo(word) ?? word) : word;
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g;

/** The text of a Go string in double quotes, or undefined when it is none. */
export function unquoteGo(quoted: string): string | undefined {
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"')) return undefined;
  let valid = true;
  const text = quoted.slice(1, -1).replace(ESCAPE, (_all, x, u, wide, octal, simple) => {
    const code = x ?? u ?? wide;
    if (code !== undefined) return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(code, 16)));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const char = SIMPLE[simple];
    if (char === undefined) valid = false;
    return char ?? "";
  });
  return valid ? text : undefined;
}
