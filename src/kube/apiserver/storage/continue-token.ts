import { base64, fromBase64, text, utf8 } from "../../../base/bytes.ts";

/** Where the next page of a list begins (apiserver storage/continue.go): the list's revision and the last key seen. */
export interface ContinueToken {
  readonly revision: number;
  /** Relative to the list's prefix. */
  readonly start: string;
}

/** base64url without padding of `{"v":"meta.k8s.io/v1","rv":N,"start":"name\u0000"}`. */
export function encodeContinue(token: ContinueToken): string {
  const json = JSON.stringify({ v: "meta.k8s.io/v1", rv: token.revision, start: token.start });
  return base64(utf8(json)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Undefined when the text is no token of ours. */
export function decodeContinue(token: string): ContinueToken | undefined {
  const standard = token.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  const decoded = fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, "="));
  if (!("bytes" in decoded)) return undefined;
  const value = parseObject(text(decoded.bytes));
  if (value === undefined || value["v"] !== "meta.k8s.io/v1") return undefined;
  const { rv, start } = value;
  if (typeof rv !== "number" || typeof start !== "string" || start.startsWith("/../")) return undefined;
  return { revision: rv, start: start.replace(/^\//, "") };
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
