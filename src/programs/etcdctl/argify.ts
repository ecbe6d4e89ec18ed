const WORD = /"(?:[^"\\]|\\.)*?"|'[^']*'|[^'"\s]\S*[^'"\s]?/g;

/** Splits a line of `txn` or `watch -i` into words; single quotes keep all, double quotes know Go's escapes. */
export function argify(line: string): string[] {
  const words = line.match(WORD) ?? [];
  return words.map((word) => {
    if (word.startsWith("'") && word.endsWith("'") && word.length > 1) return word.slice(1, -1);
    return word.startsWith('"') ? (unquoteGo(word) ?? word) : word;
  });
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
