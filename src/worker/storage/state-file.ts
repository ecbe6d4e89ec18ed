import { Gunzip, Gzip } from "fflate";
import { concat, text, utf8 } from "../../base/bytes.ts";
import { BrokenState, type ChunkName, chunkName } from "./chunk.ts";
import { decodeChunks } from "./chunk-decoder.ts";
import { ChunkEncoder } from "./chunk-encoder.ts";
import { type KeptState, STATE_FORMAT } from "./kept-state.ts";
import { checkState } from "./state-check.ts";

/**
 * A state as one file:
 *
 *     "etcd-sandbox state\n"  {"format":1,"root":"…","keptAt":"…","title":"…"}\n
 *     gzip( length (u32, big endian), octets of a chunk; and so on )
 *
 * Chunks are found again by the names that their octets have, so that whatever was changed on the way is noticed.
 */
const MAGIC = "etcd-sandbox state\n";
const HEAD_OCTETS_MAX = 1000;
/** A world is a few megabytes; disks may hold more. What unfolds into more than this is not read. */
const CONTENT_OCTETS_MAX = 256 * 1024 * 1024;
const PIECE = 65_536;

interface Head {
  readonly format: number;
  readonly root: ChunkName;
  readonly keptAt: string;
  readonly title: string;
}

/** Writes a state's file; pauses now and then, as chunk-encoder.ts does. */
export function* writeStateFile(
  state: KeptState,
  title: string,
  now: number,
): Generator<void, Uint8Array<ArrayBuffer>> {
  const { root, fresh } = yield* new ChunkEncoder().encode(state, () => false);
  const head = { format: STATE_FORMAT, root, keptAt: new Date(now).toISOString(), title };
  return yield* writeChunksFile(
    head,
    [...fresh.values()].map(({ bytes }) => bytes),
  );
}

/** Writes the file of chunks that need not be readable here. */
export function* writeChunksFile(
  { format, root, keptAt, title }: Head,
  chunks: Iterable<Uint8Array>,
): Generator<void, Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [utf8(MAGIC), utf8(`${JSON.stringify({ format, root, keptAt, title })}\n`)];
  const packer = new Gzip({ level: 6, mtime: 0 }, (packed) => parts.push(packed));
  for (const bytes of chunks) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    packer.push(length);
    packer.push(bytes);
    yield;
  }
  packer.push(new Uint8Array(0), true);
  return concat(parts);
}

/** Reads a state's file, whoever made it. Throws BrokenState with a message for people. */
export function readStateFile(file: Uint8Array, contentOctetsMax = CONTENT_OCTETS_MAX): KeptState {
  const { head, content } = parted(file);
  if (head.format !== STATE_FORMAT)
    throw new BrokenState(
      head.format > STATE_FORMAT
        ? "it was made by a newer version of this page; reload the page and try again"
        : "it was made by an older version of this page",
    );
  const chunks = new Map<ChunkName, Uint8Array>();
  const all = unpacked(content, contentOctetsMax);
  const view = new DataView(all.buffer, all.byteOffset, all.length);
  for (let at = 0; at < all.length; ) {
    const end = at + 4 <= all.length ? at + 4 + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (end > all.length) throw new BrokenState("it is damaged: its end is missing");
    const bytes = all.subarray(at + 4, end);
    chunks.set(chunkName(bytes), bytes);
    at = end;
  }
  const value = decodeChunks(
    head.root,
    (name) => chunks.get(name),
    () => undefined,
  );
  return checkState(value, undefined);
}

function parted(file: Uint8Array): { head: Head; content: Uint8Array } {
  if (text(file.subarray(0, MAGIC.length)) !== MAGIC) throw new BrokenState("it is no file of this sandbox");
  const end = file.subarray(0, MAGIC.length + HEAD_OCTETS_MAX).indexOf(10, MAGIC.length);
  if (end < 0) throw new BrokenState("it is damaged: its head is not there");
  try {
    const head: unknown = JSON.parse(text(file.subarray(MAGIC.length, end)));
    if (isHead(head)) return { head, content: file.subarray(end + 1) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new BrokenState("it is damaged: its head can't be read");
}

function isHead(head: unknown): head is Head {
  if (typeof head !== "object" || head === null) return false;
  const { format, root } = head as Partial<Record<keyof Head, unknown>>;
  return Number.isSafeInteger(format) && typeof root === "string";
}

function unpacked(content: Uint8Array, octetsMax: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  const unpacker = new Gunzip((part, final) => {
    length += part.length;
    if (length > octetsMax) throw new BrokenState("it is too large");
    parts.push(part);
    ended ||= final;
  });
  try {
    for (let at = 0; at < content.length && !ended; at += PIECE)
      unpacker.push(content.subarray(at, at + PIECE), at + PIECE >= content.length);
  } catch (error) {
    if (error instanceof BrokenState) throw error;
    throw new BrokenState("it is damaged: it can't be unpacked");
  }
  return concat(parts);
}
