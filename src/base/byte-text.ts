import { utf8 } from "./bytes.ts";

/**
 * The shell keeps texts as strings. A byte that is not valid UTF-8 is kept as U+DC00 + byte (an unpaired surrogate), so
 * that `printf '\xff'` and the output of a binary program come out byte for byte, also as an argument of another program.
 */
export function encodeShellText(text: string): Uint8Array {
  return ESCAPED_BYTE.test(text) ? encodeEscaped(text) : utf8(text);
}

const ESCAPED_BYTE = /[\udc80-\udcff]/;
const REPLACEMENT = "\ufffd";
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The string for one raw byte of 128 or more. */
export function escapedByte(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte);
}

/** The shell's text of bytes; see `encodeShellText`. */
export function decodeShellText(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  return text.includes(REPLACEMENT) ? decodeEscaped(bytes) : text;
}

/** How many of the bytes, from the start, are no beginning of a character that goes on in what comes next. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Raw bytes that together are UTF-8 become characters, as `printf '\xe2\x9c\x93'` needs. */
export function joinEscapedBytes(text: string): string {
  return ESCAPED_BYTE.test(text) ? decodeShellText(encodeEscaped(text)) : text;
}

function encodeEscaped(text: string): Uint8Array {
  const bytes: number[] = [];
  let plain = "";
  const flush = (): void => {
    for (const byte of utf8(plain)) bytes.push(byte);
    plain = "";
  };
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0xdc80 || code > 0xdcff) {
      plain += char;
      continue;
    }
    flush();
    bytes.push(code - 0xdc00);
  }
  flush();
  return Uint8Array.from(bytes);
}

function decodeEscaped(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += escapedByte(bytes[at] ?? 0);
      at++;
      continue;
    }
    text += decoder.decode(bytes.subarray(at, at + length));
    at += length;
  }
  return text;
}

/** Length of the well-formed UTF-8 sequence at `at`, or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || first >= 0xf5 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return decoder.decode(bytes.subarray(at, at + length)).includes(REPLACEMENT) && !isReplacement(bytes, at)
    ? 0
    : length;
}

function isReplacement(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd;
}
