import { sha256 } from "@noble/hashes/sha2.js";
import { bytesEqual, concat } from "../../base/bytes.ts";
import { type DbContents, decodeDb, PAGE_SIZE } from "./db-file.ts";

/** Octets of the checksum behind a snapshot. */
export const CHECKSUM_SIZE = 32;

/** What `etcdctl snapshot save` writes: the db, then its SHA-256. */
export function snapshotOf(db: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([db, sha256(db)]);
}

/** Why a snapshot is refused, in etcdutl's words. */
export class SnapshotError extends Error {}

export interface OpenedSnapshot {
  readonly contents: DbContents;
  /** The db without checksum. */
  readonly db: Uint8Array;
  readonly hasChecksum: boolean;
}

/**
 * Reads a snapshot or a copied db file. A snapshot is known by its size: whole pages and 32 octets. With `verify`, a
 * missing or wrong checksum throws `SnapshotError` with the text of `etcdutl snapshot restore`. Damage inside throws
 * `DbFileError`.
 */
export function openSnapshot(file: Uint8Array, verify: boolean): OpenedSnapshot {
  const hasChecksum = file.length % PAGE_SIZE === CHECKSUM_SIZE;
  const db = hasChecksum ? file.subarray(0, file.length - CHECKSUM_SIZE) : file;
  if (verify && !hasChecksum) throw new SnapshotError("snapshot missing hash but --skip-hash-check=false");
  if (verify) {
    const expected = file.subarray(file.length - CHECKSUM_SIZE);
    const actual = sha256(db);
    if (!bytesEqual(expected, actual))
      throw new SnapshotError(`expected sha256 [${[...expected].join(" ")}], got [${[...actual].join(" ")}]`);
  }
  return { contents: decodeDb(db).contents, db, hasChecksum };
}
