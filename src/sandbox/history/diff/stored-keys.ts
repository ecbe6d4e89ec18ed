import type { ByteString } from "../../../base/bytes.ts";
import { applyDelete, applyPut, applyTxn } from "../../../etcd/mvcc/apply.ts";
import { MvccError } from "../../../etcd/mvcc/mvcc-error.ts";
import type { Store } from "../../../etcd/mvcc/store.ts";
import type { KeyValue } from "../../../etcd/rpc/messages.ts";
import { decodeEnvelope, type InternalRequest } from "../../../etcd/server/request.ts";
import { walEntriesAfter } from "../../../etcd/server/wal.ts";
import { CodecError } from "../../../etcd/snapshot/codec.ts";
import { DbFileError, decodeDb } from "../../../etcd/snapshot/db-file.ts";
import { numberRecord, storeOf } from "../../../etcd/snapshot/schema.ts";
import type { MachineImage } from "../../../machine/machine.ts";
import { wholeOf } from "../../../vfs/content.ts";
import type { DirectoryImage, NodeImage } from "../../../vfs/node-image.ts";
import type { SandboxImage } from "../../sandbox.ts";
import { nodeAt } from "../touched-files.ts";

export type StoredKeys = ReadonlyMap<ByteString, KeyValue>;

const NO_KEYS: StoredKeys = new Map();
/** Data directories are immutable in images, so each is read once. */
const read = new WeakMap<DirectoryImage, StoredKeys>();

/**
 * The living keys of the etcd of an image, from its data directory: what `member/snap/db` holds, and on top what the
 * write-ahead log has that was not committed to it yet. Empty where there is no readable data.
 */
export function storedKeys(image: SandboxImage): StoredKeys {
  for (const machine of Object.values(image.machines)) {
    const data = dataDirectories(machine).find((node) => nodeAt(node, "member/snap/db") !== undefined);
    if (data !== undefined) return keysIn(data);
  }
  return NO_KEYS;
}

function keysIn(data: DirectoryImage): StoredKeys {
  const known = read.get(data);
  if (known !== undefined) return known;
  const keys = readKeys(data);
  read.set(data, keys);
  return keys;
}

function readKeys(data: DirectoryImage): StoredKeys {
  const file = nodeAt(data, "member/snap/db");
  if (file?.type !== "file") return NO_KEYS;
  try {
    const { contents } = decodeDb(wholeOf(file.content));
    const store = storeOf(contents);
    for (const request of requestsAfter(data, numberRecord(contents, "consistent_index"))) apply(store, request);
    return new Map(store.range("\0", "\0").kvs.map((kv) => [kv.key, kv]));
  } catch (error) {
    if (error instanceof DbFileError || error instanceof CodecError) return NO_KEYS;
    throw error;
  }
}

function* requestsAfter(data: DirectoryImage, index: number): Generator<InternalRequest> {
  const wal = nodeAt(data, "member/wal");
  if (wal?.type !== "directory") return;
  const segments = wal.entries.filter(([name]) => name.endsWith(".wal")).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, segment] of segments) {
    if (segment.type !== "file") continue;
    for (const { data: bytes } of walEntriesAfter(wholeOf(segment.content), index))
      if (bytes.length > 0) yield decodeEnvelope(bytes).body;
  }
}

/** As the member applies it; what it refuses leaves the keys as they are. */
function apply(store: Store, body: InternalRequest): void {
  try {
    if (body.op === "txn") applyTxn(store, body.request, () => true);
    else if (body.op === "put" || body.op === "delete_range" || body.op === "lease_revoke") {
      const txn = store.write();
      if (body.op === "put") applyPut(store, txn, body.request);
      else if (body.op === "delete_range") applyDelete(txn, body.request);
      else for (const kv of store.range("\0", "\0").kvs) if (kv.lease === body.id) txn.deleteRange(kv.key, "");
      txn.end();
    }
  } catch (error) {
    if (!(error instanceof MvccError)) throw error;
  }
}

/** Where a host's etcd keeps its data: as the etcd container mounts it, else at the usual places. */
function dataDirectories({ disk, containers }: MachineImage): readonly DirectoryImage[] {
  const etcd = containers.containers
    .map(({ info }) => info)
    .filter(({ config }) => config.name === "etcd")
    .sort((a, b) => b.createdAt - a.createdAt)[0];
  const mounted = (etcd?.config.mounts ?? []).map(({ hostPath }) => nodeAt(disk.root, hostPath));
  const usual = ["/var/lib/etcd", "/root/default.etcd", "/default.etcd"].map((path) => nodeAt(disk.root, path));
  return [...mounted, ...usual].filter(isDirectory);
}

function isDirectory(node: NodeImage | undefined): node is DirectoryImage {
  return node?.type === "directory";
}
