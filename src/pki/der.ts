import { concat } from "../base/bytes.ts";

/**
 * DER (X.690): every value is tag, length, content.
 *
 *     30 0d                SEQUENCE, 13 octets
 *       06 09 2a 86 ...    OBJECT IDENTIFIER, 9 octets
 *       05 00              NULL
 */
export interface DerValue {
  readonly tag: number;
  /** The octets inside. */
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Input that is not DER, or not what was expected. */
export class DerError extends Error {}

/** Reads values one after the other from the content of a constructed value. */
export class DerReader {
  private readonly bytes: Uint8Array;
  private offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.offset >= this.bytes.length;
  }

  /** The tag of the next value, or undefined at the end. */
  peek(): number | undefined {
    return this.bytes[this.offset];
  }

  /** The next value, of the given tag if one is given. */
  next(tag?: number): DerValue {
    const start = this.offset;
    const found = this.bytes[start];
    if (found === undefined) throw new DerError("unexpected end of DER input");
    if (tag !== undefined && found !== tag) throw new DerError(`tag ${hexTag(found)} where ${hexTag(tag)} is expected`);
    if ((found & 0x1f) === 0x1f) throw new DerError("long tags are not supported");
    const { length, from } = this.readLength(start + 1);
    const end = from + length;
    if (end > this.bytes.length) throw new DerError("DER value is longer than its input");
    this.offset = end;
    return { tag: found, content: this.bytes.subarray(from, end), whole: this.bytes.subarray(start, end) };
  }

  /** The next value if it has this tag. */
  optional(tag: number): DerValue | undefined {
    return this.peek() === tag ? this.next(tag) : undefined;
  }

  /** A reader over the next value's content. */
  enter(tag: number = TAG.sequence): DerReader {
    return new DerReader(this.next(tag).content);
  }

  private readLength(at: number): { length: number; from: number } {
    const first = this.bytes[at];
    if (first === undefined) throw new DerError("unexpected end of DER input");
    if (first < 0x80) return { length: first, from: at + 1 };
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4) throw new DerError("DER length is out of range");
    let length = 0;
    for (let i = 1; i <= octets; i++) {
      const octet = this.bytes[at + i];
      if (octet === undefined) throw new DerError("unexpected end of DER input");
      length = length * 256 + octet;
    }
    return { length, from: at + 1 + octets };
  }
}

function hexTag(tag: number): string {
  return `0x${tag.toString(16).padStart(2, "0")}`;
}

/** Reads exactly one value that fills all of `bytes`. */
export function readDer(bytes: Uint8Array, tag?: number): DerValue {
  const reader = new DerReader(bytes);
  const value = reader.next(tag);
  if (!reader.atEnd) throw new DerError("trailing data after DER value");
  return value;
}

/** An unsigned or negative INTEGER's value. */
export function derToBigInt(content: Uint8Array): bigint {
  let hexDigits = "";
  for (const byte of content) hexDigits += byte.toString(16).padStart(2, "0");
  if (hexDigits === "") throw new DerError("empty INTEGER");
  const value = BigInt(`0x${hexDigits}`);
  return (content[0] ?? 0) >= 0x80 ? value - (1n << BigInt(content.length * 8)) : value;
}

/** Dotted form of an OBJECT IDENTIFIER. */
export function derToOid(content: Uint8Array): string {
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(value / 40));
      arcs.push(first, value - first * 40);
    } else arcs.push(value);
    value = 0;
  }
  return arcs.join(".");
}

const TIME_OCTETS_MAX = 15;

/** Milliseconds since the epoch of a UTCTime or GeneralizedTime. */
export function derToTime(value: DerValue): number {
  if (value.content.length > TIME_OCTETS_MAX) throw new DerError("malformed time");
  const digits = String.fromCharCode(...value.content);
  const utc = value.tag === TAG.utcTime;
  const match = (
    utc ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?Z$/ : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/
  ).exec(digits);
  if (match === null) throw new DerError(`malformed time ${JSON.stringify(digits)}`);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const fullYear = utc ? (year < 50 ? 2000 + year : 1900 + year) : year;
  return Date.UTC(fullYear, month - 1, day, hour, minute, second);
}

/** A value of `tag` around `parts`. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  return concat([header(tag, length), ...parts]);
}

function header(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest & 255);
  return Uint8Array.of(tag, 0x80 | octets.length, ...octets);
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(TAG.sequence, ...parts);
}

export function octetString(bytes: Uint8Array): Uint8Array {
  return der(TAG.octetString, bytes);
}

/** A BIT STRING of whole octets, or with `unusedBits` at its end. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return der(TAG.bitString, Uint8Array.of(unusedBits), bytes);
}

export function integer(value: bigint | number): Uint8Array {
  return der(TAG.integer, bigIntToDer(BigInt(value)));
}

/** Two's complement content octets of a non-negative INTEGER. */
function bigIntToDer(value: bigint): Uint8Array {
  let digits = value.toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  const bytes = hexBytes(digits);
  return (bytes[0] ?? 0) >= 0x80 ? concat([Uint8Array.of(0), bytes]) : bytes;
}

/** Octets of an even number of hex digits. */
export function hexBytes(digits: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(TAG.oid, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(arc: number): number[] {
  const digits = [arc & 0x7f];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest & 0x7f));
  return digits;
}

/** UTCTime up to 2049, GeneralizedTime after, as RFC 5280 wants it. */
export function time(ms: number): Uint8Array {
  const iso = new Date(ms).toISOString().replace(/[-:T]/g, "").slice(0, 14);
  const year = Number(iso.slice(0, 4));
  const utc = year >= 1950 && year < 2050;
  const ascii = `${utc ? iso.slice(2) : iso}Z`;
  return der(
    utc ? TAG.utcTime : TAG.generalizedTime,
    Uint8Array.from(ascii, (char) => char.charCodeAt(0)),
  );
}

export const DER_NULL: Uint8Array = Uint8Array.of(TAG.null, 0);
export const DER_TRUE: Uint8Array = Uint8Array.of(TAG.boolean, 1, 255);
