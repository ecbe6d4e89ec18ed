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
