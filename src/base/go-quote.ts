const ESCAPES: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** A text in double quotes as Go's `%q` and strconv.Quote print it. */
export function goQuote(value: string): string {
  let result = '"';
  for (const char of value) result += ESCAPES[char] ?? quotedRune(char);
  return `${result}"`;
}

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function quotedRune(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (PRINTABLE.test(char) && code !== 0xfffd) return char;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return code === 0xfffd ? char : `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/** Bytes in double quotes as strconv.Quote prints them: invalid UTF-8 as `\xNN`. `bytes` has one char per byte. */
export function goQuoteByteString(bytes: string): string {
  let result = '"';
  for (let at = 0; at < bytes.length; ) {
    const rune = runeAt(bytes, at);
    if (rune === undefined) {
      result += `\\x${bytes.charCodeAt(at).toString(16).padStart(2, "0")}`;
      at++;
    } else {
      result += ESCAPES[rune.char] ?? quotedRune(rune.char);
      at += rune.length;
    }
  }
  return `${result}"`;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function runeAt(bytes: string, at: number): { char: string; length: number } | undefined {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return { char: bytes.charAt(at), length: 1 };
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || at + length > bytes.length) return undefined;
  const part = Uint8Array.from(bytes.slice(at, at + length), (char) => char.charCodeAt(0));
  try {
    return { char: strict.decode(part), length };
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
