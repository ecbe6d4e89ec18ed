import { expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { Store } from "../../../../src/etcd/mvcc/store.ts";

function put(store: Store, key: string, value: string, lease = 0n): void {
  const txn = store.write();
  txn.put(key, utf8(value), lease);
  txn.end();
}

function del(store: Store, key: string, end = ""): number {
  const txn = store.write();
  const count = txn.deleteRange(key, end).length;
  txn.end();
  return count;
}

test("[HA1] hashes are etcd's, bit for bit", () => {
  const store = new Store();
  expect(store.hash().hash).toBe(1084519789);
  put(store, "foo", "bar");
  expect(store.hash().hash).toBe(3305255506);
});

test("[HA1] [HA2] [HA3] hashes of a history through two compactions are the recorded ones", () => {
  const store = new Store();
  put(store, "foo", "bar");
  put(store, "foo", "baz");
  del(store, "foo");
  put(store, "foo", "again");
  expect([1, 2, 3, 4, 5].map((revision) => store.hash(revision).hash)).toEqual([
    1084519789, 3305255506, 2020292994, 3153096970, 3126989475,
  ]);
  store.compact(3);
  expect(store.hash()).toEqual({ hash: 2584304743, revision: 5, compacted: 3 });
  expect(store.hash(3)).toEqual({ hash: 2020292994, revision: 3, compacted: -1 });
  expect(() => store.hash(2)).toThrow("mvcc: required revision has been compacted");
  expect(() => store.hash(99)).toThrow("mvcc: required revision is a future revision");
  store.compact(4);
  expect(store.hash()).toEqual({ hash: 4132167468, revision: 5, compacted: 4 });
  const txn = store.write();
  txn.put("a", utf8("1"), 0n);
  txn.put("b", utf8("2"), 0n);
  txn.deleteRange("foo", "");
  txn.end();
  expect(store.hash().hash).toBe(967124676);
});

test("[HA1] [HA2] [HA3] [CO1] a longer history with transactions hashes as recorded, before and after compactions", () => {
  const store = new Store();
  for (let i = 1; i <= 5; i++) {
    put(store, `k${i % 3}`, `v${i}`);
    del(store, `k${(i + 1) % 3}`);
  }
  let txn = store.write();
  txn.put("t1", utf8("a"), 0n);
  txn.put("t2", utf8("b"), 0n);
  txn.deleteRange("k0", "");
  txn.end();
  txn = store.write();
  txn.deleteRange("t1", "");
  txn.put("t3", utf8("c"), 0n);
  txn.end();
  const hashes = (...revisions: number[]) => revisions.map((revision) => store.hash(revision).hash);
  expect(store.range("\0", "\0").kvs.map((kv) => [kv.key, kv.createRevision, kv.modRevision, kv.version])).toEqual([
    ["k1", 6, 6, 1],
    ["k2", 8, 8, 1],
    ["t2", 10, 10, 1],
    ["t3", 11, 11, 1],
  ]);
  expect(hashes(2, 4, 6, 8, 10)).toEqual([2827864405, 1165385613, 4065654844, 2724971140, 698854057]);
  store.compact(6);
  expect(store.hash()).toEqual({ hash: 265428843, revision: 11, compacted: 6 });
  expect(hashes(6, 7, 8)).toEqual([4065654844, 2255747037, 1184411019]);
  store.compact(9);
  expect(store.hash().hash).toBe(2615621698);
});
