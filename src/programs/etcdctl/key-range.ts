import type { ByteString } from "../../base/bytes.ts";

/** The end of the range of all keys that begin with `prefix`; `\0` (all keys from there on) when there is none. */
export function prefixEnd(prefix: ByteString): ByteString {
  for (let at = prefix.length - 1; at >= 0; at--) {
    const code = prefix.charCodeAt(at);
    if (code < 0xff) return prefix.slice(0, at) + String.fromCharCode(code + 1);
  }
  return "\0";
}

/** clientv3.WithPrefix: the range of all keys that begin with `prefix`; the empty prefix means all keys. */
export function prefixRange(prefix: ByteString): { readonly key: ByteString; readonly rangeEnd: ByteString } {
  return prefix === "" ? { key: "\0", rangeEnd: "\0" } : { key: prefix, rangeEnd: prefixEnd(prefix) };
}

/** clientv3.WithFromKey: all keys from `key` on. */
export function fromKeyRange(key: ByteString): { readonly key: ByteString; readonly rangeEnd: ByteString } {
  return { key: key === "" ? "\0" : key, rangeEnd: "\0" };
}
