const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A string with one char (0-255) per byte, so that `<` orders it as bytes.Compare does. Used for etcd keys. */
export type ByteString = string;

export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Text of UTF-8 bytes; invalid sequences become U+FFFD. */
export function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const CHUNK = 8192;

/** One char per byte. */
export function toByteString(bytes: Uint8Array): ByteString {
  if (bytes.length <= CHUNK) return chars(bytes);
  let result = "";
  for (let i = 0; i < bytes.length; i += CHUNK) result += chars(bytes.subarray(i, i + CHUNK));
  return result;
}

/** Spreading the octets would walk an iterator: ten times the time. */
function chars(octets: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, octets);
}

export function fromByteString(string: ByteString): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(string.length);
  for (let i = 0; i < string.length; i++) bytes[i] = string.charCodeAt(i);
  return bytes;
}

/** Byte string of a text's UTF-8 form; ASCII texts are their own byte string. */
export function byteStringOf(value: string): ByteString {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 127) return toByteString(utf8(value));
  return value;
}

/** Text of a byte string read as UTF-8. */
export function textOfByteString(string: ByteString): string {
  for (let i = 0; i < string.length; i++) if (string.charCodeAt(i) > 127) return text(fromByteString(string));
  return string;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Standard base64 with padding, one line. */
export function base64(bytes: Uint8Array): string {
  let result = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1] ?? 0;
    const c = bytes[i + 2] ?? 0;
    result += BASE64.charAt(a >> 2) + BASE64.charAt(((a & 3) << 4) | (b >> 4));
    result += i + 1 < bytes.length ? BASE64.charAt(((b & 15) << 2) | (c >> 6)) : "=";
    result += i + 2 < bytes.length ? BASE64.charAt(c & 63) : "=";
  }
  return result;
}

/** The bytes, or the offset of the first illegal character (as Go's `illegal base64 data at input byte N`). */
export function fromBase64(encoded: string): { bytes: Uint8Array<ArrayBuffer> } | { illegalAt: number } {
  let end = encoded.length;
  while (end > 0 && encoded[end - 1] === "=") end--;
  const bytes = new Uint8Array(Math.floor((end * 6) / 8));
  let digits = 0;
  let buffer = 0;
  let at = 0;
  for (let i = 0; i < end; i++) {
    const code = encoded.charCodeAt(i);
    if (code === NEWLINE || code === RETURN) continue;
    const digit = DIGITS[code] ?? -1;
    if (digit < 0) return { illegalAt: i };
    buffer = (buffer << 6) | digit;
    // three octets are in four digits: after the first digit there is none yet
    if (digits++ % 4 !== 0) bytes[at++] = (buffer >> (6 - 2 * ((digits - 1) % 4))) & 255;
  }
  const illegalAt = misplacedEnd(digits % 4, end, encoded.length);
  if (illegalAt !== undefined) return { illegalAt };
  return { bytes: at === bytes.length ? bytes : bytes.slice(0, at) };
}

/** Where a text ends wrongly whose last group has `open` digits before its padding, which begins at `end`. */
function misplacedEnd(open: number, end: number, length: number): number | undefined {
  const padding = length - end;
  if (padding === 0) return open === 0 ? undefined : length - open;
  if (open < 2) return end;
  const wanted = 4 - open;
  return padding === wanted ? undefined : Math.min(length, end + wanted);
}

const NEWLINE = 10;
const RETURN = 13;

/** What each ASCII char stands for in base64; -1 for nothing. */
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => BASE64.indexOf(String.fromCharCode(code)));

export function hex(bytes: Uint8Array): string {
  let result = "";
  for (const byte of bytes) result += byte.toString(16).padStart(2, "0");
  return result;
}
