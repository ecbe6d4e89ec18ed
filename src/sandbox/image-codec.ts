import { gunzipSync, gzipSync } from "fflate";
import { text, utf8 } from "../base/bytes.ts";

/**
 * Images as bytes: JSON for the structure, and beside it the octets of all files, gzipped together.
 *
 *     "etcd-sandbox image 1\n"  gzip( u32 length of JSON | JSON | octets of the byte arrays one after the other )
 *
 * In the JSON a byte array is `{"$b":[offset,length]}`, a bigint `{"$n":"…"}`, undefined in an array `{"$u":1}`. Values
 * that occur twice are stored twice, except byte arrays, which are shared.
 */
const MAGIC = "etcd-sandbox image 1\n";

/** Throws when `bytes` are no image, or one of another version. */
export function decodeImage(bytes: Uint8Array): unknown {
  return readUnpacked(gunzipSync(packedPart(bytes)));
}

/** What of an image is gzipped, for whoever has a faster way to unpack it. Throws as `decodeImage`. */
export function packedPart(bytes: Uint8Array): Uint8Array {
  const head = text(bytes.subarray(0, MAGIC.length));
  if (head !== MAGIC)
    throw new Error(
      head.startsWith("etcd-sandbox image")
        ? "this image was made by another version"
        : "this is no image of a sandbox",
    );
  return bytes.subarray(MAGIC.length);
}

/** Reads what was unpacked. */
export function readUnpacked(whole: Uint8Array): unknown {
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(0);
  const octets = whole.subarray(4 + length);
  return revived(JSON.parse(text(whole.subarray(4, 4 + length))), octets);
}

export function encodeImage(image: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  const known = new Map<Uint8Array, number>();
  let offset = 0;
  const place = (bytes: Uint8Array) => {
    const before = known.get(bytes);
    if (before !== undefined) return before;
    const at = offset;
    known.set(bytes, at);
    parts.push(bytes);
    offset += bytes.length;
    return at;
  };
  const json = utf8(JSON.stringify(image, (_key, value: unknown) => replace(value, place)));
  const whole = new Uint8Array(4 + json.length + offset);
  new DataView(whole.buffer).setUint32(0, json.length);
  whole.set(json, 4);
  let at = 4 + json.length;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  const packed = gzipSync(whole, { level: 9, mtime: 0 });
  const result = new Uint8Array(MAGIC.length + packed.length);
  result.set(utf8(MAGIC));
  result.set(packed, MAGIC.length);
  return result;
}

function replace(value: unknown, place: (bytes: Uint8Array) => number): unknown {
  if (value instanceof Uint8Array) return { $b: [place(value), value.length] };
  if (typeof value === "bigint") return { $n: String(value) };
  if (Array.isArray(value) && value.includes(undefined))
    return Array.from(value, (item: unknown) => (item === undefined ? { $u: 1 } : item));
  return value;
}

/** Puts back what JSON can't say, in place: a reviver of `JSON.parse` would be called for every number and text too. */
function revived(value: unknown, octets: Uint8Array): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$b" in value) {
    const [offset = 0, length = 0] = value.$b as number[];
    return octets.slice(offset, offset + length);
  }
  if ("$n" in value) return BigInt(value.$n as string);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      if (typeof item === "object") value[index] = isUndefinedMark(item) ? undefined : revived(item, octets);
    return value;
  }
  const fields = value as Record<string, unknown>;
  for (const name in fields) {
    const field = fields[name];
    if (typeof field === "object") fields[name] = revived(field, octets);
  }
  return value;
}

function isUndefinedMark(value: unknown): boolean {
  return typeof value === "object" && value !== null && "$u" in value;
}
