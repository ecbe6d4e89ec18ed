import { NO_BYTES } from "./bytes.ts";

/** What is larger is not worth its memory. */
const KEPT_BYTES_MAX = 16 * 1024 * 1024;

/** A record, or whatever else a reader makes of the bytes up to `end`. */
export interface ReadItem<Item> {
  readonly end: number;
  readonly item: Item;
}

/**
 * What the latest bytes were read as, item by item, for a reader whose next bytes mostly begin the same: a log that grew
 * is read on from where it is new. Reading must depend on the bytes alone, and items must not be changed.
 *
 *     before   [ item ][ item ][ item ]
 *     now      [ item ][ item ][ itEm ][ item ]     the first two are known
 */
export class KnownBeginning<Item> {
  private bytes: Uint8Array = NO_BYTES;
  private items: readonly ReadItem<Item>[] = [];

  /** The items that are known to stand at the beginning of `bytes`. */
  itemsOf(bytes: Uint8Array): ReadItem<Item>[] {
    const shared = sharedLength(this.bytes, bytes);
    const changed = this.items.findIndex(({ end }) => end > shared);
    return this.items.slice(0, changed < 0 ? undefined : changed);
  }

  /** Remembers what `bytes`, which must not be changed any more, were read as. */
  keep(bytes: Uint8Array, items: readonly ReadItem<Item>[]): void {
    const kept = bytes.length <= KEPT_BYTES_MAX;
    this.bytes = kept ? bytes : NO_BYTES;
    this.items = kept ? items : [];
  }
}

/** How many octets two byte arrays have in common from their beginnings. */
export function sharedLength(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  if (a.byteOffset % 4 === 0 && b.byteOffset % 4 === 0) {
    const words = length >> 2;
    const left = new Int32Array(a.buffer, a.byteOffset, words);
    const right = new Int32Array(b.buffer, b.byteOffset, words);
    let word = 0;
    while (word < words && left[word] === right[word]) word++;
    at = word * 4;
  }
  while (at < length && a[at] === b[at]) at++;
  return at;
}
