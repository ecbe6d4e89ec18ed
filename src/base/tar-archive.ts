import { concat, text, utf8 } from "./bytes.ts";

/** An entry of an archive. */
export interface TarEntry {
  readonly name: string;
  readonly type: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  readonly linkTo: string;
  readonly content: Uint8Array;
}

const BLOCK = 512;
/** GNU tar writes records of twenty blocks. */
const RECORD = 20 * BLOCK;
const TYPES = { file: "0", symlink: "2", directory: "5" } as const;
const LONG_NAME = "L";
const NAME_BYTES_MAX = 100;

/** Writes entries as GNU tar does: ustar headers, long names in an entry before. */
export function writeArchive(entries: readonly TarEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const name = utf8(entry.name);
    if (name.length >= NAME_BYTES_MAX) {
      parts.push(
        header({ ...entry, name: "././@LongLink", linkTo: "", mode: 0o644, modifiedAt: 0 }, LONG_NAME, name.length + 1),
      );
      parts.push(padded(concat([name, new Uint8Array(1)])));
    }
    parts.push(header(entry, TYPES[entry.type], entry.content.length), padded(entry.content));
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0) + 2 * BLOCK;
  return concat([...parts, new Uint8Array(2 * BLOCK + ((RECORD - (length % RECORD)) % RECORD))]);
}

function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % BLOCK;
  return rest === 0 ? bytes : concat([bytes, new Uint8Array(BLOCK - rest)]);
}

function header(entry: TarEntry, type: string, size: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, value: string, length: number) => block.set(utf8(value).subarray(0, length), at);
  const octal = (at: number, value: number, length: number) =>
    put(at, `${value.toString(8).padStart(length - 1, "0")}\0`, length);
  put(0, entry.name, NAME_BYTES_MAX);
  octal(100, entry.mode, 8);
  octal(108, entry.uid, 8);
  octal(116, entry.gid, 8);
  octal(124, size, 12);
  octal(136, Math.floor(entry.modifiedAt / 1000), 12);
  put(148, "        ", 8);
  put(156, type, 1);
  put(157, entry.linkTo, NAME_BYTES_MAX);
  put(257, "ustar  \0", 8);
  put(265, entry.uid === 0 ? "root" : String(entry.uid), 32);
  put(297, entry.gid === 0 ? "root" : String(entry.gid), 32);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `, 8);
  return block;
}

/** Reads an archive; a text says what is wrong with it. Entries before the damage are given too. */
export function readArchive(bytes: Uint8Array): { readonly entries: readonly TarEntry[]; readonly problem?: string } {
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) return { entries };
    if (!checksumFits(block))
      return { entries, problem: at === 0 ? "This does not look like a tar archive" : "Skipping to next header" };
    const size = octalAt(block, 124, 12);
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length < size) return { entries, problem: "Unexpected EOF in archive" };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(block[156] ?? 0);
    if (type === LONG_NAME) longName = textAt(content, 0, size);
    else {
      const kind =
        type === "5" ? "directory" : type === "2" ? "symlink" : type === "0" || type === "\0" ? "file" : undefined;
      if (kind !== undefined) entries.push(entryOf(block, kind, content, longName));
      longName = undefined;
    }
  }
  return bytes.length === 0 ? { entries, problem: "This does not look like a tar archive" } : { entries };
}

function entryOf(
  block: Uint8Array,
  type: TarEntry["type"],
  content: Uint8Array,
  longName: string | undefined,
): TarEntry {
  const prefix = text(block.subarray(257, 263)) === "ustar\0" ? textAt(block, 345, 155) : "";
  const name = longName ?? (prefix === "" ? "" : `${prefix}/`) + textAt(block, 0, NAME_BYTES_MAX);
  return {
    name,
    type,
    mode: octalAt(block, 100, 8) & 0o7777,
    uid: octalAt(block, 108, 8),
    gid: octalAt(block, 116, 8),
    modifiedAt: octalAt(block, 136, 12) * 1000,
    linkTo: textAt(block, 157, NAME_BYTES_MAX),
    content: type === "file" ? content : new Uint8Array(),
  };
}

function checksumFits(block: Uint8Array): boolean {
  let sum = 0;
  for (const [at, byte] of block.entries()) sum += at >= 148 && at < 156 ? 32 : byte;
  return sum === octalAt(block, 148, 8);
}

function octalAt(block: Uint8Array, at: number, length: number): number {
  const digits = textAt(block, at, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : 0;
}

function textAt(block: Uint8Array, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return text(end < 0 ? field : field.subarray(0, end));
}
