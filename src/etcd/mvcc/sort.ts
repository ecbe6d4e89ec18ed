import { bytesEqual } from "../../base/bytes.ts";
import type { KeyValue, SortTarget } from "../rpc/messages.ts";

/** Sorts by a target; equal ones keep the order of their keys, as etcd's stable sort leaves them. */
export function sortKvs(kvs: readonly KeyValue[], target: SortTarget, order: "ASCEND" | "DESCEND"): KeyValue[] {
  const direction = order === "ASCEND" ? 1 : -1;
  return [...kvs].sort((a, b) => direction * compareBy(target, a, b));
}

function compareBy(target: SortTarget, a: KeyValue, b: KeyValue): number {
  switch (target) {
    case "KEY":
      return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
    case "VERSION":
      return a.version - b.version;
    case "CREATE":
      return a.createRevision - b.createRevision;
    case "MOD":
      return a.modRevision - b.modRevision;
    case "VALUE":
      return compareBytes(a.value, b.value);
  }
}

/** bytes.Compare. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  if (bytesEqual(a, b)) return 0;
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const step = (a[i] ?? 0) - (b[i] ?? 0);
    if (step !== 0) return step;
  }
  return a.length - b.length;
}
