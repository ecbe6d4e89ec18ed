import { type ByteString, NO_BYTES } from "../../base/bytes.ts";
import type { KeyValue } from "../rpc/messages.ts";

/**
 * One revision of one key, as it stands in etcd's bucket `key`. Its place in history is (kv.modRevision, sub): `sub`
 * counts the changes inside one transaction. A tombstone's `kv` has only key and modRevision.
 */
export interface Version {
  readonly kv: KeyValue;
  readonly sub: number;
  readonly tombstone: boolean;
}

/** The record of a deletion. */
export function tombstone(key: ByteString, modRevision: number, sub: number): Version {
  const kv = { key, createRevision: 0, modRevision, version: 0, value: NO_BYTES, lease: 0n };
  return { kv, sub, tombstone: true };
}

/** Index of the first version at or after `revision` in a list ordered by revision. */
export function firstAtOrAfter(versions: readonly Version[], revision: number): number {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((versions[middle]?.kv.modRevision ?? 0) < revision) low = middle + 1;
    else high = middle;
  }
  return low;
}
