import { base64, fromBase64 } from "../base/bytes.ts";

/** Base64 for URLs without padding (RFC 4648 section 5). */
export function base64Url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The bytes, or undefined when the text is not base64url. */
export function fromBase64Url(encoded: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(encoded)) return undefined;
  const padding = "=".repeat((4 - (encoded.length % 4)) % 4);
  const decoded = fromBase64(encoded.replaceAll("-", "+").replaceAll("_", "/") + padding);
  return "bytes" in decoded ? decoded.bytes : undefined;
}
