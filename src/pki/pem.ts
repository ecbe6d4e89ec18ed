import { base64, fromBase64 } from "../base/bytes.ts";

/** A PEM block (RFC 7468). */
export interface PemBlock {
  /** For example `CERTIFICATE` or `EC PRIVATE KEY`. */
  readonly label: string;
  readonly bytes: Uint8Array;
  /** The block's text from BEGIN to END with its newline. */
  readonly text: string;
}

/** All well-formed blocks of a text in order; what lies between them, and what is malformed, is passed over as Go does. */
export function decodePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let at = nextBegin(text, 0);
  while (at >= 0) {
    const block = blockAt(text, at);
    if (block !== undefined) blocks.push(block);
    at = nextBegin(text, block === undefined ? at + 1 : at + block.text.length);
  }
  return blocks;
}

const BEGIN = "-----BEGIN ";

function nextBegin(text: string, from: number): number {
  let at = text.indexOf(BEGIN, from);
  while (at > 0 && text[at - 1] !== "\n") at = text.indexOf(BEGIN, at + 1);
  return at;
}

function blockAt(text: string, at: number): PemBlock | undefined {
  const lineEnd = text.indexOf("\n", at);
  const first = (lineEnd < 0 ? text.slice(at) : text.slice(at, lineEnd)).trimEnd();
  if (lineEnd < 0 || !first.endsWith("-----")) return undefined;
  const endLine = `\n-----END ${first.slice(BEGIN.length, -5)}-----`;
  // Up to the next block only: a text of many beginnings without ends must not be searched again for each.
  const next = text.indexOf(`\n${BEGIN}`, lineEnd);
  const region = text.slice(lineEnd, next < 0 ? text.length : next);
  const endAt = region.indexOf(endLine);
  if (endAt < 0) return undefined;
  const body = region.slice(1, endAt + 1).replace(/^(?:[\w-]+:[^\r\n]*\r?\n)+\r?\n/, "");
  const decoded = fromBase64(body.replace(/[\r\n \t]/g, ""));
  if (!("bytes" in decoded)) return undefined;
  let end = lineEnd + endAt + endLine.length;
  if (text[end] === "\r") end++;
  if (text[end] === "\n") end++;
  return { label: first.slice(BEGIN.length, -5), bytes: decoded.bytes, text: text.slice(at, end) };
}

/** A block as every tool writes it: lines of 64 digits. */
export function encodePem(label: string, bytes: Uint8Array): string {
  const digits = base64(bytes);
  let body = "";
  for (let i = 0; i < digits.length; i += 64) body += `${digits.slice(i, i + 64)}\n`;
  return `-----BEGIN ${label}-----\n${body}-----END ${label}-----\n`;
}
