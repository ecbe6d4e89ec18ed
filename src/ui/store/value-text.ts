import type { KeyView } from "../../worker/protocol.ts";

/** A value as the viewer shows it. */
export interface ValueText {
  readonly kind: "json" | "protobuf" | "text" | "binary";
  readonly text: string;
  /** Bytes of the value that are not shown. */
  readonly left: number;
}

const TEXT_BYTES_MAX = 200_000;
const HEX_BYTES_MAX = 16_384;
const BYTES_PER_LINE = 16;

/** JSON is laid out, other text shown as it is, anything else as hexadecimal; long values are cut. */
export function valueText(value: Uint8Array): ValueText {
  const shown = value.subarray(0, TEXT_BYTES_MAX);
  const text = textOf(shown, shown.length < value.length);
  if (text === undefined) {
    return { kind: "binary", text: hexDump(value.subarray(0, HEX_BYTES_MAX)), left: past(value, HEX_BYTES_MAX) };
  }
  const left = past(value, TEXT_BYTES_MAX);
  if (left === 0 && isJsonDocument(text)) return { kind: "json", text: layOutJson(text), left };
  return { kind: "text", text, left };
}

/** What a key's value holds: protobuf as the object it is, anything else as it stands. */
export function shownValue({ value, content }: KeyView): ValueText {
  if (content.json === undefined) return valueText(value);
  return { kind: "protobuf", text: layOutJson(content.json).slice(0, TEXT_BYTES_MAX), left: 0 };
}

/** The bytes, whatever they mean. */
export function valueBytes({ value }: KeyView): ValueText {
  return { kind: "binary", text: hexDump(value.subarray(0, HEX_BYTES_MAX)), left: past(value, HEX_BYTES_MAX) };
}

function past(value: Uint8Array, limit: number): number {
  return Math.max(0, value.length - limit);
}

/** The bytes' text, or undefined when they are none. A cut text may end within a character. */
function textOf(bytes: Uint8Array, cut: boolean): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cut });
    return /[\u0000-\u0008\u000e-\u001f\u007f]/.test(text) ? undefined : text;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Whether a text is a JSON object or array. */
function isJsonDocument(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return false;
    throw error;
  }
}

/** What is nested deeper is not laid out: its indentation would be most of the text. */
const DEPTH_MAX = 40;

/**
 * Lays out valid JSON without changing a sign of it but the blanks: large numbers, doubled names and escapes stay as
 * they are stored. Works token by token, so depth costs nothing.
 */
export function layOutJson(json: string): string {
  const parts: string[] = [];
  let depth = 0;
  const line = () => {
    if (depth < DEPTH_MAX) parts.push("\n", "  ".repeat(depth));
  };
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? [];
  for (const [at, token] of tokens.entries()) {
    if (token === "{" || token === "[") {
      depth++;
      parts.push(token);
      if (!closes(tokens[at + 1])) line();
    } else if (closes(token)) {
      depth--;
      if (!opens(tokens[at - 1])) line();
      parts.push(token);
    } else if (token === ",") {
      parts.push(token);
      line();
    } else parts.push(token === ":" ? ": " : token);
  }
  return parts.join("");
}

function opens(token: string | undefined): boolean {
  return token === "{" || token === "[";
}

function closes(token: string | undefined): boolean {
  return token === "}" || token === "]";
}

function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const row = [...bytes.subarray(at, at + BYTES_PER_LINE)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const signs = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${digits.padEnd(3 * BYTES_PER_LINE - 1)}  ${signs}`);
  }
  return lines.join("\n");
}
