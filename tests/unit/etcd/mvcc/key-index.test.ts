import { expect, test } from "vitest";
import { NO_BYTES } from "../../../../src/base/bytes.ts";
import { KeyIndex } from "../../../../src/etcd/mvcc/key-index.ts";
import { tombstone, type Version } from "../../../../src/etcd/mvcc/version.ts";

function put(modRevision: number): Version {
  const kv = { key: "k", createRevision: 1, modRevision, version: 1, value: NO_BYTES, lease: 0n };
  return { kv, sub: 0, tombstone: false };
}

/** The story that key-index.ts draws: put(1) put(2) delete(3) put(4) put(5) delete(6). */
function story(): KeyIndex {
  const index = new KeyIndex("k");
  for (const version of [put(1), put(2), tombstone("k", 3, 0), put(4), put(5), tombstone("k", 6, 0)])
    index.add(version);
  return index;
}

function compacted(revision: number): { kept: number[]; readable: (number | undefined)[]; isEmpty: boolean } {
  const index = story();
  const kept = new Set<Version>();
  index.compact(revision, kept);
  return {
    kept: [...kept].map((version) => version.kv.modRevision),
    readable: [1, 2, 3, 4, 5, 6, 7].map((at) => index.at(at)?.kv.modRevision),
    isEmpty: index.isEmpty,
  };
}

const none = undefined;

test("[RG5] every revision reads its own generation", () => {
  const index = story();
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((at) => index.at(at)?.kv.modRevision)).toEqual([
    none,
    1,
    2,
    none,
    4,
    5,
    none,
    none,
  ]);
});

test("[CO1] compaction keeps the newest below, a tombstone only at the very revision", () => {
  expect(compacted(1)).toEqual({ kept: [1], readable: [1, 2, none, 4, 5, none, none], isEmpty: false });
  expect(compacted(2)).toEqual({ kept: [2], readable: [none, 2, none, 4, 5, none, none], isEmpty: false });
  expect(compacted(3)).toEqual({ kept: [3], readable: [none, none, none, 4, 5, none, none], isEmpty: false });
  expect(compacted(4)).toEqual({ kept: [4], readable: [none, none, none, 4, 5, none, none], isEmpty: false });
  expect(compacted(5)).toEqual({ kept: [5], readable: [none, none, none, none, 5, none, none], isEmpty: false });
  expect(compacted(6)).toEqual({ kept: [6], readable: [none, none, none, none, none, none, none], isEmpty: false });
  expect(compacted(7)).toEqual({ kept: [], readable: [none, none, none, none, none, none, none], isEmpty: true });
});

test("[HA3] what the hash counts of the past is never a tombstone", () => {
  const counted = [2, 3, 4, 6].map((revision) => {
    const kept = new Set<Version>();
    story().keep(revision, kept);
    return [...kept].map((version) => version.kv.modRevision);
  });
  expect(counted).toEqual([[2], [], [4], []]);
});
