/** Quotes a text so that the shell reads it back: nothing when not needed, else single quotes (or `$'…'`). */
export function shellQuote(text: string): string {
  if (text === "") return "''";
  if (/^[\w./:=@%^,+-]+$/.test(text)) return text;
  return alwaysQuote(text);
}

/** As `${x@Q}` and `set` do: always in quotes. */
export function alwaysQuote(text: string): string {
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuote(text);
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** As `printf %q` does: backslashes. */
export function backslashQuote(text: string): string {
  if (text === "") return "''";
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuote(text);
  return text.replace(/[^\w./:=@%+\-\u0080-\uffff]/g, "\\$&");
}

/** As `declare -p` does: double quotes. */
export function doubleQuote(text: string): string {
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text)) return ansiQuote(text);
  return `"${text.replace(/[\\"$`]/g, "\\$&")}"`;
}

const NAMED: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\E",
  "'": "\\'",
  "\\": "\\\\",
};

function ansiQuote(text: string): string {
  const inside = text.replace(/[\x00-\x1f\x7f'\\]/g, (char) => {
    const named = NAMED[char];
    return named ?? `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
  return `$'${inside}'`;
}
